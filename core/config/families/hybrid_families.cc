// The part of the table of families for text models whose layers are of several kinds: attention
// with and without a window, linear attention, convolution.
#include "core/config/families/family_rows.h"
#include "core/config/families/layer_patterns.h"
#include "core/config/families/layers/hybrid_layers.h"
#include "core/config/families/layers/rotated_by_field.h"
#include "core/config/families/rotated_layers.h"
#include "core/config/families/steps/fields/derived_fields.h"
#include "core/config/families/steps/full_and_sliding.h"
#include "core/config/families/steps/gemma4.h"
#include "core/config/families/steps/mrope_sections.h"
#include "core/config/families/steps/nested/dots3.h"
#include "core/config/families/steps/nested/nested_sets.h"
#include "core/config/families/varied_layers.h"
#include "core/config/load/conversion.h"

namespace rope {
namespace {

// Family::other_names.
constexpr OtherName kLengthNames[] = {
    {"max_position_embeddings", "model_max_length", /*declared_as_other=*/false}};
constexpr OtherName kBlockTypeNames[] = {
    {"layer_types", "layers_block_type", /*declared_as_other=*/false}};
constexpr OtherName kZamba2Names[] = {
    {"layer_types", "layers_block_type"},
    {"head_dim", "attention_head_dim", /*declared_as_other=*/false}};

// Family::ignored_keys.
using Keys = absl::string_view;
constexpr Keys kSectionKeys[] = {"mrope_section", "mrope_interleaved"};
constexpr Keys kFullAndSliding[] = {kFullAttention, kSlidingAttention};
constexpr Keys kHybridTypes[] = {"hybrid", "hybrid_sliding"};

// Family::known_layer_types.
constexpr absl::string_view kQwen4ExpTypes[] = {kLinearAttention, kIndexedAttention};

// Family::parameter_set_names: layers without attention have no parameter set.
constexpr absl::string_view kSlidingThenFull[] = {kSlidingAttention, kFullAttention};

// Family::default_parameters.
constexpr absl::string_view kBeam =
    R"({"sliding_attention":{"rope_type":"default","rope_theta":10000.0},"full_attention":null})";
constexpr absl::string_view kEmbeddingGemma2 =
    R"({"sliding_attention":{"rope_type":"default","rope_theta":10000.0},
        "full_attention":{"rope_type":"default","rope_theta":1000000.0}})";
constexpr absl::string_view kLfm3 =
    R"({"sliding_attention":{"rope_type":"default","rope_theta":10000.0},
        "full_attention":{"rope_type":"proportional","rope_theta":1000000.0,"partial_rotary_factor":0.5}})";
constexpr absl::string_view kMellum =
    R"({"full_attention":{"rope_type":"default","rope_theta":500000.0},
        "sliding_attention":{"rope_type":"default","rope_theta":10000.0}})";
constexpr absl::string_view kMuseSpark = R"({"rope_type":"default","rope_theta":500000.0})";
constexpr absl::string_view kZaya =
    R"({"hybrid":{"rope_type":"default","rope_theta":5000000.0,"partial_rotary_factor":0.5},
        "hybrid_sliding":{"rope_type":"default","rope_theta":10000.0,"partial_rotary_factor":0.5}})";

