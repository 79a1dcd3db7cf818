// StreamEmbeddings through the generated stub, over TCP, compared with the bytes of the reference
// backend.
#include <cmath>
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "proto/wire/convert.h"
#include "tests/testing/collected_stream.h"
#include "tests/testing/model_configs.h"
#include "tests/testing/reference_table.h"
#include "tests/testing/rpc_server.h"
#include "tests/testing/wait_until.h"

namespace rope {
namespace {

using rope::testing::Collect;
using rope::testing::CollectedStream;
using rope::testing::kDynamic;
using rope::testing::kGemma3;
using rope::testing::kLlama31;
using rope::testing::kSmallHead;
using rope::testing::MakeForwardPlan;
using rope::testing::MakeReferenceTable;
using rope::testing::RangeRequest;
using rope::testing::ReferenceTable;
using rope::testing::RpcServer;
using rope::testing::WaitUntil;

class EmbeddingsTest : public ::testing::Test {
 protected:
  static RpcServer& server() {
    static RpcServer* const server = new RpcServer();
    return *server;
  }

  int64_t AnswerHits() {
    grpc::ClientContext context;
    v1::GetServerInfoResponse info;
    EXPECT_TRUE(stub_->GetServerInfo(&context, {}, &info).ok());
    return info.activity().answer_hits();
  }

  CollectedStream Get(const v1::StreamEmbeddingsRequest& request) {
    CollectedStream stream = Collect(stub_.get(), request);
    EXPECT_TRUE(stream.status.ok()) << stream.status.error_message();
    return stream;
  }

  static void ExpectTensors(CollectedStream stream, const ReferenceTable& expected) {
    EXPECT_TRUE(stream.tensors[v1::TENSOR_KIND_COS] == expected.cos);
    EXPECT_TRUE(stream.tensors[v1::TENSOR_KIND_SIN] == expected.sin);
  }

