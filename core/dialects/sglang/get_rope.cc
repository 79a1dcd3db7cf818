#include "core/dialects/sglang/get_rope.h"

#include <cmath>

#include "absl/strings/str_cat.h"
#include "core/dialects/rope_start.h"
#include "core/dialects/sglang/rope_classes.h"
#include "core/json/python_value.h"

namespace rope {
namespace {

// One rope type of get_rope: who makes the class.
struct TypeRow {
  absl::string_view rope_type;
  void (*make)(const SglangArguments& arguments, ParameterReader* reader, EngineRope* rope);
};

constexpr TypeRow kTypes[] = {
    {"default", sglang::MakeDefault},   {"llama3", sglang::MakeLlama3},
    {"linear", sglang::MakeLinear},     {"dynamic", sglang::MakeDynamic},
    {"yarn", sglang::MakeYarn},         {"deepseek_yarn", sglang::MakeDeepseekYarn},
    {"longrope", sglang::MakeLongrope}, {"proportional", sglang::MakeProportional},
};

void MakeByType(const SglangArguments& arguments, ParameterReader* reader, EngineRope* rope) {
  if (IsTruthy(arguments.dual_chunk_attention_config)) {
    sglang::MakeDefault(arguments, reader, rope);
    rope->engine_class = "DualChunkRotaryEmbedding";
    ReadDualChunk(arguments.dual_chunk_attention_config, reader, rope);
    return;
  }
  if (reader->IsTrue("video_rope")) {
    sglang::MakeVideo(arguments, reader, rope);
    return;
  }
  for (const TypeRow& row : kTypes) {
    if (row.rope_type == rope->config.rope_type) {
      row.make(arguments, reader, rope);
      return;
    }
  }
  reader->Refuse("rope_type", absl::StrCat("Unknown RoPE scaling type ", rope->config.rope_type,
                                           " (ValueError)"));
}

}  // namespace

absl::StatusOr<EngineRope> SglangGetRope(const SglangArguments& arguments) {
  const JsonValue empty = EmptyObject();
  const bool has_scaling = arguments.rope_scaling.is_object();
  ParameterReader reader(kSglang, has_scaling ? arguments.rope_scaling : empty, arguments.path);
  EngineRope rope;
  rope.is_neox_style = arguments.is_neox_style;
  // A missing rope_type is read from type.
  const bool has_type = reader.Find("rope_type") == nullptr && reader.Find("type") != nullptr;
  rope.config.rope_type = reader.TextOr(has_type ? "type" : "rope_type", "default");
  const std::optional<double> base = PythonNumber(arguments.base);
  rope.config.rope_theta = base.value_or(10000.0);
  if (!base.has_value()) {
    reader.Refuse("rope_theta", absl::StrCat("it must be a number, not ",
                                             PythonTypeName(arguments.base), " (TypeError)"));
  }
  RequirePositive("rope_theta", rope.config.rope_theta, &reader);
  rope.config.max_position_embeddings = arguments.max_position;
  rope.table_rows = arguments.max_position;
  const double partial = arguments.partial_rotary_factor;
  const bool is_part = partial < 1.0;
  SetDimensions(arguments.head_size,
                std::floor(is_part ? arguments.rotary_dim * partial : arguments.rotary_dim),
                &reader, &rope);
  if (reader.status().ok()) MakeByType(arguments, &reader, &rope);
  if (!reader.status().ok()) return reader.status();
  return rope;
}

}  // namespace rope
