// The classes of vLLM with one list of frequencies and no attention factor.
#include <numbers>

#include "absl/strings/str_cat.h"
#include "core/dialects/rope_start.h"
#include "core/dialects/types/engine_types.h"
#include "core/dialects/vllm/rope_classes.h"

namespace rope::vllm {
namespace {

// Only frequencies that turn at least once within the longest sequence, or the first num_inv_freq.
void MakeFope(const VllmArguments& arguments, ParameterReader* reader, EngineRope* rope) {
  rope->engine_class = "FourierRotaryEmbedding";
  rope->inv_freq = PlainInvFreq(*rope);
  rope->no_table = "the coefficients of FoPE's table are learned and stand in the model's weights";
  if (const auto count = reader->OptionalNumber("num_inv_freq"); count.has_value()) {
    const auto size = static_cast<double>(rope->inv_freq.size());
    if (!(*count >= 1.0 && *count <= size)) {
      reader->Refuse("num_inv_freq", absl::StrCat("it must be 1 to ", size));
      return;
    }
    rope->inv_freq.resize(static_cast<size_t>(*count));
    return;
  }
  if (!arguments.max_position.has_value()) {
    reader->RefuseAll("max_position_embeddings is missing");
    return;
  }
  const auto slowest =
      static_cast<float>(2.0 * std::numbers::pi / static_cast<double>(*arguments.max_position));
  std::erase_if(rope->inv_freq, [slowest](float w) { return !(w > slowest); });
  if (rope->inv_freq.empty()) reader->RefuseAll("no frequency of FoPE turns once");
}

}  // namespace

void MakeDefault(const VllmArguments& arguments, ParameterReader* reader, EngineRope* rope) {
  if (reader->Find("mrope_section") == nullptr && reader->IsTrue("use_fope")) {
    MakeFope(arguments, reader, rope);
    return;
  }
  rope->engine_class = "RotaryEmbedding";
  rope->inv_freq = PlainInvFreq(*rope);
  if (reader->Find("mrope_section") == nullptr) return;
  rope->engine_class = "MRotaryEmbedding";
  SetMropeAxes(reader, rope);
  if (arguments.max_position.has_value()) {
    rope->table_rows =
        TableRowsOf(static_cast<double>(*arguments.max_position), arguments.mrope_positions_factor);
  }
}

void MakeLlama3(const VllmArguments& /*arguments*/, ParameterReader* reader, EngineRope* rope) {
  rope->engine_class = "Llama3RotaryEmbedding";
  RopeConfig& config = rope->config;
  config.factor = reader->Number("factor");
  config.low_freq_factor = reader->Number("low_freq_factor");
  config.high_freq_factor = reader->Number("high_freq_factor");
  config.original_max_position_embeddings = reader->Number("original_max_position_embeddings");
  RequirePositive("factor", *config.factor, reader);
  RequirePositive("low_freq_factor", *config.low_freq_factor, reader);
  RequirePositive("high_freq_factor", *config.high_freq_factor, reader);
  if (reader->status().ok()) rope->inv_freq = NestedLlama3InvFreq(config);
}

void MakeLlama4Vision(const VllmArguments& /*arguments*/, ParameterReader* /*reader*/,
                      EngineRope* rope) {
  rope->engine_class = "Llama4VisionRotaryEmbedding";
  rope->inv_freq = PlainInvFreq(*rope);
  rope->no_table = "the table of Llama-4's vision tower has complex numbers at two positions";
}

void MakeLinear(const VllmArguments& arguments, ParameterReader* reader, EngineRope* rope) {
  rope->engine_class = "LinearScalingRotaryEmbedding";
  const JsonValue* factor = reader->Find("factor");
  if (factor == nullptr) {
    reader->Number("factor");  // says that it is missing
    return;
  }
  FillLinear(*factor, arguments.max_position, reader, rope);
}

void MakeNtk(const VllmArguments& /*arguments*/, ParameterReader* reader, EngineRope* rope) {
  rope->engine_class = "NTKScalingRotaryEmbedding";
  rope->config.factor = reader->Number("factor");
  RequirePositive("factor", *rope->config.factor, reader);
  const std::optional<double> mixed_b = reader->OptionalNumber("mixed_b");
  if (mixed_b.has_value() && !(*mixed_b >= 0.0 && *mixed_b <= 1.0)) {
    reader->Refuse("mixed_b", "this service computes 0 to 1");
  }
  if (!reader->status().ok()) return;
  rope->inv_freq =
      NtkInvFreq(rope->config.rope_theta, rope->config.rotary_dim, *rope->config.factor, mixed_b);
}

void MakeDynamic(const VllmArguments& arguments, ParameterReader* reader, EngineRope* rope) {
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
  if (reader->Find("factor") == nullptr) {
    reader->RefuseAll("dynamic must contain either 'alpha' or 'factor' (ValueError)");
    return;
  }
  rope->engine_class = "DynamicNTKScalingRotaryEmbedding";
  config.factor = reader->Number("factor");
  if (!arguments.max_position.has_value()) {
    reader->RefuseAll("max_position_embeddings is missing");
    return;
  }
  const auto longest = static_cast<double>(*arguments.max_position);
  const double trained = reader->OptionalNumber("max_trained_positions").value_or(longest);
  RequirePositive("max_trained_positions", trained, reader);
  const double stretch = DynamicStretch(*config.factor, longest, trained);
  RequirePositive("factor", stretch, reader);
  rope->inv_freq = StretchedInvFreq(config.rope_theta, config.rotary_dim, stretch);
  rope->notes.emplace_back(
      "the table is made once; without max_trained_positions it is that of type default");
}

}  // namespace rope::vllm
