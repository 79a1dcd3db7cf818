// What the checks of several rope types (rules/rules.h) have in common.
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "core/config/judge/parameter_set_reader.h"
#include "core/rope_types/rope_config.h"

namespace rope {

inline constexpr char kOriginalLength[] = "original_max_position_embeddings";

// What the check of a rope type works on: one parameter set, at two moments, and the RopeConfig
// that the check fills. Most members are equal at both moments. The original length may change in
// between, see CheckOriginalLength.
struct RuleContext {
  ParameterSetReader loaded;  // as transformers validates it at load
  ParameterSetReader built;   // as it is after a module was built: the formula uses it
  std::string layer_type;     // "" if all layers use one parameter set
  RopeConfig* result;

  LoadingState& state() const { return built.state(); }
};

// The form of most of transformers' messages: "`rope_parameters`'s <sentence>, got <value>". Null
// stands for a missing member, which Python prints as None.
std::string HfGotMessage(absl::string_view sentence, const JsonValue* value);

// The same message for a member that is not a number in Python; "" if it is a number or missing.
std::string HfGotMessageUnlessNumber(absl::string_view sentence, const JsonValue* value);

// Gives the last finding a fix: factor becomes max_position_embeddings /
// original_max_position_embeddings. Gives none if one of the two is not a length, if the ratio is
// not above 1 (then one of the lengths is probably wrong, and a factor would hide it), if the ratio
// is no double, or if the document gives another factor for these layers.
void FixFactorByRatio(const RuleContext& context);

// Fills factor. A factor below 1 is a finding. If `null` is kMeansAbsent, a factor of null is a
// finding as well, because transformers then uses the ratio of the lengths.
void CheckFactor(const RuleContext& context, Null null);

// Whether the original length that transformers validates at load must be a number, even if another
// value replaces it before anything is computed.
enum class LengthAtLoad { kMustBeNumber, kAnyValue };

// Whether the original length of the parameter set, as loaded, is max_position_embeddings, which
// transformers fills in if the document has none there.
bool LengthWasFilledIn(const RuleContext& context);

// Fills original_max_position_embeddings with the value that the formula uses. When a module is
// built, a value at the document's top level replaces the one in the parameter set; there is a
// finding if the two differ. `hf_message` is what transformers says if a value is not a number.
void CheckOriginalLength(const RuleContext& context, LengthAtLoad at_load,
                         const std::string& hf_message);

// Which numbers transformers allows as attention_factor without a warning.
enum class AttentionFactorType { kFloat, kFloatOrInt };

// Fills attention_factor. There is a finding if it is not > 0, or not of `type`.
void CheckAttentionFactor(const RuleContext& context, AttentionFactorType type);

// The stretching factor that the formula will use, see EffectiveFactor; absent if it is not known.
// REQUIRES that CheckFactor and CheckOriginalLength were called. Reports a missing
// max_position_embeddings if the factor depends on it.
std::optional<double> FactorInUse(const RuleContext& context);

// Reports that the formula has no value for the parameter `key`.
void ReportDegenerate(const RuleContext& context, absl::string_view key, std::string message);

}  // namespace rope
