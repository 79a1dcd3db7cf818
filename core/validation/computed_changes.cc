#include "core/validation/computed_changes.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/config/model_config.h"
#include "core/json/json_value.h"
#include "core/plan/frequency_plan.h"
#include "core/table/position_ids.h"

namespace rope {
namespace {

using Length = std::optional<int64_t>;  // absent: as when the model is loaded

// The lengths at which the frequencies of the parameters may change, and some beyond.
void AddLengths(const RopeConfig& config, std::set<Length>* lengths) {
  const double original = config.original_max_position_embeddings.value_or(1.0);
  const int64_t stated = config.max_position_embeddings.value_or(1);
  for (const int64_t length : {static_cast<int64_t>(original), stated, int64_t{1} << 20}) {
    const int64_t within = std::clamp<int64_t>(length, 1, kMaxPosition);
    lengths->insert(within);
    lengths->insert(within + 1);
    lengths->insert(std::min<int64_t>(2 * within, kMaxPosition));
  }
}

std::string Text(double number) { return PythonFloat(number); }
std::string Text(int64_t number) { return absl::StrCat(number); }
std::string Text(const Length& number) { return number.has_value() ? Text(*number) : ""; }
std::string Text(const std::vector<int64_t>& layers) {
  return absl::StrCat("[", absl::StrJoin(layers, ","), "]");
}

// Collects what differs in one layer type. Each name is reported once.
class Changes {
 public:
  Changes(std::string layer_type, std::vector<ComputedChange>* out)
      : layer_type_(std::move(layer_type)), out_(out) {}

  void Add(const std::string& name, std::string before, std::string after) {
    if (!names_.insert(name).second) return;
    out_->push_back({layer_type_, name, std::move(before), std::move(after)});
  }

  template <typename Value>
  void Compare(const std::string& name, const Value& before, const Value& after) {
    if (before != after) Add(name, Text(before), Text(after));
  }

  bool empty() const { return names_.empty(); }

 private:
  std::string layer_type_;
  std::vector<ComputedChange>* out_;
  std::set<std::string> names_;
};

// Two plans with different bytes differ in a frequency or in the attention factor. In profile
// `exact` the difference may lie below the rounding of the numbers that a plan shows; then the
// attention factor stands for it.
void AddPlans(const FrequencyPlan& before, const FrequencyPlan& after, Changes* changes) {
  if (CanonicalBytes(before) == CanonicalBytes(after)) return;
  const auto [was, is] = std::mismatch(before.inv_freq.begin(), before.inv_freq.end(),
                                       after.inv_freq.begin(), after.inv_freq.end());
  const bool moves = was != before.inv_freq.end() || is != after.inv_freq.end();
  if (moves) {
    const auto text = [](const auto& at, const auto& end) {
      return at != end ? Text(static_cast<double>(*at)) : "";
    };
    changes->Add(absl::StrCat("inv_freq[", was - before.inv_freq.begin(), "]"),
                 text(was, before.inv_freq.end()), text(is, after.inv_freq.end()));
  }
  if (!moves || before.attention_factor != after.attention_factor) {
    changes->Add("attention_factor", Text(before.attention_factor), Text(after.attention_factor));
  }
}

void ComparePlans(const RopeConfig& before, const RopeConfig& after, Changes* changes) {
  std::set<Length> lengths = {std::nullopt, 1};
  AddLengths(before, &lengths);
  AddLengths(after, &lengths);
  for (const NumericProfile profile : {NumericProfile::kHf, NumericProfile::kExact}) {
    for (const HfCallSite site : {HfCallSite::kInitFunction, HfCallSite::kForward}) {
      for (const Length& length : lengths) {
        const auto was = MakeFrequencyPlan(before, profile, length, site);
        const auto is = MakeFrequencyPlan(after, profile, length, site);
        if (was.ok() && is.ok()) AddPlans(*was, *is, changes);
        if (!changes->empty()) return;  // one length shows it
      }
    }
  }
}

void CompareConfigs(const RopeConfig& before, const RopeConfig& after, Changes* changes) {
  if (before == after) return;  // plans are a function of the parameters
  changes->Compare("head_dim", before.head_dim, after.head_dim);
  changes->Compare("rotary_dim", before.rotary_dim, after.rotary_dim);
  changes->Compare("max_position_embeddings", before.max_position_embeddings,
                   after.max_position_embeddings);
  ComparePlans(before, after, changes);
}

const LayerTypeConfig* Find(const ModelConfigReport& report, const std::string& layer_type) {
  for (const LayerTypeConfig& layers : report.layer_types) {
    if (layers.layer_type == layer_type) return &layers;
  }
  return nullptr;
}

void CompareLayerType(const LayerTypeConfig* before, const LayerTypeConfig* after,
                      Changes* changes) {
  static const auto* const kNone = new LayerTypeConfig();
  const LayerTypeConfig& was = before != nullptr ? *before : *kNone;
  const LayerTypeConfig& is = after != nullptr ? *after : *kNone;
  changes->Compare("layers", was.layers, is.layers);
  if (was.config.has_value() && is.config.has_value()) {
    CompareConfigs(*was.config, *is.config, changes);
  } else if (was.config.has_value() != is.config.has_value()) {
    const auto dim = [](const LayerTypeConfig& layers) {
      return layers.config.has_value() ? Text(layers.config->rotary_dim) : "";
    };
    changes->Add("rotary_dim", dim(was), dim(is));
  }
}

}  // namespace

std::vector<ComputedChange> ComputedChanges(absl::string_view before, absl::string_view after) {
  std::vector<ComputedChange> changes;
  const ModelConfigReport was = ReadModelConfig(before);
  const ModelConfigReport is = ReadModelConfig(after);
  if (!was.valid() || !is.valid()) return changes;
  std::set<std::string> layer_types;
  for (const ModelConfigReport* report : {&was, &is}) {
    for (const LayerTypeConfig& layers : report->layer_types) layer_types.insert(layers.layer_type);
  }
  for (const std::string& layer_type : layer_types) {
    Changes of_type(layer_type, &changes);
    CompareLayerType(Find(was, layer_type), Find(is, layer_type), &of_type);
  }
  Changes("", &changes)
      .Compare("layers_without_rope", was.layers_without_rope, is.layers_without_rope);
  return changes;
}

}  // namespace rope
