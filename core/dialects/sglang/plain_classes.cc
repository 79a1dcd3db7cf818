// The classes of SGLang in base.py and rope_variant.py.

#include "absl/strings/str_cat.h"
#include "core/dialects/rope_start.h"
#include "core/dialects/sglang/rope_classes.h"
#include "core/dialects/types/engine_types.h"
#include "core/json/python_value.h"

namespace rope::sglang {
namespace {

// L as a double. It is a failure if the configuration has none.
double LongestOf(const SglangArguments& arguments, ParameterReader* reader) {
  if (arguments.max_position.has_value()) return static_cast<double>(*arguments.max_position);
  reader->RefuseAll("max_position_embeddings is missing");
  return 1.0;
}

}  // namespace

double NumberOrNoted(absl::string_view key, double otherwise, ParameterReader* reader,
                     EngineRope* rope) {
  if (reader->Find(key) != nullptr) return reader->Number(key);
  rope->notes.push_back(
      absl::StrCat(key, " is missing; the engine warns and takes ", PythonFloat(otherwise)));
  return otherwise;
}

void ReadOriginalLength(const SglangArguments& arguments, ParameterReader* reader,
                        EngineRope* rope) {
  constexpr char kKey[] = "original_max_position_embeddings";
  const bool given = reader->Find(kKey) != nullptr;
  rope->config.original_max_position_embeddings =
      given ? reader->Number(kKey)
            : NumberOrNoted(kKey, LongestOf(arguments, reader), reader, rope);
}

void MakeDefault(const SglangArguments& /*arguments*/, ParameterReader* reader, EngineRope* rope) {
  rope->engine_class = "RotaryEmbedding";
  rope->inv_freq = PlainInvFreq(*rope);
  if (reader->Find("mrope_section") == nullptr) return;
  rope->engine_class = "MRotaryEmbedding";
  SetMropeAxes(reader, rope);
}

void MakeLlama3(const SglangArguments& arguments, ParameterReader* reader, EngineRope* rope) {
  rope->engine_class = "Llama3RotaryEmbedding";
  RopeConfig& config = rope->config;
  config.factor = NumberOrNoted("factor", 1.0, reader, rope);
  config.low_freq_factor = NumberOrNoted("low_freq_factor", 1.0, reader, rope);
  config.high_freq_factor = NumberOrNoted("high_freq_factor", 4.0, reader, rope);
  ReadOriginalLength(arguments, reader, rope);
  RequirePositive("factor", *config.factor, reader);
  RequirePositive("low_freq_factor", *config.low_freq_factor, reader);
  RequirePositive("high_freq_factor", *config.high_freq_factor, reader);
  if (reader->status().ok()) rope->inv_freq = NestedLlama3InvFreq(config);
}

void MakeLinear(const SglangArguments& arguments, ParameterReader* reader, EngineRope* rope) {
  rope->engine_class = "LinearScalingRotaryEmbedding";
  const JsonValue* given = reader->Find("factor");
  const JsonValue factor =
      given != nullptr ? *given : JsonValue(NumberOrNoted("factor", 1.0, reader, rope));
  FillLinear(factor, arguments.max_position, reader, rope);
}

void MakeDynamic(const SglangArguments& arguments, ParameterReader* reader, EngineRope* rope) {
  RopeConfig& config = rope->config;
  if (config.rotary_dim == 2) {
    reader->RefuseAll("2 rotated channels make the exponent d / (d - 2) divide by zero");
    return;
  }
  if (reader->Find("alpha") != nullptr) {
    rope->engine_class = "DynamicNTKAlphaRotaryEmbedding";
    config.alpha = reader->Number("alpha");
    RequirePositive("alpha", *config.alpha, reader);
    rope->inv_freq = StretchedInvFreq(config.rope_theta, config.rotary_dim, *config.alpha);
    return;
  }
  rope->engine_class = "DynamicNTKScalingRotaryEmbedding";
  config.factor = NumberOrNoted("factor", 1.0, reader, rope);
  const double longest = LongestOf(arguments, reader);
  const double stretch = DynamicStretch(*config.factor, longest * *config.factor, longest);
  RequirePositive("factor", stretch, reader);
  if (!reader->status().ok()) return;
  rope->inv_freq = StretchedInvFreq(config.rope_theta, config.rotary_dim, stretch);
  rope->table_rows = TableRowsOf(longest, *config.factor);
  rope->notes.emplace_back(
      "the table is stretched for max_position_embeddings times factor from the first token");
}

void MakeLongrope(const SglangArguments& arguments, ParameterReader* reader, EngineRope* rope) {
  rope->engine_class = "Phi3LongRoPEScaledRotaryEmbedding";
  if (!arguments.is_neox_style) {
    reader->RefuseAll("longrope pairs channels i and i + n only (ValueError)");
    return;
  }
  LongestOf(arguments, reader);
  const LongropeLists lists = ReadLongropeLists(reader, *rope);
  ReadOriginalLength(arguments, reader, rope);
  if (!reader->status().ok()) return;
  FillLongrope(lists, reader, rope);
  if (!reader->status().ok()) return;
  rope->long_frequencies->positions_beyond = 2;
  rope->notes.emplace_back(
      "the engine takes the long list for all rows of a batch as soon as one position is above "
      "original_max_position_embeddings");
}

void MakeProportional(const SglangArguments& /*arguments*/, ParameterReader* reader,
                      EngineRope* rope) {
  rope->engine_class = "Gemma4RotaryEmbedding";
  FillProportional(rope);
  if (reader->Has("factor")) rope->notes.emplace_back("factor is not read");
}

}  // namespace rope::sglang
