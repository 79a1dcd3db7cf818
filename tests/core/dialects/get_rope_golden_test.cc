// What the engines' get_rope makes of its arguments, against every call that was recorded from
// the engines: the class, the frequencies and the factor bit for bit, refusals, the length of
// the table, its rows, and what the engine really turns by. cos and sin are correctly rounded here,
// and torch's may be off by 1 ulp.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/backends/axis_rows.h"
#include "core/backends/backends.h"
#include "core/dialects/sglang/get_rope.h"
#include "core/dialects/vllm/get_rope.h"
#include "core/json/json_reader.h"
#include "gtest/gtest.h"
#include "tests/testing/golden_records.h"
#include "tests/testing/json_text.h"

namespace rope {
namespace {

using rapidjson::Value;

JsonValue MemberOf(const Value& object, const char* key) {
  return object.HasMember(key) ? JsonLiteral(testing::JsonText(object[key])) : JsonValue();
}

absl::StatusOr<EngineRope> VllmRope(const Value& record) {
  const Value& args = record["args"];
  VllmArguments arguments;
  arguments.head_size = args["head_size"].GetInt64();
  arguments.max_position = args["max_position"].GetInt64();
  arguments.is_neox_style = args["is_neox_style"].GetBool();
  arguments.rope_parameters = MemberOf(args, "rope_parameters");
  if (args.HasMember("mrope_positions_factor")) {
    arguments.mrope_positions_factor = args["mrope_positions_factor"].GetDouble();
  }
  arguments.max_model_len = testing::OptionalInt(record, "max_model_len");
  arguments.dual_chunk_attention_config = MemberOf(args, "dual_chunk_attention_config");
  return VllmGetRope(arguments);
}

absl::StatusOr<EngineRope> SglangRope(const Value& record) {
  const Value& args = record["args"];
  SglangArguments arguments;
  arguments.head_size = args["head_size"].GetInt64();
  arguments.rotary_dim = args["rotary_dim"].GetDouble();
  arguments.max_position = args["max_position"].GetInt64();
  arguments.base = MemberOf(args, "base");
  arguments.is_neox_style = args["is_neox_style"].GetBool();
  arguments.rope_scaling = MemberOf(args, "rope_scaling");
  arguments.partial_rotary_factor = args["partial_rotary_factor"].GetDouble();
  arguments.dual_chunk_attention_config = MemberOf(args, "dual_chunk_attention_config");
  return SglangGetRope(arguments);
}

std::vector<uint32_t> BitsOf(const std::vector<float>& values) {
  std::vector<uint32_t> bits;
  for (const float value : values) bits.push_back(std::bit_cast<uint32_t>(value));
  return bits;
}

std::vector<float> FloatsOf(const std::string& words) {
  std::vector<float> values;
  for (size_t at = 0; at < words.size(); at += 8) {
    const auto bits = static_cast<uint32_t>(std::stoul(words.substr(at, 8), nullptr, 16));
    values.push_back(std::bit_cast<float>(bits));
  }
  return values;
}

int64_t UlpBetween(float a, float b) {
  const auto ordered = [](float x) {
    const auto bits = std::bit_cast<int32_t>(x);
    return int64_t{bits < 0 ? std::numeric_limits<int32_t>::min() - bits : bits};
  };
  return std::abs(ordered(a) - ordered(b));
}

// cos and then sin of one row, or of one row with several axes.
std::vector<float> RowAt(const FrequencyPlan& plan, std::vector<double> positions) {
  const auto axes = static_cast<int64_t>(positions.size());
  const auto ids = axes == 1 ? PositionIds::Fractional(std::move(positions))
                             : PositionIds::Axes(axes, std::move(positions));
  EXPECT_TRUE(ids.ok()) << ids.status();
  std::vector<float> row(static_cast<size_t>(2 * plan.half_width()));
  const TableForm form{DType::kFloat32, Layout::kCompact};
  EXPECT_TRUE(FillTableRows(BestBackend(), plan, *ids, 0, 1, form, 1,
                            {reinterpret_cast<std::byte*>(row.data()),
                             reinterpret_cast<std::byte*>(row.data() + plan.half_width())})
                  .ok());
  return row;
}

struct Tally {
  int cases = 0;
  int equal = 0;
  int refused = 0;
  int64_t rows = 0;
  int64_t largest_ulp = 0;
};

void CompareRow(const std::vector<float>& ours, const std::vector<float>& recorded, Tally* tally) {
  ASSERT_EQ(ours.size(), recorded.size());
  ++tally->rows;
  for (size_t i = 0; i < ours.size(); ++i) {
    const int64_t ulp = UlpBetween(ours[i], recorded[i]);
    tally->largest_ulp = std::max(tally->largest_ulp, ulp);
    ASSERT_LE(ulp, 2) << "value " << i << " of a row: " << ours[i] << ", " << recorded[i];
  }
}

// The position that row `row` of a table with this name is about. Dual chunk attention has five.
double PositionOfRow(const Value& record, const std::string& table, int64_t row) {
  const Value& args = record["args"];
  if (!args.HasMember("dual_chunk_attention_config")) return static_cast<double>(row);
  const Value& settings = args["dual_chunk_attention_config"];
  const int64_t chunk = settings["chunk_size"].GetInt64();
  const int64_t stride = chunk - settings["local_size"].GetInt64();
  if (table == "cos_sin_k_cache") return static_cast<double>(row % stride);
  if (table == "cos_sin_qc_cache") return static_cast<double>(std::min(row + stride, chunk));
  if (table == "cos_sin_qc_no_clamp_cache") return static_cast<double>(row + stride);
  if (table == "cos_sin_q_inter_cache") return static_cast<double>(row + chunk);
  return static_cast<double>(row);
}

// One row of a table that the engine stored. The joined table of longrope has the rows up to L0 by
// the short list, and then all rows by the long one.
void CompareCacheRow(const Value& record, const EngineRope& rope, const std::string& table,
                     int64_t row, const std::vector<float>& recorded, Tally* tally) {
  DialectLength length;
  double position = static_cast<double>(rope.first_position) + PositionOfRow(record, table, row);
  if (rope.long_frequencies.has_value()) {
    const auto original = static_cast<int64_t>(rope.long_frequencies->original_length);
    const bool joined = table == "long_short_cos_sin_cache";
    const bool is_long = joined ? row >= original : table == "long_cos_sin_cache";
    if (joined && is_long) position -= static_cast<double>(original);
    length = {is_long ? original + 2 : 1, true};
  }
  auto plan = PlanOf(rope, length);
  ASSERT_TRUE(plan.ok()) << plan.status();
  plan->axes = nullptr;
  CompareRow(RowAt(*plan, {position}), recorded, tally);
}

void CompareCaches(const Value& record, const EngineRope& rope, Tally* tally) {
  for (const auto& cache : record["caches"].GetObject()) {
    const std::string table = cache.name.GetString();
    if (!cache.value.HasMember("bits")) continue;  // complex numbers: the shape alone
    const auto& rows = cache.value["rows"].GetArray();
    const int64_t one_table =
        rope.config.factor.has_value() && rope.engine_class == "LinearScalingRotaryEmbedding"
            ? static_cast<int64_t>(record["args"]["max_position"].GetDouble() * *rope.config.factor)
            : std::numeric_limits<int64_t>::max();
    for (rapidjson::SizeType i = 0; i < rows.Size(); ++i) {
      if (rows[i].GetInt64() >= one_table) continue;  // of the next entry of a list of factors
      SCOPED_TRACE(table + " row " + std::to_string(rows[i].GetInt64()));
      CompareCacheRow(record, rope, table, rows[i].GetInt64(),
                      FloatsOf(cache.value["bits"][i].GetString()), tally);
    }
  }
}

// What the engine's forward turns by.
void CompareApplied(const Value& record, const EngineRope& rope, Tally* tally) {
  const Value& applied = record["applied"];
  std::vector<std::vector<double>> axes;
  for (const auto& entry : applied["positions"].GetArray()) {
    if (!entry.IsArray()) {
      axes.resize(1);
      axes[0].push_back(entry.GetDouble());
      continue;
    }
    axes.emplace_back();
    for (const auto& position : entry.GetArray()) axes.back().push_back(position.GetDouble());
  }
  double largest = 0;
  for (const auto& axis : axes)
    largest = std::max(largest, *std::max_element(axis.begin(), axis.end()));
  auto plan = PlanOf(rope, {static_cast<int64_t>(largest) + 1, false});
  ASSERT_TRUE(plan.ok()) << plan.status();
  if (axes.size() == 1) plan->axes = nullptr;
  for (rapidjson::SizeType row = 0; row < applied["cos"].Size(); ++row) {
    SCOPED_TRACE("applied row " + std::to_string(row));
    std::vector<double> positions;
    for (const auto& axis : axes) positions.push_back(axis[row]);
    std::vector<float> recorded = FloatsOf(applied["cos"][row].GetString());
    const std::vector<float> sin = FloatsOf(applied["sin"][row].GetString());
    recorded.insert(recorded.end(), sin.begin(), sin.end());
    CompareRow(RowAt(*plan, std::move(positions)), recorded, tally);
  }
}

void CompareFrequencies(const Value& record, const EngineRope& rope) {
  const auto expect = [&](const char* key, const std::vector<float>& ours) {
    if (!record.HasMember(key)) return;
    EXPECT_EQ(BitsOf(ours), testing::Float32Bits(record[key])) << key;
  };
  expect("inv_freq", rope.inv_freq);
  expect("inv_freq_short", rope.inv_freq);
  if (rope.long_frequencies.has_value()) {
    expect("inv_freq_long", rope.long_frequencies->inv_freq);
  }
}

void CompareFactor(const Value& record, const EngineRope& rope) {
  if (!record.HasMember("attributes")) return;
  const Value& attributes = record["attributes"];
  const auto expect = [&](const char* key, double ours) {
    if (!attributes.HasMember(key)) return;
    EXPECT_EQ(ours, attributes[key].GetDouble()) << key;
  };
  expect("mscale", rope.attention_factor);
  expect("short_mscale", rope.attention_factor);
  if (rope.long_frequencies.has_value()) {
    expect("long_mscale", rope.long_frequencies->attention_factor);
  }
  expect("position_start", static_cast<double>(rope.first_position));
  if (attributes.HasMember("use_long_rope")) {
    const bool is_long = static_cast<double>(*rope.long_frequencies->fixed_by_length) >
                         rope.long_frequencies->original_length;
    EXPECT_EQ(is_long, attributes["use_long_rope"].GetBool());
  }
}

void CheckRecord(const Value& record, Tally* tally) {
  ++tally->cases;
  const bool is_vllm = record["engine"].GetString() == std::string("vllm");
  const auto rope = is_vllm ? VllmRope(record) : SglangRope(record);
  EXPECT_EQ(rope.ok(), !record.HasMember("error"))
      << rope.status() << " " << testing::StringOr(record, "error", "");
  if (!rope.ok()) {
    ++tally->refused;
    return;
  }
  EXPECT_EQ(rope->engine_class, record["class"].GetString());
  EXPECT_EQ(rope->config.rotary_dim, record["rotary_dim"].GetInt64());
  CompareFrequencies(record, *rope);
  CompareFactor(record, *rope);
  if (record["caches"].MemberCount() == 1 && rope->no_table.empty()) {
    const Value& shape = record["caches"].MemberBegin()->value["shape"];
    EXPECT_EQ(rope->table_rows, shape[0].GetInt64()) << "rows of the table";
  }
  if (rope->no_table.empty() || record["args"].HasMember("dual_chunk_attention_config")) {
    CompareCaches(record, *rope, tally);
  }
  if (record.HasMember("applied")) CompareApplied(record, *rope, tally);
}

// "A/vllm/yarn/3" and "vllm/get_rope/yarn/3" -> "vllm yarn".
std::string KindOf(const Value& record) {
  std::string id = record["id"].GetString();
  const std::string engine = record["engine"].GetString();
  for (const std::string& start : {"A/" + engine + "/", engine + "/get_rope/"}) {
    if (id.rfind(start, 0) == 0) id = id.substr(start.size());
  }
  return engine + " " + id.substr(0, id.find('/'));
}

int FailuresSoFar() {
  const ::testing::TestResult& result =
      *::testing::UnitTest::GetInstance()->current_test_info()->result();
  int failures = 0;
  for (int i = 0; i < result.total_part_count(); ++i) {
    failures += result.GetTestPartResult(i).failed() ? 1 : 0;
  }
  return failures;
}

TEST(GetRopeGoldenTest, EveryRecordedCall) {
  std::map<std::string, Tally> tallies;
  for (const char* file : {"engines.jsonl", "engine_configs.jsonl"}) {
    testing::ForEachRecord(file, [&](const Value& record) {
      if (!record.HasMember("args")) return;  // a whole configuration
      SCOPED_TRACE(record["id"].GetString());
      Tally& tally = tallies[KindOf(record)];
      const int failures = FailuresSoFar();
      CheckRecord(record, &tally);
      tally.equal += FailuresSoFar() == failures ? 1 : 0;
    });
  }
  int cases = 0;
  std::printf("%-26s %6s %6s %8s %6s %12s\n", "kind", "cases", "equal", "refused", "rows",
              "largest ulp");
  for (const auto& [kind, tally] : tallies) {
    cases += tally.cases;
    std::printf("%-26s %6d %6d %8d %6lld %12lld\n", kind.c_str(), tally.cases, tally.equal,
                tally.refused, static_cast<long long>(tally.rows),
                static_cast<long long>(tally.largest_ulp));
  }
  EXPECT_GE(cases, 259);
}

}  // namespace
}  // namespace rope
