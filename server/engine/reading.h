// Reading: how a configuration was read, as far as an answer must say it. Frequencies alone do not
// show whether the file said everything or whether something had to be assumed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/config/report.h"
#include "core/rope_types/attention/attention_scaling.h"

namespace rope::engine {

// Plain data. Of one layer type.
struct Reading {
  // The codes of all warnings on the configuration, each once, in the order of the findings.
  std::vector<std::string> warning_codes;
  std::string family;           // the model_type whose rules were used
  std::string text_model_path;  // the part of the document that was read; "" is all of it
  // The effective values that no member of the document gives.
  std::vector<EffectiveValue> assumed;
  // The configuration is a preset that was not compared with its source.
  bool preset_unverified = false;
  // What the model's attention multiplies beside cos and sin. Empty in a dialect other than
  // transformers, which says so itself.
  AttentionScaling attention = {};

  // The memory that it takes, in bytes.
  int64_t bytes() const;
};

// The reading of `layer`, a layer type of `report`.
Reading ReadingOf(const ModelConfigReport& report, const LayerTypeConfig& layer);

}  // namespace rope::engine
