// What the layers of one parameter set compute with, quantity by quantity, and whether a value that
// the document gives elsewhere says the same.
#pragma once

#include <optional>
#include <string>

#include "core/config/judge/quantities/given_values.h"
#include "core/config/load/loading_state.h"
#include "core/config/report.h"

namespace rope {

// The parameter set of a layer type, as built. Views of the state and of the report.
struct UsedSet {
  const JsonValue* set = nullptr;
  const LayerTypeConfig* layers = nullptr;

  // Absent if an error prevented it.
  const std::optional<RopeConfig>& config() const { return layers->config; }
};

// The value of a quantity that a parameter set's layers compute with.
struct UsedValue {
  JsonValue value;   // with its offset; null: there is none
  std::string name;  // "rope_theta"
  bool is_given() const { return value.offset() >= 0; }
};

// Whether the type of this parameter set reads the quantity at all.
bool ReadsQuantity(const LoadingState& state, const UsedSet& used, Quantity quantity);

// Whether it is this value that the layers of the parameter set compute with, under its own name or
// another.
bool Received(const LoadingState& state, const UsedSet& used, const GivenValue& given);

// What `given` competes with in this parameter set.
UsedValue UsedValueOf(const LoadingState& state, const UsedSet& used, const GivenValue& given);

// Whether `given` says what these layers compute with anyway, by number: a rotated width of 64 is
// equal to a share of 0.5 of 128 channels.
bool SaysTheSame(const LoadingState& state, const UsedSet& used, const GivenValue& given);

// The attention factor of yarn that attn_factor means in vLLM and SGLang, which multiply yarn's own
// factor by it. Absent unless the type is yarn and its factor is known.
std::optional<double> AttentionFactorMeant(const UsedSet& used, const JsonValue& attn_factor);

}  // namespace rope
