// Layouts with one tensor, the inverse rotation, and tables without the attention factor. The
// expected bytes are made from the two tensors of layout compact, by the definitions in
// tensor.proto.
#include <cstring>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/wire/convert.h"
#include "tests/testing/collected_stream.h"
#include "tests/testing/rpc_server.h"

namespace rope {
namespace {

using rope::testing::Collect;
using rope::testing::CollectedStream;
using rope::testing::RangeRequest;
using rope::testing::RpcServer;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr int64_t kRows = 3000;  // several blocks of half_split
constexpr int64_t kHalf = 64;

// The attention factor is 0.1 ln 4 + 1.
const std::string kYarn =
    R"({"model_type": "qwen2", "hidden_size": 3584, "num_attention_heads": 28,
        "max_position_embeddings": 131072, "rope_theta": 1000000.0,
        "rope_scaling": {"type": "yarn", "factor": 4.0,
                         "original_max_position_embeddings": 32768}})";

class JoinedLayoutsTest : public ::testing::TestWithParam<DType> {
 protected:
  static v1::RopeService::Stub& stub() {
    static RpcServer* const server = new RpcServer();
    static v1::RopeService::Stub* const stub = server->NewStub().release();
    return *stub;
  }

  static CollectedStream Get(const v1::StreamEmbeddingsRequest& request) {
    CollectedStream stream = Collect(&stub(), request);
    EXPECT_TRUE(stream.status.ok()) << stream.status.error_message();
    return stream;
  }

  static v1::StreamEmbeddingsRequest Request(v1::Layout layout, DType dtype) {
    v1::StreamEmbeddingsRequest request = RangeRequest(kYarn, 10, kRows);
    request.set_layout(layout);
    request.set_dtype(wire::DTypeToProto(dtype));
    if (dtype == DType::kFloat64) request.set_numeric_profile(v1::NUMERIC_PROFILE_EXACT);
    return request;
  }

  // Element i of row r of a compact tensor.
  static std::string Element(const std::string& tensor, int64_t r, int64_t i, DType dtype) {
    const auto size = static_cast<int64_t>(DTypeSize(dtype));
    return tensor.substr((r * kHalf + i) * size, size);
  }
};

TEST_P(JoinedLayoutsTest, PackedAndPairsHoldTheNumbersOfCompact) {
  const CollectedStream compact = Get(Request(v1::LAYOUT_COMPACT, GetParam()));
  const std::string& cos = compact.tensors.at(v1::TENSOR_KIND_COS);
  const std::string& sin = compact.tensors.at(v1::TENSOR_KIND_SIN);
  std::string packed;
  std::string pairs;
  for (int64_t r = 0; r < kRows; ++r) {
    for (int64_t i = 0; i < kHalf; ++i) {
      pairs += Element(cos, r, i, GetParam()) + Element(sin, r, i, GetParam());
    }
    for (int64_t i = 0; i < kHalf; ++i) packed += Element(cos, r, i, GetParam());
    for (int64_t i = 0; i < kHalf; ++i) packed += Element(sin, r, i, GetParam());
  }
  const CollectedStream in_pack = Get(Request(v1::LAYOUT_PACKED, GetParam()));
  EXPECT_TRUE(in_pack.tensors.at(v1::TENSOR_KIND_COS_SIN) == packed);
  EXPECT_THAT(in_pack.header.tensors(0).shape(), ElementsAre(kRows, 2 * kHalf));
  const CollectedStream in_pairs = Get(Request(v1::LAYOUT_PAIRS, GetParam()));
  EXPECT_TRUE(in_pairs.tensors.at(v1::TENSOR_KIND_COS_SIN) == pairs);
  EXPECT_THAT(in_pairs.header.tensors(0).shape(), ElementsAre(kRows, kHalf, 2));
  if (GetParam() != DType::kFloat32) return;
  const CollectedStream complex = Get(Request(v1::LAYOUT_COMPLEX, GetParam()));
  EXPECT_TRUE(complex.tensors.at(v1::TENSOR_KIND_COS_SIN) == pairs);
  EXPECT_THAT(complex.header.tensors(0).shape(), ElementsAre(kRows, kHalf));
}

