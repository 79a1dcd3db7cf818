// Rows of cos and sin by arbitrary precision: right by construction, for every plan, but slow (tens
// of microseconds per entry). The reference backend computes every row with it. The cpu backends
// use it for rows in which a kernel cannot be certain of the rounding.
#pragma once

#include <cstdint>

#include "core/plan/frequency_plan.h"
#include "core/table/table_rows.h"

namespace rope {

// Computes the row of `position` in the plan's profile and writes it as row number `row` of `out`.
// REQUIRES |position| <= kMaxPosition, row >= 0, and CheckForm(form, plan.profile). Cannot fail.
// Thread-safe.
void FillRowByArbitraryPrecision(const FrequencyPlan& plan, double position, const TableForm& form,
                                 int64_t row, const TableRows& out);

}  // namespace rope
