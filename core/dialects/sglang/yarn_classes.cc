// The classes of SGLang in yarn.py and mrope.py.
#include <algorithm>
#include <numeric>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/dialects/rope_start.h"
#include "core/dialects/sglang/rope_classes.h"
#include "core/dialects/types/engine_types.h"
#include "core/rope_types/formula_terms.h"
#include "core/rope_types/yarn.h"

namespace rope::sglang {
namespace {

// Sections that add up to `frequencies`. All 0 become equal shares.
std::vector<int64_t> Fitted(std::vector<int64_t> sections, int64_t frequencies) {
  const int64_t sum = std::accumulate(sections.begin(), sections.end(), int64_t{0});
  if (sum == frequencies) return sections;
  const auto count = static_cast<int64_t>(sections.size());
  const double scale = sum > 0 ? static_cast<double>(frequencies) / static_cast<double>(sum) : 0.0;
  for (int64_t& section : sections) {
    const auto scaled = static_cast<int64_t>(static_cast<double>(section) * scale);
    section = std::max<int64_t>(1, sum > 0 ? scaled : frequencies / count);
  }
  const int64_t fitted = std::accumulate(sections.begin(), sections.end(), int64_t{0});
  sections.back() += frequencies - fitted;
  return sections;
}

// 1 if both mscale keys are absent or one is null, otherwise their ratio.
double YarnMagnitude(bool counts_mscale, ParameterReader* reader, double factor) {
  if (counts_mscale && reader->Has("mscale") && reader->Has("mscale_all_dim")) {
    return DeepseekAttentionFactor(factor, reader->Number("mscale"),
                                   reader->Number("mscale_all_dim"));
  }
  return MagnitudeScale<double>(factor, 1.0);
}

// attn_factor and extrapolation_factor multiply; both are 1 by default.
void FinishYarn(double magnitude, ParameterReader* reader, EngineRope* rope) {
  rope->attention_factor = magnitude * reader->NumberOr("attn_factor", 1.0);
  const double extrapolation = reader->NumberOr("extrapolation_factor", 1.0);
  if (reader->Has("attention_factor")) rope->notes.emplace_back("attention_factor is not read");
  if (reader->status().ok()) rope->inv_freq = YarnInvFreq(rope->config, extrapolation);
}

}  // namespace

void SetMropeAxes(ParameterReader* reader, EngineRope* rope) {
  const int64_t frequencies = (rope->config.rotary_dim + 1) / 2;
  const std::vector<int64_t> given = ReadSections(reader);
  for (const int64_t section : given) {
    if (section >= 0 && section <= kMaxHeadDim) continue;
    reader->Refuse("mrope_section", "its entries must be whole numbers >= 0");
    return;
  }
  const std::vector<int64_t> sections = Fitted(given, frequencies);
  if (sections != given) {
    rope->notes.push_back(absl::StrCat("mrope_section does not add up to ", frequencies,
                                       "; the engine takes [", absl::StrJoin(sections, ", "),
                                       "] instead"));
  }
  const bool in_turn = reader->IsTrue("mrope_interleaved");
  rope->axes =
      MakePositionAxes(in_turn ? AxisOrder::kInTurn : AxisOrder::kRuns, sections, frequencies);
  rope->axes.interleaved_pairs = !rope->is_neox_style;
  RequireAxes(reader, *rope);
}

void FillYarn(const SglangArguments& arguments, bool counts_mscale, ParameterReader* reader,
              EngineRope* rope) {
  RopeConfig& config = rope->config;
  config.factor = NumberOrNoted("factor", 1.0, reader, rope);
  ReadOriginalLength(arguments, reader, rope);
  ReadYarnRange(true, reader, rope);
  rope->table_rows = TableRowsOf(*config.original_max_position_embeddings, *config.factor);
  FinishYarn(YarnMagnitude(counts_mscale, reader, *config.factor), reader, rope);
}

void MakeYarn(const SglangArguments& arguments, ParameterReader* reader, EngineRope* rope) {
  const bool has_sections = reader->Find("mrope_section") != nullptr;
  rope->engine_class = has_sections ? "YaRNScalingMRotaryEmbedding" : "YaRNScalingRotaryEmbedding";
  FillYarn(arguments, !has_sections, reader, rope);
  if (has_sections) SetMropeAxes(reader, rope);
}

void MakeDeepseekYarn(const SglangArguments& arguments, ParameterReader* reader, EngineRope* rope) {
  rope->engine_class = "DeepseekScalingRotaryEmbedding";
  RopeConfig& config = rope->config;
  config.factor = NumberOrNoted("factor", 1.0, reader, rope);
  ReadOriginalLength(arguments, reader, rope);
  ReadYarnRange(false, reader, rope);
  config.mscale = reader->NumberOr("mscale", 1.0);
  config.mscale_all_dim = reader->NumberOr("mscale_all_dim", 0.0);
  if (!reader->status().ok()) return;
  rope->table_rows = TableRowsOf(*config.original_max_position_embeddings, *config.factor);
  FinishYarn(DeepseekAttentionFactor(*config.factor, *config.mscale, *config.mscale_all_dim),
             reader, rope);
}

void MakeVideo(const SglangArguments& arguments, ParameterReader* reader, EngineRope* rope) {
  rope->engine_class = "BailingMRotaryEmbedding";
  if (!arguments.max_position.has_value()) {
    reader->RefuseAll("max_position_embeddings is missing");
    return;
  }
  const int64_t longest = *arguments.max_position;
  std::optional<int64_t> rows = longest;
  if (rope->config.rope_type == "yarn") {
    FillYarn(arguments, false, reader, rope);
    rows = rope->table_rows;
  } else if (rope->config.rope_type == "default") {
    rope->inv_freq = PlainInvFreq(*rope);
  } else {
    reader->Refuse("rope_type", "video_rope goes with default and yarn only");
    return;
  }
  rope->first_position = -longest;
  rope->table_rows.reset();
  if (rows.has_value()) rope->table_rows = longest + *rows;
  const std::vector<int64_t> sections = ReadSections(reader);
  rope->axes = MakePositionAxes(AxisOrder::kPairsThenTime, {sections[1], sections[2], sections[0]},
                                (rope->config.rotary_dim + 1) / 2);
  rope->axes.interleaved_pairs = !rope->is_neox_style;
  RequireAxes(reader, *rope);
}

}  // namespace rope::sglang
