// ValidateConfig: all findings on a model configuration, in one call.
//
// Reading a configuration (core/config) finds what transformers would find, and more.
// ValidateConfig adds whether every table is finite, how the configuration differs from a preset,
// and strictness. It alone decides whether a configuration is valid, and everything that computes
// calls it first. A valid configuration computes at every sequence length. An invalid one computes
// nothing; its findings are the answer.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/config/model_config.h"
#include "core/json/json_reader.h"
#include "core/validation/drift.h"
#include "core/validation/overrides.h"

namespace rope {

// For ValidateOptions::preset: the preset that is nearest to the configuration, if there is one.
inline constexpr char kGuessPreset[] = "auto";

struct ValidateOptions {
  JsonLimits limits;
  bool strict = false;  // warnings become errors; their codes stay
  // The preset to compare with: a name of core/presets, kGuessPreset, or "" for none. An unknown
  // name counts as none; the caller checks it with FindPreset first.
  std::string preset;
  // The request gives frequencies or factors of them (GivesFrequencies in overrides.h): a finding
  // that the configuration lacks them is left out.
  bool frequencies_given = false;
};

struct Validation {
  ModelConfigReport report;
  // Absent if no preset was found to compare with, or if the configuration or the preset does not
  // compute.
  std::optional<Drift> drift;
};

// `json` may be any bytes: a text that cannot be read is a finding, too. Pure and thread-safe;
// memory and time are linear in json.size().
Validation ValidateConfig(absl::string_view json, const ValidateOptions& options = {});

// The same, and then ApplyOverrides if the configuration is valid; fails as that does.
// options.frequencies_given follows from the overrides.
absl::StatusOr<Validation> ValidateWithOverrides(absl::string_view json, const Overrides& overrides,
                                                 ValidateOptions options = {});

}  // namespace rope
