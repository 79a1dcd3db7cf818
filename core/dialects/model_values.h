// What the model code of every engine reads from a configuration besides its rope parameters.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/config/loaded_config.h"
#include "core/config/report.h"
#include "core/dialects/dialect_reading.h"
#include "core/json/json_value.h"

namespace rope {

// A configuration, once as transformers leaves it after loading and once as transformers reads it.
// The latter may be invalid.
struct ModelValues {
  const LoadedConfig& loaded;
  const ModelConfigReport& transformers;
};

// The row of an engine's table of families for the configuration: that of its family, or else that
// of the model_type that the document says. Null if the table has neither.
template <typename Row>
const Row* RowOf(absl::Span<const Row> rows, const LoadedConfig& loaded) {
  for (const std::string* name : {&loaded.family, &loaded.model_type}) {
    for (const Row& row : rows) {
      if (row.model_type == *name) return &row;
    }
  }
  return nullptr;
}

// The note of a configuration for which there is no row.
std::string GuessNote(absl::string_view engine, const ModelValues& model);

// The channels of a head: those that transformers computes with, if it accepts the configuration;
// otherwise the attribute head_dim, or hidden_size / num_attention_heads. 0: unknown.
int64_t HeadSizeOf(const ModelValues& model, absl::string_view layer_type);

// max_position_embeddings; absent if it is not an integer >= 1.
std::optional<int64_t> MaxPositionOf(const ModelValues& model);

// The attribute; null if there is none.
JsonValue AttributeOf(const ModelValues& model, absl::string_view name);

// A parameter set of the loaded configuration.
struct NamedParameters {
  std::string layer_type;  // "" if there is one parameter set for all layers
  JsonValue parameters;    // an object
  std::string path;        // in the document, as far as it is known
};

// Whether rope_parameters has a parameter set for each layer type.
bool IsNested(const JsonValue& rope_parameters);

// The parameter sets. One that is null has no rotary embedding and is left out. Without any, the
// only one is empty but for the attribute rope_theta.
std::vector<NamedParameters> ParameterSetsOf(const ModelValues& model);

// What transformers computes for these layers, with `note`. Not ok if it refuses the configuration.
absl::StatusOr<EngineRope> AsTransformers(const ModelValues& model, absl::string_view layer_type,
                                          const std::string& note);

// The same for all layers; one layer that is not ok if transformers refuses the configuration.
std::vector<DialectLayer> AllAsTransformers(const ModelValues& model, const std::string& note);

}  // namespace rope