// Sorted by model_type; see text_families.cc for the meaning of shape.
// clang-format off
constexpr Family kHybridFamilies[] = {
    {.model_type = "bailing_hybrid", .default_theta = 6e6, .shape = {2560, 32, 262144, 42},
     .other_names = kLengthNames, .head_dim = RopeHeadDim(64, kIgnoredInt),
     .fill_layer_types = FillBailingHybrid, .prepare = PrepareOwnTheta, .mscale_in_softmax = true},
    {.model_type = "beam", .shape = {5120, 48, 8192, 52}, .head_dim = Field(128),
     .nesting = Nesting::kPerLayerType, .default_parameters = kBeam, .fill_layer_types = FillBeam,
     .convert = ConvertNothing},
    {.model_type = "cohere2_moe", .shape = {8192, 64, 8192, 40}, .head_dim = Field(128),
     .mark_rotated = MarkCohere2Moe, .fill_layer_types = FillCohere2Moe,
     .convert = ConvertCohere2Moe},
    {.model_type = "cohere_compass_text", .shape = {8192, 64, 8192, 40}, .head_dim = Derived(),
     .nesting = Nesting::kPerLayerType, .ignored_keys = kSectionKeys,
     .fill_layer_types = FillAllFull, .convert = ConvertCohereCompass,
     .axis_order = AxisOrder::kInTurn, .default_mrope_section = kQwen3Sections},
    {.model_type = "dory", .shape = {2560, 16, 8192, 36}, .head_dim = Field(256),
     .nesting = Nesting::kPerLayerType, .fill_layer_types = FillDory, .prepare = PrepareDory},
    {.model_type = "dots3_note_text", .default_theta = 8e7, .shape = {5120, 128, 524288, 46},
     .head_dim = Field(256), .partial_in_default = true, .nesting = Nesting::kPerLayerType,
     .fill_layer_types = FillDots3, .convert = ConvertDots3, .check = CheckDots3},
    {.model_type = "embedding_gemma2_text", .shape = {512, 4, 262144, 24}, .head_dim = Field(256),
     .nesting = Nesting::kPerLayerType, .default_parameters = kEmbeddingGemma2,
     .fill_layer_types = FillEmbeddingGemma2, .prepare = PrepareGemma4, .convert = ConvertNothing},
    {.model_type = "flint", .shape = {2048, 32, 262144, 49}, .head_dim = Field(128),
     .mark_rotated = MarkSliding, .fill_layer_types = FillFlint},
    {.model_type = "granite_swa", .shape = {2560, 20, 8192, 24}, .vary_layers = VaryByLayerTheta,
     .fill_layer_types = FillCwm},
    {.model_type = "granitemoe_swa", .shape = {4096, 32, 2048, 32}, .vary_layers = VaryByLayerTheta,
     .fill_layer_types = FillCwm},
    {.model_type = "granitemoehybrid", .shape = {4096, 32, 2048, 32},
     .other_names = kBlockTypeNames, .mark_rotated = MarkIfRope,
     .fill_layer_types = FillAllLinear},
    {.model_type = "kolibri1", .shape = {2560, 48, 262144, 50}, .head_dim = Field(128),
     .mark_rotated = MarkSlidingOrAll, .fill_layer_types = FillEveryFifthFull},
    {.model_type = "lara_mini", .shape = {1024, 16, 131072, 34}, .head_dim = Field(128),
     .mark_rotated = MarkSliding, .fill_layer_types = FillLaraMini},
    {.model_type = "lfm2", .default_theta = 1e6, .shape = {2560, 32, 128000, 32},
     .fill_layer_types = FillLfm2},
    {.model_type = "lfm2_moe", .default_theta = 1e6, .shape = {2048, 32, 128000, 32},
     .fill_layer_types = LeaveLayerTypesNull},
    {.model_type = "lfm3", .default_theta = 1e6, .shape = {2048, 16, 128000, 24},
     .head_dim = Field(128), .nesting = Nesting::kNamedSets,
     .parameter_set_names = kSlidingThenFull, .named_sets_in_use_only = true,
     .default_parameters = kLfm3,
     .fill_layer_types = FillLfm3},
    {.model_type = "mellum", .shape = {2304, 32, 131072, 28}, .head_dim = Field(128),
     .partial_in_default = true, .nesting = Nesting::kPerLayerType,
     .ignored_keys = kFullAndSliding, .default_parameters = kMellum,
     .fill_layer_types = FillAllFull, .convert = ConvertNothing},
    {.model_type = "minimax_m3_vl_text", .default_theta = 5e6, .shape = {6144, 64, 524288, 60},
     .head_dim = Field(128), .partial_in_default = true, .fill_layer_types = LeaveLayerTypesNull,
     .finish = FinishMiniMaxM3},
    {.model_type = "muse_glimmer_assistant", .default_theta = 500000, .shape = {6656, 32, 131072, 5},
     .head_dim = Field(128), .fill_layer_types = FillAllSliding},
    {.model_type = "muse_glimmer_text", .shape = {6656, 32, 131072, 52}, .head_dim = Field(128),
     .heads_divide_hidden = true, .mark_rotated = MarkMuse, .fill_layer_types = FillMuse},
    {.model_type = "muse_spark_text", .shape = {8192, 128, 1048576, 62}, .head_dim = Field(64),
     .default_parameters = kMuseSpark, .heads_divide_hidden = true, .mark_rotated = MarkMuse,
     .fill_layer_types = FillMuse},
    {.model_type = "olmo_hybrid", .shape = {3840, 30, 65536, 32},
     .fill_layer_types = FillOlmoHybrid},
    {.model_type = "qwen4_exp_text", .shape = {2048, 16, 32768, 40}, .head_dim = Field(256),
     .partial_in_default = true, .ignored_keys = kSectionKeys,
     .known_layer_types = kQwen4ExpTypes, .fill_layer_types = FillQwen4Exp,
     .axis_order = AxisOrder::kInTurn, .default_mrope_section = kQwen35Sections,
     .check = CheckInterleavedSections},
    {.model_type = "recurrent_gemma", .shape = {2560, 10, 0, 26}, .head_dim = Derived(),
     .partial_in_default = true, .partial_rotary_factor = 0.5,
     .fill_layer_types = FillRecurrentGemma, .check = CheckRecurrentGemma},
    {.model_type = "ultrabert", .shape = {4096, 32, 32768, 32}, .head_dim = FieldOrDerived(),
     .nesting = Nesting::kPerLayerType, .heads_divide_hidden = true,
     .fill_layer_types = FillUltrabert, .prepare = PrepareUltrabert},
    {.model_type = "unlimited_ocr_text", .shape = {1280, 10, 32768, 12},
     .head_dim = Derived(kIgnoredIntOrNull), .heads_divide_hidden = true,
     .fill_layer_types = FillUnlimitedOcr},
    {.model_type = "zamba2", .shape = {2560, 32, 4096, 54}, .other_names = kZamba2Names,
     .mark_rotated = MarkIfMemRope, .fill_layer_types = FillZamba2, .prepare = PrepareZamba2},
    {.model_type = "zaya", .shape = {2048, 8, 131072, 40}, .head_dim = Field(128),
     .partial_in_default = true, .nesting = Nesting::kPerLayerType, .ignored_keys = kHybridTypes,
     .default_parameters = kZaya, .fill_layer_types = FillAllHybrid, .convert = ConvertZaya},
};
// clang-format on

}  // namespace

absl::Span<const Family> HybridFamilies() { return kHybridFamilies; }

}  // namespace rope
