// What `ropectl validate --json` prints.
#include <optional>
#include <string>

#include "client/ropectl/output/json_output.h"
#include "client/ropectl/validate/validate_report.h"
#include "core/findings/finding_table.h"

namespace rope::ropectl {
namespace {

// null for an empty text.
std::optional<std::string> OrNull(absl::string_view text) {
  if (text.empty()) return std::nullopt;
  return std::string(text);
}

// A JSON text, unchanged; null if there is none.
void JsonOrNull(absl::string_view key, absl::string_view text, JsonOutput* json) {
  json->Json(key, text.empty() ? "null" : text);
}

void WriteFinding(const ConfigSource& source, const Finding& finding, JsonOutput* json) {
  json->Object([&] {
    json->Member("code", finding.code);
    json->Member("severity", SeverityName(finding.severity));
    json->Member("path", finding.path);
    json->Member("message", finding.message);
    json->Member("file", source.name);
    const auto position = PositionOf(source, finding.offset);
    json->Member("line", position.has_value() ? std::optional(position->line) : std::nullopt);
    json->Member("column", position.has_value() ? std::optional(position->column) : std::nullopt);
    JsonOrNull("fix", finding.fix, json);
    const FindingInfo* info = FindFinding(finding.code);
    json->Member("consequence", OrNull(info == nullptr ? "" : info->consequence));
    json->Member("hf_message", OrNull(finding.hf_message));
  });
}

void WriteFixedFinding(const Finding& finding, JsonOutput* json) {
  json->Member("code", finding.code);
  json->Member("path", finding.path);
  json->Json("fix", finding.fix);
}

template <typename Change>
void WriteChange(const Change& change, JsonOutput* json) {
  json->Object([&] {
    json->Member("layer_type", change.layer_type);
    json->Member("name", change.name);
    json->Json("before", change.before);
    json->Json("after", change.after);
  });
}

void WriteFix(const AppliedFix& fix, JsonOutput* json) {
  json->Object([&] {
    WriteFixedFinding(fix.finding, json);
    json->ArrayOf("changes", fix.parameters,
                  [&](const ChangedValue& change) { WriteChange(change, json); });
    json->ArrayOf("computed", fix.computed,
                  [&](const ComputedChange& change) { WriteChange(change, json); });
  });
}

void WriteFixes(const ValidatedConfig& config, FixMode mode, JsonOutput* json) {
  json->ArrayOf("fixed", config.fixes.applied, [&](const AppliedFix& fix) { WriteFix(fix, json); });
  json->ArrayOf("left", config.fixes.left, [&](const LeftFix& fix) {
    json->Object([&] {
      WriteFixedFinding(fix.finding, json);
      json->Member("reason", fix.reason);
    });
  });
  if (config.fixes.refused.has_value()) {
    json->ArrayOf("refused", std::vector<AppliedFix>{*config.fixes.refused},
                  [&](const AppliedFix& fix) { WriteFix(fix, json); });
  }
  if (mode != FixMode::kDryRun) return;
  json->Member("diff",
               UnifiedDiff(config.source.name, config.fixes.text_before, config.source.text));
}

void WriteDriftOfLayer(const v1::LayerDrift& layer, JsonOutput* json) {
  json->Object([&] {
    json->Member("layer_type", layer.layer_type());
    json->ArrayOf("values", layer.values(), [&](const v1::DriftedValue& value) {
      json->Object([&] {
        json->Member("name", value.name());
        JsonOrNull("value", value.value_json(), json);
        JsonOrNull("preset_value", value.preset_value_json(), json);
      });
    });
    json->Member("frequencies", layer.frequencies());
    json->Member("moved", layer.moved());
    json->Member("largest_ratio", layer.largest_ratio());
    json->Member("length", layer.length());
    json->Member("angle", layer.angle());
    json->Member("attention_factor", layer.attention_factor());
    json->Member("preset_attention_factor", layer.preset_attention_factor());
  });
}

void WriteDrift(const v1::ValidateConfigResponse& response, JsonOutput* json) {
  if (!response.has_drift()) return json->Json("drift", "null");
  const v1::Drift& drift = response.drift();
  json->Object("drift", [&] {
    json->Member("preset", drift.preset());
    json->Member("guessed", drift.guessed());
    json->Member("recipe", OrNull(drift.recipe()));
    json->ArrayOf("layers", drift.layers(),
                  [&](const v1::LayerDrift& layer) { WriteDriftOfLayer(layer, json); });
  });
}

void WriteEffectiveValue(const std::string& layer_type, const v1::EffectiveValue& value,
                         JsonOutput* json) {
  json->Object([&] {
    json->Member("layer_type", layer_type);
    json->Member("name", value.name());
    JsonOrNull("value", value.value_json(), json);
    json->Member("path", OrNull(value.path()));
    json->Member("source", value.source());
  });
}

void WriteLayerTypes(const v1::ValidateConfigResponse& response, JsonOutput* json) {
  json->Member("config_id", response.layer_types_size() == 1
                                ? OrNull(response.layer_types(0).config_id())
                                : std::nullopt);
  json->ArrayOf("layer_types", response.layer_types(), [&](const v1::LayerTypeReport& layer) {
    json->Object([&] {
      json->Member("layer_type", layer.layer_type());
      json->Member("has_rope", layer.has_rope());
      json->Member("layers", layer.layers());
      json->Member("config_id", OrNull(layer.config_id()));
    });
  });
  json->Array("effective_values", [&] {
    for (const v1::LayerTypeReport& layer : response.layer_types()) {
      for (const v1::EffectiveValue& value : layer.effective_values()) {
        WriteEffectiveValue(layer.layer_type(), value, json);
      }
    }
  });
}

void WriteConfig(const ValidatedConfig& config, FixMode fix, JsonOutput* json) {
  const v1::ValidateConfigResponse& response = config.response;
  json->Object([&] {
    json->Member("file", config.source.name);
    json->Member("valid", response.valid());
    json->ArrayOf("findings", config.findings,
                  [&](const Finding& finding) { WriteFinding(config.source, finding, json); });
    json->Json("rope_parameters", response.rope_parameters_json());
    json->Member("layers_without_rope", response.layers_without_rope());
    json->Member("family", response.family());
    json->Member("text_model_path", OrNull(response.text_model_path()));
    json->Member("transformers_version", response.transformers_version());
    WriteLayerTypes(response, json);
    WriteDrift(response, json);
    if (fix != FixMode::kNone) WriteFixes(config, fix, json);
  });
}

void WriteUnreadable(const UnreadableConfig& config, JsonOutput* json) {
  json->Object([&] {
    json->Member("file", config.file);
    json->Object("error", [&] {
      json->Member("code", config.code);
      json->Member("message", config.message);
    });
  });
}

}  // namespace

void PrintJson(const std::vector<ValidatedConfig>& configs,
               const std::vector<UnreadableConfig>& unreadable, FixMode fix, bool several) {
  JsonOutput json;
  if (several) {
    json.Array([&] {
      for (const ValidatedConfig& one : configs) WriteConfig(one, fix, &json);
      for (const UnreadableConfig& one : unreadable) WriteUnreadable(one, &json);
    });
  } else {
    WriteConfig(configs.front(), fix, &json);
  }
  json.Print();
}

}  // namespace rope::ropectl
