#include "core/config/judge/quantities/used_values.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "core/config/judge/key_checks.h"
#include "core/json/python_value.h"
#include "core/rope_types/formula_terms.h"
#include "core/rope_types/rope_types.h"

namespace rope {
namespace {

const RopeType* TypeOf(const UsedSet& used) {
  return FindRopeType(StringMember(*used.set, "rope_type"));
}

std::optional<double> NumberOf(const JsonValue* value) {
  if (value == nullptr || value->is_bool()) return std::nullopt;
  return PythonNumber(*value);
}

std::optional<double> MemberNumber(const UsedSet& used, absl::string_view key) {
  return NumberOf(used.set->Find(key));
}

int64_t Channels(int64_t head_dim, double share) {
  return static_cast<int64_t>(static_cast<double>(head_dim) * share);
}

// How many channels of a head the layers rotate. proportional computes with the whole head, but
// gives only a share of it a frequency that is not 0.
int64_t RotatedChannels(const UsedSet& used) {
  const RopeConfig& config = *used.config();
  return RopeTypeOf(config).rotary_dim_is_head_dim
             ? Channels(config.head_dim, config.partial_rotary_factor)
             : config.rotary_dim;
}

bool SaysTheSameWidth(const UsedSet& used, const GivenValue& given, double number) {
  if (!used.config().has_value()) return true;  // there is an error to mend first
  const int64_t head_dim = used.config()->head_dim;
  // Numbers beyond any width, and NaN, equal none.
  if (!(number >= 0.0 && number <= 1e9)) return false;
  const auto width = static_cast<double>(
      given.quantity() == Quantity::kWidth ? std::llround(number) : Channels(head_dim, number));
  if (width == static_cast<double>(RotatedChannels(used))) return true;
  // ROPE-W116 reports a share that the type ignores.
  const std::optional<double> share = MemberNumber(used, "partial_rotary_factor");
  return share.has_value() && std::abs(*share) <= 1e6 &&
         width == static_cast<double>(Channels(head_dim, *share));
}

// "none" and the like say that there is no scaling.
bool SaysTheSameType(const UsedSet& used, const JsonValue& given) {
  if (!given.is_string()) return true;
  const std::string name = absl::AsciiStrToLower(given.as_string());
  const std::string type = StringMember(*used.set, "rope_type");
  if (name == absl::AsciiStrToLower(type)) return true;
  const bool is_none = name.empty() || name == "none" || name == "null" || name == "mrope";
  return (is_none || name == kDefaultRopeType) && type == kDefaultRopeType;
}

// The factor that a product of decimal fractions was meant to be: its first 15 digits.
double WithoutRoundingNoise(double value) {
  double rounded = value;
  return absl::SimpleAtod(absl::StrFormat("%.15g", value), &rounded) ? rounded : value;
}

}  // namespace

bool ReadsQuantity(const LoadingState& state, const UsedSet& used, Quantity quantity) {
  const RopeType* type = TypeOf(used);
  switch (quantity) {
    case Quantity::kOriginalLength:
      return type != nullptr && type->needs_original_length;
    case Quantity::kMaxLength:
      // Nearly every file has several lengths, for the tokenizer and for the caches. Only one that
      // stands in for a missing max_position_embeddings says something.
      return type != nullptr && !state.InDocument("max_position_embeddings") &&
             (type->seq_len_dependence != SeqLenDependence::kNone ||
              (type->needs_original_length && used.set->Find("factor") == nullptr));
    case Quantity::kHeadWidth:
      // With latent attention a head has rotated and unrotated channels, and two widths.
      return state.family().head_dim.source != HeadDimRule::Source::kRopeHeadDim;
    default:
      return true;
  }
}

bool Received(const LoadingState& state, const UsedSet& used, const GivenValue& given) {
  const auto is_it = [&](const JsonValue* value) {
    return value != nullptr && value->offset() == given.value->offset();
  };
  return is_it(used.set->Find(NameOf(given.quantity()))) || is_it(state.Attribute("head_dim")) ||
         is_it(state.Attribute("max_position_embeddings"));
}

UsedValue UsedValueOf(const LoadingState& state, const UsedSet& used, const GivenValue& given) {
  UsedValue result;
  result.name = std::string(NameOf(given.quantity()));
  const JsonValue* value = nullptr;
  if (given.quantity() == Quantity::kHeadWidth || given.quantity() == Quantity::kMaxLength) {
    value = state.Attribute(result.name);
  } else {
    value = used.set->Find(result.name);
  }
  if (value != nullptr) result.value = *value;
  if (given.quantity() == Quantity::kHeadWidth && used.config().has_value() &&
      NumberOf(value) != static_cast<double>(used.config()->head_dim)) {
    result.value = JsonValue(used.config()->head_dim);  // a head_dim of 0 counts as absent
  }
  return result;
}

bool SaysTheSame(const LoadingState& state, const UsedSet& used, const GivenValue& given) {
  if (given.quantity() == Quantity::kType) return SaysTheSameType(used, *given.value);
  const std::optional<double> number = NumberOf(given.value);
  if (!number.has_value()) return true;  // a list or an object says more than one value
  switch (given.quantity()) {
    case Quantity::kTheta:
      return number == MemberNumber(used, "rope_theta");
    case Quantity::kThetaRatio:
      return *number * 10000.0 == MemberNumber(used, "rope_theta");
    case Quantity::kShare:
    case Quantity::kWidth:
      return SaysTheSameWidth(used, given, *number);
    case Quantity::kHeadWidth:
      return !used.config().has_value() || *number == static_cast<double>(used.config()->head_dim);
    case Quantity::kOriginalLength:
      return number == MemberNumber(used, "original_max_position_embeddings");
    case Quantity::kMaxLength:
      return number == NumberOf(state.Attribute("max_position_embeddings"));
    case Quantity::kFactor:
      return *number == MemberNumber(used, "factor").value_or(1.0);
    case Quantity::kInverseFactor:
      return *number * MemberNumber(used, "factor").value_or(1.0) == 1.0;
    case Quantity::kAttentionFactor:
      return number == MemberNumber(used, "attention_factor");
    case Quantity::kAttentionMultiplier:
      return *number == 1.0 || used.set->Find("attention_factor") != nullptr;
    case Quantity::kLlama4Beta:
      return number == MemberNumber(used, "llama_4_scaling_beta");
    case Quantity::kType:
      break;
  }
  return true;
}

std::optional<double> AttentionFactorMeant(const UsedSet& used, const JsonValue& attn_factor) {
  const std::optional<double> multiplier = NumberOf(&attn_factor);
  const std::optional<double> factor = MemberNumber(used, "factor");
  if (StringMember(*used.set, "rope_type") != "yarn" || !multiplier.has_value() ||
      !factor.has_value() || !(*factor >= 1e-6 && *factor <= 1e6) || !std::isfinite(*multiplier)) {
    return std::nullopt;
  }
  return WithoutRoundingNoise(*multiplier * MagnitudeScale<double>(*factor, 1.0));
}

}  // namespace rope
