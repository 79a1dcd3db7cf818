// ValidateConfig: everything there is to say about a model configuration, in one call.
//
// Reading finds what transformers would find and more (core/config); this adds whether every table
// it describes is finite, how it compares with a preset, and strictness. It is the whole judgement:
// a configuration that is valid here computes for every sequence length, one that is not is refused
// by everything that computes, with the same findings.
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "core/config/model_config.h"
#include "core/json/json_reader.h"
#include "core/validation/drift.h"

namespace rope {

// As ValidateOptions::preset: the preset that resembles the configuration most, if one does.
inline constexpr char kGuessPreset[] = "auto";

struct ValidateOptions {
  JsonLimits limits;
  bool strict = false;  // warnings become errors; their codes stay
  // A preset to compare with: a name of core/presets, kGuessPreset, or "" for none. A name that
  // FindPreset does not know counts as none: callers check it first.
  std::string preset;
};

struct Validation {
  ModelConfigReport report;
  std::optional<Drift> drift;  // where a preset was found to compare with, and both compute
};

// Never fails otherwise than by findings: `json` may be any bytes. Pure and thread-safe; memory and
// time are linear in json.size().
Validation ValidateConfig(absl::string_view json, const ValidateOptions& options = {});

}  // namespace rope
