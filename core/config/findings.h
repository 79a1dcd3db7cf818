// The table of everything a reader of configurations can have to say, and the list it fills.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/config/finding.h"
#include "core/config/json_value.h"

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

// Collects the findings on one document. Not thread-safe.
class FindingSink {
 public:
  // `root`, the whole document, gives offsets their paths; it must outlive the sink.
  explicit FindingSink(const JsonValue* root) : root_(root) {}

  // About a value that stands in the document, or (offset -1) about `fallback_path`.
  void Add(FindingId id, const JsonValue& value, absl::string_view fallback_path,
           std::string message, std::string hf_message = "");

  // About member `key` of `parent`; if it is not there, about its absence.
  void AddMember(FindingId id, const JsonValue& parent, absl::string_view parent_path,
                 absl::string_view key, std::string message, std::string hf_message = "");

  // About a path as such.
  void AddPath(FindingId id, std::string path, int64_t offset, std::string message,
               std::string hf_message = "");

  // How to mend what was added last. The first two are about a value of the document and the member
  // it stands in; a value or an object that is not from the document gives no fix.
  void FixByValue(const JsonValue& at, JsonValue value);  // null: by removing the member
  void FixByRenaming(const JsonValue& at, absl::string_view key);
  void FixByAdding(const JsonValue& object, absl::string_view key, JsonValue value);

  // The path of a value, `fallback` where it is not from the document.
  std::string PathOf(const JsonValue& value, absl::string_view fallback) const;

  bool has_errors() const { return !IsValid(findings_); }
  bool HasErrorAt(absl::string_view path) const;
  std::vector<Finding> Take() { return std::move(findings_); }

 private:
  // Makes `members` the patch of the object that `keys` lead to.
  void Fix(std::vector<std::string> keys, JsonValue members);

  const JsonValue* root_;
  std::vector<Finding> findings_;
  bool last_was_kept_ = false;
};

}  // namespace rope
