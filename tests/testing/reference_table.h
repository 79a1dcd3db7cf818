// The bytes that a table must have. Backend "reference" computes them with arbitrary precision.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/backends/backends.h"
#include "core/config/model_config.h"
#include "core/plan/frequency_plan.h"
#include "core/table/position_ids.h"
#include "core/table/table_rows.h"

namespace rope::testing {

struct ReferenceTable {
  std::string cos;  // or the one tensor of a joined layout
  std::string sin;
};

inline ReferenceTable MakeReferenceTable(const FrequencyPlan& plan, const PositionIds& positions,
                                         const TableForm& form) {
  const auto bytes = static_cast<size_t>(positions.size() * RowBytes(form, plan.half_width()));
  ReferenceTable table{std::string(bytes, '\0'),
                       std::string(IsJoined(form.layout) ? 0 : bytes, '\0')};
  const absl::Status status = FindBackend("reference")
                                  ->FillRows(plan, positions, 0, positions.size(), form, 1,
                                             {reinterpret_cast<std::byte*>(table.cos.data()),
                                              reinterpret_cast<std::byte*>(table.sin.data())});
  if (!status.ok()) return {};
  return table;
}

// The plan with which a model's forward computes at `seq_len`. REQUIRES a valid configuration with
// one parameter set, or with layer type `layer_type`.
inline FrequencyPlan MakeForwardPlan(const std::string& config_json, int64_t seq_len,
                                     const std::string& layer_type = "",
                                     NumericProfile profile = NumericProfile::kHf) {
  const ModelConfigReport report = ReadModelConfig(config_json);
  return *MakeFrequencyPlan(*report.Find(layer_type)->config, profile, seq_len,
                            HfCallSite::kForward);
}

}  // namespace rope::testing
