// LoadModelConfig: what transformers' configuration object holds after loading, without any check
// of it.
//
// Inference engines load a config.json with transformers' classes and then read the attributes of
// the object by their own rules (core/dialects). ReadModelConfig goes further: it checks the
// attributes by transformers' rules, and refuses what transformers refuses.
#pragma once

#include <string>

#include "core/json/json_reader.h"
#include "core/json/json_value.h"

namespace rope {

// Plain data.
struct LoadedConfig {
  std::string model_type;       // of the text model, as the document says; "" if it has none
  std::string family;           // the model_type whose loading rules were used
  std::string text_model_path;  // the part of the document that was read; "" is all of it
  bool is_known_family = false;
  bool has_no_rotary_embedding = false;  // then nothing was loaded

  JsonValue document;         // the part that was read, unchanged; an object
  JsonValue attributes;       // an object; without rope_parameters
  JsonValue rope_parameters;  // as loaded: null, or an object
};

// REQUIRES that `json` is ok and that its root is an object. Values that have a wrong type are
// loaded as LoadModel loads them. Pure and thread-safe; memory and time are linear in the document.
LoadedConfig LoadModelConfig(const JsonDocument& json);

}  // namespace rope