  const std::unique_ptr<v1::RopeService::Stub> stub_ = server().NewStub();
};

struct PositionForm {
  const char* name;
  std::function<void(v1::PositionIds*)> set;
  std::vector<double> positions;
};

const std::vector<PositionForm>& PositionForms() {
  static const auto* const forms = new std::vector<PositionForm>{
      {"range",
       [](v1::PositionIds* ids) {
         ids->mutable_range()->set_start(120);
         ids->mutable_range()->set_count(10);
       },
       {120, 121, 122, 123, 124, 125, 126, 127, 128, 129}},
      {"step",
       [](v1::PositionIds* ids) {
         ids->mutable_range()->set_start(9);
         ids->mutable_range()->set_count(4);
         ids->mutable_range()->set_step(-3);
       },
       {9, 6, 3, 0}},
      {"list",
       [](v1::PositionIds* ids) {
         for (int64_t position : {7, 7, 100000, 0}) ids->mutable_list()->add_values(position);
       },
       {7, 7, 100000, 0}},
      {"int32",
       [](v1::PositionIds* ids) { ids->set_int32_le(std::string("\1\2\0\0\0\0\0\0", 8)); },
       {513, 0}},
      {"int64",
       [](v1::PositionIds* ids) {
         ids->set_int64_le(std::string("\xff\xff\xff\x7f\0\0\0\0\3\0\0\0\0\0\0\0", 16));
       },
       {kMaxPosition, 3}},
      {"negative",
       [](v1::PositionIds* ids) {
         ids->mutable_range()->set_start(-3);
         ids->mutable_range()->set_count(5);
       },
       {-3, -2, -1, 0, 1}},
      {"float64",  // 0.5 and -2.25
       [](v1::PositionIds* ids) {
         ids->set_float64_le(std::string("\0\0\0\0\0\0\xe0\x3f\0\0\0\0\0\0\x02\xc0", 16));
       },
       {0.5, -2.25}},
  };
  return *forms;
}

// Every dtype of every numeric profile.
struct Numbers {
  NumericProfile profile;
  DType dtype;
};

std::vector<Numbers> AllNumbers() {
  std::vector<Numbers> all;
  for (NumericProfile profile : AllNumericProfiles()) {
    for (DType dtype : AllDTypes()) {
      if (CheckForm({dtype, Layout::kCompact}, profile).ok()) all.push_back({profile, dtype});
    }
  }
  return all;
}

class EmbeddingsFormTest
    : public EmbeddingsTest,
      public ::testing::WithParamInterface<std::tuple<Numbers, Layout, PositionForm>> {};

TEST_P(EmbeddingsFormTest, BytesAreTheReferences) {
  const auto& [numbers, layout, form] = GetParam();
  v1::StreamEmbeddingsRequest request;
  request.mutable_config()->set_model_config_json(kLlama31);
  form.set(request.mutable_position_ids());
  request.set_numeric_profile(wire::NumericProfileToProto(numbers.profile));
  request.set_dtype(wire::DTypeToProto(numbers.dtype));
  request.set_layout(wire::LayoutToProto(layout));
  const CollectedStream stream = Get(request);
  const PositionIds positions = *PositionIds::Fractional(form.positions);
  const FrequencyPlan plan = MakeForwardPlan(kLlama31, positions.max() + 1, "", numbers.profile);
  ExpectTensors(stream, MakeReferenceTable(plan, positions, {numbers.dtype, layout}));

  EXPECT_EQ(stream.messages, 1) << "a small answer is one message";
  EXPECT_EQ(stream.header.dtype(), request.dtype());
  EXPECT_EQ(stream.header.layout(), request.layout());
  EXPECT_EQ(stream.header.numeric_profile(), request.numeric_profile());
  EXPECT_EQ(stream.header.resolution().config_id(), ConfigId(plan));
  EXPECT_EQ(stream.footer.rows(), positions.size());
  ASSERT_EQ(stream.header.tensors_size(), 2);
  for (const v1::TensorSpec& spec : stream.header.tensors()) {
    ASSERT_EQ(spec.shape_size(), 2);
    EXPECT_EQ(spec.shape(0), positions.size());
    EXPECT_EQ(spec.shape(1), layout == Layout::kCompact ? 64 : 128);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Forms, EmbeddingsFormTest,
    ::testing::Combine(::testing::ValuesIn(AllNumbers()),
                       ::testing::Values(Layout::kHalfSplit, Layout::kInterleaved,
                                         Layout::kCompact),
                       ::testing::ValuesIn(PositionForms())),
    [](const auto& info) {
      const Numbers& numbers = std::get<0>(info.param);
      return absl::StrCat(NumericProfileName(numbers.profile), "_", DTypeName(numbers.dtype), "_",
                          LayoutName(std::get<1>(info.param)), "_", std::get<2>(info.param).name);
    });

TEST_F(EmbeddingsTest, EverythingUnsetIsTheDocumentedDefault) {
  const CollectedStream stream = Get(RangeRequest(kLlama31, 0, 5));
  EXPECT_EQ(stream.header.dtype(), v1::D_TYPE_FLOAT32);
  EXPECT_EQ(stream.header.layout(), v1::LAYOUT_HALF_SPLIT);
  EXPECT_EQ(stream.header.numeric_profile(), v1::NUMERIC_PROFILE_HF);
  const v1::Resolution& resolution = stream.header.resolution();
  EXPECT_EQ(resolution.rope_type(), "llama3");
  EXPECT_EQ(resolution.rope_theta(), 500000.0);
  EXPECT_EQ(resolution.head_dim(), 128);
  EXPECT_EQ(resolution.rotary_dim(), 128);
  EXPECT_EQ(resolution.attention_factor(), 1.0);
  EXPECT_EQ(resolution.seq_len(), 5);
  EXPECT_EQ(resolution.max_position_embeddings(), 131072);
  EXPECT_EQ(resolution.transformers_version(), kTransformersVersion);
  EXPECT_EQ(stream.header.backend(), server().engine().backend().name());
}

// 0.9 MB for each tensor, in several blocks. The first and the last row lie in the middle of a
// block.
TEST_F(EmbeddingsTest, LongStreamsInChunksOfAnySize) {
  constexpr int64_t kStart = 1000;
  constexpr int64_t kRows = 14000;
  const FrequencyPlan plan = MakeForwardPlan(kSmallHead, kStart + kRows);
  const ReferenceTable expected = MakeReferenceTable(plan, *PositionIds::Range(kStart, kRows),
                                                     {DType::kFloat32, Layout::kHalfSplit});
  for (int64_t chunk_bytes : {0, 4096, 5000, 100000, 1 << 20, 3 << 20}) {
    v1::StreamEmbeddingsRequest request = RangeRequest(kSmallHead, kStart, kRows);
    request.set_chunk_bytes(chunk_bytes);
    const CollectedStream stream = Get(request);
    ExpectTensors(stream, expected);
    EXPECT_LE(stream.messages, static_cast<int>(stream.chunk_bytes.size()) + 2)
        << "header, chunks, footer";
    const int64_t limit = chunk_bytes == 0 ? 1 << 20 : chunk_bytes;
    EXPECT_GE(stream.messages, 2 + stream.footer.bytes() / limit);
  }
}

// A computed answer, an answer from the cache and a remembered answer have the same bytes.
TEST_F(EmbeddingsTest, ARepeatedSmallRequestGetsTheSameAnswer) {
  const v1::StreamEmbeddingsRequest request = RangeRequest(kSmallHead, 200, 60);  // two blocks
  const ReferenceTable expected =
      MakeReferenceTable(MakeForwardPlan(kSmallHead, 260), *PositionIds::Range(200, 60), {});
  const int64_t hits = AnswerHits();
  for (v1::CacheOutcome outcome :
       {v1::CACHE_OUTCOME_MISS, v1::CACHE_OUTCOME_HIT, v1::CACHE_OUTCOME_HIT}) {
    const CollectedStream stream = Get(request);
    ExpectTensors(stream, expected);
    EXPECT_EQ(stream.messages, 1);
    EXPECT_EQ(stream.header.cache(), outcome);
  }
  EXPECT_EQ(AnswerHits() - hits, 2);
}

TEST_F(EmbeddingsTest, AnAnswerWhoseBlockWasDroppedIsComputedAgain) {
  engine::EngineOptions options;
  options.limits.cache_bytes = 0;
  RpcServer small(options);
  const auto stub = small.NewStub();
  const v1::StreamEmbeddingsRequest request = RangeRequest(kSmallHead, 0, 60);
  const ReferenceTable expected =
      MakeReferenceTable(MakeForwardPlan(kSmallHead, 60), *PositionIds::Range(0, 60), {});
  for (int round = 0; round < 3; ++round) {
    const CollectedStream stream = Collect(stub.get(), request);
    ExpectTensors(stream, expected);
    EXPECT_EQ(stream.header.cache(), v1::CACHE_OUTCOME_MISS);
    // The transport holds the block a moment longer.
    ASSERT_TRUE(WaitUntil([&] { return small.engine().block_bytes() == 0; }));
  }
}

TEST_F(EmbeddingsTest, ChecksumsCanBeLeftOut) {
  v1::StreamEmbeddingsRequest request = RangeRequest(kSmallHead, 0, 9000);
  request.set_omit_checksums(true);
  grpc::ClientContext context;
  const auto reader = stub_->StreamEmbeddings(&context, request);
  v1::StreamEmbeddingsResponse message;
  int chunks = 0;
  while (reader->Read(&message)) {
    for (const v1::Chunk& chunk : message.chunks()) {
      EXPECT_EQ(chunk.xxh3_64(), 0U);
      ++chunks;
    }
  }
  EXPECT_TRUE(reader->Finish().ok());
  EXPECT_GT(chunks, 4);
}

TEST_F(EmbeddingsTest, ListsOfManyBlocks) {
  v1::StreamEmbeddingsRequest request = RangeRequest(kSmallHead, 40000, 20000);
  request.mutable_position_ids()->mutable_range()->set_step(-2);
  const CollectedStream stream = Get(request);
  EXPECT_EQ(stream.header.cache(), v1::CACHE_OUTCOME_BYPASS);
  ExpectTensors(stream, MakeReferenceTable(MakeForwardPlan(kSmallHead, 40001),
                                           *PositionIds::Range(40000, 20000, -2), {}));
}

TEST_F(EmbeddingsTest, ARowLargerThanAChunkIsAChunk) {
  const std::string wide = R"({"model_type": "llama", "head_dim": 4096, "rope_theta": 10000.0})";
  v1::StreamEmbeddingsRequest request = RangeRequest(wide, 0, 7);
  request.set_chunk_bytes(4096);
  const CollectedStream stream = Get(request);
  EXPECT_EQ(stream.chunk_bytes, std::vector<int64_t>(14, int64_t{4} * 4096));
}

TEST_F(EmbeddingsTest, ChunksOfCosAndSinAlternate) {
  v1::StreamEmbeddingsRequest request = RangeRequest(kLlama31, 0, 9000);
  request.set_layout(v1::LAYOUT_COMPACT);
  grpc::ClientContext context;
  const auto reader = stub_->StreamEmbeddings(&context, request);
  v1::StreamEmbeddingsResponse message;
  std::vector<v1::TensorKind> kinds;
  while (reader->Read(&message)) {
    for (const v1::Chunk& chunk : message.chunks()) kinds.push_back(chunk.kind());
  }
  ASSERT_TRUE(reader->Finish().ok());
  ASSERT_GE(kinds.size(), 6U);
  for (size_t i = 0; i < kinds.size(); ++i) {
    EXPECT_EQ(kinds[i], i % 2 == 0 ? v1::TENSOR_KIND_COS : v1::TENSOR_KIND_SIN);
  }
}

TEST_F(EmbeddingsTest, OnlyTheRequestedTensorsInTheRequestedOrder) {
  const CollectedStream both = Get(RangeRequest(kLlama31, 0, 3000));
  v1::StreamEmbeddingsRequest request = RangeRequest(kLlama31, 0, 3000);
  request.add_tensors(v1::TENSOR_KIND_SIN);
  CollectedStream sin = Get(request);
  EXPECT_EQ(sin.header.tensors_size(), 1);
  EXPECT_EQ(sin.tensors.size(), 1U);
  EXPECT_TRUE(sin.tensors.at(v1::TENSOR_KIND_SIN) == both.tensors.at(v1::TENSOR_KIND_SIN));
  request.add_tensors(v1::TENSOR_KIND_COS);
  const CollectedStream turned = Get(request);
  EXPECT_EQ(turned.header.tensors(0).kind(), v1::TENSOR_KIND_SIN);
  EXPECT_EQ(turned.header.tensors(1).kind(), v1::TENSOR_KIND_COS);
}

TEST_F(EmbeddingsTest, TheShapeOfThePositionsIsTheShapeOfTheTensors) {
  v1::StreamEmbeddingsRequest request = RangeRequest(kLlama31, 0, 24);
  for (int64_t dimension : {2, 3, 4}) request.mutable_position_ids()->add_shape(dimension);
  const CollectedStream stream = Get(request);
  for (const v1::TensorSpec& spec : stream.header.tensors()) {
    EXPECT_EQ(std::vector<int64_t>(spec.shape().begin(), spec.shape().end()),
              (std::vector<int64_t>{2, 3, 4, 128}));
  }
}

TEST_F(EmbeddingsTest, TheLengthIsTheLargestPositionPlusOneUnlessStated) {
  const auto config_id = [&](int64_t count, int64_t seq_len) {
    v1::StreamEmbeddingsRequest request = RangeRequest(kDynamic, 0, count);
    if (seq_len > 0) request.set_seq_len(seq_len);
    const CollectedStream stream = Get(request);
    EXPECT_EQ(stream.header.resolution().seq_len(), seq_len > 0 ? seq_len : count);
    return stream.header.resolution().config_id();
  };
  EXPECT_EQ(config_id(100, 0), config_id(2048, 0));
  EXPECT_NE(config_id(4096, 0), config_id(2048, 0));
  EXPECT_EQ(config_id(100, 4096), config_id(4096, 0));
  EXPECT_EQ(config_id(4096, 0), ConfigId(MakeForwardPlan(kDynamic, 4096)));
}

// The same request before and after one for which the frequencies are stretched.
TEST_F(EmbeddingsTest, AnswersDoNotDependOnEarlierRequests) {
  RpcServer fresh;
  const auto stub = fresh.NewStub();
  const CollectedStream before = Collect(stub.get(), RangeRequest(kDynamic, 0, 1000));
  Collect(stub.get(), RangeRequest(kDynamic, 0, 30000));
  const CollectedStream after = Collect(stub.get(), RangeRequest(kDynamic, 0, 1000));
  EXPECT_EQ(before.header.resolution().config_id(), after.header.resolution().config_id());
  EXPECT_TRUE(before.tensors == after.tensors);
}

TEST_F(EmbeddingsTest, TheHeaderReportsTheCacheOutcome) {
  RpcServer fresh;
  const auto stub = fresh.NewStub();
  const CollectedStream miss = Collect(stub.get(), RangeRequest(kLlama31, 0, 4096));
  const CollectedStream hit = Collect(stub.get(), RangeRequest(kLlama31, 0, 4096));
  const CollectedStream part = Collect(stub.get(), RangeRequest(kLlama31, 17, 100));
  const CollectedStream more = Collect(stub.get(), RangeRequest(kLlama31, 4000, 97));
  EXPECT_EQ(miss.header.cache(), v1::CACHE_OUTCOME_MISS);
  EXPECT_EQ(hit.header.cache(), v1::CACHE_OUTCOME_HIT);
  EXPECT_EQ(part.header.cache(), v1::CACHE_OUTCOME_HIT);
  EXPECT_EQ(more.header.cache(), v1::CACHE_OUTCOME_MISS);
  EXPECT_TRUE(miss.tensors == hit.tensors);
}

TEST_F(EmbeddingsTest, ALayerTypeIsAnsweredWithItsParameters) {
  for (const char* layer_type : {"full_attention", "sliding_attention"}) {
    v1::StreamEmbeddingsRequest request = RangeRequest(kGemma3, 5, 20);
    request.set_layer_type(layer_type);
    const CollectedStream stream = Get(request);
    EXPECT_EQ(stream.header.resolution().layer_type(), layer_type);
    ExpectTensors(stream, MakeReferenceTable(MakeForwardPlan(kGemma3, 25, layer_type),
                                             *PositionIds::Range(5, 20), {}));
  }
}

// Two axes, whose frequencies are 1 and 1/4, and 1. The angles are the positions times them.
TEST_F(EmbeddingsTest, ASpectrumHasFrequenciesForEachAxis) {
  v1::StreamEmbeddingsRequest request;
  v1::Spectrum& spectrum = *request.mutable_config()->mutable_spectrum();
  spectrum.add_axes()->set_dim(4);
  spectrum.mutable_axes(0)->set_theta(16.0);
  spectrum.add_axes()->set_dim(2);
  spectrum.set_order(v1::LANE_ORDER_IN_TURN);
  request.set_layout(v1::LAYOUT_COMPACT);
  v1::PositionIds& ids = *request.mutable_position_ids();
  const std::vector<double> positions = {4.0, 1.0, -2.0, 0.5};  // two rows
  ids.set_axes(2);
  ids.set_float64_le(positions.data(), positions.size() * sizeof(double));
  CollectedStream stream = Get(request);
  const std::vector<float> angles = {4.0F, -2.0F, 1.0F, 1.0F, 0.5F, 0.25F};
  std::vector<float> sin(angles.size());
  const std::string& bytes = stream.tensors[v1::TENSOR_KIND_SIN];
  ASSERT_EQ(bytes.size(), sin.size() * sizeof(float));
  std::memcpy(sin.data(), bytes.data(), bytes.size());
  for (size_t i = 0; i < angles.size(); ++i) EXPECT_FLOAT_EQ(sin[i], std::sin(angles[i])) << i;
  ids.set_axes(1);
  EXPECT_EQ(Collect(stub_.get(), request).status.error_message(),
            "position_ids.axes must be 2 for this model, not 1");
  spectrum.set_order(static_cast<v1::LaneOrder>(9));
  EXPECT_EQ(Collect(stub_.get(), request).status.error_message(),
            "config.spectrum.order: 9 is no LaneOrder");
}

TEST_F(EmbeddingsTest, LayoutMatricesHasARotationMatrixForEachFrequency) {
  v1::StreamEmbeddingsRequest request = RangeRequest(kSmallHead, 0, 5);
  request.set_layout(v1::LAYOUT_MATRICES);
  CollectedStream matrices = Get(request);
  const auto& shape = matrices.header.tensors(0).shape();
  ASSERT_EQ(shape.size(), 4);  // positions, frequencies, and the two sides of a matrix
  EXPECT_EQ(shape[2], 2);
  EXPECT_EQ(shape[3], 2);
  request.set_layout(v1::LAYOUT_PAIRS);
  CollectedStream pairs = Get(request);
  const std::string& wide = matrices.tensors[v1::TENSOR_KIND_COS_SIN];
  const std::string& narrow = pairs.tensors[v1::TENSOR_KIND_COS_SIN];
  ASSERT_EQ(wide.size(), 2 * narrow.size());
  for (size_t i = 0; i < narrow.size() / 8; ++i) {
    EXPECT_EQ(wide.substr(16 * i, 4), narrow.substr(8 * i, 4));
    EXPECT_EQ(wide.substr(16 * i + 8, 4), narrow.substr(8 * i + 4, 4));
  }
}

TEST_F(EmbeddingsTest, TypedAndJsonAreTheSame) {
  v1::StreamEmbeddingsRequest request = RangeRequest("", 0, 10);
  v1::TypedModelConfig& typed = *request.mutable_config()->mutable_typed();
  typed.mutable_shape()->set_model_type("llama");
  typed.mutable_shape()->set_hidden_size(4096);
  typed.mutable_shape()->set_num_attention_heads(32);
  typed.mutable_shape()->set_max_position_embeddings(131072);
  v1::RopeParameters& parameters = *typed.mutable_rope_parameters();
  parameters.set_rope_type("llama3");
  parameters.set_rope_theta(500000.0);
  parameters.set_factor(8.0);
  parameters.set_low_freq_factor(1.0);
  parameters.set_high_freq_factor(4.0);
  parameters.set_original_max_position_embeddings(8192);
  const CollectedStream from_typed = Get(request);
  const CollectedStream from_json = Get(RangeRequest(kLlama31, 0, 10));
  EXPECT_EQ(from_typed.header.resolution().config_id(), from_json.header.resolution().config_id());
  EXPECT_TRUE(from_typed.tensors == from_json.tensors);
}

}  // namespace
}  // namespace rope
