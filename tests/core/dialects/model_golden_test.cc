// What the engines make of whole configurations, against records of the model classes:
// the class, the frequencies and the factor of every get_rope object, bit for bit. Where an engine
// makes its table in another module, that module is compared.
#include <bit>
#include <cstdint>
#include <cstdio>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/dialects/dialects.h"
#include "core/dialects/difference.h"
#include "gtest/gtest.h"
#include "tests/testing/golden_records.h"

namespace rope {
namespace {

using Bits = std::vector<uint32_t>;
using rapidjson::Value;

Bits BitsOf(const std::vector<float>& values) {
  Bits bits;
  for (const float value : values) bits.push_back(std::bit_cast<uint32_t>(value));
  return bits;
}

// id of a record of inv_freq.jsonl -> its frequencies.
const std::map<std::string, Bits>& GoldenFrequencies() {
  static const auto* const golden = [] {
    auto* all = new std::map<std::string, Bits>();
    testing::ForEachRecord("inv_freq.jsonl", [all](const Value& record) {
      if (record.HasMember("inv_freq") && record["inv_freq"].IsArray()) {
        (*all)[record["id"].GetString()] = testing::Float32Bits(record["inv_freq"]);
      }
    });
    return all;
  }();
  return *golden;
}

// A list of bits, or "golden ID": the bits of that golden record.
Bits RecordedBits(const Value& value) {
  if (value.IsArray()) return testing::Float32Bits(value);
  const std::string id = std::string(value.GetString()).substr(std::string("golden ").size());
  return GoldenFrequencies().at(id);
}

// What one layer type computes, for the comparison with an object of the engine.
struct Computed {
  std::string engine_class;
  Bits inv_freq;
  Bits long_inv_freq;
  double attention_factor = 1.0;
  double long_attention_factor = 1.0;
};

absl::StatusOr<Computed> ComputedOf(const EngineRope& rope) {
  const auto plan = PlanOf(rope, {});
  if (!plan.ok()) return plan.status();
  Computed computed{rope.engine_class, {}, {}, plan->attention_factor, 1.0};
  const bool own = !rope.engine_class.empty();
  computed.inv_freq = BitsOf(own ? rope.inv_freq : plan->inv_freq);
  if (own) computed.attention_factor = rope.attention_factor;
  if (rope.long_frequencies.has_value()) {
    computed.long_inv_freq = BitsOf(rope.long_frequencies->inv_freq);
    computed.long_attention_factor = rope.long_frequencies->attention_factor;
  }
  return computed;
}

// Whether the layer computes what the engine's object holds.
bool Same(const Computed& computed, const Value& object) {
  const Value* attributes = object.HasMember("attributes") ? &object["attributes"] : nullptr;
  const auto factor = [&](const char* key, double otherwise) {
    return attributes != nullptr && attributes->HasMember(key) ? (*attributes)[key].GetDouble()
                                                               : otherwise;
  };
  if (object.HasMember("inv_freq_short")) {
    return computed.inv_freq == RecordedBits(object["inv_freq_short"]) &&
           computed.long_inv_freq == RecordedBits(object["inv_freq_long"]) &&
           computed.attention_factor == factor("short_mscale", 1.0) &&
           computed.long_attention_factor == factor("long_mscale", 1.0);
  }
  const double wanted = object.HasMember("attention_factor")
                            ? object["attention_factor"].GetDouble()
                            : factor("mscale", 1.0);
  return computed.inv_freq == RecordedBits(object["inv_freq"]) &&
         computed.attention_factor == wanted;
}

struct Tally {
  int configurations = 0;
  int objects = 0;
  int equal = 0;
  int refused = 0;
  int as_transformers = 0;
  int unknown = 0;
};

// The engine's objects that the answer is about.
const Value& ObjectsOf(const Value& record) {
  const bool own = record.HasMember("own_modules") && !record["own_modules"].GetArray().Empty();
  return own ? record["own_modules"] : record["get_rope"];
}

void CheckObject(const DialectReading& reading, const Value& object, Tally* tally) {
  ++tally->objects;
  if (object.HasMember("error")) {
    for (const DialectLayer& layer : reading.layers) {
      const bool computes = layer.rope.ok() && PlanOf(*layer.rope, {}).ok();
      EXPECT_FALSE(computes) << "the engine fails: " << object["error"].GetString();
    }
    ++tally->refused;
    return;
  }
  bool found = false;
  std::string reasons;
  for (const DialectLayer& layer : reading.layers) {
    if (!layer.rope.ok()) {
      reasons += layer.rope.status().ToString() + "; ";
      continue;
    }
    const auto computed = ComputedOf(*layer.rope);
    found = found || (computed.ok() && Same(*computed, object));
  }
  EXPECT_TRUE(found) << "no layer computes " << object["class"].GetString() << "; " << reasons;
  tally->equal += found ? 1 : 0;
}

void CheckRecord(const Value& record, Tally* tally) {
  ++tally->configurations;
  std::string note;
  const auto dialect = FindDialect(record["engine"].GetString(), &note);
  ASSERT_TRUE(dialect.ok()) << dialect.status();
  const auto reading = ReadWithDialect(**dialect, ReadJson(testing::ConfigText(record)));
  ASSERT_TRUE(reading.ok()) << reading.status();
  const Value& objects = ObjectsOf(record);
  for (const auto& object : objects.GetArray()) CheckObject(*reading, object, tally);
  if (!objects.GetArray().Empty()) return;
  for (const DialectLayer& layer : reading->layers) {
    if (layer.rope.ok() && layer.rope->engine_class.empty()) {
      ++tally->as_transformers;
    } else {
      // The record has no object: nothing is known, and the answer says so.
      EXPECT_TRUE(!layer.rope.ok() || reading->is_guess);
      ++tally->unknown;
    }
  }
}

TEST(DialectModelGoldenTest, EveryRecordedConfiguration) {
  std::map<std::string, Tally> tallies;
  testing::ForEachRecord("engine_configs.jsonl", [&](const Value& record) {
    if (!record.HasMember("config")) return;  // a call of get_rope alone
    SCOPED_TRACE(record["id"].GetString());
    CheckRecord(record, &tallies[record["engine"].GetString()]);
  });
  std::printf("%-8s %14s %8s %6s %8s %16s %10s\n", "engine", "configurations", "objects", "equal",
              "refused", "by transformers", "not known");
  for (const auto& [engine, tally] : tallies) {
    std::printf("%-8s %14d %8d %6d %8d %16d %10d\n", engine.c_str(), tally.configurations,
                tally.objects, tally.equal, tally.refused, tally.as_transformers, tally.unknown);
  }
  EXPECT_EQ(tallies.size(), 2U);
}

// What the record says about the engine and transformers: absent if it says nothing.
std::optional<bool> RecordedToPart(const Value& record) {
  const std::string family = record["config"]["model_type"].GetString();
  // Of these only the first layer was built, and the record compares it with all layer types.
  const bool first_layer_only =
      family == "deepseek_v4" ||
      (family == "step3p5" && record["engine"].GetString() == std::string("sglang"));
  if (first_layer_only || !record.HasMember("against_transformers")) return std::nullopt;
  std::set<std::string> own;  // layer types whose table is in another module
  const auto& entries = record["against_transformers"].GetArray();
  for (const auto& entry : entries) {
    if (testing::StringOr(entry, "source", "") != "own") continue;
    own.insert(testing::StringOr(entry, "layer_type", ""));
  }
  std::optional<bool> parts;
  for (const auto& entry : entries) {
    const bool beside = testing::StringOr(entry, "source", "") == "get_rope" &&
                        own.count(testing::StringOr(entry, "layer_type", "")) > 0;
    if (beside) continue;
    const bool moved = entry.HasMember("lanes") || entry["differ"].GetInt() > 0;
    parts = parts.value_or(false) || moved || !entry["factor_equal"].GetBool();
  }
  return parts;
}

// The comparison comes out as recorded with transformers 5.23.
TEST(DialectDifferenceTest, PartsAsRecorded) {
  int same = 0;
  int different = 0;
  testing::ForEachRecord("engine_configs.jsonl", [&](const Value& record) {
    if (!record.HasMember("config")) return;
    const std::optional<bool> parts = RecordedToPart(record);
    if (!parts.has_value()) return;
    SCOPED_TRACE(record["id"].GetString());
    std::string note;
    const auto dialect = FindDialect(record["engine"].GetString(), &note);
    const std::string text = testing::ConfigText(record);
    const auto differences = DiffDialects(ReadJson(text), {*dialect});
    ASSERT_TRUE(differences.ok()) << differences.status();
    const DialectDifference& difference = differences->front();
    EXPECT_EQ(difference.parts(), *parts) << text;
    for (const LayerDifference& layer : difference.layers) {
      const bool has_reason = !layer.keys.empty() || !layer.notes.empty();
      EXPECT_TRUE(has_reason || !layer.parts()) << text;
    }
    ++(*parts ? different : same);
  });
  std::printf("compared with transformers: %d same, %d different\n", same, different);
  EXPECT_GE(same, 250);
  EXPECT_GE(different, 30);
}

// Each case: a document, the dialect, and the members that make the difference.
TEST(DialectDifferenceTest, NamesTheKeysAtFault) {
  struct Case {
    const char* dialect;
    const char* parameters;
    std::vector<std::string> keys;
  };
  const Case cases[] = {
      {"sglang", R"("attention_factor": 0.75)", {"rope_scaling.attention_factor"}},
      {"sglang", R"("attn_factor": 0.5)", {"rope_scaling.attn_factor"}},
      {"sglang", R"("extrapolation_factor": 0.5)", {"rope_scaling.extrapolation_factor"}},
      {"vllm", R"("attention_factor": 0.75)", {}},
      {"vllm", R"("attn_factor": 0.5)", {}},
  };
  for (const Case& one : cases) {
    const std::string text =
        R"({"model_type": "qwen2", "hidden_size": 3584, "num_attention_heads": 28,
            "max_position_embeddings": 131072, "rope_theta": 1000000.0,
            "rope_scaling": {"rope_type": "yarn", "factor": 4.0,
                             "original_max_position_embeddings": 32768, )" +
        std::string(one.parameters) + "}}";
    SCOPED_TRACE(one.dialect + text);
    std::string note;
    const auto differences = DiffDialects(ReadJson(text), {*FindDialect(one.dialect, &note)});
    ASSERT_TRUE(differences.ok()) << differences.status();
    const LayerDifference& layer = differences->front().layers.front();
    EXPECT_EQ(layer.parts(), !one.keys.empty());
    EXPECT_EQ(layer.keys, one.keys);
  }
}

TEST(FindDialectTest, KnowsNamesAndVersions) {
  std::string note;
  EXPECT_EQ((*FindDialect("", &note))->name, kDefaultDialect);
  for (const Dialect& dialect : AllDialects()) {
    const std::string name(dialect.name);
    EXPECT_EQ(*FindDialect(name, &note), &dialect);
    EXPECT_EQ(*FindDialect(name + "@" + std::string(dialect.version), &note), &dialect);
    EXPECT_EQ(note, "");
    if (dialect.name == kDefaultDialect) {
      EXPECT_FALSE(FindDialect(name + "@0.1", &note).ok());
      continue;
    }
    EXPECT_EQ(*FindDialect(name + "@0.1", &note), &dialect);
    EXPECT_NE(note.find("0.1"), std::string::npos);
  }
  EXPECT_EQ(FindDialect("tgi", &note).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_FALSE(FindDialect("@", &note).ok());
}

}  // namespace
}  // namespace rope
