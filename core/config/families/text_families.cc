// The table of text models.
#include "core/config/families/family_rows.h"
#include "core/config/families/layer_patterns.h"
#include "core/config/families/rotated_layers.h"
#include "core/config/families/steps/deepseek_v4.h"
#include "core/config/families/steps/fields/derived_fields.h"
#include "core/config/families/steps/fields/fixed_rope.h"
#include "core/config/families/steps/fixed_fields.h"
#include "core/config/families/steps/full_and_sliding.h"
#include "core/config/families/steps/gemma4.h"
#include "core/config/families/steps/mistral.h"
#include "core/config/families/steps/mrope_sections.h"
#include "core/config/families/steps/phi.h"
#include "core/config/families/steps/rotary_share.h"
#include "core/config/families/steps/step3p5.h"
#include "core/config/families/varied_layers.h"
#include "core/config/load/conversion.h"

namespace rope {
namespace {

// Members of a parameter set that a family reads although its rope types do not:
// Family::ignored_keys.
using Keys = absl::string_view;
constexpr Keys kSectionKeys[] = {"mrope_section"};
constexpr Keys kInterleavedSectionKeys[] = {"mrope_section", "mrope_interleaved"};
constexpr Keys kOmniKeys[] = {"mrope_section", "mrope_interleaved", "interleaved"};
constexpr Keys kMistralKeys[] = {"llama_4_scaling_beta", "max_position_embeddings"};
constexpr Keys kHunYuanKeys[] = {"alpha",  "beta_fast",      "beta_slow",
                                 "mscale", "mscale_all_dim", "mrope_section"};
constexpr Keys kLayerTypeKeys[] = {kFullAttention, kSlidingAttention};

// Values of Family::other_names.
constexpr OtherName kGptNames[] = {{"hidden_size", "n_embd"},
                                   {"num_attention_heads", "n_head"},
                                   {"max_position_embeddings", "n_positions"},
                                   {"num_hidden_layers", "n_layer"}};
constexpr OtherName kDbrxNames[] = {{"hidden_size", "d_model"},
                                    {"num_attention_heads", "n_heads"},
                                    {"max_position_embeddings", "max_seq_len"},
                                    {"num_hidden_layers", "n_layers"}};
constexpr OtherName kExaoneNames[] = {
    {"num_hidden_layers", "num_layers", /*declared_as_other=*/false}};

// Values of Family::default_mrope_section.
constexpr int64_t kGlmSections[] = {8, 12, 12};
constexpr int64_t kQwenSections[] = {16, 24, 24};

// Values of Family::default_parameters.
constexpr absl::string_view kLlama3Apertus =
    R"({"rope_type":"llama3","rope_theta":12000000.0,"factor":8.0,
        "original_max_position_embeddings":8192,"low_freq_factor":1.0,"high_freq_factor":4.0})";
constexpr absl::string_view kLlama3Cwm =
    R"({"rope_type":"llama3","rope_theta":1000000.0,"factor":16.0,
        "original_max_position_embeddings":8192,"low_freq_factor":1.0,"high_freq_factor":4.0})";
constexpr absl::string_view kLlama3Higgs =
    R"({"rope_type":"llama3","rope_theta":500000.0,"factor":32.0,
        "original_max_position_embeddings":1024,"low_freq_factor":0.125,"high_freq_factor":0.5})";
constexpr absl::string_view kYarnGptOss =
    R"({"rope_type":"yarn","factor":32.0,"beta_fast":32.0,"beta_slow":1.0,"truncate":false,
        "original_max_position_embeddings":4096})";
constexpr absl::string_view kYarnMistralLarge4 =
    R"({"rope_type":"yarn","rope_theta":10000.0,"factor":2048.0,"beta_fast":32.0,"beta_slow":1.0,
        "original_max_position_embeddings":512,"attention_factor":1.0})";
constexpr absl::string_view kCosmos3Edge =
    R"({"rope_type":"default","rope_theta":100000000.0,"mrope_section":[24,20,20]})";
