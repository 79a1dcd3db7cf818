// The table of everything a reader of configurations can have to say.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/findings/finding.h"

namespace rope {

// In the order of the table in findings.cc; the code a user sees ("ROPE-E006") stands there.
enum class FindingId {
  // Errors.
  kSyntax,
  kDocumentLimit,
  kNotAnObject,
  kUnknownType,
  kTypeNotComputed,
  kMissingKey,
  kWrongKind,
  kBoolean,
  kNotFinite,
  kOutOfRange,
  kFieldType,
  kHeads,
  kHeadDim,
  kOddHeadDim,
  kListLength,
  kNesting,
  kLayerTypes,
  kTypeNotInFamily,
  kDegenerate,
  kSections,
  kMissingShape,
  // Warnings.
  kUnknownKeys,
  kFactorBelowOne,
  kAttentionFactor,
  kBetaOrder,
  kFactorMismatch,
  kFactorImplied,
  kBandOrder,
  kOriginalLength,
  kNoProportion,
  kDuplicateMember,
  kOriginalLengthReplaced,
  kScalingDropped,
  kThetaUnused,
  kTypeConflict,
  kMisspelled,
  kPartialIgnored,
  kParametersIgnored,
  kTruncate,
  kShapeDefault,
  kUnknownModelType,
  kTwoSpellings,
  kThetaImplausible,
  kSectionsImplausible,
  kHeadDimZero,
  kOddRotaryDim,
  kOriginalLengthDefault,
  kLayerTypeReplaced,
  kListLengthAtLoad,
  kPresetDrift,
  // Notes.
  kNoModelType,
  kThetaDefault,
  kNestedConfig,
  kPresetRecipe,
  kPresetResembled,
};

// One row of the table.
struct FindingInfo {
  FindingId id;
  absl::string_view code;  // stable; a code that is no longer used is never used again
  Severity severity;
  absl::string_view title;
  absl::string_view consequence;  // what it does to the model if ignored
  // True where transformers may load and compute such a configuration without a word: an error here
  // is stricter than it, a warning says more.
  bool beyond_transformers;
};

absl::Span<const FindingInfo> AllFindings();
const FindingInfo& FindingInfoOf(FindingId id);
// Null for a code that the table does not have.
const FindingInfo* FindFinding(absl::string_view code);

}  // namespace rope
