// Overrides: what a request gives in place of parts of a configuration.
//
// Some values that a model computes with are in no config.json: frequencies that were learned, or
// factors of them that are stored with the weights. Others are the choice of the program that
// rotates: which channels of a head turn. A request gives them beside the configuration, which is
// read and validated without them first.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "core/config/report.h"

namespace rope {

// The channels of a head that rotate: `width` of them from channel `offset` on.
struct Window {
  int64_t offset = 0;  // 0 to kMaxHeadDim - width
  int64_t width = 0;   // even, 2 to head_dim: becomes RopeConfig::rotary_dim
};

// What replaces parts of one layer type's configuration. Plain data.
struct LayerOverride {
  std::vector<double> inv_freq;    // RopeConfig::inv_freq
  std::vector<double> lane_scale;  // RopeConfig::lane_scale
  std::optional<Window> window;
};

// By layer type. "" is the only layer type that a model has, as in ModelConfigReport::Find.
using Overrides = std::map<std::string, LayerOverride>;

// Puts the overrides into the layer types of `report`: its RopeConfigs, effective values and window
// offsets. INVALID_ARGUMENT, with the path of the field in a request ("config.overrides"), if the
// model has no such layer type or does not rotate it, if two entries mean the same layer type, if a
// list has another length than the layer type has frequencies or a value that float32 cannot hold,
// if the rope type has no frequencies for a window of that width, or if tables would not be finite.
// `report` is then in parts as before. REQUIRES report->valid(). Pure.
absl::Status ApplyOverrides(const Overrides& overrides, ModelConfigReport* report);

// Whether an override has inv_freq or lane_scale: for ValidateOptions::frequencies_given. Pure.
bool GivesFrequencies(const Overrides& overrides);

// Bytes that are equal exactly if the overrides are equal bit by bit: for keys of a process. Pure.
std::string OverrideBytes(const Overrides& overrides);

}  // namespace rope
