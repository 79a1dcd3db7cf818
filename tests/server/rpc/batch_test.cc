// Batches through the service: each sequence gets the bytes of a request for it alone.
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/collected_stream.h"
#include "tests/testing/gated_backend.h"
#include "tests/testing/model_configs.h"
#include "tests/testing/rpc_server.h"

namespace rope {
namespace {

using rope::testing::Collect;
using rope::testing::CollectedStream;
using rope::testing::GatedBackend;
using rope::testing::kDynamic;
using rope::testing::kLlama31;
using rope::testing::RpcServer;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// The frequencies of lengths up to 4096 and of longer ones differ.
constexpr char kLongrope[] = R"({
  "model_type": "phi3", "hidden_size": 64, "num_attention_heads": 8,
  "max_position_embeddings": 131072, "original_max_position_embeddings": 4096,
  "rope_theta": 10000.0, "rope_scaling": {"type": "longrope",
  "short_factor": [1.0, 1.1, 1.2, 1.3], "long_factor": [1.0, 2.0, 4.0, 8.0]}})";

constexpr char kQwen2Vl[] = R"({"model_type": "qwen2_vl_text", "hidden_size": 32,
  "num_attention_heads": 4, "max_position_embeddings": 4096,
  "rope_parameters": {"rope_type": "default", "rope_theta": 10000.0, "mrope_section": [2, 1, 1]}})";

struct Sequence {
  std::vector<int64_t> positions;
  std::optional<int64_t> seq_len;
};

v1::StreamEmbeddingsRequest Request(const std::string& config,
                                    const std::vector<int64_t>& positions) {
  v1::StreamEmbeddingsRequest request;
  request.mutable_config()->set_model_config_json(config);
  request.mutable_position_ids()->mutable_list()->mutable_values()->Add(positions.begin(),
                                                                        positions.end());
  return request;
}

v1::StreamEmbeddingsRequest Batch(const std::string& config, const std::vector<Sequence>& all) {
  v1::StreamEmbeddingsRequest request = Request(config, {});
  for (const Sequence& one : all) {
    request.mutable_position_ids()->mutable_list()->mutable_values()->Add(one.positions.begin(),
                                                                          one.positions.end());
    v1::SequenceSlice& slice = *request.add_sequences();
    slice.set_rows(static_cast<int64_t>(one.positions.size()));
    if (one.seq_len.has_value()) slice.set_seq_len(*one.seq_len);
  }
  return request;
}

class BatchTest : public ::testing::Test {
 protected:
  BatchTest() {
    engine::EngineOptions options;
    options.backend = &backend_;
    server_ = std::make_unique<RpcServer>(options);
    stub_ = server_->NewStub();
  }

  CollectedStream Get(const v1::StreamEmbeddingsRequest& request) {
    CollectedStream stream = Collect(stub_.get(), request);
    EXPECT_TRUE(stream.status.ok()) << stream.status.error_message();
    return stream;
  }

  // The tensors of single requests, one behind the other.
  std::map<v1::TensorKind, std::string> SingleTensors(v1::StreamEmbeddingsRequest form,
                                                      const std::vector<Sequence>& all) {
    std::map<v1::TensorKind, std::string> tensors;
    for (const Sequence& one : all) {
      form.mutable_position_ids()->mutable_list()->clear_values();
      form.mutable_position_ids()->mutable_list()->mutable_values()->Add(one.positions.begin(),
                                                                         one.positions.end());
      form.clear_seq_len();
      if (one.seq_len.has_value()) form.set_seq_len(*one.seq_len);
      for (const auto& [kind, bytes] : Get(form).tensors) tensors[kind] += bytes;
    }
    return tensors;
  }

  // Of a request for the rows from first_row on.
  std::string ReceivedCosines(const v1::StreamEmbeddingsRequest& request) {
    grpc::ClientContext context;
    const auto reader = stub_->StreamEmbeddings(&context, request);
    v1::StreamEmbeddingsResponse message;
    std::string cos;
    while (reader->Read(&message)) {
      for (const v1::Chunk& chunk : message.chunks()) {
        if (chunk.kind() == v1::TENSOR_KIND_COS) cos += chunk.data();
      }
    }
    EXPECT_TRUE(reader->Finish().ok());
    return cos;
  }

