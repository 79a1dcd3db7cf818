// What the rules of several rope types share.
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "core/config/judge/set_reader.h"
#include "core/rope_types/rope_config.h"

namespace rope {

inline constexpr char kOriginalLength[] = "original_max_position_embeddings";

// What the rules of a type work on: one set of parameters as validated at load, the same after a
// module was built, and the RopeConfig to fill.
struct RuleContext {
  SetReader loaded;
  SetReader built;
  std::string layer_type;  // "" where there is one set for all layers
  RopeConfig* result;

  LoadingState& state() const { return built.state(); }
};

// The beginning of most of transformers' sentences: "`rope_parameters`'s <sentence>, got <value>".
std::string HfGotMessage(absl::string_view sentence, const JsonValue* value);
// The same where the value is no number in Python's eyes, otherwise nothing.
std::string HfMessageUnlessNumber(const JsonValue* value, absl::string_view sentence);

// max_position_embeddings / original_max_position_embeddings as the fix of what was reported last.
void FixByRatio(const RuleContext& context);

// factor. Null counts as absent where `null_is_absent`: then the ratio of the lengths is used.
void CheckFactor(const RuleContext& context, bool null_is_absent);

// Whether the original length as validated at load must be a number, although another value
// replaces it before anything is computed.
enum class LengthAtLoad { kMustBeNumber, kAnyValue };

// original_max_position_embeddings. `hf_message` is what transformers says if it is no number.
void CheckOriginalLength(const RuleContext& context, LengthAtLoad at_load,
                         const std::string& hf_message);

// attention_factor of yarn (a float) and longrope (a number).
void CheckAttentionFactor(const RuleContext& context, bool int_allowed);

// The stretching factor in use: given, or the ratio of the lengths.
std::optional<double> FactorOrRatio(const RuleContext& context);

// A formula that has no value for these parameters.
void ReportDegenerate(const RuleContext& context, absl::string_view key, std::string message);

// The rules that have a file of their own.
void CheckYarn(const RuleContext& context);
void CheckLongrope(const RuleContext& context);

}  // namespace rope
