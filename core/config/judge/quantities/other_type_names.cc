#include "core/config/judge/quantities/other_type_names.h"

#include <string>

#include "absl/strings/ascii.h"

namespace rope {
namespace {

constexpr absl::string_view kLongrope =
    "The first files of Phi-3 called longrope so: write \"longrope\", with "
    "original_max_position_embeddings in the same object";
constexpr absl::string_view kDynamic =
    "It is the dynamic NTK scaling of other programs: write \"dynamic\"";
constexpr absl::string_view kNtk =
    "A fixed NTK scaling is no type of transformers. It is rope_type \"default\" with a larger "
    "base, rope_theta * factor^(d / (d - 2)) for d rotated channels; \"dynamic\" is the one whose "
    "base grows with the sequence";
constexpr absl::string_view kLinear =
    "It is position interpolation, which transformers calls \"linear\"";
constexpr absl::string_view kLlama3 = "It is the scaling of Llama 3.1: write \"llama3\"";
constexpr absl::string_view kYarn = "It is YaRN: write \"yarn\"";
constexpr absl::string_view kNone = "No scaling is called \"default\"";
constexpr absl::string_view kMrope =
    "The sections of M-RoPE scale nothing: write \"default\" and keep mrope_section";

constexpr OtherTypeName kNames[] = {
    {"su", "longrope", kLongrope},
    {"long_rope", "longrope", "It is LongRoPE: write \"longrope\""},
    {"ntk", "", kNtk},
    {"ntk-aware", "", kNtk},
    {"ntk_aware", "", kNtk},
    {"ntk-alpha", "", kNtk},
    {"ntk_alpha", "", kNtk},
    {"fixed-ntk", "", kNtk},
    {"ntk-by-parts", "",
     "It is YaRN without its attention factor: write \"yarn\" with attention_factor 1.0"},
    {"dynamic-ntk", "dynamic", kDynamic},
    {"dynamic_ntk", "dynamic", kDynamic},
    {"dynamicntk", "dynamic", kDynamic},
    {"dynamic ntk", "dynamic", kDynamic},
    {"ntk-dynamic", "dynamic", kDynamic},
    {"ntk_dynamic", "dynamic", kDynamic},
    {"linear_scaling", "linear", kLinear},
    {"linear-scaling", "linear", kLinear},
    {"pi", "linear", kLinear},
    {"position_interpolation", "linear", kLinear},
    {"llama-3", "llama3", kLlama3},
    {"llama_3", "llama3", kLlama3},
    {"llama3.1", "llama3", kLlama3},
    {"llama-3.1", "llama3", kLlama3},
    {"deepseek_yarn", "yarn", "DeepSeek's YaRN is \"yarn\" with mscale and mscale_all_dim"},
    {"yarn_scaling", "yarn", kYarn},
    {"dynamic-yarn", "",
     "A YaRN whose factor follows the sequence is no type of transformers; \"yarn\" has a fixed "
     "factor"},
    {"dynamic_yarn", "",
     "A YaRN whose factor follows the sequence is no type of transformers; \"yarn\" has a fixed "
     "factor"},
    {"mrope", "default", kMrope},
    {"m-rope", "default", kMrope},
    {"rope", "default", kNone},
    {"none", "default", kNone},
    {"null", "default", kNone},
    {"", "default", kNone},
    {"normal", "default", kNone},
    {"xdrope", "",
     "HunYuan-VL's own type: its families read it, and write \"dynamic\" with alpha elsewhere"},
    {"clex", "",
     "CLEX learns its scaling with the model. No class of transformers computes it, and no other "
     "type is equal to it"},
    {"selfextend", "",
     "Self-Extend regroups positions and keeps the frequencies: it is rope_type \"default\" and a "
     "program that supports it"},
    {"alibi", "",
     "ALiBi adds a bias to attention and rotates nothing: such a model has no rotary embedding"},
    {"xpos", "",
     "xPos also scales queries and keys by their position. No class of transformers computes it"},
    {"2d", "", "Two position axes are not a rope_type of transformers"},
};

}  // namespace

const OtherTypeName* FindOtherTypeName(absl::string_view name) {
  const std::string lower = absl::AsciiStrToLower(absl::StripAsciiWhitespace(name));
  for (const OtherTypeName& row : kNames) {
    if (row.name == lower) return &row;
  }
  return nullptr;
}

}  // namespace rope
