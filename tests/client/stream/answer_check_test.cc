// Every way in which an answer can be one to another request.
#include "client/stream/answer_check.h"

#include <cmath>
#include <functional>
#include <string>

#include "client/stream/unary_answer_check.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/wire/config_hash.h"

namespace rope::client {
namespace {

using testing::HasSubstr;

v1::StreamEmbeddingsRequest Request() {
  v1::StreamEmbeddingsRequest request;
  request.mutable_config()->set_model_config_json("{}");
  request.mutable_position_ids()->mutable_range()->set_start(8);
  request.mutable_position_ids()->mutable_range()->set_count(64);
  return request;
}

v1::StreamHeader Header() {
  v1::StreamHeader header;
  header.set_dtype(v1::D_TYPE_FLOAT32);
  header.set_layout(v1::LAYOUT_HALF_SPLIT);
  header.set_numeric_profile(v1::NUMERIC_PROFILE_HF);
  header.set_position_axes(1);
  header.set_config_xxh3_64(wire::ConfigHash(Request().config()));
  header.mutable_resolution()->set_rotary_dim(128);
  header.mutable_resolution()->set_seq_len(72);
  for (v1::TensorKind kind : {v1::TENSOR_KIND_COS, v1::TENSOR_KIND_SIN}) {
    v1::TensorSpec& spec = *header.add_tensors();
    spec.set_kind(kind);
    spec.add_shape(64);
    spec.add_shape(128);
  }
  return header;
}

TEST(AnswerCheckTest, TheAnswerToTheRequest) {
  EXPECT_TRUE(CheckAnswers(Request(), Header()).ok()) << CheckAnswers(Request(), Header());
}

TEST(AnswerCheckTest, WhatAServerMayLeaveOut) {
  v1::StreamHeader header = Header();
  header.clear_position_axes();
  header.clear_config_xxh3_64();
  header.clear_resolution();
  EXPECT_TRUE(CheckAnswers(Request(), header).ok()) << CheckAnswers(Request(), header);
}

TEST(AnswerCheckTest, AReleaseOfTransformersIsNoDialect) {
  v1::StreamEmbeddingsRequest request = Request();
  request.mutable_config()->set_dialect("transformers@5.24.0");
  EXPECT_TRUE(CheckAnswers(request, Header()).ok()) << CheckAnswers(request, Header());
}

TEST(AnswerCheckTest, AFactorOfOneIsNotOmitted) {
  v1::StreamEmbeddingsRequest request = Request();
  request.set_omit_attention_factor(true);
  v1::StreamHeader header = Header();
  header.mutable_resolution()->set_attention_factor(1.0);
  EXPECT_TRUE(CheckAnswers(request, header).ok()) << CheckAnswers(request, header);
  header.mutable_resolution()->set_attention_factor(1.5);
  EXPECT_FALSE(CheckAnswers(request, header).ok());
  header.set_attention_factor_omitted(true);
  EXPECT_TRUE(CheckAnswers(request, header).ok()) << CheckAnswers(request, header);
}

struct Difference {
  std::string name;
  std::function<void(v1::StreamEmbeddingsRequest*, v1::StreamHeader*)> make;
  std::string said;
};

class AnswerToAnotherRequestTest : public testing::TestWithParam<Difference> {};

TEST_P(AnswerToAnotherRequestTest, IsDataLossNamingTheField) {
  v1::StreamEmbeddingsRequest request = Request();
  v1::StreamHeader header = Header();
  GetParam().make(&request, &header);
  const absl::Status status = CheckAnswers(request, header);
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr(GetParam().said));
}

using Asked = v1::StreamEmbeddingsRequest;
using Came = v1::StreamHeader;

INSTANTIATE_TEST_SUITE_P(
    All, AnswerToAnotherRequestTest,
    testing::Values(
        Difference{"FewerRows", [](Asked*, Came* h) { h->mutable_tensors(1)->set_shape(0, 3); },
                   "[3, 128], but [64, 128]"},
        Difference{"NarrowerRows", [](Asked*, Came* h) { h->mutable_tensors(0)->set_shape(1, 64); },
                   "[64, 64], but [64, 128]"},
        Difference{"OtherShape",
                   [](Asked* r, Came*) {
                     r->mutable_position_ids()->add_shape(8);
                     r->mutable_position_ids()->add_shape(8);
                   },
                   "[64, 128], but [8, 8, 128]"},
        Difference{"DType", [](Asked*, Came* h) { h->set_dtype(v1::D_TYPE_FLOAT16); },
                   "dtype is float16, but float32"},
        Difference{"Layout", [](Asked* r, Came*) { r->set_layout(v1::LAYOUT_INTERLEAVED); },
                   "layout is half_split, but interleaved"},
        Difference{"Profile",
                   [](Asked*, Came* h) { h->set_numeric_profile(v1::NUMERIC_PROFILE_EXACT); },
                   "numeric_profile"},
        Difference{"Sign", [](Asked* r, Came*) { r->set_negate_sin(true); }, "negate_sin is false"},
        Difference{"Factor", [](Asked*, Came* h) { h->set_attention_factor_omitted(true); },
                   "attention_factor_omitted is true"},
        Difference{"OnlyCos", [](Asked*, Came* h) { h->mutable_tensors()->RemoveLast(); },
                   "tensors is [1], but [1, 2]"},
        Difference{"OtherOrder", [](Asked*, Came* h) { h->mutable_tensors()->SwapElements(0, 1); },
                   "tensors is [2, 1], but [1, 2]"},
        Difference{"MoreThanAsked", [](Asked* r, Came*) { r->add_tensors(v1::TENSOR_KIND_SIN); },
                   "tensors is [1, 2], but [2]"},
        Difference{"Axes", [](Asked* r, Came*) { r->mutable_position_ids()->set_axes(3); },
                   "position_axes is 1, but 3"},
        Difference{"LayerType", [](Asked* r, Came*) { r->set_layer_type("full_attention"); },
                   "layer_type"},
        Difference{"StatedLength", [](Asked* r, Came*) { r->set_seq_len(4096); },
                   "seq_len is 72, but 4096"},
        Difference{
            "ImpliedLength",
            [](Asked* r, Came*) { r->mutable_position_ids()->mutable_range()->set_start(9); },
            "seq_len is 72, but 73"},
        Difference{"Configuration",
                   [](Asked* r, Came*) { r->mutable_config()->set_model_config_json("{ }"); },
                   "hash of the configuration"},
        Difference{"Dialect", [](Asked* r, Came*) { r->mutable_config()->set_dialect("vllm"); },
                   "dialect is false"},
        Difference{"InvFreqIgnored",
                   [](Asked* r, Came*) {
                     (*r->mutable_config()->mutable_overrides())[""].add_inv_freq(1.0);
                   },
                   "inv_freq_given is false"},
        Difference{"LaneScaleFromNowhere",
                   [](Asked*, Came* h) { h->mutable_resolution()->set_lane_scale_given(true); },
                   "lane_scale_given is true"},
        Difference{"Window",
                   [](Asked* r, Came* h) {
                     v1::LayerOverride& layer = (*r->mutable_config()->mutable_overrides())[""];
                     layer.mutable_window()->set_offset(64);
                     layer.mutable_window()->set_width(128);
                     h->mutable_window()->set_width(128);
                   },
                   "window.offset is 0, but 64"},
        Difference{"NoBatch", [](Asked* r, Came*) { r->add_sequences()->set_rows(64); },
                   "sequences is 0, but 1"},
        Difference{"BatchOfNothing",
                   [](Asked* r, Came* h) {
                     r->add_sequences()->set_rows(64);
                     h->add_resolution_of_sequence(7);
                   },
                   "resolution_of_sequence is 7"}),
    [](const auto& info) { return info.param.name; });

TEST(AnswerCheckTest, RowsOfEveryFormOfPositions) {
  v1::PositionIds ids;
  ids.mutable_list()->mutable_values()->Resize(12, 0);
  EXPECT_EQ(RowsOf(ids), 12);
  ids.set_axes(3);
  EXPECT_EQ(RowsOf(ids), 4);
  ids.set_int32_le(std::string(48, 0));
  EXPECT_EQ(RowsOf(ids), 4);
  ids.set_int64_le(std::string(96, 0));
  EXPECT_EQ(RowsOf(ids), 4);
  ids.set_float64_le(std::string(96, 0));
  EXPECT_EQ(RowsOf(ids), 4);
  EXPECT_EQ(RowsOf({}), 0);
}

v1::GetFrequenciesResponse GoodFrequencies() {
  v1::GetFrequenciesResponse response;
  v1::Frequencies& one = *response.add_frequencies();
  one.mutable_resolution()->set_rotary_dim(3);
  one.mutable_resolution()->set_layer_type("a");
  one.mutable_resolution()->set_seq_len(5);
  one.set_numeric_profile(v1::NUMERIC_PROFILE_HF);
  one.add_inv_freq(1.0F);
  one.add_inv_freq(0.5F);
  return response;
}

TEST(UnaryAnswerCheckTest, Frequencies) {
  v1::GetFrequenciesRequest request;
  request.set_layer_type("a");
  request.set_seq_len(5);
  EXPECT_TRUE(CheckAnswer(request, GoodFrequencies()).ok());
  const std::function<void(v1::GetFrequenciesResponse*)> mistakes[] = {
      [](auto* r) { r->clear_frequencies(); },
      [](auto* r) { *r->add_frequencies() = r->frequencies(0); },
      [](auto* r) { r->mutable_frequencies(0)->mutable_resolution()->set_layer_type("b"); },
      [](auto* r) { r->mutable_frequencies(0)->mutable_resolution()->set_seq_len(6); },
      [](auto* r) { r->mutable_frequencies(0)->mutable_resolution()->set_rotary_dim(8); },
      [](auto* r) { r->mutable_frequencies(0)->set_inv_freq(1, std::nanf("")); },
      [](auto* r) { r->mutable_frequencies(0)->set_numeric_profile(v1::NUMERIC_PROFILE_EXACT); },
      [](auto* r) { r->add_query_scale(1.0F); },
  };
  for (const auto& mistake : mistakes) {
    v1::GetFrequenciesResponse response = GoodFrequencies();
    mistake(&response);
    EXPECT_EQ(CheckAnswer(request, response).code(), absl::StatusCode::kDataLoss)
        << response.ShortDebugString();
  }
}

TEST(UnaryAnswerCheckTest, TheOtherMethods) {
  EXPECT_FALSE(CheckAnswer(v1::GetServerInfoRequest(), v1::GetServerInfoResponse()).ok());
  v1::PlanSequenceRequest plan;
  plan.add_lengths(5);
  v1::PlanSequenceResponse plans;
  EXPECT_FALSE(CheckAnswer(plan, plans).ok());
  plans.add_plans()->set_length(6);
  EXPECT_FALSE(CheckAnswer(plan, plans).ok());
  plans.mutable_plans(0)->set_length(5);
  EXPECT_TRUE(CheckAnswer(plan, plans).ok());
  v1::ValidateConfigResponse verdict;
  EXPECT_FALSE(CheckAnswer(v1::ValidateConfigRequest(), verdict).ok()) << "not valid, without why";
  verdict.set_valid(true);
  EXPECT_TRUE(CheckAnswer(v1::ValidateConfigRequest(), verdict).ok());
  verdict.add_findings()->set_severity(v1::SEVERITY_ERROR);
  EXPECT_FALSE(CheckAnswer(v1::ValidateConfigRequest(), verdict).ok()) << "valid, with an error";
  v1::GetPresetRequest preset;
  preset.set_name("a");
  EXPECT_FALSE(CheckAnswer(preset, v1::GetPresetResponse()).ok());
  v1::WarmTablesRequest warm;
  *warm.add_tables() = Request();
  v1::WarmTablesResponse warmed;
  warmed.add_tables()->set_rows(63);
  EXPECT_FALSE(CheckAnswer(warm, warmed).ok());
  EXPECT_FALSE(CheckAnswer(v1::BuildPositionIdsRequest(), v1::BuildPositionIdsResponse()).ok());
}

}  // namespace
}  // namespace rope::client
