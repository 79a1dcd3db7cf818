// Backend: who computes the cos and sin of a table.
//
// The contract is the same for every backend, kernel and thread count. Profile `hf`:
//   angle    = float32(position) * inv_freq[i]; a position may be fractional or negative; both
//   roundings are to nearest even cos, sin = the correctly rounded float32 cosine and sine of that
//   float32 angle value    = cos * float32(attention_factor), in float32; the same for sin, which
//   is also negated
//              if the form says so
//   output   = value, converted to the form's dtype and placed by its layout
// Profile `exact`:
//   output   = cos or sin of position * inv_freq[i], times the attention factor, in real numbers
//              (FrequencyPlan::exact); rounded once to the dtype, then negated if the form says
//              so, and placed by its layout
// All backends therefore write the same bytes. The contract tests compare each with the reference.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "core/plan/frequency_plan.h"
#include "core/table/position_ids.h"
#include "core/table/table_rows.h"

namespace rope {

// Thread-safe: all members may be called from any thread at any time.
class Backend {
 public:
  virtual ~Backend() = default;

  // "cpu", "cpu-avx2", "reference", ...: unique in AllBackends.
  virtual absl::string_view name() const = 0;

  // One line for people that says how the backend computes.
  virtual absl::string_view description() const = 0;

  // True if the backend can run on this host. Constant for the life of the process.
  virtual bool available() const = 0;

  // Computes the rows of the positions with index first, first + 1, ..., first + rows - 1, and
  // writes them to rows [0, rows) of `out`. `out` is not read. Uses at most `threads` threads, the
  // calling one included, and returns when all rows are written.
  //
  // Backends of the host always return OK. Those of a device may return INTERNAL or UNAVAILABLE;
  // the contents of `out` are then unspecified.
  //
  // REQUIRES available(), threads >= 1, first >= 0, rows >= 1, first + rows <= positions.size(),
  // and CheckForm(form, plan.profile).
  virtual absl::Status FillRows(const FrequencyPlan& plan, const PositionIds& positions,
                                int64_t first, int64_t rows, const TableForm& form, int threads,
                                const TableRows& out) const = 0;
};

}  // namespace rope