constexpr absl::string_view kMimo =
    R"({"full_attention":{"rope_type":"default","rope_theta":5000000.0,"partial_rotary_factor":0.334},
        "sliding_attention":{"rope_type":"default","rope_theta":10000.0,"partial_rotary_factor":0.334}})";
constexpr absl::string_view kLaguna =
    R"({"full_attention":{"rope_type":"default","rope_theta":500000.0,"partial_rotary_factor":0.5},
        "sliding_attention":{"rope_type":"default","rope_theta":10000.0,"partial_rotary_factor":1.0}})";
constexpr absl::string_view kGemma4 =
    R"({"full_attention":{"rope_type":"proportional","partial_rotary_factor":0.25,"rope_theta":1000000.0},
        "sliding_attention":{"rope_type":"default","rope_theta":10000.0}})";

// THE table of text models. Sorted by model_type, because FindFamily does a binary search.
// shape = {hidden_size, num_attention_heads, max_position_embeddings, num_hidden_layers}.
// clang-format off
constexpr Family kTextFamilies[] = {
    {.model_type = "afmoe", .shape = {2048, 16, 16384, 32}, .head_dim = NullableField(128),
     .mark_rotated = MarkSliding, .fill_layer_types = FillAfmoe},
    {.model_type = "apertus", .default_theta = 1.2e7, .shape = {4096, 32, 65536, 32},
     .default_parameters = kLlama3Apertus},
    {.model_type = "apertus1p5_text", .default_theta = 1.2e7, .shape = {4096, 32, 65536, 32},
     .default_parameters = kLlama3Apertus},
    {.model_type = "arcee", .shape = {2560, 32, 4096, 32}, .head_dim = FieldOrDerived(),
     .heads_divide_hidden = true},
    {.model_type = "aria_text", .shape = {4096, 32, 2048, 32}, .head_dim = FieldOrDerived(),
     .heads_divide_hidden = true},
    {.model_type = "axk1", .shape = {7168, 64, 32768, 61}, .head_dim = RopeHeadDim(64)},
    {.model_type = "axk2", .shape = {2048, 32, 131072, 48},
     .head_dim = RopeHeadDim(32, kIgnoredInt), .fill_layer_types = FillAllIndexed},
    {.model_type = "bamba", .shape = {4096, 32, 262144, 32}, .partial_in_default = true,
     .mark_rotated = MarkAttention, .prepare = PrepareBamba},
    {.model_type = "bitnet", .default_theta = 500000, .shape = {2560, 20, 2048, 30}},
    {.model_type = "chameleon", .shape = {4096, 32, 4096, 32}},
    {.model_type = "codegen", .shape = {4096, 16, 2048, 28}, .other_names = kGptNames,
     .partial_in_default = true, .fixed_rope = true, .convert = ConvertFixed, .finish = FinishGptJ},
    {.model_type = "cohere", .default_theta = 500000, .shape = {8192, 64, 8192, 40}},
    {.model_type = "cohere2", .shape = {8192, 64, 8192, 40}, .head_dim = Derived(),
     .mark_rotated = MarkSlidingOrNone, .fill_layer_types = FillCohere2},
    {.model_type = "cosmos3_edge_text", .default_theta = 1e8, .shape = {2048, 16, 131072, 28},
     .head_dim = Field(128), .ignored_keys = kSectionKeys, .default_parameters = kCosmos3Edge,
     .heads_divide_hidden = true, .check = CheckCosmos3},
    {.model_type = "csm", .default_theta = 500000, .shape = {2048, 32, 2048, 16},
     .head_dim = FieldOrDerived()},
    {.model_type = "cwm", .default_theta = 1e6, .shape = {6144, 48, 131072, 64},
     .head_dim = Field(128), .default_parameters = kLlama3Cwm, .heads_divide_hidden = true,
     .fill_layer_types = FillCwm},
    {.model_type = "dbrx", .shape = {2048, 16, 2048, 24}, .other_names = kDbrxNames},
    {.model_type = "deepseek_ocr2_text", .shape = {4096, 32, 2048, 32},
     .head_dim = Derived(kIgnoredIntOrNull), .heads_divide_hidden = true},
    {.model_type = "deepseek_v2", .shape = {4096, 32, 2048, 32},
     .head_dim = RopeHeadDim(64, kIgnoredIntOrNull), .heads_divide_hidden = true},
    {.model_type = "deepseek_v3", .shape = {7168, 128, 4096, 61}, .head_dim = RopeHeadDim(64)},
    {.model_type = "deepseek_v32", .shape = {7168, 128, 163840, 61},
     .head_dim = RopeHeadDim(64, kIgnoredInt), .fill_layer_types = FillAllIndexed},
    {.model_type = "deepseek_v4", .shape = {4096, 64, 1048576, 43}, .head_dim = Field(512),
     .partial_in_default = true, .nesting = Nesting::kNamedSets,
     .parameter_set_names = kDeepseekV4ParameterSets, .known_layer_types = kDeepseekV4LayerTypes,
     .known_mlp_layer_types = kDeepseekV4MlpLayerTypes,
     .fill_layer_types = FillDeepseekV4, .convert = ConvertDeepseekV4},
    {.model_type = "diffllama", .shape = {2048, 32, 2048, 16}, .head_dim = FieldOrDerived()},
    {.model_type = "diffusion_gemma_text", .shape = {2304, 8, 131072, 30}, .head_dim = Field(256),
     .partial_in_default = true, .nesting = Nesting::kPerLayerType, .default_parameters = kGemma4,
     .fill_layer_types = FillGemma4, .prepare = PrepareGemma4, .convert = ConvertNothing},
    {.model_type = "doge", .shape = {1024, 8, 2048, 32}},
    {.model_type = "dots1", .shape = {4608, 32, 2048, 62}, .fill_layer_types = FillSlidingFrom80},
    {.model_type = "emu3_text_model", .default_theta = 1e6, .shape = {4096, 32, 9216, 32}},
    {.model_type = "ernie4_5", .default_theta = 500000, .shape = {1024, 16, 131072, 18},
     .head_dim = FieldOrDerived(128), .default_mrope_section = kQwenSections,
     .check = CheckSplitSections},
    {.model_type = "ernie4_5_moe", .default_theta = 500000, .shape = {2560, 20, 131072, 28}},
    {.model_type = "ernie4_5_vl_moe_text", .default_theta = 500000,
     .shape = {2560, 20, 131072, 28}, .ignored_keys = kSectionKeys, .check = CheckErnieVl},
    {.model_type = "eurobert", .shape = {768, 12, 8192, 12}, .head_dim = FieldOrDerived(),
     .heads_divide_hidden = true},
    {.model_type = "exaone", .default_theta = 500000, .shape = {4096, 32, 4096, 32},
     .other_names = kExaoneNames, .head_dim = FieldOrDerived(), .heads_divide_hidden = true},
    {.model_type = "exaone4", .shape = {4096, 32, 2048, 32},
     .mark_rotated = MarkSlidingOrAll, .fill_layer_types = FillExaone4},
    {.model_type = "exaone_moe", .shape = {4096, 32, 2048, 32},
     .mark_rotated = MarkSlidingOrAll, .fill_layer_types = FillExaone4},
    {.model_type = "falcon", .shape = {4544, 71, 2048, 32}, .head_dim = Derived(),
     .mark_rotated = MarkUnlessAlibi, .prepare = PrepareFalcon},
    {.model_type = "falcon_h1", .shape = {4096, 32, 8192, 32}, .prepare = PrepareFalconH1},
    {.model_type = "flex_olmo", .default_theta = 500000, .shape = {4096, 32, 4096, 32}},
    {.model_type = "gemma", .shape = {3072, 16, 8192, 28}, .head_dim = Field(256)},
    {.model_type = "gemma2", .shape = {2304, 8, 8192, 26}, .head_dim = Field(256),
     .heads_divide_hidden = true, .fill_layer_types = FillEverySecondFull},
    {.model_type = "gemma3_text", .shape = {2304, 8, 131072, 26}, .head_dim = Field(256),
     .nesting = Nesting::kPerLayerType, .heads_divide_hidden = true, .fill_layer_types = FillGemma3,
     .convert = ConvertGemma3},
    {.model_type = "gemma3n_text", .shape = {2048, 8, 32768, 35}, .head_dim = Field(256),
     .nesting = Nesting::kPerLayerType, .heads_divide_hidden = true,
     .fill_layer_types = FillEveryFifthFull, .convert = ConvertGemma3},
    {.model_type = "gemma4_text", .shape = {2304, 8, 131072, 30}, .head_dim = Field(256),
     .nesting = Nesting::kPerLayerType, .default_parameters = kGemma4,
     .fill_layer_types = FillGemma4, .prepare = PrepareGemma4, .convert = ConvertNothing},
    {.model_type = "gemma4_unified_text", .shape = {2304, 8, 262144, 30}, .head_dim = Field(256),
     .nesting = Nesting::kPerLayerType, .default_parameters = kGemma4,
     .fill_layer_types = FillGemma4, .prepare = PrepareGemma4, .convert = ConvertNothing},
    {.model_type = "gemma4_vision", .default_theta = 100, .shape = {768, 12, 131072, 16},
     .head_dim = Field(64), .default_type = "axial"},
    {.model_type = "glm", .shape = {4096, 32, 131072, 40}, .head_dim = NullableField(128),
     .partial_in_default = true, .partial_rotary_factor = 0.5},
    {.model_type = "glm4", .shape = {4096, 32, 131072, 40}, .head_dim = Field(128),
     .partial_in_default = true, .partial_rotary_factor = 0.5},
    {.model_type = "glm4_moe", .shape = {4096, 96, 131072, 46}, .partial_in_default = true,
     .partial_rotary_factor = 0.5},
    {.model_type = "glm4_moe_lite", .shape = {2048, 20, 202752, 47}, .head_dim = RopeHeadDim(64),
     .partial_in_default = true},
    {.model_type = "glm4v_moe_text", .shape = {4096, 96, 65536, 46}, .partial_in_default = true,
     .partial_rotary_factor = 0.5, .ignored_keys = kSectionKeys, .default_mrope_section = kGlmSections, .check = CheckSplitSections},
    {.model_type = "glm4v_text", .shape = {4096, 32, 32768, 40}, .partial_in_default = true,
     .ignored_keys = kSectionKeys, .default_mrope_section = kGlmSections, .check = CheckSplitSections},
    {.model_type = "glm_image_text", .shape = {4096, 32, 131072, 40}, .partial_in_default = true,
     .ignored_keys = kSectionKeys, .default_mrope_section = kGlmSections, .check = CheckSplitSections},
    {.model_type = "glm_moe_dsa", .shape = {6144, 64, 202752, 78},
     .head_dim = RopeHeadDim(64, kIgnoredInt), .fill_layer_types = FillAllIndexed},
    {.model_type = "glm_ocr_text", .shape = {1024, 16, 131072, 16}, .partial_in_default = true,
     .ignored_keys = kSectionKeys, .default_mrope_section = kGlmSections, .check = CheckSplitSections},
    {.model_type = "gpt_neox", .shape = {6144, 64, 2048, 44}, .partial_in_default = true,
     .heads_divide_hidden = true, .convert = ConvertGptNeoX},
    {.model_type = "gpt_neox_japanese", .shape = {2560, 32, 2048, 32}, .partial_in_default = true,
     .convert = ConvertGptNeoXJapanese},
    {.model_type = "gpt_oss", .default_theta = 150000, .shape = {2880, 64, 131072, 36},
     .head_dim = Field(64), .default_parameters = kYarnGptOss,
     .fill_layer_types = FillEverySecondFull},
    {.model_type = "gptj", .shape = {4096, 16, 2048, 28}, .other_names = kGptNames,
     .partial_in_default = true, .fixed_rope = true, .convert = ConvertFixed, .finish = FinishGptJ},
    {.model_type = "granite", .shape = {4096, 32, 2048, 32}},
    {.model_type = "granite4_vision_text", .shape = {4096, 32, 2048, 32}},
    {.model_type = "granite_docling_text", .shape = {1024, 16, 32768, 28}},
    {.model_type = "granitemoe", .shape = {4096, 32, 2048, 32}},
    {.model_type = "granitemoeshared", .shape = {4096, 32, 2048, 32}},
    {.model_type = "gte", .default_theta = 160000, .shape = {768, 12, 8192, 12}},
    {.model_type = "helium", .default_theta = 100000, .shape = {2560, 20, 4096, 24},
     .head_dim = Field(128)},
    {.model_type = "higgs_audio_v2", .shape = {3072, 24, 2048, 28}, .head_dim = FieldOrDerived(128),
     .default_parameters = kLlama3Higgs, .heads_divide_hidden = true},
    {.model_type = "hrm_text", .shape = {1536, 12, 2048, 16}, .head_dim = Field(128),
     .heads_divide_hidden = true, .prepare = PrepareHrmText},
    {.model_type = "hunyuan_v1_dense", .shape = {4096, 32, 2048, 32}, .head_dim = NullableField()},
    {.model_type = "hunyuan_v1_moe", .shape = {4096, 32, 2048, 32}, .head_dim = NullableField()},
    {.model_type = "hunyuan_vl_text", .shape = {4096, 32, 2048, 32}, .head_dim = NullableField(),
     .ignored_keys = kHunYuanKeys, .convert = ConvertHunYuanVl, .finish = FinishHunYuanVl},
    {.model_type = "hy_v3", .default_theta = 11158840.0, .shape = {4096, 64, 131072, 80},
     .head_dim = Field(128)},
    {.model_type = "hy_v4", .shape = {2816, 32, 262144, 34},
     .head_dim = RopeHeadDim(64, kIgnoredInt), .fill_layer_types = FillAllIndexed},
    {.model_type = "hy_v4_vl_text", .shape = {6144, 64, 262144, 78},
     .head_dim = RopeHeadDim(64, kIgnoredInt), .ignored_keys = kSectionKeys,
     .fill_layer_types = FillAllIndexed, .convert = ConvertHyV4Vl, .check = CheckThreeSections},
    {.model_type = "hyperclovax", .shape = {4096, 32, 2048, 32}, .head_dim = FieldOrDerived(),
     .heads_divide_hidden = true},
    {.model_type = "internlm3", .shape = {4096, 32, 32768, 48}, .head_dim = FieldOrDerived(128),
     .heads_divide_hidden = true},
    {.model_type = "jais2", .shape = {3328, 26, 8192, 32}, .head_dim = FieldOrDerived(),
     .heads_divide_hidden = true},
    {.model_type = "jina_embeddings_v3", .default_theta = 20000, .shape = {1024, 16, 8194, 24}},
    {.model_type = "laguna", .shape = {2048, 48, 131072, 40}, .head_dim = Field(128),
     .partial_in_default = true, .nesting = Nesting::kPerLayerType, .ignored_keys = kLayerTypeKeys,
     .default_parameters = kLaguna, .fill_layer_types = FillAllFull, .convert = ConvertNothing},
    {.model_type = "llama", .shape = {4096, 32, 2048, 32}, .head_dim = FieldOrDerived(),
     .heads_divide_hidden = true},
    {.model_type = "llama4_text", .default_theta = 500000, .shape = {5120, 40, 131072, 48},
     .head_dim = Field(128), .mark_rotated = MarkListed, .fill_layer_types = FillLlama4},
    {.model_type = "longcat_flash", .default_theta = 1e7, .shape = {6144, 64, 131072, 0},
     .head_dim = Field(64)},
    {.model_type = "mimo_v2_flash", .shape = {4096, 64, 131072, 48}, .head_dim = Field(192),
     .partial_in_default = true, .nesting = Nesting::kPerLayerType, .default_parameters = kMimo,
     .fill_layer_types = FillMimoV2Flash, .convert = ConvertNothing},
    {.model_type = "minicpm3", .shape = {2560, 40, 32768, 62},
     .head_dim = RopeHeadDim(32, kIgnoredIntOrNull), .heads_divide_hidden = true},
    {.model_type = "minimax", .default_theta = 1e6, .shape = {4096, 32, 131072, 32},
     .head_dim = NullableField(), .fill_layer_types = FillMiniMax},
    {.model_type = "minimax_m2", .default_theta = 5e6, .shape = {3072, 48, 196608, 62},
     .head_dim = Field(128), .partial_in_default = true, .convert = ConvertMiniMaxM2},
    {.model_type = "ministral", .shape = {4096, 32, 131072, 32}, .head_dim = NullableField(),
     .fill_layer_types = FillMinistral},
    {.model_type = "ministral3", .shape = {4096, 32, 262144, 34}, .head_dim = Field(128),
     .ignored_keys = kMistralKeys, .prepare = PrepareMinistral3,
     .check = CheckLlama4Scaling},
    {.model_type = "mistral", .shape = {4096, 32, 131072, 32}, .head_dim = FieldOrDerived()},
    {.model_type = "mistral4", .shape = {4096, 32, 1048576, 36}, .ignored_keys = kMistralKeys,
     .prepare = PrepareMistral4, .check = CheckLlama4Scaling},
    {.model_type = "mistral_large4_text", .shape = {6144, 64, 1048576, 72},
     .head_dim = RopeHeadDim(64, kIgnoredInt), .default_parameters = kYarnMistralLarge4,
     .mark_rotated = MarkListed, .fill_layer_types = FillMistralLarge4,
     .check = CheckMistralLarge4},
    {.model_type = "mixtral", .default_theta = 1e6, .shape = {4096, 32, 131072, 32},
     .head_dim = NullableField()},
    {.model_type = "mllama_text_model", .default_theta = 500000, .shape = {4096, 32, 131072, 40}},
    {.model_type = "modernbert", .shape = {768, 12, 8192, 22}, .nesting = Nesting::kPerLayerType,
     .layer_sets_only = true, .fill_layer_types = FillModernBert, .convert = ConvertModernBert},
    {.model_type = "modernbert-decoder", .shape = {768, 12, 8192, 22},
     .nesting = Nesting::kPerLayerType, .layer_sets_only = true, .fill_layer_types = FillModernBert,
     .convert = ConvertModernBert},
    {.model_type = "molmo2_text", .shape = {4096, 32, 36864, 36}, .head_dim = Field(128),
     .vary_layers = VaryByScalingLayers},
    {.model_type = "nanochat", .shape = {768, 6, 2048, 12}},
    {.model_type = "nemotron", .shape = {6144, 48, 4096, 32}, .head_dim = FieldOrDerived(),
     .partial_in_default = true, .partial_rotary_factor = 0.5},
    {.model_type = "nomic_bert", .default_theta = 1000, .shape = {768, 12, 2048, 12},
     .head_dim = FieldOrDerived()},
    {.model_type = "olmo", .shape = {4096, 32, 2048, 32}},
    {.model_type = "olmo2", .shape = {4096, 32, 2048, 32}},
    {.model_type = "olmo3", .default_theta = 500000, .shape = {4096, 32, 2048, 32},
     .nesting = Nesting::kPerLayerType, .fill_layer_types = FillEveryFourthFull,
     .convert = ConvertOlmo3},
    {.model_type = "olmoe", .shape = {2048, 16, 4096, 16}},
    {.model_type = "openai_privacy_filter", .default_theta = 150000, .shape = {640, 14, 131072, 8},
     .head_dim = Field(64), .default_parameters = kYarnGptOss},
    {.model_type = "paddleocr_vl_text", .default_theta = 500000, .shape = {1024, 16, 131072, 18},
     .head_dim = FieldOrDerived(128)},
    {.model_type = "persimmon", .shape = {4096, 64, 16384, 36}, .partial_in_default = true,
     .partial_rotary_factor = 0.5},
    {.model_type = "phi", .shape = {2048, 32, 2048, 24}, .partial_in_default = true,
     .partial_rotary_factor = 0.5},
    {.model_type = "phi3", .shape = {3072, 32, 4096, 32}, .partial_in_default = true,
     .prepare = PreparePhi3, .convert = ConvertPhi3, .check = CheckPhi3},
    {.model_type = "phi4_multimodal", .shape = {3072, 32, 131072, 32}, .partial_in_default = true,
     .prepare = PreparePhi4Multimodal, .convert = ConvertPhi3, .check = CheckPhi3},
    {.model_type = "phimoe", .default_theta = 1e6, .shape = {4096, 32, 131072, 32},
     .check = CheckPhimoe},
    {.model_type = "pixtral", .shape = {1024, 16, 0, 24}, .head_dim = Derived(),
     .default_type = "axial"},
    {.model_type = "qwen2", .shape = {4096, 32, 32768, 32}, .fill_layer_types = FillSlidingFrom28},
    {.model_type = "qwen2_5_omni_talker", .default_theta = 1e6, .shape = {3584, 28, 32768, 28},
     .head_dim = Field(128), .ignored_keys = kSectionKeys, .fill_layer_types = FillSlidingFrom28,
     .default_mrope_section = kQwenSections, .check = CheckSplitSections},
    {.model_type = "qwen2_5_omni_text", .default_theta = 1e6, .shape = {3584, 28, 32768, 28},
     .ignored_keys = kSectionKeys, .fill_layer_types = FillSlidingFrom28,
     .default_mrope_section = kQwenSections, .check = CheckSplitSections},
    {.model_type = "qwen2_5_vl_text", .default_theta = 1e6, .shape = {8192, 64, 32768, 80},
     .ignored_keys = kSectionKeys, .fill_layer_types = FillQwen2Vl, .convert = ConvertQwen2Vl,
     .default_mrope_section = kQwenSections, .check = CheckSplitSections},
    {.model_type = "qwen2_5_vl_vision", .shape = {3584, 0, 0, 0}, .default_type = "axial"},
    {.model_type = "qwen2_moe", .shape = {2048, 16, 32768, 24}, .fill_layer_types = FillQwen2Moe},
    {.model_type = "qwen2_vl_text", .default_theta = 1e6, .shape = {8192, 64, 32768, 80},
     .ignored_keys = kSectionKeys, .fill_layer_types = FillQwen2Vl, .convert = ConvertQwen2Vl,
     .default_mrope_section = kQwenSections, .check = CheckSplitSections},
    {.model_type = "qwen2_vl_vision", .shape = {3584, 0, 0, 0}, .default_type = "axial"},
    {.model_type = "qwen3", .shape = {4096, 32, 32768, 32}, .head_dim = Field(128),
     .fill_layer_types = FillSlidingFrom28},
    {.model_type = "qwen3_5_moe_text", .shape = {2048, 16, 32768, 40}, .head_dim = Field(256),
     .partial_in_default = true, .partial_rotary_factor = 0.25,
     .ignored_keys = kInterleavedSectionKeys, .fill_layer_types = FillQwen3Next,
     .check = CheckInterleavedSections},
    {.model_type = "qwen3_5_text", .shape = {4096, 16, 32768, 32}, .head_dim = Field(256),
     .partial_in_default = true, .partial_rotary_factor = 0.25,
     .ignored_keys = kInterleavedSectionKeys, .fill_layer_types = FillQwen3Next,
     .check = CheckInterleavedSections},
    {.model_type = "qwen3_moe", .shape = {2048, 32, 32768, 24}},
    {.model_type = "qwen3_next", .shape = {2048, 16, 32768, 48}, .head_dim = Field(256),
     .partial_in_default = true, .partial_rotary_factor = 0.25, .fill_layer_types = FillQwen3Next},
    {.model_type = "qwen3_omni_moe_talker_code_predictor", .shape = {1024, 16, 32768, 5},
     .head_dim = Field(128), .fill_layer_types = FillSlidingFrom28},
    {.model_type = "qwen3_omni_moe_text", .default_theta = 1e6, .shape = {2048, 28, 32768, 28},
     .ignored_keys = kOmniKeys, .check = CheckInterleavedSections},
    {.model_type = "qwen3_vl_moe_text", .default_theta = 500000, .shape = {2048, 16, 128000, 24},
     .head_dim = FieldOrDerived(), .ignored_keys = kInterleavedSectionKeys,
     .check = CheckInterleavedSections},
    {.model_type = "qwen3_vl_text", .default_theta = 500000, .shape = {4096, 32, 128000, 32},
     .head_dim = Field(128), .ignored_keys = kInterleavedSectionKeys,
     .check = CheckInterleavedSections},
    {.model_type = "qwen3_vl_vision", .shape = {1152, 0, 0, 0}, .default_type = "axial"},
    {.model_type = "sarvam_mla", .shape = {4096, 64, 4096, 32},
     .head_dim = RopeHeadDim(64, kIgnoredIntOrNull), .prepare = PrepareSarvamMla},
    {.model_type = "sarvam_moe", .default_theta = 8e6, .shape = {4096, 64, 131072, 19},
     .head_dim = Field(64), .partial_in_default = true, .partial_rotary_factor = 1.0},
    {.model_type = "seed_oss", .shape = {4096, 80, 524288, 64}, .head_dim = FieldOrDerived(128)},
    {.model_type = "smollm3", .default_theta = 2e6, .shape = {2048, 16, 32768, 36},
     .mark_rotated = MarkListed, .fill_layer_types = FillSmolLm3},
    {.model_type = "solar_open", .default_theta = 1e6, .shape = {4096, 64, 131072, 48},
     .head_dim = Field(128), .partial_in_default = true},
    {.model_type = "stablelm", .shape = {2560, 32, 4096, 32}, .partial_in_default = true,
     .partial_rotary_factor = 0.25},
    {.model_type = "starcoder2", .shape = {3072, 24, 4096, 30}},
    {.model_type = "step3p5", .shape = {4096, 64, 128000, 45}, .head_dim = Field(128),
     .partial_in_default = true, .nesting = Nesting::kPerLayerType, .fill_layer_types = FillStep3p5,
     .convert = ConvertStep3p5},
    {.model_type = "t5_gemma_module", .shape = {2304, 8, 8192, 26}, .head_dim = Field(256),
     .heads_divide_hidden = true, .fill_layer_types = FillEverySecondFull},
    {.model_type = "t5gemma2_decoder", .shape = {2304, 8, 131072, 26}, .head_dim = Field(256),
     .nesting = Nesting::kPerLayerType, .heads_divide_hidden = true, .fill_layer_types = FillGemma3,
     .convert = ConvertGemma3},
    {.model_type = "t5gemma2_text", .shape = {2304, 8, 131072, 26}, .head_dim = Field(256),
     .nesting = Nesting::kPerLayerType, .heads_divide_hidden = true, .fill_layer_types = FillGemma3,
     .convert = ConvertGemma3},
    {.model_type = "vaultgemma", .shape = {2304, 8, 8192, 26}, .head_dim = Field(256),
     .heads_divide_hidden = true, .fill_layer_types = FillEverySecondFull},
    {.model_type = "voxtral_realtime_text", .shape = {4096, 32, 131072, 32},
     .head_dim = FieldOrDerived()},
    {.model_type = "youtu", .shape = {2048, 16, 131072, 32}, .head_dim = RopeHeadDim(64)},
};
// clang-format on

}  // namespace

absl::Span<const Family> TextFamilies() { return kTextFamilies; }

}  // namespace rope