  std::string Error(const v1::StreamEmbeddingsRequest& request,
                    grpc::StatusCode code = grpc::StatusCode::INVALID_ARGUMENT) {
    const CollectedStream stream = Collect(stub_.get(), request);
    EXPECT_EQ(stream.status.error_code(), code);
    return stream.status.error_message();
  }

  GatedBackend backend_;
  std::unique_ptr<RpcServer> server_;
  std::unique_ptr<v1::RopeService::Stub> stub_;
};

const std::vector<Sequence>& MixedSequences() {
  static const auto* const sequences = new std::vector<Sequence>{{{0, 1, 2}, std::nullopt},
                                                                 {{4000, 4001}, std::nullopt},
                                                                 {{7}, 9000},
                                                                 {{100, 50}, 4097},
                                                                 {{4095}, 4096},
                                                                 {{4999}, std::nullopt},
                                                                 {{4999}, 5000},
                                                                 {{8, 9}, 3}};
  return *sequences;
}

TEST_F(BatchTest, EachSequenceHasTheBytesOfItsOwnRequest) {
  for (const char* config : {kDynamic, kLongrope, kLlama31}) {
    for (v1::NumericProfile profile : {v1::NUMERIC_PROFILE_HF, v1::NUMERIC_PROFILE_EXACT}) {
      for (v1::Layout layout : {v1::LAYOUT_HALF_SPLIT, v1::LAYOUT_PACKED}) {
        v1::StreamEmbeddingsRequest batch = Batch(config, MixedSequences());
        batch.set_numeric_profile(profile);
        batch.set_layout(layout);
        batch.set_dtype(v1::D_TYPE_BFLOAT16);
        v1::StreamEmbeddingsRequest single = batch;
        single.clear_sequences();
        EXPECT_EQ(Get(batch).tensors, SingleTensors(single, MixedSequences()));
      }
    }
  }
}

TEST_F(BatchTest, TheHeaderSaysWhatEachSequenceGot) {
  const CollectedStream stream = Get(Batch(kLongrope, MixedSequences()));
  EXPECT_THAT(stream.header.resolution_of_sequence(), ElementsAre(0, 0, 1, 1, 0, 1, 1, 0));
  ASSERT_EQ(stream.header.sequence_resolutions_size(), 2);
  for (int i = 0; i < 2; ++i) {
    v1::StreamEmbeddingsRequest one = Request(kLongrope, {0});
    one.set_seq_len(i == 0 ? 3 : 9000);
    v1::Resolution expected = Get(one).header.resolution();
    if (i == 0) {
      EXPECT_EQ(stream.header.resolution().SerializeAsString(), expected.SerializeAsString());
    }
    expected.clear_reading();
    expected.clear_transformers_version();
    EXPECT_EQ(stream.header.sequence_resolutions(i).SerializeAsString(),
              expected.SerializeAsString());
  }
  EXPECT_EQ(stream.header.cache(), v1::CACHE_OUTCOME_BYPASS);
}

TEST_F(BatchTest, AStepOfManySequencesIsOneMessageAndOneComputationForEachPlan) {
  std::vector<Sequence> step;
  for (int64_t i = 0; i < 64; ++i) step.push_back({{3000 + 17 * i}, std::nullopt});
  const CollectedStream same = Get(Batch(kLlama31, step));
  EXPECT_EQ(same.messages, 1);
  EXPECT_EQ(same.header.sequence_resolutions_size(), 1);
  EXPECT_EQ(backend_.begun(), 1);
  EXPECT_EQ(backend_.rows(), 64);
  const CollectedStream different = Get(Batch(kDynamic, step));
  EXPECT_EQ(different.messages, 1);
  EXPECT_EQ(different.header.sequence_resolutions_size(), 64);
  EXPECT_EQ(backend_.begun(), 65);
  EXPECT_EQ(backend_.rows(), 128);
}

TEST_F(BatchTest, ALongBatchComesInBlocksAndContinuesAtAnyRow) {
  std::vector<Sequence> all(3);
  for (int64_t i = 0; i < 3000; ++i) {
    all[0].positions.push_back(i);
    all[1].positions.push_back(2 * i);
    all[2].positions.push_back(3 * i);
  }
  v1::StreamEmbeddingsRequest batch = Batch(kDynamic, all);
  const CollectedStream whole = Get(batch);
  EXPECT_GT(whole.messages, 3);
  v1::StreamEmbeddingsRequest single = batch;
  single.clear_sequences();
  EXPECT_EQ(whole.tensors, SingleTensors(single, all));
  batch.set_first_row(5999);
  const std::string& cos = whole.tensors.at(v1::TENSOR_KIND_COS);
  EXPECT_EQ(ReceivedCosines(batch), cos.substr(cos.size() / 9000 * 5999));
}

