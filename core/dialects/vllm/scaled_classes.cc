// The classes of vLLM with an attention factor: yarn, deepseek_yarn, longrope.
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/dialects/rope_start.h"
#include "core/dialects/types/engine_types.h"
#include "core/dialects/vllm/rope_classes.h"
#include "core/rope_types/formula_terms.h"
#include "core/rope_types/yarn.h"

namespace rope::vllm {
namespace {

// attention_factor if it is given; the ratio if neither mscale is 0 or absent; otherwise the
// formula of the paper.
double YarnAttentionFactor(ParameterReader* reader, const RopeConfig& config) {
  if (config.attention_factor.has_value()) return *config.attention_factor;
  if (reader->IsTrue("mscale") && reader->IsTrue("mscale_all_dim")) {
    return DeepseekAttentionFactor(*config.factor, reader->Number("mscale"),
                                   reader->Number("mscale_all_dim"));
  }
  return MagnitudeScale<double>(*config.factor, 1.0);
}

// factor and original_max_position_embeddings: both are required.
void ReadLengths(ParameterReader* reader, EngineRope* rope) {
  rope->config.factor = reader->Number("factor");
  rope->config.original_max_position_embeddings =
      reader->Number("original_max_position_embeddings");
  rope->table_rows =
      TableRowsOf(*rope->config.original_max_position_embeddings, *rope->config.factor);
}

}  // namespace

void MakeYarn(const VllmArguments& arguments, ParameterReader* reader, EngineRope* rope) {
  rope->engine_class = "YaRNScalingRotaryEmbedding";
  RopeConfig& config = rope->config;
  ReadLengths(reader, rope);
  ReadYarnRange(true, reader, rope);
  config.attention_factor = reader->OptionalNumber("attention_factor");
  config.mscale = reader->OptionalNumber("mscale");
  config.mscale_all_dim = reader->OptionalNumber("mscale_all_dim");
  rope->attention_factor = YarnAttentionFactor(reader, config);
  RopeConfig used = config;
  if (reader->Find("mrope_section") != nullptr) {
    rope->engine_class = "MRotaryEmbedding";
    SetMropeAxes(reader, rope);
    const double scaled =
        *config.original_max_position_embeddings * arguments.mrope_positions_factor;
    used.original_max_position_embeddings = scaled;
    rope->table_rows = TableRowsOf(scaled, *config.factor);
    if (arguments.mrope_positions_factor != 1.0) {
      rope->notes.push_back(absl::StrCat(
          "the range of yarn counts from original_max_position_embeddings times ",
          arguments.mrope_positions_factor, ", because the model has an mrope_section"));
    }
  }
  if (reader->status().ok()) rope->inv_freq = YarnInvFreq(used, 1.0);
}

void MakeDeepseekYarn(const VllmArguments& /*arguments*/, ParameterReader* reader,
                      EngineRope* rope) {
  rope->engine_class = "DeepseekScalingRotaryEmbedding";
  if (reader->IsTrue("is_deepseek_v4")) {
    rope->engine_class = "DeepseekV4ScalingRotaryEmbedding";
    rope->notes.push_back(
        absl::StrCat("the last ", rope->config.rotary_dim, " channels of a head turn"));
  }
  RopeConfig& config = rope->config;
  ReadLengths(reader, rope);
  ReadYarnRange(false, reader, rope);
  config.mscale = reader->NumberOr("mscale", 1.0);
  config.mscale_all_dim = reader->NumberOr("mscale_all_dim", 0.0);
  if (!reader->status().ok()) return;
  rope->attention_factor =
      DeepseekAttentionFactor(*config.factor, *config.mscale, *config.mscale_all_dim);
  rope->inv_freq = YarnInvFreq(config, 1.0);
}

void MakeLongrope(const VllmArguments& arguments, ParameterReader* reader, EngineRope* rope) {
  rope->engine_class = "Phi3LongRoPEScaledRotaryEmbedding";
  if (!arguments.is_neox_style) {
    reader->RefuseAll("longrope pairs channels i and i + n only (ValueError)");
    return;
  }
  if (!arguments.max_position.has_value()) {
    reader->RefuseAll("max_position_embeddings is missing");
    return;
  }
  const LongropeLists lists = ReadLongropeLists(reader, *rope);
  rope->config.original_max_position_embeddings =
      reader->Number("original_max_position_embeddings");
  FillLongrope(lists, reader, rope);
  if (!reader->status().ok()) return;
  const int64_t served = arguments.max_model_len.value_or(*arguments.max_position);
  rope->long_frequencies->fixed_by_length = served;
  rope->notes.push_back(absl::StrCat(
      "the engine chooses one list when it starts, for all requests: the long one if the length "
      "that it serves (max_model_len, here ",
      served, ") is above original_max_position_embeddings"));
}

}  // namespace rope::vllm
