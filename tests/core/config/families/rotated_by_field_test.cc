// Which layers rotate where a field of the configuration says so. Expected values follow the
// attention classes of transformers 5.24.
#include "core/config/families/layers/rotated_by_field.h"

#include <cstdint>
#include <string>
#include <vector>

#include "core/config/model_config.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rope {
namespace {

using ::testing::ElementsAreArray;

struct Case {
  const char* text;
  std::vector<int64_t> without_rope;
};

const Case kCases[] = {
    // EsmSelfAttention and the conformers rotate only if this field says so.
    {R"({"model_type":"esm","num_hidden_layers":2})", {0, 1}},
    {R"({"model_type":"esm","num_hidden_layers":2,"position_embedding_type":"rotary"})", {}},
    {R"({"model_type":"wav2vec2-bert","num_hidden_layers":2})", {0, 1}},
    {R"({"model_type":"wav2vec2-bert","num_hidden_layers":2,
         "position_embeddings_type":"rotary"})",
     {}},
    {R"({"model_type":"clvp_encoder","num_hidden_layers":2})", {}},
    {R"({"model_type":"clvp_encoder","num_hidden_layers":2,"use_rotary_embedding":false})", {0, 1}},
    // GraniteMoeHybridModel makes a rotary module only for "rope". Mamba layers have no attention.
    {R"({"model_type":"granitemoehybrid","num_hidden_layers":3,"position_embedding_type":"rope",
         "layer_types":["mamba","attention","mamba"]})",
     {0, 2}},
    {R"({"model_type":"granitemoehybrid","num_hidden_layers":2,"position_embedding_type":"nope",
         "layer_types":["attention","attention"]})",
     {0, 1}},
    {R"({"model_type":"granitemoehybrid","num_hidden_layers":2,"position_embedding_type":"rope",
         "layers_block_type":["mamba","attention"]})",
     {0}},
    // Zamba2Attention rotates if use_mem_rope is true, and only hybrid layers have it.
    {R"({"model_type":"zamba2","num_hidden_layers":3,
         "layers_block_type":["mamba","hybrid","hybrid"]})",
     {0, 1, 2}},
    {R"({"model_type":"zamba2","num_hidden_layers":3,"use_mem_rope":true,
         "layers_block_type":["mamba","hybrid","hybrid"]})",
     {0}},
    // Cohere2MoeAttention: layers with a window, and dense ones behind a prefix pattern of 1.
    {R"({"model_type":"cohere2_moe","num_hidden_layers":4})", {3}},
    {R"({"model_type":"cohere2_moe","num_hidden_layers":6,"first_k_dense_replace":1})", {4}},
    {R"({"model_type":"cohere2_moe","num_hidden_layers":6,"first_k_dense_replace":1,
         "prefix_dense_sliding_window_pattern":2})",
     {4}},
    // Muse: a base of 0 means no rotation; by default every 4th layer from the end has it.
    {R"({"model_type":"muse_glimmer_text","num_hidden_layers":6})", {1, 5}},
    {R"({"model_type":"muse_spark_text","num_hidden_layers":3,"layer_rope_theta":[0,5e5,0]})",
     {0, 2}},
    // Layers with a window only.
    {R"({"model_type":"flint","num_hidden_layers":6})", {0, 1, 5}},
    {R"({"model_type":"lara_mini","num_hidden_layers":5})", {0, 2, 3}},
    {R"({"model_type":"kolibri1","num_hidden_layers":5})", {4}},
    {R"({"model_type":"kolibri1","num_hidden_layers":5,"sliding_window":null})", {}},
    {R"({"model_type":"beam","num_hidden_layers":7})", {5, 6}},
    // Layers without attention.
    {R"({"model_type":"lfm2","num_hidden_layers":4,"full_attn_idxs":[1,2]})", {0, 3}},
    {R"({"model_type":"lfm3","num_hidden_layers":6})", {0, 1, 3, 5}},
    {R"({"model_type":"recurrent_gemma","num_hidden_layers":4})", {0, 1, 3}},
    {R"({"model_type":"bailing_hybrid","num_hidden_layers":4,"layer_group_size":2})", {0, 2}},
    // MistralLarge4Attention: despite its name, no_rope_layers lists the layers that rotate.
    {R"({"model_type":"mistral_large4_text","num_hidden_layers":8})", {3, 7}},
    {R"({"model_type":"mistral_large4_text","num_hidden_layers":3,"no_rope_layers":[0,1,1]})", {0}},
    // Granite SWA: a base for every layer.
    {R"({"model_type":"granite_swa","num_hidden_layers":3,"layer_rope_theta":[1e4,0,1e4]})", {1}},
};

TEST(RotatedByFieldTest, LayersWithoutRotaryEmbedding) {
  for (const Case& c : kCases) {
    const ModelConfigReport report = ReadModelConfig(c.text);
    ASSERT_TRUE(report.valid()) << c.text;
    EXPECT_THAT(report.layers_without_rope, ElementsAreArray(c.without_rope)) << c.text;
  }
}

}  // namespace
}  // namespace rope