TEST_P(JoinedLayoutsTest, TheInverseRotationHasTheSignBitOfSinTurned) {
  for (const v1::Layout layout : {v1::LAYOUT_COMPACT, v1::LAYOUT_HALF_SPLIT}) {
    v1::StreamEmbeddingsRequest request = Request(layout, GetParam());
    const CollectedStream forward = Get(request);
    request.set_negate_sin(true);
    const CollectedStream inverse = Get(request);
    EXPECT_TRUE(inverse.header.negate_sin());
    EXPECT_TRUE(inverse.tensors.at(v1::TENSOR_KIND_COS) == forward.tensors.at(v1::TENSOR_KIND_COS));
    std::string turned = forward.tensors.at(v1::TENSOR_KIND_SIN);
    const size_t size = DTypeSize(GetParam());
    for (size_t i = size - 1; i < turned.size(); i += size) {
      turned[i] = static_cast<char>(turned[i] ^ 0x80);
    }
    EXPECT_TRUE(inverse.tensors.at(v1::TENSOR_KIND_SIN) == turned);
  }
}

INSTANTIATE_TEST_SUITE_P(DTypes, JoinedLayoutsTest, ::testing::ValuesIn(AllDTypes()),
                         [](const auto& info) { return std::string(DTypeName(info.param)); });

// Tables without the factor equal tables of the same frequencies with attention_factor 1.
TEST_F(JoinedLayoutsTest, TheAttentionFactorCanBeLeftOut) {
  v1::StreamEmbeddingsRequest request = Request(v1::LAYOUT_COMPACT, DType::kFloat32);
  request.set_omit_attention_factor(true);
  const CollectedStream without = Get(request);
  EXPECT_TRUE(without.header.attention_factor_omitted());
  EXPECT_NEAR(without.header.resolution().attention_factor(), 1.1386294361119891, 1e-12);
  std::string one = kYarn;
  one.insert(one.find("\"factor\""), "\"attention_factor\": 1.0, ");
  *request.mutable_config()->mutable_model_config_json() = one;
  request.set_omit_attention_factor(false);
  const CollectedStream expected = Get(request);
  EXPECT_FALSE(expected.header.attention_factor_omitted());
  EXPECT_TRUE(without.tensors == expected.tensors);
}

TEST_F(JoinedLayoutsTest, UnsupportedFormsAreRefused) {
  const auto refusal = [](const v1::StreamEmbeddingsRequest& request) {
    const CollectedStream stream = Collect(&stub(), request);
    EXPECT_EQ(stream.status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
    return stream.status.error_message();
  };
  EXPECT_THAT(refusal(Request(v1::LAYOUT_COMPLEX, DType::kFloat16)), HasSubstr("pairs"));
  EXPECT_THAT(refusal(Request(v1::LAYOUT_COMPLEX, DType::kFloat64)), HasSubstr("pairs"));
  v1::StreamEmbeddingsRequest wide = Request(v1::LAYOUT_COMPACT, DType::kFloat64);
  wide.set_numeric_profile(v1::NUMERIC_PROFILE_HF);
  EXPECT_THAT(refusal(wide), HasSubstr("not float64, which needs profile exact"));
  v1::StreamEmbeddingsRequest packed = Request(v1::LAYOUT_PACKED, DType::kFloat32);
  packed.add_tensors(v1::TENSOR_KIND_COS);
  EXPECT_THAT(refusal(packed), HasSubstr("TENSOR_KIND_COS_SIN"));
  v1::StreamEmbeddingsRequest compact = Request(v1::LAYOUT_COMPACT, DType::kFloat32);
  compact.add_tensors(v1::TENSOR_KIND_COS_SIN);
  EXPECT_THAT(refusal(compact), HasSubstr("TENSOR_KIND_COS and"));
}

}  // namespace
}  // namespace rope
