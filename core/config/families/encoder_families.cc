// The second part of the table of families: mostly towers for images and sound, codecs, and the
// smaller parts of composite models. default_type = "axial": rope type "default" means axial.
#include "core/config/families/axial_rules.h"
#include "core/config/families/family_rows.h"
#include "core/config/families/layer_patterns.h"
#include "core/config/families/layers/rotated_by_field.h"
#include "core/config/families/steps/fields/derived_fields.h"
#include "core/config/families/steps/fields/fixed_rope.h"
#include "core/config/families/steps/full_and_sliding.h"
#include "core/config/load/layer_type_names.h"

namespace rope {
namespace {

// Family::not_computed.
constexpr absl::string_view kTwoAngles =
    "the two channels of a pair turn by different angles, so that there is no rotation";
constexpr absl::string_view kKeypoints =
    "it rotates by learned projections of points in an image, and not by one position";
constexpr absl::string_view kDoubleTable =
    "its table is computed in double precision, and not from float32 frequencies";
constexpr absl::string_view kAtoms =
    "it rotates by the coordinates of atoms in space, and not by one position";

// Family::default_parameters.
constexpr absl::string_view kMoonshineStreaming =
    R"({"rope_type":"default","rope_theta":10000.0,"partial_rotary_factor":0.8})";
constexpr absl::string_view kHalfOfHead =
    R"({"rope_type":"default","rope_theta":10000.0,"partial_rotary_factor":0.5})";

// A value of Family::known_layer_types.
constexpr absl::string_view kFullOrSliding[] = {kFullAttention, kSlidingAttention};

// clang-format off
constexpr Family kEncoderFamilies[] = {
    {.model_type = "blt_global_transformer", .default_theta = 500000,
     .shape = {2048, 16, 4096, 25}, .head_dim = Derived()},
    {.model_type = "blt_local_decoder", .default_theta = 500000, .shape = {1024, 16, 24576, 9},
     .head_dim = Derived()},
    {.model_type = "blt_local_encoder", .default_theta = 500000, .shape = {1024, 16, 24576, 1}},
    {.model_type = "blt_patcher", .shape = {768, 12, 8192, 14}, .head_dim = Derived()},
    {.model_type = "clvp_encoder", .shape = {768, 12, 0, 20}, .partial_in_default = true,
     .fixed_rope = true, .mark_rotated = MarkUnlessOff, .convert = ConvertFixed, .finish = FinishClvp},
    {.model_type = "cohere_compass_vision", .shape = {1152, 16, 0, 0},
     .default_type = "axial", .axial = &kRowsThenColumnsNumHeads},
    {.model_type = "csm_depth_decoder_model", .default_theta = 500000, .shape = {1024, 8, 33, 4},
     .head_dim = FieldOrDerived()},
    {.model_type = "deepseek_ocr2_encoder", .shape = {4096, 32, 32768, 32},
     .fill_layer_types = FillSlidingFrom28},
    {.model_type = "dia_decoder", .shape = {2048, 16, 3072, 18}, .head_dim = Field(128)},
    {.model_type = "dia_encoder", .shape = {1024, 16, 1024, 12}, .head_dim = Field(128)},
    {.model_type = "dinov3_vit", .default_theta = 100, .shape = {384, 6, 0, 12},
     .fixed_rope = true, .axial = &kDinov3, .convert = ConvertThetaField},
    {.model_type = "dots3_note_audio_encoder", .shape = {1280, 20, 6000, 32},
     .head_dim = Derived(kIgnoredIntOrNull), .partial_in_default = true,
     .partial_rotary_factor = 0.5, .heads_divide_hidden = true, .prepare = PrepareDots3Audio},
    {.model_type = "dots3_note_vision_encoder", .shape = {1536, 24, 0, 42},
     .default_type = "axial", .axial = &kRowsThenColumns},
    {.model_type = "edgetam_video",
     .default_type = "axial", .axial = &kSamMemory},
    {.model_type = "efficientloftr", .shape = {256, 8, 0, 0}, .partial_rotary_factor = 4.0,
     .axial = &kEfficientLoftr},
    {.model_type = "eomt_dinov3", .default_theta = 100, .axial = &kDinov3},
    {.model_type = "ernie4_5_vl_moe_vision", .shape = {1280, 16, 0, 0},
     .default_type = "axial", .axial = &kRowsThenColumnsNumHeads},
    {.model_type = "esm", .shape = {768, 12, 1026, 12}, .fixed_rope = true,
     .mark_rotated = MarkIfRotary, .convert = ConvertEsm},
    {.model_type = "esmc", .shape = {2560, 40, 2048, 80}, .head_dim = FieldOrDerived(),
     .heads_divide_hidden = true},
    {.model_type = "esmfold2", .not_computed = kAtoms},
    {.model_type = "evolla", .default_theta = 500000, .shape = {4096, 32, 8192, 32}},
    {.model_type = "exaone4_5_vision", .shape = {3584, 16, 0, 0},
     .default_type = "axial", .axial = &kRowsThenColumnsNumHeads},
    {.model_type = "glm4v_moe_vision", .shape = {1536, 12, 0, 0},
     .default_type = "axial", .axial = &kRowsThenColumnsNumHeads},
    {.model_type = "glm4v_vision", .shape = {1536, 12, 0, 0},
     .default_type = "axial", .axial = &kRowsThenColumnsNumHeads},
    {.model_type = "glm5_next_vision", .shape = {1024, 16, 0, 0},
     .default_type = "axial", .axial = &kRowsThenColumnsNumHeads},
    {.model_type = "glm_ocr_vision", .shape = {1024, 16, 0, 0},
     .default_type = "axial", .axial = &kRowsThenColumnsNumHeads},
    {.model_type = "glmasr_encoder", .shape = {1280, 20, 1500, 32}, .partial_in_default = true,
     .partial_rotary_factor = 0.5},
    {.model_type = "gradium_phonon_tts", .shape = {768, 12, 8192, 6}, .head_dim = FieldOrDerived(),
     .heads_divide_hidden = true},
    {.model_type = "idefics", .shape = {4096, 32, 2048, 32}},
    {.model_type = "inkling2_vision", .shape = {1024, 16, 0, 23},
     .default_type = "axial", .axial = &kColumnsThenRowsInPairs},
    {.model_type = "iquestcoder", .shape = {5120, 40, 131072, 80}, .head_dim = FieldOrDerived(128),
     .heads_divide_hidden = true},
    {.model_type = "jetmoe", .shape = {2048, 32, 4096, 12}, .head_dim = NullableField(128)},
    {.model_type = "kimi_k25_vision", .shape = {1152, 16, 0, 27},
     .default_type = "axial", .axial = &kKimiVision},
    {.model_type = "kyutai_speech_to_text", .shape = {2048, 32, 750, 48},
     .head_dim = FieldOrDerived()},
    {.model_type = "lasr_encoder", .shape = {512, 8, 10000, 17}},
    {.model_type = "lfm3_vl_vision", .default_theta = 1000000, .shape = {1024, 16, 0, 14},
     .default_type = "axial", .axial = &kRowsThenColumns},
    {.model_type = "lightglue", .not_computed = kKeypoints},
    {.model_type = "llama4_vision_model", .axial = &kColumnsThenRowsInPairs},
    {.model_type = "mimi", .shape = {512, 8, 8000, 8}, .head_dim = FieldOrDerived()},
    {.model_type = "mimi_decoder", .shape = {512, 8, 8000, 8}, .head_dim = FieldOrDerived()},
    {.model_type = "mimi_encoder", .shape = {512, 8, 8000, 8}, .head_dim = FieldOrDerived()},
    {.model_type = "minimax_m3_vl_vision", .shape = {1280, 16, 0, 32},
     .default_type = "axial", .axial = &kFramesRowsColumns},
    {.model_type = "mlcd", .shape = {1664, 16, 0, 48},
     .default_type = "axial", .axial = &kRowsThenColumns},
    {.model_type = "mlcd_vision_model", .shape = {1664, 16, 0, 48},
     .default_type = "axial", .axial = &kRowsThenColumns},
    {.model_type = "moonshine", .shape = {288, 8, 512, 0}, .partial_in_default = true,
     .partial_rotary_factor = 0.9},
    {.model_type = "moonshine_streaming", .shape = {320, 8, 4096, 6}, .head_dim = FieldOrDerived(),
     .partial_in_default = true, .default_parameters = kMoonshineStreaming},
    {.model_type = "moshi", .shape = {4096, 32, 3000, 32}, .head_dim = FieldOrDerived()},
    {.model_type = "muse_glimmer_vision", .shape = {1536, 16, 1024, 50},
     .default_type = "axial", .axial = &kRowsThenColumns},
    {.model_type = "muse_spark_vision", .shape = {1536, 16, 1024, 50},
     .default_type = "axial", .axial = &kRowsThenColumns},
    {.model_type = "nemotron3_5_transcribe_asr_audio", .shape = {1280, 10, 5000, 32},
     .partial_in_default = true, .partial_rotary_factor = 1.0,
     .default_parameters = kHalfOfHead, .heads_divide_hidden = true},
    {.model_type = "nemotron3_5_transcribe_word_timestamp", .shape = {1280, 16, 5000, 2},
     .partial_in_default = true, .default_parameters = kHalfOfHead, .heads_divide_hidden = true},
    {.model_type = "nemotron3_diarization_audio", .shape = {512, 8, 5000, 31},
     .partial_in_default = true, .partial_rotary_factor = 1.0, .heads_divide_hidden = true},
    {.model_type = "neomme", .shape = {1024, 16, 16384, 17}, .head_dim = Field(64),
     .partial_in_default = true, .nesting = Nesting::kPerLayerType, .layer_sets_only = true,
     .known_layer_types = kFullOrSliding, .fill_layer_types = FillNeoMme,
     .convert = ConvertNeoMme, .axis_order = AxisOrder::kRowsAndColumns, .check = CheckNeoMme},
    {.model_type = "neucodec", .shape = {1024, 16, 4096, 12}, .head_dim = Field(64),
     .heads_divide_hidden = true},
    {.model_type = "paddleocr_vl_vision", .shape = {1152, 16, 0, 27},
     .default_type = "axial", .axial = &kRowsThenColumns},
    {.model_type = "pe_audio_encoder", .default_theta = 20000, .shape = {1792, 14, 10000, 6},
     .head_dim = Field(128)},
    {.model_type = "pe_audio_video_encoder", .default_theta = 20000, .shape = {1792, 14, 10000, 6},
     .head_dim = Field(128)},
    {.model_type = "pe_video_encoder", .default_theta = 20000, .shape = {1792, 14, 10000, 6},
     .head_dim = Field(128)},
    {.model_type = "pocket_tts", .shape = {1024, 16, 8192, 6}, .head_dim = FieldOrDerived(),
     .heads_divide_hidden = true},
    {.model_type = "pocket_tts_audio_tokenizer", .shape = {512, 8, 8000, 2},
     .head_dim = FieldOrDerived()},
    {.model_type = "pocket_tts_audio_tokenizer_decoder", .shape = {512, 8, 8000, 2},
     .head_dim = FieldOrDerived()},
    {.model_type = "pocket_tts_audio_tokenizer_encoder", .shape = {512, 8, 8000, 2},
     .head_dim = FieldOrDerived()},
    {.model_type = "qwen2_5_omni_dit", .shape = {1024, 16, 32768, 22}, .head_dim = Field(64)},
    {.model_type = "qwen2_5_omni_vision_encoder", .shape = {3584, 16, 0, 0},
     .default_type = "axial", .axial = &kRowsThenColumnsNumHeads},
    {.model_type = "qwen3_5_moe_vision", .shape = {1152, 16, 0, 0},
     .default_type = "axial", .axial = &kRowsThenColumnsNumHeads},
    {.model_type = "qwen3_5_vision", .shape = {1152, 16, 0, 0},
     .default_type = "axial", .axial = &kRowsThenColumnsNumHeads},
    {.model_type = "qwen3_omni_moe_talker_text", .shape = {1024, 16, 32768, 20},
     .axis_order = AxisOrder::kInTurn, .default_mrope_section = kQwen3Sections},
    {.model_type = "qwen3_omni_moe_vision_encoder", .shape = {1152, 16, 0, 0},
     .default_type = "axial", .axial = &kRowsThenColumnsNumHeads},
    {.model_type = "qwen3_vl_moe_vision", .shape = {1152, 16, 0, 0},
     .default_type = "axial", .axial = &kRowsThenColumnsNumHeads},
    {.model_type = "qwen4_exp_vision", .shape = {1152, 16, 0, 0},
     .default_type = "axial", .axial = &kRowsThenColumnsNumHeads},
    {.model_type = "roformer", .not_computed = kDoubleTable},
    {.model_type = "sam2_video",
     .default_type = "axial", .axial = &kSamMemory},
    {.model_type = "sam3_tracker_video",
     .default_type = "axial", .axial = &kSamMemory},
    {.model_type = "sam3_vit_model", .shape = {1024, 16, 0, 32},
     .default_type = "axial", .axial = &kBlocksInPairs},
    {.model_type = "sapiens2", .default_theta = 100, .fixed_rope = true, .axial = &kDinov3,
     .convert = ConvertThetaField},
    {.model_type = "seamless_m4t", .shape = {1024, 16, 1024, 24}, .fixed_rope = true,
     .mark_rotated = MarkIfRotary, .convert = ConvertConformer, .finish = FinishSeamless},
    {.model_type = "step3p5_vision", .shape = {1536, 16, 2704, 47},
     .default_type = "axial", .axial = &kColumnsThenRows},
    {.model_type = "timesfm2_5", .shape = {1280, 16, 16384, 20}, .head_dim = Field(80)},
    {.model_type = "video_llama_3_vision", .shape = {768, 12, 0, 12},
     .default_type = "axial", .axial = &kRowsThenColumns},
    {.model_type = "vjepa2", .not_computed = kTwoAngles},
    {.model_type = "voxtral_realtime_encoder", .shape = {1280, 32, 1500, 32},
     .head_dim = Field(64)},
    {.model_type = "wav2vec2-bert", .shape = {1024, 16, 0, 24}, .fixed_rope = true,
     .mark_rotated = MarkIfRotary, .convert = ConvertConformer, .finish = FinishConformer},
    {.model_type = "wav2vec2-conformer", .shape = {768, 12, 0, 12}, .fixed_rope = true,
     .mark_rotated = MarkIfRotary, .convert = ConvertConformer, .finish = FinishConformer},
    {.model_type = "xcodec2", .shape = {1024, 16, 4096, 12}, .head_dim = Field(64),
     .heads_divide_hidden = true},
};
// clang-format on

}  // namespace

absl::Span<const Family> EncoderFamilies() { return kEncoderFamilies; }

}  // namespace rope
