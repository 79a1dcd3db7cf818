// Refused requests: the code is right, the message names the field, and the server keeps serving.
#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/collected_stream.h"
#include "tests/testing/model_configs.h"
#include "tests/testing/rpc_server.h"

namespace rope {
namespace {

using rope::testing::Collect;
using rope::testing::CollectedStream;
using rope::testing::kGemma3;
using rope::testing::kLlama31;
using rope::testing::RangeRequest;
using rope::testing::RpcServer;
using ::testing::HasSubstr;

constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
constexpr int64_t kMin = std::numeric_limits<int64_t>::min();

struct Refusal {
  const char* name;
  std::function<void(v1::StreamEmbeddingsRequest*)> spoil;
  grpc::StatusCode code;
  const char* says;
};

void PrintTo(const Refusal& refusal, std::ostream* out) { *out << refusal.name; }

std::function<void(v1::StreamEmbeddingsRequest*)> Range(int64_t start, int64_t count,
                                                        int64_t step = 1) {
  return [=](v1::StreamEmbeddingsRequest* request) {
    v1::PositionRange* range = request->mutable_position_ids()->mutable_range();
    range->set_start(start);
    range->set_count(count);
    range->set_step(step);
  };
}

std::function<void(v1::StreamEmbeddingsRequest*)> Shape(const std::vector<int64_t>& shape) {
  return [=](v1::StreamEmbeddingsRequest* request) {
    for (int64_t one : shape) request->mutable_position_ids()->add_shape(one);
  };
}

std::function<void(v1::StreamEmbeddingsRequest*)> Config(const std::string& json) {
  return [=](v1::StreamEmbeddingsRequest* request) {
    request->mutable_config()->set_model_config_json(json);
  };
}

constexpr auto kInvalid = grpc::StatusCode::INVALID_ARGUMENT;
constexpr auto kExhausted = grpc::StatusCode::RESOURCE_EXHAUSTED;

using Request = v1::StreamEmbeddingsRequest;

std::vector<Refusal> ConfigRefusals() {
  const std::string llama = R"({"model_type": "llama", "head_dim": 64, )";
  return {
      {"NothingAtAll", [](Request* r) { r->Clear(); }, kInvalid, "config is missing"},
      {"NoConfig", [](Request* r) { r->clear_config(); }, kInvalid, "config is missing"},
      {"EmptyText", Config(""), kInvalid, ""},
      {"CutOffText", Config(R"({"model_type": "llama", )"), kInvalid, ""},
      {"NotAnObject", Config("[]"), kInvalid, ""},
      {"TooDeep", Config(std::string(10000, '[')), kInvalid, ""},
      {"TooLongText", Config(std::string((1 << 20) + 1, ' ')), kExhausted, ""},
      {"UnknownType",
       Config(llama + R"("rope_theta": 1e4, "rope_scaling": {"rope_type": "magic"}})"), kInvalid,
       "magic"},
      {"MissingKey",
       Config(llama + R"("rope_theta": 1e4, "rope_scaling": {"rope_type": "linear"}})"), kInvalid,
       "factor"},
      {"WrongKind", Config(llama + R"("rope_theta": 1e4, "rope_scaling":
                         {"rope_type": "linear", "factor": "two"}})"),
       kInvalid, "factor"},
      {"ThetaNaN", Config(llama + R"("rope_theta": NaN})"), kInvalid, "rope_theta"},
      {"ThetaInfinite", Config(llama + R"("rope_theta": -Infinity})"), kInvalid, "rope_theta"},
      {"HeadDimTooLarge", Config(R"({"model_type": "llama", "head_dim": 4098})"), kInvalid, "4096"},
      {"HeadDimNegative", Config(R"({"model_type": "llama", "head_dim": -2})"), kInvalid,
       "head_dim"},
      {"OddHeadDim", Config(R"({"model_type": "llama", "head_dim": 63})"), kInvalid, "head_dim"},
      {"TypedNothing", [](Request* r) { r->mutable_config()->mutable_typed(); }, kInvalid, ""},
      {"SeveralLayerTypes", Config(kGemma3), kInvalid, "layer_type is missing"},
      {"UnknownLayerType", [](Request* r) { r->set_layer_type("global"); }, kInvalid, "layer_type"},
  };
}

std::vector<Refusal> PositionRefusals() {
  return {
      {"NoPositions", [](Request* r) { r->clear_position_ids(); }, kInvalid, "position_ids"},
      {"EmptyList", [](Request* r) { r->mutable_position_ids()->mutable_list(); }, kInvalid,
       "position_ids must have at least 1 position"},
      {"EmptyBytes", [](Request* r) { r->mutable_position_ids()->set_int32_le(""); }, kInvalid,
       "position_ids must have at least 1 position"},
      {"TornBytes", [](Request* r) { r->mutable_position_ids()->set_int64_le("1234567"); },
       kInvalid, "position_ids.int64_le"},
      {"NegativeInAList",
       [](Request* r) { r->mutable_position_ids()->mutable_list()->add_values(kMinPosition - 1); },
       kInvalid, "position_ids[0]"},
      {"HugeInAList",
       [](Request* r) { r->mutable_position_ids()->mutable_list()->add_values(kMax); }, kInvalid,
       "position_ids[0]"},
      {"CountZero", Range(0, 0), kInvalid, "position_ids.range.count"},
      {"CountNegative", Range(0, kMin), kInvalid, "position_ids.range.count"},
      {"StartBelow", Range(kMinPosition - 1, 2), kInvalid, "position_ids.range.start"},
      {"StartHuge", Range(kMax, 2), kInvalid, "position_ids.range.start"},
      {"EndBeyond", Range(kMaxPosition, 2), kInvalid, "position_ids.range"},
      {"EndBelow", Range(kMinPosition + 3, 5, -1), kInvalid, "position_ids.range"},
      {"EndOverflows", Range(1, 1000, kMax), kInvalid, "position_ids.range"},
      {"EndUnderflows", Range(1, 1000, kMin), kInvalid, "position_ids.range"},
      {"CountBeyondTheLimit", Range(0, kMax), kExhausted, "position_ids"},
      {"RowsBeyondTheLimit", Range(0, 100001), kExhausted, "position_ids"},
      {"BytesBeyondTheLimit", Range(0, 50000), kExhausted, "position_ids"},
      {"ShapeOfOtherSize", Shape({3, 4}), kInvalid, "position_ids.shape"},
      {"ShapeThatOverflows", Shape({int64_t{1} << 33, int64_t{1} << 33}), kInvalid,
       "position_ids.shape"},
      {"ShapeOfNine", Shape({10, 1, 1, 1, 1, 1, 1, 1, 1}), kInvalid, "position_ids.shape"},
      {"ShapeWithZero", Shape({10, 0}), kInvalid, "position_ids.shape"},
  };
}

std::vector<Refusal> OptionRefusals() {
  return {
      {"SeqLenZero", [](Request* r) { r->set_seq_len(0); }, kInvalid, "seq_len"},
      {"SeqLenNegative", [](Request* r) { r->set_seq_len(kMin); }, kInvalid, "seq_len"},
      {"SeqLenHuge", [](Request* r) { r->set_seq_len(kMax); }, kInvalid, "seq_len"},
      {"DType", [](Request* r) { r->set_dtype(static_cast<v1::DType>(99)); }, kInvalid,
       "D_TYPE_FLOAT16"},
      {"Layout", [](Request* r) { r->set_layout(static_cast<v1::Layout>(-4)); }, kInvalid,
       "LAYOUT_COMPACT"},
      {"Profile", [](Request* r) { r->set_numeric_profile(static_cast<v1::NumericProfile>(9)); },
       kInvalid, "NUMERIC_PROFILE_HF"},
      {"TensorUnspecified", [](Request* r) { r->add_tensors(v1::TENSOR_KIND_UNSPECIFIED); },
       kInvalid, "tensors[0]"},
      {"TensorUnknown", [](Request* r) { r->add_tensors(static_cast<v1::TensorKind>(3)); },
       kInvalid, "tensors[0]"},
      {"TensorTwice",
       [](Request* r) {
         r->add_tensors(v1::TENSOR_KIND_COS);
         r->add_tensors(v1::TENSOR_KIND_COS);
       },
       kInvalid, "tensors[1]"},
      {"ChunkTooSmall", [](Request* r) { r->set_chunk_bytes(4095); }, kInvalid, "chunk_bytes"},
      {"ChunkTooLarge", [](Request* r) { r->set_chunk_bytes((3 << 20) + 1); }, kInvalid,
       "chunk_bytes"},
      {"FirstRowNegative", [](Request* r) { r->set_first_row(-1); }, kInvalid, "first_row"},
      {"FirstRowBehindTheLast", [](Request* r) { r->set_first_row(int64_t{1} << 40); }, kInvalid,
       "first_row"},
      {"ChunkNegative", [](Request* r) { r->set_chunk_bytes(-1); }, kInvalid, "chunk_bytes"},
  };
}

RpcServer& Server() {
  static RpcServer* const server = [] {
    engine::EngineOptions options;
    options.limits.max_rows = 100000;
    options.limits.max_answer_bytes = 49999 * 1024;  // rows of kLlama31, cos and sin
    options.limits.max_request_bytes = 4 << 20;
    return new RpcServer(options);
  }();
  return *server;
}

class RefusalsTest : public ::testing::TestWithParam<Refusal> {};

TEST_P(RefusalsTest, ReportsWhatIsWrongAndKeepsServing) {
  const auto stub = Server().NewStub();
  const v1::StreamEmbeddingsRequest good = RangeRequest(kLlama31, 0, 10);
  v1::StreamEmbeddingsRequest bad = good;
  GetParam().spoil(&bad);
  const CollectedStream refused = Collect(stub.get(), bad);
  EXPECT_EQ(refused.status.error_code(), GetParam().code) << refused.status.error_message();
  EXPECT_THAT(refused.status.error_message(), HasSubstr(GetParam().says));
  EXPECT_FALSE(refused.status.error_message().empty());
  EXPECT_EQ(refused.messages, 0);
  EXPECT_TRUE(Collect(stub.get(), good).status.ok());
}

INSTANTIATE_TEST_SUITE_P(Config, RefusalsTest, ::testing::ValuesIn(ConfigRefusals()),
                         [](const auto& info) { return std::string(info.param.name); });
INSTANTIATE_TEST_SUITE_P(Positions, RefusalsTest, ::testing::ValuesIn(PositionRefusals()),
                         [](const auto& info) { return std::string(info.param.name); });
INSTANTIATE_TEST_SUITE_P(Options, RefusalsTest, ::testing::ValuesIn(OptionRefusals()),
                         [](const auto& info) { return std::string(info.param.name); });

TEST(RefusalsOfBytesTest, BytesThatAreNotAMessageAreRefused) {
  const auto channel_server = Server().NewStub();
  v1::StreamEmbeddingsRequest request = RangeRequest(kLlama31, 0, 10);
  // The start of an unknown group without its end: protobuf cannot parse that.
  request.GetReflection()->MutableUnknownFields(&request)->AddLengthDelimited(1)->assign("\xff");
  const CollectedStream refused = Collect(channel_server.get(), request);
  EXPECT_EQ(refused.status.error_code(), kInvalid) << refused.status.error_message();
  EXPECT_THAT(refused.status.error_message(), HasSubstr("StreamEmbeddingsRequest"));
}

TEST(RefusalsOfBytesTest, ARequestBeyondTheLimitIsRefused) {
  const auto stub = Server().NewStub();
  v1::StreamEmbeddingsRequest request = RangeRequest(kLlama31, 0, 10);
  request.mutable_position_ids()->set_int32_le(std::string((4 << 20) + 4, '\0'));
  const CollectedStream refused = Collect(stub.get(), request);
  EXPECT_EQ(refused.status.error_code(), kExhausted);
  EXPECT_THAT(refused.status.error_message(), HasSubstr("4194304"));
}

// Long paths, long messages, many errors: the trailers still arrive.
TEST(RefusalsOfBytesTest, TheErrorOfATerribleConfigurationArrives) {
  const auto stub = Server().NewStub();
  std::string json = R"({"model_type": "llama", "head_dim": 63, "rope_theta": NaN, )";
  const std::string key(3000, 'k');
  absl::StrAppend(&json, R"("rope_scaling": {"rope_type": ")");
  for (int i = 0; i < 3000; ++i) json += "\xc3\xa4";
  absl::StrAppend(&json, R"(", "factor": "x", ")", key, R"(": true}})");
  const CollectedStream refused = Collect(stub.get(), RangeRequest(json, 0, 10));
  EXPECT_EQ(refused.status.error_code(), kInvalid) << refused.status.error_message();
  EXPECT_FALSE(refused.status.error_details().empty());
  EXPECT_LE(refused.status.error_details().size(), 4096U);
}

}  // namespace
}  // namespace rope
