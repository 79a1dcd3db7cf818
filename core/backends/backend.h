// Backend: who computes cos and sin.
//
// Contract, the same for every backend, instruction set and thread count. Profile `hf`:
//   angle   = float32(position) * inv_freq[i], one rounding each, to nearest even;
//   cos,sin = the correctly rounded float32 of the cosine and sine of that float32 angle;
//   value   = cos * float32(attention_factor), in float32; sin negated where the form says so;
//   output  = value converted and arranged by TableForm.
// Profile `exact`:
//   output  = cos and sin of position * inv_freq[i] times the attention factor, all real numbers
//             (FrequencyPlan::exact), rounded once to the dtype; sin negated; arranged.
// Every backend therefore writes the same bytes; tests hold each to that.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "core/plan/frequency_plan.h"
#include "core/table/position_ids.h"
#include "core/table/table_rows.h"

namespace rope {

class Backend {
 public:
  virtual ~Backend() = default;

  virtual absl::string_view name() const = 0;         // "cpu"
  virtual absl::string_view description() const = 0;  // one line for people
  virtual bool available() const = 0;                 // can it run on this host? Constant.

  // Writes the rows of positions [first, first + rows) of `positions` to rows [0, rows) of `out`,
  // with at most `threads` threads (>= 1; a backend may use fewer). Blocks until done. Thread-safe.
  // Cannot fail on the host; a device may answer INTERNAL or UNAVAILABLE, after which `out` is
  // unspecified. REQUIRES available(), 0 <= first, 1 <= rows, first + rows <= positions.size(), and
  // CheckForm(form, plan.profile).
  virtual absl::Status FillRows(const FrequencyPlan& plan, const PositionIds& positions,
                                int64_t first, int64_t rows, const TableForm& form, int threads,
                                const TableRows& out) const = 0;
};

}  // namespace rope
