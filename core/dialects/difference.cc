#include "core/dialects/difference.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/dialects/keys_at_fault.h"

namespace rope {
namespace {

// A length below every original length.
constexpr int64_t kShort = 1;
// The length of a configuration that states none.
constexpr int64_t kOtherLength = 4096;

void CompareFrequencies(const std::vector<float>& ours, const std::vector<float>& theirs,
                        PlanDifference* difference) {
  if (ours.size() != theirs.size()) return;
  const auto last_position = static_cast<double>(difference->length - 1);
  for (size_t i = 0; i < ours.size(); ++i) {
    if (ours[i] == theirs[i]) continue;
    difference->moved.push_back(static_cast<int64_t>(i));
    const double larger = std::max(ours[i], theirs[i]);
    const double smaller = std::min(ours[i], theirs[i]);
    difference->largest_ratio = std::max(difference->largest_ratio, larger / smaller);
    difference->angle = std::max(difference->angle, (larger - smaller) * last_position);
  }
}

// The two at one length. `model_length` is for the angle.
absl::StatusOr<PlanDifference> ComparePlans(const EngineRope& ours, const EngineRope& theirs,
                                            int64_t length, int64_t model_length) {
  const DialectLength at{length, true, HfCallSite::kForward};
  const auto our_plan = PlanOf(ours, at);
  if (!our_plan.ok()) return our_plan.status();
  const auto their_plan = PlanOf(theirs, at);
  if (!their_plan.ok()) return their_plan.status();
  PlanDifference difference;
  difference.length = model_length;
  difference.frequencies = our_plan->half_width();
  difference.transformers_frequencies = their_plan->half_width();
  CompareFrequencies(EffectiveFrequencies(*our_plan), EffectiveFrequencies(*their_plan),
                     &difference);
  difference.length = length;
  difference.attention_factor = our_plan->attention_factor;
  difference.transformers_attention_factor = their_plan->attention_factor;
  const bool both_have_axes = ours.axes.count > 1 && theirs.axes.count > 1;
  difference.other_axes = both_have_axes && ours.axes.of_frequency != theirs.axes.of_frequency;
  return difference;
}

// The two at the model's length, and at a length for which longrope takes its other list.
void CompareRopes(const EngineRope& ours, const EngineRope& theirs, LayerDifference* layer) {
  int64_t longest = theirs.config.max_position_embeddings.value_or(kOtherLength);
  if (ours.long_frequencies.has_value()) {
    const double beyond = ours.long_frequencies->original_length + 2.0;
    if (beyond < 0x1p31) longest = std::max(longest, static_cast<int64_t>(beyond));
  }
  longest = std::clamp<int64_t>(longest, kShort, int64_t{1} << 31);
  layer->outcome = DialectOutcome::kSame;
  for (const int64_t length : {kShort, longest}) {
    auto plan = ComparePlans(ours, theirs, length, longest);
    if (!plan.ok()) {
      layer->outcome = DialectOutcome::kRefused;
      layer->refusal = std::string(plan.status().message());
      return;
    }
    if (!plan->same()) layer->outcome = DialectOutcome::kDifferent;
    layer->plans.push_back(*std::move(plan));
  }
}

LayerDifference CompareLayers(const DialectLayer* ours, const DialectLayer* theirs) {
  LayerDifference layer;
  layer.layer_type = theirs != nullptr ? theirs->layer_type : ours->layer_type;
  const bool we_compute = ours != nullptr && ours->rope.ok();
  const bool they_compute = theirs != nullptr && theirs->rope.ok();
  if (we_compute) {
    layer.engine_class = ours->rope->engine_class;
    layer.notes = ours->rope->notes;
  }
  const auto refusal = [](const DialectLayer* one) {
    return one == nullptr ? std::string("it has no such layer type")
                          : std::string(one->rope.status().message());
  };
  if (ours != nullptr && !ours->is_known) {
    layer.outcome = DialectOutcome::kNotKnown;
    layer.refusal = refusal(ours);
  } else if (we_compute && they_compute) {
    CompareRopes(*ours->rope, *theirs->rope, &layer);
    const bool same = layer.outcome == DialectOutcome::kSame;
    if (same && layer.engine_class.empty()) layer.outcome = DialectOutcome::kTransformers;
  } else if (we_compute) {
    layer.outcome = DialectOutcome::kOnlyEngine;
    layer.refusal = refusal(theirs);
  } else {
    layer.outcome = they_compute ? DialectOutcome::kRefused : DialectOutcome::kBothRefuse;
    layer.refusal = refusal(ours);
  }
  return layer;
}

}  // namespace

absl::string_view DialectOutcomeName(DialectOutcome outcome) {
  switch (outcome) {
    case DialectOutcome::kSame:
      return "same";
    case DialectOutcome::kTransformers:
      return "runs transformers";
    case DialectOutcome::kDifferent:
      return "different";
    case DialectOutcome::kRefused:
      return "refused";
    case DialectOutcome::kOnlyEngine:
      return "only the engine";
    case DialectOutcome::kBothRefuse:
      return "both refuse";
    case DialectOutcome::kNotKnown:
      break;
  }
  return "not known";
}

bool LayerDifference::parts() const {
  return outcome == DialectOutcome::kDifferent || outcome == DialectOutcome::kRefused ||
         outcome == DialectOutcome::kOnlyEngine;
}

bool DialectDifference::parts() const {
  return std::any_of(layers.begin(), layers.end(),
                     [](const LayerDifference& layer) { return layer.parts(); });
}

std::vector<LayerDifference> CompareReadings(const DialectReading& ours,
                                             const DialectReading& theirs) {
  std::vector<LayerDifference> layers;
  for (const DialectLayer& layer : theirs.layers) {
    const DialectLayer* same_name = ours.Find(layer.layer_type);
    // One parameter set of the program is that of all layers.
    if (same_name == nullptr) same_name = ours.Find("");
    layers.push_back(CompareLayers(same_name, &layer));
  }
  if (theirs.layers.size() == 1 && !theirs.layers.front().rope.ok()) {
    layers.clear();
    for (const DialectLayer& layer : ours.layers) {
      layers.push_back(CompareLayers(&layer, &theirs.layers.front()));
      layers.back().layer_type = layer.layer_type;
    }
  }
  return layers;
}

absl::StatusOr<std::vector<DialectDifference>> DiffDialects(
    const JsonResult& json, absl::Span<const Dialect* const> dialects) {
  const Dialect& transformers = AllDialects().front();
  const auto reference = ReadWithDialect(transformers, json);
  if (!reference.ok()) return reference.status();
  std::vector<DialectDifference> differences;
  for (const Dialect* dialect : dialects) {
    const auto reading = ReadWithDialect(*dialect, json);
    if (!reading.ok()) return reading.status();
    DialectDifference difference{dialect, reading->is_guess, CompareReadings(*reading, *reference)};
    if (difference.parts()) {
      FindKeysAtFault(json->root, reference->text_model_path, *dialect, &difference.layers);
    }
    differences.push_back(std::move(difference));
  }
  return differences;
}

}  // namespace rope
