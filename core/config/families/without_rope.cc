// The model types that have no rotary embedding. Made by reading the modules of transformers 5.24:
// the model_type of every configuration class whose module has neither a rotary class nor a
// function that rotates, and which holds no text model of another type. In nemotron_h and jamba the
// attention layers are not given any positions.
#include <algorithm>
#include <iterator>

#include "core/config/families/families.h"
#include "core/config/families/family_rows.h"

namespace rope {
namespace {

// Sorted, because HasNoRotaryEmbedding does a binary search.
// clang-format off
constexpr absl::string_view kWithoutRope[] = {
    "aimv2", "aimv2_text_model", "aimv2_vision_model", "albert", "align", "align_text_model",
    "align_vision_model", "altclip", "altclip_text_model", "altclip_vision_model",
    "audio-spectrogram-transformer", "audioflamingo3_encoder", "autoformer", "bart", "beit", "bert",
    "bert-generation", "big_bird", "bigbird_pegasus", "biogpt", "bit", "blenderbot",
    "blenderbot-small", "blip", "blip_2_qformer", "blip_2_vision_model", "blip_text_model",
    "blip_vision_model", "bloom", "bridgetower", "bridgetower_text_model",
    "bridgetower_vision_model", "bros", "camembert", "canary_decoder", "canine", "chinese_clip",
    "chinese_clip_text_model", "chinese_clip_vision_model", "clap", "clap_audio_model",
    "clap_text_model", "clip", "clip_text_model", "clip_vision_model", "clipseg",
    "clipseg_text_model", "clipseg_vision_model", "conditional_detr", "convbert", "convnext",
    "convnextv2", "cpmant", "ctrl", "cvt", "d_fine", "dab-detr", "dac", "data2vec-audio",
    "data2vec-text", "data2vec-vision", "deberta", "deberta-v2", "decision_transformer",
    "deformable_detr", "deimv2", "deit", "depth_anything", "depth_pro", "detr", "dinat", "dinov2",
    "dinov2_with_registers", "dinov3_convnext", "distilbert", "donut-swin", "dpr", "dpt",
    "edgetam_prompt_encoder", "efficientnet", "electra", "encodec", "eomt", "ernie", "falcon_mamba",
    "fastspeech2_conformer", "fastspeech2_conformer_hifigan", "flaubert", "flava",
    "flava_image_codebook", "flava_image_model", "flava_multimodal_model", "flava_text_model",
    "florence_vision", "fnet", "focalnet", "fsmt", "fun_asr_nano_encoder", "funnel", "git",
    "git_vision_model", "glm5_next_text", "glpn", "got_ocr2_vision", "gpt-sw3", "gpt2",
    "gpt_bigcode", "gpt_neo", "granite_speech5_encoder", "granite_speech_encoder",
    "granite_speech_plus_encoder", "grounding-dino", "groupvit", "groupvit_text_model",
    "groupvit_vision_model", "hgnet_v2", "hiera", "hubert", "ibert", "idefics2_perceiver",
    "idefics2_vision", "idefics3_vision", "ijepa", "imagegpt", "informer", "inkling2_loop_text",
    "inkling2_text", "inkling_audio", "inkling_text", "inkling_vision", "instructblip_qformer",
    "instructblip_vision_model", "instructblipvideo_qformer", "instructblipvideo_vision_model",
    "internvl_vision", "jamba", "janus_vision_model", "janus_vqgan", "kimi_linear", "kosmos-2",
    "kosmos-2.5", "kosmos_2_5_text_model", "kosmos_2_5_vision_model", "kosmos_2_text_model",
    "kosmos_2_vision_model", "layoutlm", "layoutlmv2", "layoutlmv3", "led", "levit", "lilt",
    "longformer", "longt5", "luke", "lw_detr", "lw_detr_vit", "lxmert", "m2m_100", "mamba",
    "mamba2", "marian", "markuplm", "mask2former", "maskformer", "maskformer-swin", "mbart",
    "megatron-bert", "metaclip_2", "metaclip_2_text_model", "metaclip_2_vision_model", "mgp-str",
    "minicpm_ocr_vision", "minicpmv4_6_vision", "minicpmv4_7_vision", "mm-grounding-dino",
    "mobilebert", "mobilenet_v1", "mobilenet_v2", "mobilevit", "mobilevitv2",
    "moss_transcribe_diarize_audio", "mpnet", "mpt", "mra", "mt5", "musicgen_decoder",
    "musicgen_melody_decoder", "mvp", "nemotron_h", "nllb-moe", "nystromformer", "omdet-turbo",
    "omniasr_audio", "oneformer", "openai-gpt", "opt", "ovis2_vision", "owlv2", "owlv2_text_model",
    "owlv2_vision_model", "owlvit", "owlvit_text_model", "owlvit_vision_model", "parakeet_encoder",
    "patchtsmixer", "patchtst", "pegasus", "pegasus_x", "perceiver", "pix2struct",
    "pix2struct_text_model", "pix2struct_vision_model", "pixio", "plbart", "poolformer",
    "pop2piano", "pp_formulanet_text", "pp_formulanet_vision", "pp_lcnet", "pp_lcnet_v3",
    "pp_lcnet_v4", "prompt_depth_anything", "prophetnet", "pvt", "pvt_v2", "qianfan_ocr_vision",
    "qwen2_audio_encoder", "qwen3_asr_encoder", "radio", "reformer", "regnet", "rembert", "resnet",
    "rf_detr_dinov2", "roberta", "roberta-prelayernorm", "roc_bert", "rt_detr", "rt_detr_resnet",
    "rt_detr_v2", "rwkv", "sam", "sam2_hiera_det_model", "sam2_prompt_encoder",
    "sam3_lite_text_detr_decoder", "sam3_lite_text_detr_encoder", "sam3_lite_text_geometry_encoder",
    "sam3_lite_text_mask_decoder", "sam3_lite_text_text_model", "sam3_tracker_prompt_encoder",
    "sam_hq", "sam_hq_prompt_encoder", "sam_hq_vision_model", "sam_prompt_encoder",
    "sam_vision_model", "seamless_m4t_v2", "segformer", "seggpt", "sew", "sew-d", "siglip",
    "siglip2", "siglip2_text_model", "siglip2_vision_model", "siglip_text_model",
    "siglip_vision_model", "slanext_vision", "smolvlm_vision", "speech_to_text", "speecht5",
    "speecht5_hifigan", "splinter", "squeezebert", "superpoint", "swiftformer", "swin", "swin2sr",
    "swinv2", "switch_transformers", "t5", "table-transformer", "tapas", "textnet",
    "time_series_transformer", "timesfm", "timesformer", "tipsv2", "tipsv2_text_model",
    "tipsv2_vision_model", "trocr", "tvp", "udop", "umt5", "unispeech", "unispeech-sat", "univnet",
    "upernet", "uvdoc_backbone", "vibevoice_acoustic_tokenizer_encoder", "vibevoice_diffusion",
    "videomae", "videomt", "videoprism_text_model", "videoprism_vision_model", "vilt",
    "visual_bert", "vit", "vit_mae", "vit_msn", "vitdet", "vitmatte", "vitpose", "vitpose_backbone",
    "vits", "vivit", "voxtral_encoder", "wav2vec2", "wavlm", "wavtokenizer_encoder", "whisper",
    "xclip", "xclip_text_model", "xclip_vision_model", "xglm", "xlm", "xlm-roberta",
    "xlm-roberta-xl", "xlnet", "xlstm", "xmod", "yolos", "yoso", "zamba", "zoedepth",
};
// clang-format on

}  // namespace

absl::Span<const absl::string_view> TypesWithoutRope() { return kWithoutRope; }

bool HasNoRotaryEmbedding(absl::string_view model_type) {
  return std::binary_search(std::begin(kWithoutRope), std::end(kWithoutRope), model_type);
}

}  // namespace rope
