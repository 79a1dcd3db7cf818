#include "server/engine/dialect_plans.h"

#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/json/json_reader.h"

namespace rope::engine {
namespace {

std::string LayerTypeNames(const DialectReading& reading) {
  if (reading.layers.size() == 1 && reading.layers.front().layer_type.empty()) {
    return "one parameter set for all layers: leave layer_type empty";
  }
  return absl::StrJoin(reading.layers, ", ", [](std::string* out, const DialectLayer& layer) {
    absl::StrAppend(out, "\"", layer.layer_type, "\"");
  });
}

// The status of a layer type that the engine does not compute.
absl::Status RefusalOf(const DialectLayer& layer) {
  if (layer.layer_type.empty()) return layer.rope.status();
  return absl::Status(
      layer.rope.status().code(),
      absl::StrCat("layer type \"", layer.layer_type, "\": ", layer.rope.status().message()));
}

}  // namespace

absl::StatusOr<bool> NamesOtherDialect(const ResolveOptions& options) {
  if (options.dialect.empty()) return false;
  std::string note;
  const auto dialect = FindDialect(options.dialect, &note);
  if (!dialect.ok()) return dialect.status();
  if ((*dialect)->name == kDefaultDialect) return false;
  if (!options.overrides.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("config.overrides must be empty with dialect \"", (*dialect)->name,
                     "\": the engine computes its frequencies itself"));
  }
  if (options.profile == NumericProfile::kHf) return true;
  return absl::InvalidArgumentError(
      absl::StrCat("numeric_profile must be hf with dialect \"", (*dialect)->name,
                   "\": its answers are the numbers that the engine computes with"));
}

absl::Status CheckDefaultDialect(absl::string_view dialect) {
  std::string note;
  const auto found = FindDialect(dialect, &note);
  if (!found.ok()) return found.status();
  if ((*found)->name == kDefaultDialect) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("config.dialect must be empty or \"",
                                                 kDefaultDialect, "\" for this method, not \"",
                                                 (*found)->name, "\""));
}

absl::StatusOr<std::vector<ResolvedPlan>> ResolveByDialect(absl::string_view config_json,
                                                           const ResolveOptions& options,
                                                           int64_t max_config_bytes) {
  std::string note;
  const auto dialect = FindDialect(options.dialect, &note);
  if (!dialect.ok()) return dialect.status();
  JsonLimits limits;
  limits.max_bytes = max_config_bytes;
  const JsonResult json = ReadJson(config_json, limits);
  if (!json.ok() && json.error().kind == JsonError::Kind::kTooBig) {
    return absl::ResourceExhaustedError(json.error().message);
  }
  auto read = ReadWithDialect(**dialect, json);
  if (!read.ok()) return read.status();
  const auto reading =
      std::make_shared<const Reading>(Reading{{}, read->family, read->text_model_path, {}, false});
  std::vector<ResolvedPlan> plans;
  for (DialectLayer& layer : read->layers) {
    if (!options.layer_type.empty() && layer.layer_type != options.layer_type) continue;
    if (!layer.rope.ok()) return RefusalOf(layer);
    if (!note.empty()) layer.rope->notes.push_back(note);
    auto resolved = std::make_shared<const ResolvedDialect>(
        ResolvedDialect{*dialect, *std::move(layer.rope), read->is_guess});
    auto plan = MakeDialectPlan(std::move(layer.layer_type), std::move(resolved), reading, options);
    if (!plan.ok()) return plan.status();
    plans.push_back(*std::move(plan));
  }
  if (!plans.empty()) return plans;
  return absl::InvalidArgumentError(absl::StrCat("layer_type \"", options.layer_type,
                                                 "\" does not exist; the model has ",
                                                 LayerTypeNames(*read)));
}

absl::Status CheckHasTable(const ResolvedPlan& resolved) {
  if (resolved.dialect == nullptr || resolved.dialect->rope.no_table.empty()) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat(
      resolved.dialect->dialect->name,
      " has no table that this service computes for the model: ", resolved.dialect->rope.no_table));
}

}  // namespace rope::engine
