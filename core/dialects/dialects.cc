#include "core/dialects/dialects.h"

#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "core/config/model_config.h"
#include "core/dialects/sglang/model.h"
#include "core/dialects/vllm/model.h"
#include "core/json/python_value.h"

namespace rope {
namespace {

DialectReading ReadByTransformers(const ModelValues& model) {
  DialectReading reading{model.transformers.family, model.transformers.text_model_path, {}, false};
  reading.layers = AllAsTransformers(model, "");
  return reading;
}

// Of a text that a request gives, in messages.
constexpr size_t kShownBytes = 80;

// With its length, because g++ 12 with sanitizers does not take the length at compile time.
constexpr absl::string_view kLoadedWith(kTransformersVersion, sizeof kTransformersVersion - 1);

constexpr Dialect kDialects[] = {
    {kDefaultDialect, kLoadedWith, kLoadedWith,
     "Hugging Face transformers, the library that model authors use", ReadByTransformers},
    {"vllm", "0.33.0", "5.20.2", "vLLM, an inference engine", ReadByVllm},
    {"sglang", "0.5.23", "5.19.0", "SGLang, an inference engine", ReadBySglang},
};

// Whether the model also multiplies its queries by a number that grows with the position: Llama 4
// and Ministral 3.
bool ScalesQueriesByPosition(const LoadedConfig& loaded) {
  const JsonValue* tuning = loaded.document.Find("attn_temperature_tuning");
  if (tuning != nullptr && IsTruthy(*tuning)) return true;
  return loaded.rope_parameters.is_object() &&
         loaded.rope_parameters.Find("llama_4_scaling_beta") != nullptr;
}

}  // namespace

absl::Span<const Dialect> AllDialects() { return kDialects; }

std::string DialectNames() {
  return absl::StrJoin(kDialects, ", ", [](std::string* out, const Dialect& dialect) {
    absl::StrAppend(out, dialect.name);
  });
}

absl::StatusOr<const Dialect*> FindDialect(absl::string_view name, std::string* note) {
  note->clear();
  const std::vector<std::string> parts = absl::StrSplit(name, absl::MaxSplits('@', 1));
  const absl::string_view wanted = name.empty() ? kDefaultDialect : parts.front();
  for (const Dialect& dialect : kDialects) {
    if (dialect.name != wanted) continue;
    if (parts.size() > 1 && parts[1] != dialect.version) {
      if (dialect.name == kDefaultDialect) break;
      *note = absl::StrCat("version ", parts[1].substr(0, kShownBytes), " of ", dialect.name,
                           " is not known; this is the answer of ", dialect.version);
    }
    return &dialect;
  }
  return absl::InvalidArgumentError(absl::StrCat(
      "dialect must be one of ", DialectNames(), " (transformers ", kTransformersVersion,
      " and no other release), not \"", name.substr(0, kShownBytes), "\""));
}

absl::StatusOr<DialectReading> ReadWithDialect(const Dialect& dialect, const JsonResult& json) {
  if (!json.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("byte ", json.error().offset, ": ", json.error().message));
  }
  if (!json->root.is_object()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "a model configuration must be a JSON object, not ", PythonTypeName(json->root)));
  }
  const LoadedConfig loaded = LoadModelConfig(*json);
  if (loaded.has_no_rotary_embedding) {
    return absl::InvalidArgumentError("config: the model has no rotary embedding");
  }
  const JsonValue& parameters = loaded.rope_parameters;
  if (IsNested(parameters) && parameters.as_object().size() > kMaxParameterSets) {
    return absl::InvalidArgumentError(
        absl::StrCat("rope_parameters has ", parameters.as_object().size(),
                     " parameter sets; at most ", kMaxParameterSets, " are computed"));
  }
  const ModelConfigReport report = ReadModelConfig(json);
  DialectReading reading = dialect.read({loaded, report});
  if (!ScalesQueriesByPosition(loaded)) return reading;
  for (DialectLayer& layer : reading.layers) {
    if (!layer.rope.ok()) continue;
    layer.rope->notes.emplace_back(
        "the model also scales its queries by their position; no table contains that");
  }
  return reading;
}

}  // namespace rope
