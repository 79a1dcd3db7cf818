#include "tests/testing/large_documents.h"

#include <functional>

#include "absl/strings/str_cat.h"

namespace rope::testing {
namespace {

using Item = std::function<std::string(int)>;

// "item(0),item(1),..."
std::string List(int count, const Item& item) {
  std::string list;
  for (int i = 0; i < count; ++i) absl::StrAppend(&list, i > 0 ? "," : "", item(i));
  return list;
}

std::string Same(int count, const std::string& text) {
  return List(count, [&](int) { return text; });
}

std::string Repeat(int count, const std::string& text) {
  std::string all;
  for (int i = 0; i < count; ++i) all += text;
  return all;
}

// "k0":1,"k1":1,...
std::string Members(int count, const std::string& value = "1") {
  return List(count, [&](int i) { return absl::StrCat("\"k", i, "\":", value); });
}

std::string Names(int count) {
  return List(count, [](int i) { return absl::StrCat("\"l", i, "\""); });
}

// A file of no family that has a parameter set for each of its layer types.
std::string Sets(int count, const std::string& set, const std::string& members = "") {
  const Item named = [&](int i) { return absl::StrCat("\"l", i, "\":", set); };
  return absl::StrCat(R"({"head_dim":64,"max_position_embeddings":4096,"layer_types":[)",
                      Names(count), R"(],"rope_parameters":{)", List(count, named), "}",
                      members.empty() ? "" : ",", members, "}");
}

// A file of a family, with these members.
std::string Of(const std::string& model_type, const std::string& members) {
  return absl::StrCat(R"({"model_type":")", model_type, "\",", members, "}");
}

constexpr char kTheta[] = R"({"rope_theta":1e4})";
constexpr char kLongrope[] =
    R"({"rope_type":"longrope","rope_theta":1e4,"original_max_position_embeddings":1024})";
constexpr char kYarn[] =
    R"({"rope_type":"yarn","rope_theta":1e4,"factor":4.0,"original_max_position_embeddings":1024})";

std::string PerLayer(int count, const std::string& value) {
  return absl::StrCat(
      R"("per_layer_config":{)",
      List(count, [&](int i) { return absl::StrCat("\"", i, R"(":{"head_dim":)", value, "}"); }),
      "}");
}

// Every name of a quantity, at the top level.
constexpr char kManyNames[] =
    R"("theta":2e4,"rotary_base":3e4,"rope_base":4e4,"freq_base":5e4,"rotary_pct":0.5,"rope_pct":0.25,
       "rotary_dim":8,"rope_dim":16,"head_size":32,"d_head":96,"kv_channels":80,"rope_ratio":2,
       "rope_scaling_factor":3,"rope_factor":5,"rope_scaling_type":"linear","attn_factor":2.0)";

std::string Nested(int count) {
  return absl::StrCat(R"({"head_dim":64,"rope_theta":1e4,"x":[)",
                      Same(count, absl::StrCat(Repeat(25, "[{\"a\":"), "1", Repeat(25, "}]"))),
                      "]}");
}

std::string TextModels(int count) {
  return absl::StrCat(
      R"({"model_type":"llava",)",
      List(count, [](int i) { return absl::StrCat("\"text_config", i, R"(":{"head_dim":64})"); }),
      R"(,"text_config":{"model_type":"llama","head_dim":64,"rope_theta":1e4}})");
}

std::string Outside(int count, const std::string& indentation) {
  return absl::StrCat("{\n", indentation, R"("model_type":"llava",)", "\n", indentation,
                      R"("text_config":{"model_type":"llama","head_dim":64},)", "\n", indentation,
                      R"("rope_scaling":{"rope_type":"linear","factor":2.0,)", Members(count),
                      "}}");
}

std::string TwoScalings(int count) {
  return Of("llama",
            absl::StrCat(R"("head_dim":64,"rope_theta":1e4,"rope_scaling":{)", Members(count),
                         R"(},"rope_parameters":{)", Members(count, "2"), "}"));
}

std::string ManyBases(int count) {
  const Item base = [](int i) { return absl::StrCat(1000 + i); };
  return Of(
      "granite_swa",
      absl::StrCat(R"("num_hidden_layers":)", count, R"(,"layer_rope_theta":[)", List(count, base),
                   R"(],"rope_parameters":{"rope_theta":1e4,)", Members(count), "}"));
}

std::string LongFactors(int count) {
  const std::string numbers = Same(count, "1.5");
  return Of("llama",
            absl::StrCat(R"("head_dim":64,"rope_parameters":{"rope_type":"longrope",)",
                         R"("rope_theta":1e4,"original_max_position_embeddings":1024,)",
                         R"("short_factor":[)", numbers, R"(],"long_factor":[)", numbers, "]}"));
}

// A value that every parameter set takes over, as long as the list of the sets.
std::string LongValue(const std::string& name, int count, const std::string& set) {
  const std::string value = absl::StrCat("\"", std::string(count * 20, 'x'), "\"");
  const Item named = [&](int i) { return absl::StrCat("\"l", i, "\":", set); };
  return absl::StrCat(R"({"head_dim":64,"layer_types":[)", Names(count), R"(],"rope_parameters":{)",
                      List(count, named), "},\"", name, "\":", value, "}");
}

std::vector<LargeDocument> WithMembers() {
  return {
      {"unknown members",
       [](int n) { return Of("llama", absl::StrCat(R"("head_dim":64,)", Members(n))); }},
      {"unknown members, model_type last",
       [](int n) { return absl::StrCat("{", Members(n), R"(,"model_type":"llama"})"); }},
      {"unknown members of rope_parameters",
       [](int n) {
         return Of("llama",
                   absl::StrCat(R"("rope_parameters":{"rope_theta":1e4,)", Members(n), "}"));
       }},
      {"unknown members of rope_scaling, gemma3",
       [](int n) {
         return Of("gemma3_text", absl::StrCat(R"("rope_scaling":{"rope_type":"linear",)",
                                               R"("factor":8.0,)", Members(n), "}"));
       }},
      {"unknown members of rope_scaling, step3p5",
       [](int n) {
         return Of("step3p5", absl::StrCat(R"("rope_scaling":{"rope_type":"linear",)",
                                           R"("factor":8.0,)", Members(n), "}"));
       }},
      {"one member many times", [](int n) { return Of("llama", Same(n, R"("head_dim":64)")); }},
      {"two parameter objects that differ", TwoScalings},
      {"siblings named like text models", TextModels},
      {"parameters outside the text model", [](int n) { return Outside(n, "  "); }},
      {"nested arrays and objects", Nested},
      {"nested objects",
       [](int n) {
         return Of("llama",
                   absl::StrCat(R"("head_dim":64,"x":{)", Members(n, R"({"a":{"b":{}}})"), "}"));
       }},
  };
}

std::vector<LargeDocument> WithSets() {
  return {
      {"parameter sets", [](int n) { return Sets(n, kTheta); }},
      {"parameter sets, llama",
       [](int n) { return Of("llama", Sets(n, kTheta).substr(1, Sets(n, kTheta).size() - 2)); }},
      {"parameter sets without a base", [](int n) { return Sets(n, R"({"base":2e4})"); }},
      {"parameter sets of yarn", [](int n) { return Sets(n, kYarn); }},
      {"parameter sets of dynamic",
       [](int n) { return Sets(n, R"({"rope_type":"dynamic","rope_theta":1e4,"factor":2.0})"); }},
      {"parameter sets of longrope and layers with overrides",
       [](int n) { return Sets(n, kLongrope, PerLayer(n, "64")); }},
      {"parameter sets and layers with overrides",
       [](int n) { return Sets(n, kTheta, PerLayer(n, "32")); }},
      {"parameter sets with a mistake", [](int n) { return Sets(n, R"({"rope_theta":"x"})"); }},
      {"parameter sets that are no objects", [](int n) { return Sets(n, "1"); }},
      {"parameter sets and unknown members",
       [](int n) { return Sets(n, R"({"rope_type":"dynamic","factor":2.0})", Members(n)); }},
      {"parameter sets and many names", [](int n) { return Sets(n, kTheta, kManyNames); }},
      {"layer types without a set",
       [](int n) {
         return absl::StrCat(R"({"head_dim":64,"layer_types":[)", Names(n),
                             R"(],"rope_parameters":{"l0":{"rope_theta":1e4}}})");
       }},
      {"layer types of dots3",
       [](int n) {
         return Of("dots3",
                   absl::StrCat(R"("layer_types":[)", Names(n),
                                R"(],"rope_parameters":{"rope_theta":1e4,)", Members(n), "}"));
       }},
      {"layers of dots3 with their own members",
       [](int n) {
         return Of("dots3", Sets(n, kTheta, PerLayer(n, "64"))
                                .substr(1, Sets(n, kTheta, PerLayer(n, "64")).size() - 2));
       }},
      {"layer types of step3p5",
       [](int n) {
         return Of("step3p5", absl::StrCat(R"("layer_types":[)", Names(n), R"(],"rope_theta":")",
                                           std::string(n * 6, 'x'), "\""));
       }},
      {"layers of gemma4 and a long global_head_dim",
       [](int n) {
         return Of("gemma4_text",
                   absl::StrCat(R"("layer_types":[)", Same(n, "\"full_attention\""),
                                R"(],"global_head_dim":")", std::string(n * 10, 'x'), "\""));
       }},
      {"a long rope_theta for all sets", [](int n) { return LongValue("rope_theta", n, "{}"); }},
      {"a long share for all sets",
       [](int n) { return LongValue("partial_rotary_factor", n, "{}"); }},
      {"a long length for all sets",
       [](int n) {
         return LongValue("max_position_embeddings", n, R"({"rope_type":"yarn","factor":2.0})");
       }},
      {"bases of layers and unknown members", ManyBases},
  };
}

std::vector<LargeDocument> WithValues() {
  return {
      {"layer_types",
       [](int n) {
         return Of("qwen3", absl::StrCat(R"("layer_types":[)", Same(n, "\"full_attention\""), "]"));
       }},
      {"factors of longrope", LongFactors},
      {"mrope_section",
       [](int n) {
         return Of("qwen2_vl_text", absl::StrCat(R"("rope_scaling":{"type":"mrope",)",
                                                 R"("mrope_section":[)", Same(n, "1"), "]}"));
       }},
      {"no_rope_layers",
       [](int n) {
         return Of("llama4_text", absl::StrCat(R"("no_rope_layers":[)", Same(n, "1"), "]"));
       }},
      {"layer_rope_theta",
       [](int n) {
         return Of("granite_swa", absl::StrCat(R"("num_hidden_layers":10000,"layer_rope_theta":[)",
                                               Same(n, "10000"), "]"));
       }},
      {"NaN and Infinity",
       [](int n) {
         return Of("llama", absl::StrCat(R"("rope_theta":[)", Same(n, "NaN,-Infinity,1e308"), "]"));
       }},
      {"a long string",
       [](int n) {
         return Of("llama", absl::StrCat(R"("rope_theta":")", std::string(n, 'x'), "\""));
       }},
      {"a long string of escapes",
       [](int n) {
         return Of("llama", absl::StrCat(R"("rope_theta":")", Repeat(n, R"(\"\\)"), "\""));
       }},
      {"a long rope_type",
       [](int n) {
         return Of("llama", absl::StrCat(R"("rope_parameters":{"rope_theta":1e4,"rope_type":")",
                                         std::string(n, 'x'), "\"}"));
       }},
      {"long names",
       [](int n) {
         const Item item = [](int i) {
           return absl::StrCat("\"", std::string(1000, 'k'), i, "\":1");
         };
         return Of("llama",
                   absl::StrCat(R"("rope_parameters":{"rope_theta":1e4,)", List(n, item), "}"));
       }},
      {"a long name",
       [](int n) {
         return Of("llama", absl::StrCat(R"("rope_parameters":{")", std::string(n, 'k'),
                                         R"(":1,"rope_theta":1e4})"));
       }},
      {"architectures",
       [](int n) {
         return absl::StrCat(R"({"head_dim":64,"architectures":[)", Same(n, "\"XForCausalLM\""),
                             "]}");
       }},
      {"a section to move below a wide indentation",
       [](int n) {
         return absl::StrCat("{\n", std::string(n * 2, ' '), R"("model_type":"qwen2_vl_text",)",
                             R"("rope_scaling":{"type":"mrope"},"rope_parameters":{)",
                             R"("mrope_section":[)", Same(n, "1"), R"(]}})");
       }},
  };
}

}  // namespace

const std::vector<LargeDocument>& LargeDocuments() {
  static const auto* const all = [] {
    auto* const documents = new std::vector<LargeDocument>();
    for (const std::vector<LargeDocument>& part : {WithMembers(), WithSets(), WithValues()}) {
      documents->insert(documents->end(), part.begin(), part.end());
    }
    return documents;
  }();
  return *all;
}

std::string LargeText(const LargeDocument& document, size_t bytes) {
  const double each = static_cast<double>(document.make(2000).size()) / 2000.0;
  return document.make(static_cast<int>(static_cast<double>(bytes) / each) + 1);
}

}  // namespace rope::testing
