// Rows of cos and sin by arbitrary precision: slow (some ten microseconds an entry), right by
// construction, for every plan. What the reference backend consists of, and where the others go
// with what they are in doubt about.
#pragma once

#include <cstdint>

#include "core/plan/frequency_plan.h"
#include "core/table/table_rows.h"

namespace rope {

// Writes the row of `position`, in [0, kMaxPosition], as row number `row` of `out`, in the plan's
// profile. Thread-safe.
void FillRowByArbitraryPrecision(const FrequencyPlan& plan, int64_t position, const TableForm& form,
                                 int64_t row, const TableRows& out);

}  // namespace rope
