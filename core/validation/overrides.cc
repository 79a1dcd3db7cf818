#include "core/validation/overrides.h"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "core/rope_types/rope_types.h"
#include "core/validation/check_computes.h"

namespace rope {
namespace {

absl::Status Invalid(absl::string_view path, absl::string_view problem) {
  return absl::InvalidArgumentError(absl::StrCat(path, " ", problem));
}

std::string PathOf(const std::string& layer_type) {
  if (layer_type.empty()) return "config.overrides[\"\"]";
  return absl::StrCat("config.overrides.", layer_type);
}

std::string RotatedLayerTypes(const ModelConfigReport& report) {
  std::vector<std::string> names;
  for (const LayerTypeConfig& layer : report.layer_types) {
    if (layer.config.has_value()) names.push_back(absl::StrCat("\"", layer.layer_type, "\""));
  }
  return names.empty() ? "none" : absl::StrJoin(names, ", ");
}

// The layer type of that name, to be changed.
absl::StatusOr<LayerTypeConfig*> FindLayer(const std::string& layer_type,
                                           ModelConfigReport* report) {
  const LayerTypeConfig* const found = report->Find(layer_type);
  if (found != nullptr && found->config.has_value()) {
    return &report->layer_types[static_cast<size_t>(found - report->layer_types.data())];
  }
  return Invalid(PathOf(layer_type),
                 absl::StrCat("names no layer type with a rotary embedding; the model has ",
                              RotatedLayerTypes(*report)));
}

// Copies the values. A zero gets the sign +, because -0 would turn up as a sine of -0.
absl::Status CopyNumbers(const std::string& path, const std::vector<double>& values,
                         int64_t frequencies, std::vector<double>* out) {
  if (static_cast<int64_t>(values.size()) != frequencies) {
    return Invalid(path, absl::StrCat("must have ", frequencies,
                                      " values, one for each frequency, not ", values.size()));
  }
  constexpr double kLargest = std::numeric_limits<float>::max();
  for (size_t i = 0; i < values.size(); ++i) {
    if (values[i] >= 0.0 && values[i] <= kLargest) continue;
    return Invalid(absl::StrCat(path, "[", i, "]"),
                   absl::StrCat("must be a number >= 0 that a float32 can hold, not ", values[i]));
  }
  out->clear();
  for (const double value : values) out->push_back(value + 0.0);
  return absl::OkStatus();
}

// INVALID_ARGUMENT if the layer type has no frequencies for another rotary_dim than its own.
absl::Status CheckOtherWidth(const LayerTypeConfig& layer, int64_t width, const std::string& path) {
  const RopeConfig& config = *layer.config;
  if (width == config.rotary_dim) return absl::OkStatus();
  const auto must_stay = [&](absl::string_view why) {
    return Invalid(path, absl::StrCat("must be ", config.rotary_dim, ", not ", width, ": ", why));
  };
  if (FindRopeType(config.rope_type)->rotary_dim_is_head_dim) {
    return must_stay(absl::StrCat("rope_type ", config.rope_type, " rotates the whole head"));
  }
  if (!config.short_factor.empty() || !config.long_factor.empty()) {
    return must_stay("short_factor and long_factor have one factor for each frequency");
  }
  if (layer.axes.count > 1 || config.even_odd_frequencies > 0) {
    return must_stay("the model divides its frequencies among several position axes");
  }
  return absl::OkStatus();
}

absl::Status ApplyWindow(const Window& window, const std::string& path, LayerTypeConfig* layer) {
  RopeConfig& config = *layer->config;
  const std::string width_path = absl::StrCat(path, ".width");
  if (window.width < 2 || window.width > config.head_dim || window.width % 2 != 0) {
    return Invalid(width_path, absl::StrCat("must be even and 2 to ", config.head_dim,
                                            ", the channels of a head, not ", window.width));
  }
  if (window.offset < 0 || window.offset > kMaxHeadDim - window.width) {
    return Invalid(
        absl::StrCat(path, ".offset"),
        absl::StrCat("must be 0 to ", kMaxHeadDim - window.width, ", not ", window.offset));
  }
  absl::Status status = CheckOtherWidth(*layer, window.width, width_path);
  if (!status.ok()) return status;
  config.rotary_dim = window.width;
  layer->window_offset = window.offset;
  return absl::OkStatus();
}

// Replaces the effective value of that name, or adds it.
void SetEffective(std::string name, std::string value, LayerTypeConfig* layer) {
  std::vector<EffectiveValue>& values = layer->effective_values;
  EffectiveValue effective{std::move(name), std::move(value), "",
                           "given by the request, beside the configuration"};
  const auto found = std::find_if(values.begin(), values.end(), [&](const EffectiveValue& one) {
    return one.name == effective.name;
  });
  if (found == values.end()) {
    values.push_back(std::move(effective));
  } else {
    *found = std::move(effective);
  }
}

std::string JsonList(const std::vector<double>& values) {
  return absl::StrCat("[",
                      absl::StrJoin(values, ", ",
                                    [](std::string* out, double value) {
                                      absl::StrAppendFormat(out, "%.17g", value);
                                    }),
                      "]");
}

void Explain(const LayerOverride& given, LayerTypeConfig* layer) {
  if (given.window.has_value()) {
    SetEffective("rotary_dim", absl::StrCat(given.window->width), layer);
  }
  if (!given.inv_freq.empty()) {
    // Nothing is computed from the base any more.
    std::vector<EffectiveValue>& values = layer->effective_values;
    values.erase(std::remove_if(values.begin(), values.end(),
                                [](const EffectiveValue& one) { return one.name == "rope_theta"; }),
                 values.end());
    SetEffective("inv_freq", JsonList(layer->config->inv_freq), layer);
  }
  if (!given.lane_scale.empty()) {
    SetEffective("lane_scale", JsonList(layer->config->lane_scale), layer);
  }
}

absl::Status ApplyOne(const LayerOverride& given, const std::string& path, LayerTypeConfig* layer) {
  RopeConfig& config = *layer->config;
  if (config.spectrum.has_value()) {
    return Invalid(path,
                   "must be absent: each position axis has its own frequencies, which a "
                   "spectrum gives");
  }
  absl::Status status;
  if (given.window.has_value()) {
    status = ApplyWindow(*given.window, absl::StrCat(path, ".window"), layer);
  }
  const int64_t frequencies = (config.rotary_dim + 1) / 2;
  if (status.ok() && !given.inv_freq.empty()) {
    status =
        CopyNumbers(absl::StrCat(path, ".inv_freq"), given.inv_freq, frequencies, &config.inv_freq);
  }
  if (status.ok() && !given.lane_scale.empty()) {
    status = CopyNumbers(absl::StrCat(path, ".lane_scale"), given.lane_scale, frequencies,
                         &config.lane_scale);
  }
  if (!status.ok()) return status;
  status = CheckComputes(config);
  if (!status.ok()) return Invalid(absl::StrCat(path, ":"), status.message());
  Explain(given, layer);
  return absl::OkStatus();
}

void AppendBytes(const void* data, size_t size, std::string* out) {
  const auto length = static_cast<uint64_t>(size);
  out->append(reinterpret_cast<const char*>(&length), sizeof length);
  out->append(static_cast<const char*>(data), size);
}

}  // namespace

absl::Status ApplyOverrides(const Overrides& overrides, ModelConfigReport* report) {
  std::set<const LayerTypeConfig*> changed;
  for (const auto& [layer_type, given] : overrides) {
    const auto layer = FindLayer(layer_type, report);
    if (!layer.ok()) return layer.status();
    const std::string path = PathOf(layer_type);
    if (!changed.insert(*layer).second) {
      return Invalid(path, "means the same layers as config.overrides[\"\"]; give only one");
    }
    if (absl::Status status = ApplyOne(given, path, *layer); !status.ok()) return status;
  }
  return absl::OkStatus();
}

bool GivesFrequencies(const Overrides& overrides) {
  return std::any_of(overrides.begin(), overrides.end(), [](const auto& entry) {
    return !entry.second.inv_freq.empty() || !entry.second.lane_scale.empty();
  });
}

std::string OverrideBytes(const Overrides& overrides) {
  std::string bytes;
  for (const auto& [layer_type, given] : overrides) {
    AppendBytes(layer_type.data(), layer_type.size(), &bytes);
    AppendBytes(given.inv_freq.data(), given.inv_freq.size() * sizeof(double), &bytes);
    AppendBytes(given.lane_scale.data(), given.lane_scale.size() * sizeof(double), &bytes);
    const Window window = given.window.value_or(Window());
    AppendBytes(&window, given.window.has_value() ? sizeof window : 0, &bytes);
  }
  return bytes;
}

}  // namespace rope
