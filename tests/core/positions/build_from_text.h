// Tests build position ids from the texts of a configuration and of the arguments.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "core/json/json_reader.h"
#include "core/positions/rope_index.h"
#include "core/positions/vision/vision_positions.h"

namespace rope::testing {

inline absl::StatusOr<RopeIndex> BuildFromText(const std::string& config,
                                               const std::string& inputs) {
  const auto settings = ReadPositionSettings(ReadJson(config)->root);
  if (!settings.ok()) return settings.status();
  const auto arguments = ReadRopeIndexArguments(ReadJson(inputs)->root, *settings->family);
  if (!arguments.ok()) return arguments.status();
  return BuildRopeIndex(*settings, *arguments);
}

inline absl::StatusOr<VisionPositions> BuildVisionFromText(const std::string& config,
                                                           const std::string& inputs) {
  const auto settings = ReadVisionSettings(ReadJson(config)->root);
  if (!settings.ok()) return settings.status();
  const auto pictures = ReadVisionPictures(ReadJson(inputs)->root, *settings);
  if (!pictures.ok()) return pictures.status();
  return BuildVisionPositions(*settings, *pictures);
}

}  // namespace rope::testing
