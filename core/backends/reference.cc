// The slow, obviously right backend: arbitrary precision for every entry, one thread. The others
// are tested against it.
#include <vector>

#include "absl/types/span.h"
#include "core/backends/backend_entries.h"
#include "core/numerics/correctly_rounded.h"

namespace rope {
namespace {

class ReferenceBackend final : public Backend {
 public:
  absl::string_view name() const override { return "reference"; }
  absl::string_view description() const override {
    return "arbitrary precision, one entry at a time: slow, and what the others are tested against";
  }
  bool available() const override { return true; }

  absl::Status FillRows(const FrequencyPlan& plan, const PositionIds& positions, int64_t first,
                        int64_t rows, const TableForm& form, int /*threads*/,
                        const TableRows& out) const override {
    const int64_t half_width = plan.half_width();
    const float attention_factor = static_cast<float>(plan.attention_factor);
    std::vector<float> cos(half_width);
    std::vector<float> sin(half_width);
    for (int64_t row = 0; row < rows; ++row) {
      int64_t position = 0;
      positions.CopyTo(first + row, absl::MakeSpan(&position, 1));
      for (int64_t i = 0; i < half_width; ++i) {
        const float angle = static_cast<float>(position) * plan.inv_freq[i];
        const CosSin value = CorrectlyRoundedCosSin(angle);
        cos[i] = value.cos * attention_factor;
        sin[i] = value.sin * attention_factor * (form.negate_sin ? -1.0F : 1.0F);
      }
      WriteRows(form, half_width, cos.data(), sin.data(), row, 1, out);
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
