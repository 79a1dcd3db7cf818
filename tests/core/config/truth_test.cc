// What findings say is so. A member that a finding calls ignored or not read is taken out, a value
// that it calls used is written down, and the frequencies must stay the same. A fix keeps them,
// too, unless the finding says what the fix changes. On every golden configuration and field case,
// and on variants of them with one more member.
#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "core/config/model_config.h"
#include "core/findings/finding_table.h"
#include "core/json/json_reader.h"
#include "core/json/merge_patch.h"
#include "core/rope_types/rope_types.h"
#include "gtest/gtest.h"
#include "tests/testing/golden_records.h"

namespace rope {
namespace {

// Everything that is computed: for each layer type its layers, and the frequencies and the
// attention factor for a short and a long sequence.
using Computed = std::map<std::string, std::vector<double>>;

Computed ComputedBy(const ModelConfigReport& report) {
  Computed computed;
  for (const LayerTypeConfig& entry : report.layer_types) {
    std::vector<double>& numbers = computed[entry.layer_type];
    numbers.assign(entry.layers.begin(), entry.layers.end());
    if (!entry.config.has_value()) continue;
    const RopeType& type = RopeTypeOf(*entry.config);
    for (const HfCallSite site : {HfCallSite::kInitFunction, HfCallSite::kForward}) {
      for (const int64_t length : {16, 1 << 20}) {
        const Frequencies frequencies = type.compute(*entry.config, length, site);
        numbers.insert(numbers.end(), frequencies.inv_freq.begin(), frequencies.inv_freq.end());
        numbers.push_back(frequencies.attention_factor);
      }
    }
  }
  return computed;
}

// `value` is the patch of the member at `path`, a path without list entries.
std::string WithMember(const std::string& text, const std::string& path, JsonValue value) {
  std::vector<std::string> keys = absl::StrSplit(path, '.');
  for (; !keys.empty(); keys.pop_back()) {
    JsonValue outer = EmptyObject();
    outer.Set(keys.back(), std::move(value));
    value = std::move(outer);
  }
  return WriteJson(ApplyMergePatch(ReadJson(text)->root, value));
}

bool IsInList(const std::string& path) { return absl::StrContains(path, '['); }

// The text between `before` and `after` in the message, as a number.
std::optional<JsonValue> NumberIn(const std::string& message, const std::string& before,
                                  const std::string& after) {
  const size_t begin = message.find(before);
  if (begin == std::string::npos) return std::nullopt;
  const size_t start = begin + before.size();
  const size_t end = message.find(after, start);
  if (end == std::string::npos) return std::nullopt;
  const JsonResult number = ReadJson(message.substr(start, end - start));
  return number.ok() ? std::optional<JsonValue>(number->root) : std::nullopt;
}

const std::set<std::string> kIgnoredMember = {"ROPE-W101", "ROPE-W114", "ROPE-W115", "ROPE-W116",
                                              "ROPE-W121", "ROPE-W130", "ROPE-W131"};

bool SaysThatItIsIgnored(const Finding& finding) {
  if (finding.offset < 0 || IsInList(finding.path)) return false;
  return kIgnoredMember.contains(finding.code) ||
         absl::StrContains(finding.message, "has no effect") ||
         absl::StrContains(finding.message, "is not read");
}

bool Has(const ModelConfigReport& report, absl::string_view code_or_path) {
  return std::any_of(report.findings.begin(), report.findings.end(), [&](const Finding& finding) {
    return finding.code == code_or_path || finding.path == code_or_path;
  });
}

// What is computed in the layers that the finding is about.
Computed InQuestion(Computed computed, const Finding& finding) {
  const std::string marker = "in layers of type ";
  const size_t at = finding.message.find(marker);
  if (at == std::string::npos) return computed;
  const std::string layer_type = finding.message.substr(at + marker.size());
  return {{layer_type, computed[layer_type]}};
}

struct Counts {
  int ignored = 0;
  int used = 0;
  int winners = 0;
  int fixes = 0;
};

// The value of a winner is one of the values that are computed with.
void CheckWinner(const ModelConfigReport& report, const Finding& finding, Counts* counts) {
  if (finding.code != "ROPE-W130") return;
  ++counts->winners;
  bool found = false;
  for (const LayerTypeConfig& entry : report.layer_types) {
    for (const EffectiveValue& value : entry.effective_values) {
      found |= absl::StrContains(finding.message, absl::StrCat("but ", value.path, " is "));
    }
  }
  EXPECT_TRUE(found) << finding.message;
}

// Some layers compute with the base.
void CheckTheta(const ModelConfigReport& report, const JsonValue& theta) {
  const double base = theta.is_int() ? static_cast<double>(theta.as_int()) : theta.as_double();
  bool found = false;
  for (const LayerTypeConfig& entry : report.layer_types) {
    found |= entry.config.has_value() && entry.config->rope_theta == base;
  }
  EXPECT_TRUE(found);
}

void CheckFinding(const std::string& text, const ModelConfigReport& report, const Computed& before,
                  const Finding& finding, Counts* counts) {
  SCOPED_TRACE(absl::StrCat(finding.code, " ", finding.path, ": ", finding.message));
  if (SaysThatItIsIgnored(finding)) {
    ++counts->ignored;
    const std::string without = WithMember(text, finding.path, JsonValue());
    // An empty object counts as absent, so other parameters take its place.
    if (absl::StrContains(without, "\"rope_scaling\":{}")) return;
    if (absl::StrContains(without, "\"rope_parameters\":{}")) return;
    const ModelConfigReport after = ReadModelConfig(without);
    // A share that is ignored lets transformers load an odd head_dim all the same. The attention of
    // a few families reads keys that change no table, and fails without them.
    if (Has(after, "ROPE-E014") || Has(after, "ROPE-E025")) return;
    EXPECT_EQ(InQuestion(ComputedBy(after), finding), InQuestion(before, finding)) << without;
  }
  const std::optional<JsonValue> used = NumberIn(finding.message, "is not given; ", " is used");
  if (used.has_value() && !IsInList(finding.path)) {
    ++counts->used;
    if (absl::EndsWith(finding.path, "rope_theta")) {
      CheckTheta(report, *used);
    } else {
      const std::string with = WithMember(text, finding.path, *used);
      EXPECT_EQ(ComputedBy(ReadModelConfig(with)), before) << with;
    }
  }
  CheckWinner(report, finding, counts);
  if (finding.fix.empty()) return;
  ++counts->fixes;
  const std::string fixed =
      WriteJson(ApplyMergePatch(ReadJson(text)->root, JsonLiteral(finding.fix)));
  const ModelConfigReport after = ReadModelConfig(fixed);
  EXPECT_TRUE(after.valid()) << fixed;
  const bool explains = absl::StrContains(finding.message, "The fix");
  if (FixMayChangeResults(finding)) return;
  for (const Finding& later : after.findings) {
    EXPECT_TRUE(explains || Has(report, later.code) || Has(report, later.path))
        << "new: " << later.code << " " << later.message << fixed;
  }
  EXPECT_EQ(ComputedBy(after), before) << fixed;
}

// All fixes at once, one after another, as `ropectl validate --fix` writes them.
void CheckAllFixes(const std::string& text, const ModelConfigReport& report,
                   const Computed& before) {
  JsonValue document = ReadJson(text)->root;
  bool may_change = false;
  for (const Finding& finding : report.findings) {
    if (finding.fix.empty()) continue;
    may_change |= FixMayChangeResults(finding);
    document = ApplyMergePatch(std::move(document), JsonLiteral(finding.fix));
  }
  const std::string fixed = WriteJson(document);
  SCOPED_TRACE("all fixes");
  const ModelConfigReport after = ReadModelConfig(fixed);
  EXPECT_TRUE(after.valid()) << fixed;
  if (!may_change) {
    EXPECT_EQ(ComputedBy(after), before) << fixed;
  }
}

// Returns false if the configuration is refused: then nothing is computed.
bool CheckDocument(const std::string& text, Counts* counts) {
  const ModelConfigReport report = ReadModelConfig(text);
  if (!report.valid()) return false;
  SCOPED_TRACE(text);
  const Computed before = ComputedBy(report);
  for (const Finding& finding : report.findings) {
    CheckFinding(text, report, before, finding, counts);
  }
  CheckAllFixes(text, report, before);
  return true;
}

std::vector<std::string> Documents() {
  std::vector<std::string> documents;
  for (const char* file : {"standardize.jsonl", "field_cases.jsonl"}) {
    testing::ForEachRecord(file, [&](const rapidjson::Value& record) {
      documents.push_back(testing::ConfigText(record));
    });
  }
  return documents;
}

// Members that people add, beside hidden_size or in a parameter set.
struct Added {
  const char* path;
  const char* value;
};

constexpr Added kAdded[] = {
    {"rope_theta", "123456.0"},
    {"rope_base", "654321"},
    {"rotary_emb_base", "20000"},
    {"swa_rope_theta", "77777.0"},
    {"rope_local_base_freq", "55555.0"},
    {"partial_rotary_factor", "0.5"},
    {"rotary_pct", "0.25"},
    {"rotary_dim", "32"},
    {"rope_ratio", "8"},
    {"kv_channels", "48"},
    {"head_dim", "128"},
    {"original_max_position_embeddings", "1024"},
    {"original_context_length", "777"},
    {"rope_scaling_type", "\"linear\""},
    {"rope_scaling_factor", "3.5"},
    {"attention_factor", "1.5"},
    {"rope_scaling", R"({"rope_type":"linear","factor":3.0})"},
    {"rope_parameters", R"({"rope_type":"default","rope_theta":333333.0})"},
    {"rope_scaling.factor", "5.0"},
    {"rope_scaling.rope_theta", "44444.0"},
    {"rope_scaling.attn_factor", "0.9"},
    {"rope_scaling.mscale", "0.8"},
    {"rope_scaling.scaling_factor", "6.0"},
    {"rope_scaling.type", "\"linear\""},
    {"rope_parameters.partial_rotary_factor", "0.5"},
    {"rope_parameters.theta", "22222.0"},
    {"rope_parameters.original_max_position_embeddings", "2048"},
    {"rope_parameters.full_attention", R"({"rope_type":"default","rope_theta":11111.0})"},
};

TEST(TruthTest, OfTheGoldenConfigurations) {
  Counts counts;
  for (const std::string& text : Documents()) CheckDocument(text, &counts);
  EXPECT_GT(counts.ignored, 50);
  EXPECT_GT(counts.used, 50);
  EXPECT_GT(counts.fixes, 50);
}

TEST(TruthTest, OfGoldenConfigurationsWithOneMoreMember) {
  Counts counts;
  int valid = 0;
  for (const std::string& text : Documents()) {
    const JsonResult document = ReadJson(text);
    if (!document.ok() || !document->root.is_object()) continue;
    for (const Added& added : kAdded) {
      const std::string more = WithMember(text, added.path, JsonLiteral(added.value));
      valid += CheckDocument(more, &counts) ? 1 : 0;
      if (::testing::Test::HasFailure()) return;  // one document is enough to look at
    }
  }
  EXPECT_GT(valid, 5000);
  EXPECT_GT(counts.winners, 1000);
}

}  // namespace
}  // namespace rope
