// The classes of vLLM for positions of several axes, and those that take them apart otherwise.
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/dialects/rope_start.h"
#include "core/dialects/vllm/rope_classes.h"

namespace rope::vllm {
namespace {

int64_t FrequencyCount(const EngineRope& rope) { return (rope.config.rotary_dim + 1) / 2; }

// Tables for positions on three axes are longer, by the positions factor.
void SetAxisTable(const VllmArguments& arguments, EngineRope* rope) {
  rope->inv_freq = PlainInvFreq(*rope);
  rope->axes.interleaved_pairs = !rope->is_neox_style;
  if (!arguments.max_position.has_value()) return;
  rope->table_rows =
      TableRowsOf(static_cast<double>(*arguments.max_position), arguments.mrope_positions_factor);
}

}  // namespace

void SetMropeAxes(ParameterReader* reader, EngineRope* rope) {
  const std::vector<int64_t> sections = ReadSections(reader);
  int64_t sum = 0;
  for (const int64_t section : sections) sum += section;
  const int64_t frequencies = FrequencyCount(*rope);
  const bool in_turn = reader->IsTrue("mrope_interleaved");
  rope->axes =
      MakePositionAxes(in_turn ? AxisOrder::kInTurn : AxisOrder::kRuns, sections, frequencies);
  rope->axes.interleaved_pairs = !rope->is_neox_style;
  if (sum != frequencies) {
    reader->Refuse("mrope_section", absl::StrCat("it must add up to ", frequencies, ", not ", sum,
                                                 " (AssertionError)"));
  }
  RequireAxes(reader, *rope);
}

void MakeProportional(const VllmArguments& /*arguments*/, ParameterReader* reader,
                      EngineRope* rope) {
  rope->engine_class = "Gemma4RotaryEmbedding";
  FillProportional(rope);
  if (reader->Has("factor")) rope->notes.emplace_back("factor is not read");
}

void MakeBailingMrope(const VllmArguments& arguments, ParameterReader* reader, EngineRope* rope) {
  rope->engine_class = "BailingMRotaryEmbedding";
  const std::vector<int64_t> sections = ReadSections(reader);
  rope->axes = MakePositionAxes(AxisOrder::kPairsThenTime, {sections[1], sections[2], sections[0]},
                                FrequencyCount(*rope));
  SetAxisTable(arguments, rope);
  RequireAxes(reader, *rope);
}

void MakeOpenPangu(const VllmArguments& arguments, ParameterReader* reader, EngineRope* rope) {
  rope->engine_class = "MRotaryEmbeddingInterleaved";
  if (!reader->IsTrue("mrope_interleaved")) {
    reader->Refuse("mrope_interleaved", "openpangu needs mrope_section and mrope_interleaved");
    return;
  }
  // The class prepares another order of axes, but its recorded forward takes them in turn.
  SetMropeAxes(reader, rope);
  SetAxisTable(arguments, rope);
}

void MakeDualChunk(const VllmArguments& arguments, ParameterReader* reader, EngineRope* rope) {
  rope->engine_class = "DualChunkRotaryEmbedding";
  rope->inv_freq = PlainInvFreq(*rope);
  ReadDualChunk(arguments.dual_chunk_attention_config, reader, rope);
}

}  // namespace rope::vllm
