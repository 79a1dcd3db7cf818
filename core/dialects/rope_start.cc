#include "core/dialects/rope_start.h"

#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/dialects/types/engine_types.h"
#include "core/json/python_value.h"
#include "core/rope_types/base_frequencies.h"
#include "core/rope_types/formula_terms.h"

namespace rope {
namespace {

constexpr char kMropeSection[] = "mrope_section";

}  // namespace

void SetDimensions(int64_t head_size, double rotary_dim, ParameterReader* reader,
                   EngineRope* rope) {
  if (head_size < 1 || head_size > kMaxHeadDim) {
    reader->RefuseAll(
        absl::StrCat("the head must have 1 to ", kMaxHeadDim, " channels, not ", head_size));
    return;
  }
  rope->config.head_dim = head_size;
  rope->config.rotary_dim = head_size;
  if (!(rotary_dim >= 1.0 && rotary_dim < static_cast<double>(head_size) + 1.0)) {
    reader->RefuseAll(absl::StrCat("the number of rotated channels must be 1 to ", head_size,
                                   ", the channels of the head, not ", rotary_dim));
    return;
  }
  rope->config.rotary_dim = static_cast<int64_t>(rotary_dim);
}

void RequirePositive(absl::string_view key, double value, ParameterReader* reader) {
  if (std::isfinite(value) && value > 0.0) return;
  reader->Refuse(key, absl::StrCat("it must be a finite number > 0, not ", PythonFloat(value)));
}

std::optional<int64_t> TableRowsOf(double length, double factor) {
  const double rows = std::ceil(length * factor);
  if (!(rows >= 0.0 && rows < 0x1p53)) return std::nullopt;
  return static_cast<int64_t>(rows);
}

std::vector<float> PlainInvFreq(const EngineRope& rope) {
  return DefaultInvFreq(rope.config.rope_theta, rope.config.rotary_dim);
}

void FillLinear(const JsonValue& factor, std::optional<int64_t> max_position,
                ParameterReader* reader, EngineRope* rope) {
  std::vector<double> factors;
  if (factor.is_double()) {
    factors = {factor.as_double()};
  } else if (factor.is_array() && !factor.as_array().empty()) {
    factors = reader->Numbers("factor");
    rope->notes.emplace_back(
        "factor is a list: the engine makes one table for each entry, one after the other; this "
        "is the first");
  } else {
    reader->Refuse("factor", absl::StrCat("it must be a float or a list of floats: write 4.0 and "
                                          "not 4; it is ",
                                          PythonRepr(factor), " (TypeError)"));
    return;
  }
  double rows = 0.0;
  for (const double one : factors) {
    RequirePositive("factor", one, reader);
    rows += std::ceil(static_cast<double>(max_position.value_or(0)) * one);
  }
  rope->config.factor = factors.front();
  rope->position_divisor = static_cast<float>(factors.front());
  if (max_position.has_value()) rope->table_rows = TableRowsOf(rows, 1.0);
  rope->inv_freq = PlainInvFreq(*rope);
}

void ReadYarnRange(bool reads_truncate, ParameterReader* reader, EngineRope* rope) {
  RopeConfig& config = rope->config;
  config.beta_fast = reader->NumberOr("beta_fast", 32.0);
  config.beta_slow = reader->NumberOr("beta_slow", 1.0);
  if (reads_truncate && reader->Find("truncate") != nullptr) {
    config.truncate = reader->IsTrue("truncate");
  }
  RequirePositive("beta_fast", config.beta_fast, reader);
  RequirePositive("beta_slow", config.beta_slow, reader);
  RequirePositive("factor", *config.factor, reader);
  RequirePositive("original_max_position_embeddings", *config.original_max_position_embeddings,
                  reader);
  if (config.rope_theta == 1.0) reader->Refuse("rope_theta", "1 makes it divide by ln 1 = 0");
}

LongropeLists ReadLongropeLists(ParameterReader* reader, const EngineRope& rope) {
  LongropeLists lists{reader->Numbers("short_factor"), reader->Numbers("long_factor")};
  const auto frequencies = static_cast<size_t>((rope.config.rotary_dim + 1) / 2);
  const auto require = [&](const char* key, const std::vector<double>& list) {
    if (list.size() == frequencies) return;
    reader->Refuse(key, absl::StrCat("it has ", list.size(), " entries, and there are ",
                                     frequencies, " frequencies (RuntimeError)"));
  };
  require("short_factor", lists.short_factor);
  require("long_factor", lists.long_factor);
  return lists;
}

void FillLongrope(const LongropeLists& lists, ParameterReader* reader, EngineRope* rope) {
  RopeConfig& config = rope->config;
  const double original = *config.original_max_position_embeddings;
  const double longest = static_cast<double>(*config.max_position_embeddings);
  RequirePositive("original_max_position_embeddings", original, reader);
  if (!reader->status().ok()) return;
  const double factor = LengthScale<double>(longest / original, original);
  LongFrequencies beyond;
  rope->attention_factor = reader->OptionalNumber("short_mscale").value_or(factor);
  beyond.attention_factor = reader->OptionalNumber("long_mscale").value_or(factor);
  rope->inv_freq = RescaledInvFreq(config.rope_theta, config.rotary_dim, lists.short_factor);
  beyond.inv_freq = RescaledInvFreq(config.rope_theta, config.rotary_dim, lists.long_factor);
  beyond.original_length = original;
  rope->long_frequencies = std::move(beyond);
  rope->table_rows = TableRowsOf(original + longest, 1.0);
  config.short_factor = lists.short_factor;
  config.long_factor = lists.long_factor;
}

void FillProportional(EngineRope* rope) {
  RopeConfig& config = rope->config;
  std::vector<float> inv_freq =
      ThetaPowers(config.rope_theta, config.head_dim, config.rotary_dim / 2);
  for (float& w : inv_freq) w = 1.0F / w;
  inv_freq.resize(static_cast<size_t>(config.head_dim / 2), 0.0F);
  rope->inv_freq = std::move(inv_freq);
  config.partial_rotary_factor =
      static_cast<double>(config.rotary_dim) / static_cast<double>(config.head_dim);
  config.rotary_dim = config.head_dim;
}

void ReadDualChunk(const JsonValue& settings, ParameterReader* reader, EngineRope* rope) {
  const auto size_of = [&](const char* key) -> std::optional<double> {
    const JsonValue* value = settings.Find(key);
    return value != nullptr ? PythonNumber(*value) : std::nullopt;
  };
  const std::optional<double> chunk = size_of("chunk_size");
  const std::optional<double> local = size_of("local_size");
  if (!chunk.has_value() || !local.has_value() || !(*chunk > *local) || !(*local >= 0.0)) {
    reader->RefuseAll(
        "dual_chunk_attention_config must have a chunk_size above its local_size >= 0");
    return;
  }
  rope->no_table = absl::StrCat(
      "dual chunk attention has five tables. With c = ", *chunk - *local,
      ", their rows t are those of the positions t (q), min(t + c, ", *chunk,
      ") (qc), t modulo c (k), t + c (qc without clamp) and t + ", *chunk,
      " (q inter); leave dual_chunk_attention_config away and ask for these positions");
}

std::vector<int64_t> ReadSections(ParameterReader* reader) {
  const JsonValue* list = reader->Find(kMropeSection);
  std::optional<std::vector<int64_t>> sections;
  if (list != nullptr) sections = WholeNumbers(*list);
  if (sections.has_value() && sections->size() == 3) return *std::move(sections);
  reader->Refuse(kMropeSection, "it must be a list of three whole numbers");
  return {0, 0, 0};
}

void RequireAxes(ParameterReader* reader, const EngineRope& rope) {
  if (rope.axes.problem.empty()) return;
  reader->Refuse(kMropeSection, absl::StrCat(rope.axes.problem, " (AssertionError)"));
}

}  // namespace rope
