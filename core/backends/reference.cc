// The reference backend: every entry by arbitrary precision, in one thread. It is slow and
// obviously right, and all other backends are tested against it.
#include "absl/types/span.h"
#include "core/backends/arbitrary_precision.h"
#include "core/backends/backend_entries.h"

namespace rope {
namespace {

class ReferenceBackend final : public Backend {
 public:
  absl::string_view name() const override { return "reference"; }
  absl::string_view description() const override {
    return "arbitrary precision, one entry at a time: slow; all other backends are tested against "
           "it";
  }
  bool available() const override { return true; }

  absl::Status FillRows(const FrequencyPlan& plan, const PositionIds& positions, int64_t first,
                        int64_t rows, const TableForm& form, int /*threads*/,
                        const TableRows& out) const override {
    for (int64_t row = 0; row < rows; ++row) {
      double position = 0;
      positions.CopyTo(first + row, absl::MakeSpan(&position, 1));
      FillRowByArbitraryPrecision(plan, position, form, row, out);
    }
    return absl::OkStatus();
  }
};

}  // namespace

const Backend& GetReferenceBackend() {
  static const ReferenceBackend backend;
  return backend;
}

}  // namespace rope
