// DiffDialects: where other programs part from transformers for one configuration.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "core/dialects/dialects.h"
#include "core/json/json_reader.h"

namespace rope {

enum class DialectOutcome {
  kSame,          // the same frequencies and the same factor
  kTransformers,  // the program runs transformers' code
  kDifferent,     // other frequencies, another factor, or other axes
  kRefused,       // the program refuses what transformers computes
  kOnlyEngine,    // transformers refuses what the program computes
  kBothRefuse,    // neither computes it
  kNotKnown,      // what the program does was not recorded
};

// "same", "runs transformers", "different", ...: for people and scripts.
absl::string_view DialectOutcomeName(DialectOutcome outcome);

// The comparison at one sequence length. Plain data.
struct PlanDifference {
  int64_t length = 0;       // the sequence length, in positions
  int64_t frequencies = 0;  // of the dialect
  int64_t transformers_frequencies = 0;
  // The frequencies that differ, by their number; empty if the two counts differ.
  std::vector<int64_t> moved;
  // The largest ratio of two such frequencies, the larger by the smaller; infinite if one is 0.
  double largest_ratio = 1.0;
  // The largest difference of two angles at the last position of the model's length, in radians.
  double angle = 0.0;
  double attention_factor = 1.0;
  double transformers_attention_factor = 1.0;
  bool other_axes = false;  // a frequency reads another position axis

  bool same() const {
    return frequencies == transformers_frequencies && moved.empty() && !other_axes &&
           attention_factor == transformers_attention_factor;
  }
};

// The layers of one type.
struct LayerDifference {
  std::string layer_type;  // "" if all layers have the same parameters
  DialectOutcome outcome = DialectOutcome::kSame;
  std::string refusal;       // why one of the two, or both, compute nothing
  std::string engine_class;  // of the dialect; empty if it runs transformers' code
  // At a short sequence and at the model's length. Empty unless both compute. Where frequencies do
  // not depend on the length, the two are equal.
  std::vector<PlanDifference> plans;
  // Members of the document, each of which makes the difference: without it, the two agree.
  std::vector<std::string> keys;
  std::vector<std::string> notes;

  // Whether the two part. kNotKnown is no statement.
  bool parts() const;
};

struct DialectDifference {
  const Dialect* dialect = nullptr;
  bool is_guess = false;
  std::vector<LayerDifference> layers;

  bool parts() const;
};

// Compares each of the dialects with transformers. Not ok if the text is not read, see
// ReadWithDialect. Pure; linear in the document for each of at most 65 readings of it.
absl::StatusOr<std::vector<DialectDifference>> DiffDialects(
    const JsonResult& json, absl::Span<const Dialect* const> dialects);

}  // namespace rope