TEST_F(BatchTest, OneSequenceOfOnePlanIsCachedAsItsOwnRequestIs) {
  v1::StreamEmbeddingsRequest batch = Request(kLlama31, {});
  batch.mutable_position_ids()->mutable_range()->set_count(100);
  for (int64_t rows : {40, 60}) batch.add_sequences()->set_rows(rows);
  EXPECT_EQ(Get(batch).header.cache(), v1::CACHE_OUTCOME_MISS);
  batch.clear_sequences();
  EXPECT_EQ(Get(batch).header.cache(), v1::CACHE_OUTCOME_HIT);
}

TEST_F(BatchTest, SequencesMayHaveSeveralAxes) {
  // Axis 0 of three rows, then axes 1 and 2.
  v1::StreamEmbeddingsRequest batch = Request(kQwen2Vl, {1, 2, 3, 40, 50, 60, 700, 800, 900});
  batch.mutable_position_ids()->set_axes(3);
  for (int64_t rows : {2, 1}) batch.add_sequences()->set_rows(rows);
  const CollectedStream stream = Get(batch);
  EXPECT_EQ(stream.header.sequence_resolutions(0).seq_len(), 801);
  batch.clear_sequences();
  EXPECT_EQ(stream.tensors, Get(batch).tensors);
}

TEST_F(BatchTest, SaysWhatIsWrong) {
  v1::StreamEmbeddingsRequest rows = Batch(kDynamic, {{{1, 2}, {}}, {{3}, {}}});
  rows.mutable_sequences(1)->set_rows(2);
  EXPECT_THAT(Error(rows), HasSubstr("sequences[1].rows must be 1 to the number of positions that "
                                     "are left, 1, not 2"));
  rows.mutable_sequences(1)->set_rows(INT64_MAX);
  EXPECT_THAT(Error(rows), HasSubstr("sequences[1].rows"));
  rows.mutable_sequences(1)->set_rows(-1);
  EXPECT_THAT(Error(rows), HasSubstr("sequences[1].rows"));
  rows.mutable_sequences()->RemoveLast();
  EXPECT_THAT(Error(rows), HasSubstr("must add up to the number of positions, 3, not 2"));
  EXPECT_THAT(Error(Batch(kDynamic, {{{1}, 0}})),
              HasSubstr("sequences[0].seq_len must be 1 to 2147483648, not 0"));
  v1::StreamEmbeddingsRequest both = Batch(kDynamic, {{{1}, 5}});
  both.set_seq_len(5);
  EXPECT_THAT(Error(both), HasSubstr("seq_len must be absent beside sequences"));
  EXPECT_THAT(Error(Batch(kDynamic, std::vector<Sequence>(1025, {{1}, {}}))),
              HasSubstr("sequences must have at most 1024 entries, not 1025"));
}

TEST_F(BatchTest, BoundsTheFrequenciesOfAllPlans) {
  constexpr char kWide[] = R"({"model_type": "llama", "head_dim": 4096, "hidden_size": 4096,
    "num_attention_heads": 1, "max_position_embeddings": 2048, "rope_theta": 10000.0,
    "rope_scaling": {"rope_type": "dynamic", "factor": 4.0}})";
  std::vector<Sequence> all;
  for (int64_t i = 0; i < 129; ++i) all.push_back({{1}, 3000 + i});
  EXPECT_THAT(Error(Batch(kWide, all), grpc::StatusCode::RESOURCE_EXHAUSTED),
              HasSubstr("sequences need more than 128 sets of 2048 frequencies"));
  all.pop_back();
  EXPECT_EQ(Get(Batch(kWide, all)).header.sequence_resolutions_size(), 128);
}

TEST_F(BatchTest, IsNotWarmed) {
  v1::WarmTablesRequest request;
  *request.add_tables() = Batch(kLlama31, {{{0}, {}}});
  request.mutable_tables(0)->mutable_position_ids()->mutable_range()->set_count(1);
  grpc::ClientContext context;
  v1::WarmTablesResponse response;
  const grpc::Status status = stub_->WarmTables(&context, request, &response);
  EXPECT_THAT(status.error_message(), HasSubstr("tables[0]: sequences must be empty"));
}

}  // namespace
}  // namespace rope
