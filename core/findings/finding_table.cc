#include "core/findings/finding_table.h"

namespace rope {
namespace {

constexpr Severity kE = Severity::kError;
constexpr Severity kW = Severity::kWarning;
constexpr Severity kN = Severity::kNote;

using Id = FindingId;

// THE table. Documented in docs/findings.md; a test holds the two together.
constexpr FindingInfo kFindings[] = {
    {Id::kSyntax, "ROPE-E001", kE, "Not readable as JSON", "Nothing can be loaded.", false},
    {Id::kDocumentLimit, "ROPE-E002", kE, "Document beyond a limit",
     "It is not read, to keep time and memory bounded.", true},
    {Id::kNotAnObject, "ROPE-E003", kE, "Not a JSON object", "Nothing can be loaded.", false},
    {Id::kUnknownType, "ROPE-E004", kE, "Unknown rope_type",
     "transformers loads it with a warning and fails when the model is built.", false},
    {Id::kTypeNotComputed, "ROPE-E005", kE, "rope_type known but not computed by this service",
     "There are no frequencies to give.", true},
    {Id::kMissingKey, "ROPE-E006", kE, "Required key missing", "The model does not load.", false},
    {Id::kWrongKind, "ROPE-E007", kE, "Wrong kind of value",
     "Loading or building fails in the arithmetic, or the text is used as if it were a number.",
     true},
    {Id::kBoolean, "ROPE-E008", kE, "true or false where a number belongs",
     "Python counts true as 1 and false as 0 without a word.", true},
    {Id::kNotFinite, "ROPE-E009", kE, "NaN or infinity",
     "The frequencies become NaN or 0 without a word.", true},
    {Id::kOutOfRange, "ROPE-E010", kE, "Number out of range",
     "The frequencies become NaN, infinite, negative or 0.", true},
    {Id::kFieldType, "ROPE-E011", kE, "Model field of the wrong type", "The model does not load.",
     false},
    {Id::kHeads, "ROPE-E012", kE, "hidden_size and num_attention_heads do not fit",
     "head_dim cannot be derived.", false},
    {Id::kHeadDim, "ROPE-E013", kE, "head_dim or rotary_dim out of range",
     "There are no frequencies, or more than fit.", true},
    {Id::kOddHeadDim, "ROPE-E014", kE, "Odd head_dim, fully rotated", "The model does not load.",
     false},
    {Id::kListLength, "ROPE-E015", kE, "List of the wrong length",
     "The model does not load, or fails when a sequence of that length comes.", true},
    {Id::kNesting, "ROPE-E016", kE, "Parameters at the wrong level",
     "The parameters of a layer type are not found when the model is built.", false},
    {Id::kLayerTypes, "ROPE-E017", kE, "layer_types do not fit", "The model does not load.", false},
    {Id::kTypeNotInFamily, "ROPE-E018", kE, "rope_type that this model family does not take",
     "The model does not load or cannot be built.", true},
    {Id::kDegenerate, "ROPE-E019", kE, "Parameters for which the formula has no value",
     "A division by zero or the logarithm of a number that is not positive.", true},
    {Id::kSections, "ROPE-E020", kE, "Sections that do not partition half of a head",
     "The model does not load.", false},
    {Id::kMissingShape, "ROPE-E021", kE, "Shape of the model unknown",
     "A default would be a guess.", true},
    {Id::kUnknownKeys, "ROPE-W101", kW, "Keys that this rope_type does not read",
     "They have no effect.", false},
    {Id::kFactorBelowOne, "ROPE-W102", kW, "factor below 1",
     "The context shrinks instead of growing.", false},
    {Id::kAttentionFactor, "ROPE-W103", kW, "Unusual attention_factor",
     "cos and sin are scaled by it, and attention scores by its square.", false},
    {Id::kBetaOrder, "ROPE-W104", kW, "beta_fast below beta_slow", "The ramp is turned around.",
     false},
    {Id::kFactorMismatch, "ROPE-W105", kW,
     "factor is not max_position_embeddings / original_max_position_embeddings",
     "The explicit factor is used.", false},
    {Id::kFactorImplied, "ROPE-W106", kW, "longrope without factor",
     "The ratio of the two lengths is used.", false},
    {Id::kBandOrder, "ROPE-W107", kW, "high_freq_factor not above low_freq_factor",
     "There is no blended band.", false},
    {Id::kOriginalLength, "ROPE-W108", kW, "Implausible original_max_position_embeddings",
     "The bands of wavelengths lie elsewhere than in training.", false},
    {Id::kNoProportion, "ROPE-W109", kW, "proportional without partial_rotary_factor",
     "Every frequency rotates, as in type linear.", false},
    {Id::kDuplicateMember, "ROPE-W110", kW, "Member given twice", "The last one counts.", true},
    {Id::kOriginalLengthReplaced, "ROPE-W111", kW,
     "original_max_position_embeddings at the top level takes over when the model is built",
     "Another length is computed with than was validated.", true},
    {Id::kScalingDropped, "ROPE-W112", kW, "Scaling without effect in this family",
     "The model runs unscaled.", true},
    {Id::kThetaUnused, "ROPE-W113", kW, "rope_theta without effect in this family",
     "A default base is used in its place.", true},
    {Id::kTypeConflict, "ROPE-W114", kW, "type and rope_type differ", "rope_type counts.", true},
    {Id::kMisspelled, "ROPE-W115", kW, "Key that is not the one meant",
     "It has no effect; the intended value falls back to its default.", true},
    {Id::kPartialIgnored, "ROPE-W116", kW,
     "partial_rotary_factor without effect: type default of this family rotates the whole head",
     "More channels rotate than the factor says.", true},
    {Id::kParametersIgnored, "ROPE-W117", kW, "Rope parameters that are never read",
     "Defaults are used in their place.", true},
    {Id::kTruncate, "ROPE-W118", kW, "truncate does not do what it says",
     "The range of interpolated dimensions is rounded, or not, against the value given.", true},
    {Id::kShapeDefault, "ROPE-W119", kW, "Field missing, default of the model family used",
     "The model may have another shape.", true},
    {Id::kUnknownModelType, "ROPE-W120", kW, "Unknown model_type, read as llama",
     "The family may have rules of its own.", true},
    {Id::kTwoSpellings, "ROPE-W121", kW, "rope_scaling and rope_parameters both given",
     "Only one is read.", true},
    {Id::kThetaImplausible, "ROPE-W122", kW, "Implausible rope_theta",
     "Frequencies do not fall from lane to lane.", true},
    {Id::kSectionsImplausible, "ROPE-W123", kW, "Sections do not partition half of a head",
     "Lanes are assigned to other axes than meant, or the model fails on its first input.", true},
    {Id::kHeadDimZero, "ROPE-W124", kW, "head_dim 0 counts as absent",
     "hidden_size / num_attention_heads is used.", true},
    {Id::kOddRotaryDim, "ROPE-W125", kW, "Odd rotary_dim",
     "The last frequency has no pair of channels to rotate.", true},
    {Id::kOriginalLengthDefault, "ROPE-W126", kW,
     "original_max_position_embeddings missing, max_position_embeddings used",
     "The scaling believes that the model was trained at its full length.", true},
    {Id::kLayerTypeReplaced, "ROPE-W127", kW, "Entry of layer_types replaced",
     "The layer uses the parameters of another layer type than the one given.", false},
    {Id::kListLengthAtLoad, "ROPE-W128", kW, "List length that transformers warns of at load",
     "None: the length is the one that is computed with.", false},
    {Id::kPresetDrift, "ROPE-W129", kW, "Computes otherwise than the preset it was compared with",
     "A model that was trained as the preset says degrades.", true},
    {Id::kNoModelType, "ROPE-N201", kN, "No model_type, read as llama",
     "Defaults are those of llama.", true},
    {Id::kThetaDefault, "ROPE-N202", kN, "rope_theta not given, default of the model family used",
     "Right if the model was trained with it.", true},
    {Id::kNestedConfig, "ROPE-N203", kN, "Text model inside a composite configuration",
     "Only the text model is read.", true},
    {Id::kPresetRecipe, "ROPE-N204", kN, "Long-context recipe of a preset",
     "Right for the length that the recipe is for.", true},
    {Id::kPresetResembled, "ROPE-N205", kN, "Resembles a preset and computes otherwise",
     "Wrong if the model is that one.", true},
};

}  // namespace

absl::Span<const FindingInfo> AllFindings() { return kFindings; }

const FindingInfo& FindingInfoOf(FindingId id) { return kFindings[static_cast<size_t>(id)]; }

const FindingInfo* FindFinding(absl::string_view code) {
  for (const FindingInfo& info : kFindings) {
    if (info.code == code) return &info;
  }
  return nullptr;
}

}  // namespace rope
