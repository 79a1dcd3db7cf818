#include "core/dialects/vllm/get_rope.h"

#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/dialects/rope_start.h"
#include "core/dialects/vllm/rope_classes.h"
#include "core/json/python_value.h"

namespace rope {
namespace {

// One rope type of get_rope: who makes the class.
struct TypeRow {
  absl::string_view rope_type;
  void (*make)(const VllmArguments& arguments, ParameterReader* reader, EngineRope* rope);
};

constexpr TypeRow kTypes[] = {
    {"default", vllm::MakeDefault},
    {"llama3", vllm::MakeLlama3},
    {"mllama4", vllm::MakeLlama4Vision},
    {"linear", vllm::MakeLinear},
    {"ntk", vllm::MakeNtk},
    {"dynamic", vllm::MakeDynamic},
    {"yarn", vllm::MakeYarn},
    {"deepseek_yarn", vllm::MakeDeepseekYarn},
    {"deepseek_llama_scaling", vllm::MakeDeepseekYarn},
    {"longrope", vllm::MakeLongrope},
    {"proportional", vllm::MakeProportional},
    {"bailing_mrope", vllm::MakeBailingMrope},
    {"openpangu", vllm::MakeOpenPangu},
};

// rope_dim if it is given, otherwise the share of the head.
double RotaryDim(const VllmArguments& arguments, ParameterReader* reader) {
  if (reader->Has("rope_dim")) return std::floor(reader->Number("rope_dim"));
  const double partial = reader->NumberOr("partial_rotary_factor", 1.0);
  if (!(partial > 0.0 && partial <= 1.0)) {
    reader->Refuse("partial_rotary_factor",
                   absl::StrCat("it must be above 0 and at most 1, not ", PythonFloat(partial)));
  }
  return std::floor(static_cast<double>(arguments.head_size) * partial);
}

}  // namespace

absl::StatusOr<EngineRope> VllmGetRope(const VllmArguments& arguments) {
  const JsonValue empty = EmptyObject();
  const bool has_parameters = arguments.rope_parameters.is_object();
  ParameterReader reader(kVllm, has_parameters ? arguments.rope_parameters : empty, arguments.path);
  EngineRope rope;
  rope.is_neox_style = arguments.is_neox_style;
  rope.config.rope_type = reader.TextOr("rope_type", "default");
  rope.config.rope_theta = reader.NumberOr("rope_theta", 10000.0);
  RequirePositive("rope_theta", rope.config.rope_theta, &reader);
  rope.config.max_position_embeddings = arguments.max_position;
  rope.table_rows = arguments.max_position;
  SetDimensions(arguments.head_size, RotaryDim(arguments, &reader), &reader, &rope);
  if (!reader.status().ok()) return reader.status();

  if (IsTruthy(arguments.dual_chunk_attention_config)) {
    vllm::MakeDualChunk(arguments, &reader, &rope);
  } else {
    const TypeRow* found = nullptr;
    for (const TypeRow& row : kTypes) {
      if (row.rope_type == rope.config.rope_type) found = &row;
    }
    if (found == nullptr) {
      reader.Refuse("rope_type", absl::StrCat("Unknown RoPE scaling type ", rope.config.rope_type,
                                              " (ValueError)"));
    } else {
      found->make(arguments, &reader, &rope);
    }
  }
  if (!reader.status().ok()) return reader.status();
  return rope;
}

}  // namespace rope
