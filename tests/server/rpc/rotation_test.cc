// ApplyRotary through the generated stub: the bits that models' own functions gave, however the
// tensors lie in memory and however they are divided into chunks.
#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/json/json_reader.h"
#include "core/rotation/computed_table.h"
#include "core/rotation/family_rotation.h"
#include "core/rotation/parts/dense_heads.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/wire/convert.h"
#include "tests/testing/apply_records.h"
#include "tests/testing/golden_records.h"
#include "tests/testing/model_configs.h"
#include "tests/testing/reference_table.h"
#include "tests/testing/rpc_server.h"
#include "tests/testing/wait_until.h"

namespace rope {
namespace {

using rope::testing::kDynamic;
using rope::testing::kSmallHead;
using rope::testing::RecordedTensor;
using rope::testing::RpcServer;
using rope::testing::TensorOf;
using rope::testing::WaitUntil;
using ::testing::HasSubstr;

using Stream = grpc::ClientReaderWriter<v1::ApplyRotaryRequest, v1::ApplyRotaryResponse>;

// All orders, with the place of each dimension (0 batch, 1 heads, 2 seq) from outside to inside.
struct Order {
  v1::HeadOrder order;
  std::array<int, 3> dimensions;
};
constexpr Order kOrders[] = {
    {v1::HEAD_ORDER_BATCH_HEADS_SEQ, {0, 1, 2}}, {v1::HEAD_ORDER_BATCH_SEQ_HEADS, {0, 2, 1}},
    {v1::HEAD_ORDER_HEADS_BATCH_SEQ, {1, 0, 2}}, {v1::HEAD_ORDER_HEADS_SEQ_BATCH, {1, 2, 0}},
    {v1::HEAD_ORDER_SEQ_BATCH_HEADS, {2, 0, 1}}, {v1::HEAD_ORDER_SEQ_HEADS_BATCH, {2, 1, 0}},
};

// The heads of a tensor [batch, heads, seq, ...] in another order, or the way back.
std::string Reordered(const std::string& bytes, const std::array<int64_t, 3>& sizes,
                      const Order& order, bool back) {
  const size_t vector = bytes.size() / static_cast<size_t>(sizes[0] * sizes[1] * sizes[2]);
  std::string result(bytes.size(), '\0');
  std::array<int64_t, 3> at = {};
  const auto& [outer, middle, inner] = order.dimensions;
  size_t there = 0;
  for (at[outer] = 0; at[outer] < sizes[outer]; ++at[outer]) {
    for (at[middle] = 0; at[middle] < sizes[middle]; ++at[middle]) {
      for (at[inner] = 0; at[inner] < sizes[inner]; ++at[inner], there += vector) {
        const auto here =
            static_cast<size_t>((at[0] * sizes[1] + at[1]) * sizes[2] + at[2]) * vector;
        std::memcpy(result.data() + (back ? here : there), bytes.data() + (back ? there : here),
                    vector);
      }
    }
  }
  return result;
}

struct Rotated {
  grpc::Status status;
  v1::RotationHeader header;
  std::vector<std::string> tensors;
};

std::string StringOf(const std::vector<std::byte>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

v1::HeadTensor HeadsOf(const std::vector<int64_t>& shape) {
  v1::HeadTensor heads;
  heads.set_batch(shape[0]);
  heads.set_heads(shape[1]);
  heads.set_seq(shape[2]);
  heads.set_dim(shape[3]);
  return heads;
}

class RotationTest : public ::testing::Test {
 protected:
  explicit RotationTest(const engine::EngineOptions& options = {})
      : server_(options), stub_(server_.NewStub()) {}

  // One call. Chunks have `vectors` heads.
  Rotated Call(const v1::RotationSetup& setup, const std::vector<std::string>& tensors,
               size_t vectors = 1000) {
    grpc::ClientContext context;
    const auto stream = stub_->ApplyRotary(&context);
    Rotated rotated;
    v1::ApplyRotaryRequest request;
    *request.mutable_setup() = setup;
    v1::ApplyRotaryResponse response;
    bool open = stream->Write(request) && stream->Read(&response);
    if (open) rotated.header = response.header();
    for (size_t i = 0; open && i < tensors.size(); ++i) {
      std::string& out = rotated.tensors.emplace_back();
      const v1::HeadTensor& heads = setup.tensors(static_cast<int>(i));
      const size_t step = vectors * tensors[i].size() /
                          static_cast<size_t>(heads.batch() * heads.heads() * heads.seq());
      for (size_t at = 0; open && at < tensors[i].size(); at += step) {
        request.mutable_chunk()->set_tensor(static_cast<int32_t>(i));
        request.mutable_chunk()->set_byte_offset(static_cast<int64_t>(at));
        request.mutable_chunk()->set_data(tensors[i].substr(at, step));
        open = stream->Write(request) && stream->Read(&response);
        if (!open) break;
        EXPECT_EQ(response.chunk().tensor(), static_cast<int32_t>(i));
        EXPECT_EQ(response.chunk().byte_offset(), static_cast<int64_t>(at));
        out += response.chunk().data();
      }
    }
    stream->WritesDone();
    rotated.status = stream->Finish();
    return rotated;
  }

  std::string Error(const v1::RotationSetup& setup,
                    grpc::StatusCode code = grpc::StatusCode::INVALID_ARGUMENT) {
    const grpc::Status status = Call(setup, {}).status;
    EXPECT_EQ(status.error_code(), code) << status.error_message();
    return status.error_message();
  }

  bool NothingIsLeft() {
    return WaitUntil(
        [this] { return server_.engine().streams() == 0 && server_.engine().pinned_bytes() == 0; });
  }

  RpcServer server_;
  std::unique_ptr<v1::RopeService::Stub> stub_;
};

// The setup of a record: its tables, and no rule.
v1::RotationSetup SetupOf(const rapidjson::Value& record) {
  v1::RotationSetup setup;
  const RecordedTensor cos = TensorOf(record, "cos");
  v1::GivenTables& tables = *setup.mutable_tables();
  tables.set_dtype(wire::DTypeToProto(cos.dtype));
  tables.mutable_shape()->Add(cos.shape.begin(), cos.shape.end());
  tables.set_cos(StringOf(cos.Bytes()));
  tables.set_sin(StringOf(TensorOf(record, "sin").Bytes()));
  setup.set_dtype(wire::DTypeToProto(TensorOf(record, "q").dtype));
  for (const char* name : {"q", "k"}) {
    *setup.add_tensors() = HeadsOf(TensorOf(record, name).shape);
  }
  return setup;
}

// Expects the recorded results, for a number of heads in each chunk and an order in memory.
void ExpectRecord(const rapidjson::Value& record, v1::RotationSetup setup, const Order& order,
                  size_t vectors,
                  const std::function<Rotated(const v1::RotationSetup&,
                                              const std::vector<std::string>&, size_t)>& call) {
  std::vector<std::string> tensors;
  for (const std::string name : {"q", "k"}) {
    const RecordedTensor tensor = TensorOf(record, name.c_str());
    tensors.push_back(Reordered(StringOf(tensor.Bytes()),
                                {tensor.shape[0], tensor.shape[1], tensor.shape[2]}, order, false));
  }
  for (v1::HeadTensor& tensor : *setup.mutable_tensors()) tensor.set_order(order.order);
  const Rotated rotated = call(setup, tensors, vectors);
  ASSERT_TRUE(rotated.status.ok()) << rotated.status.error_message();
  for (size_t i = 0; i < 2; ++i) {
    const RecordedTensor expected = TensorOf(record, i == 0 ? "q_out" : "k_out");
    const std::string back = Reordered(
        rotated.tensors[i], {expected.shape[0], expected.shape[1], expected.shape[2]}, order, true);
    const auto* const data = reinterpret_cast<const std::byte*>(back.data());
    EXPECT_EQ(testing::LargestDifference(expected, {data, data + back.size()}), 0)
        << record["id"].GetString() << ", tensor " << i << ", order " << order.order;
  }
}

TEST_F(RotationTest, EveryRecordHasItsBitsInEveryOrderAndDivision) {
  testing::ForEachRecord("apply.jsonl", [this](const rapidjson::Value& record) {
    v1::RotationSetup setup = SetupOf(record);
    setup.mutable_config()->set_model_config_json(testing::ApplyConfigText(record));
    setup.set_layer_type(testing::StringOr(record, "layer_type", ""));
    for (const Order& order : kOrders) {
      for (size_t vectors : {size_t{1}, size_t{3}, size_t{1000}}) {
        ExpectRecord(record, setup, order, vectors,
                     [this](const auto&... all) { return Call(all...); });
      }
    }
  });
}

// The rule of a family, stated. Both halves of a half-split table are equal, so it does not matter
// that a model reads only one.
TEST_F(RotationTest, EveryFamilyCanBeStatedAsARule) {
  testing::ForEachRecord("apply_families.jsonl", [this](const rapidjson::Value& record) {
    const FamilyRotation family = RotationOfFamily(
        record["model_type"].GetString(), ReadJson(testing::ApplyConfigText(record))->root);
    v1::RotationSetup setup = SetupOf(record);
    v1::RotationRule& rule = *setup.mutable_rule();
    rule.set_pairing(static_cast<v1::ChannelPairing>(static_cast<int>(family.pairing) + 1));
    rule.set_arithmetic(
        static_cast<v1::RotationArithmetic>(static_cast<int>(family.arithmetic) + 1));
    rule.set_last_channels(family.channels == FamilyRotation::Channels::kLast);
    setup.set_inverse(family.opposite);
    setup.mutable_tables()->set_layout(
        family.row == FamilyRotation::Row::kInterleaved ? v1::LAYOUT_INTERLEAVED
        : family.row == FamilyRotation::Row::kCompact   ? v1::LAYOUT_COMPACT
                                                        : v1::LAYOUT_HALF_SPLIT);
    for (size_t vectors : {size_t{1}, size_t{1000}}) {
      ExpectRecord(record, setup, kOrders[0], vectors,
                   [this](const auto&... all) { return Call(all...); });
    }
  });
}

// Heads [batch, 2, seq, 64].
v1::RotationSetup PositionSetup(const char* config, int64_t batch,
                                const std::vector<int64_t>& positions, int64_t seq) {
  v1::RotationSetup setup;
  setup.mutable_config()->set_model_config_json(config);
  setup.mutable_position_ids()->mutable_list()->mutable_values()->Add(positions.begin(),
                                                                      positions.end());
  *setup.add_tensors() = HeadsOf({batch, 2, seq, 64});
  return setup;
}

// float32 numbers that differ.
std::string Numbers(size_t count) {
  std::vector<float> numbers(count);
  for (size_t i = 0; i < count; ++i) numbers[i] = std::sin(0.7F * static_cast<float>(i));
  return {reinterpret_cast<const char*>(numbers.data()), count * sizeof(float)};
}

// What core makes of the same heads.
std::string CoreRotation(const char* config, int64_t seq_len, const std::vector<int64_t>& positions,
                         const DenseHeads& heads, std::string bytes, bool inverse) {
  const auto ids = PositionIds::List(positions);
  const auto table =
      ComputedTable::Make(testing::MakeForwardPlan(config, seq_len), *ids, heads.dtype);
  const auto rows = static_cast<int64_t>(positions.size());
  const RotaryTable view = table->View(rows == heads.seq ? 0 : heads.seq);
  const auto rotation =
      MakeRotation(RotationOfFamily("llama", EmptyObject()), view.half_width, heads.dim, inverse);
  HeadTensor in{heads.dtype,
                reinterpret_cast<const std::byte*>(bytes.data()),
                heads.batch,
                heads.heads,
                heads.seq,
                heads.dim,
                heads.heads * heads.seq * heads.dim,
                heads.seq * heads.dim,
                heads.dim};
  MutableHeadTensor out{in.dtype,        reinterpret_cast<std::byte*>(bytes.data()),
                        in.batch,        in.heads,
                        in.seq,          in.dim,
                        in.batch_stride, in.head_stride,
                        in.seq_stride};
  EXPECT_TRUE(ApplyRotary(*rotation, view, in, out).ok());
  return bytes;
}

// A window turns its channels as it turns a head that consists of them, and no others.
TEST_F(RotationTest, AWindowMayStartAnywhere) {
  const std::string numbers = Numbers(2 * 3 * 16);  // [1, 2, 3, 16]
  std::string inside;                               // [1, 2, 3, 4], channels 6 to 9
  for (size_t head = 0; head < 6; ++head) inside += numbers.substr((head * 16 + 6) * 4, 16);
  const auto rotate = [this](int64_t dim, int64_t offset, const std::string& data) {
    v1::RotationSetup setup = PositionSetup(kSmallHead, 1, {4, 5, 9}, 3);
    setup.mutable_tensors(0)->set_dim(dim);
    v1::Window& window = *(*setup.mutable_config()->mutable_overrides())[""].mutable_window();
    window.set_offset(offset);
    window.set_width(4);
    return Call(setup, {data});
  };
  const Rotated whole = rotate(16, 6, numbers);
  ASSERT_TRUE(whole.status.ok()) << whole.status.error_message();
  EXPECT_EQ(whole.header.first_channels(0), 6);
  EXPECT_EQ(whole.header.rotated_channels(), 4);
  const Rotated part = rotate(4, 0, inside);
  ASSERT_TRUE(part.status.ok()) << part.status.error_message();
  std::string expected = numbers;
  for (size_t head = 0; head < 6; ++head) {
    expected.replace((head * 16 + 6) * 4, 16, part.tensors[0].substr(head * 16, 16));
  }
  EXPECT_NE(expected, numbers);
  EXPECT_EQ(whole.tensors[0], expected);
}

TEST_F(RotationTest, NoOtherDialectRotates) {
  v1::RotationSetup setup = PositionSetup(kSmallHead, 1, {0, 1, 2}, 3);
  setup.mutable_config()->set_dialect("vllm");
  EXPECT_THAT(Error(setup), HasSubstr("config.dialect must be empty or \"transformers\""));
}

TEST_F(RotationTest, PositionsGiveTheTablesOfTheirLength) {
  const DenseHeads heads{DType::kFloat32, 2, 2, 3, 64};
  const std::string numbers = Numbers(768);
  for (const std::vector<int64_t>& positions :
       {std::vector<int64_t>{4, 5, 9000}, {4, 5, 9000, 0, 1, 2}}) {
    v1::RotationSetup setup = PositionSetup(kDynamic, 2, positions, 3);
    Rotated rotated = Call(setup, {numbers}, 5);
    ASSERT_TRUE(rotated.status.ok()) << rotated.status.error_message();
    EXPECT_EQ(rotated.header.resolution().seq_len(), 9001);
    EXPECT_EQ(rotated.header.reading().family(), "llama");
    EXPECT_EQ(rotated.header.rotated_channels(), 64);
    EXPECT_TRUE(rotated.tensors[0] ==
                CoreRotation(kDynamic, 9001, positions, heads, numbers, false));
    setup.set_seq_len(20000);
    setup.set_inverse(true);
    rotated = Call(setup, {numbers});
    EXPECT_TRUE(rotated.header.negative_angle());
    EXPECT_TRUE(rotated.tensors[0] ==
                CoreRotation(kDynamic, 20000, positions, heads, numbers, true));
  }
}

TEST_F(RotationTest, TheInverseUndoesTheRotation) {
  v1::RotationSetup setup = PositionSetup(kDynamic, 1, {7, 70, 700}, 3);
  const std::string numbers = Numbers(384);
  const std::string there = Call(setup, {numbers}).tensors.at(0);
  setup.set_inverse(true);
  const std::string back = Call(setup, {there}).tensors.at(0);
  for (size_t i = 0; i < numbers.size(); i += sizeof(float)) {
    float before = 0;
    float after = 0;
    std::memcpy(&before, numbers.data() + i, sizeof before);
    std::memcpy(&after, back.data() + i, sizeof after);
    ASSERT_NEAR(before, after, 1e-6);
  }
}

TEST_F(RotationTest, TheWindowMayStandAnywhere) {
  v1::RotationSetup setup = PositionSetup(kSmallHead, 1, {3, 4}, 2);  // 16 channels rotate
  const std::string numbers = Numbers(256);
  for (int64_t first : {0, 5, 48}) {
    setup.mutable_rule()->set_first_channel(first);
    const Rotated rotated = Call(setup, {numbers});
    ASSERT_TRUE(rotated.status.ok()) << rotated.status.error_message();
    EXPECT_EQ(rotated.header.first_channels(0), first);
    for (size_t channel = 0; channel < 64; ++channel) {
      const bool turned =
          channel >= static_cast<size_t>(first) && channel < static_cast<size_t>(first) + 16;
      EXPECT_EQ(rotated.tensors[0].substr(4 * channel, 4) != numbers.substr(4 * channel, 4), turned)
          << channel;
    }
  }
  setup.mutable_rule()->set_first_channel(0);
  setup.mutable_rule()->set_last_channels(true);
  EXPECT_EQ(Call(setup, {numbers}).header.first_channels(0), 48);
}

TEST_F(RotationTest, SaysWhatIsWrongWithTheSetup) {
  const v1::RotationSetup good = PositionSetup(kDynamic, 2, {1, 2, 3}, 3);
  const auto error = [&](const std::function<void(v1::RotationSetup*)>& change) {
    v1::RotationSetup setup = good;
    change(&setup);
    return Error(setup);
  };
  using Setup = v1::RotationSetup;
  EXPECT_THAT(error([](Setup* s) { s->clear_tensors(); }), HasSubstr("tensors must have 1 to 16"));
  EXPECT_THAT(error([](Setup* s) { s->mutable_tensors(0)->set_heads(0); }),
              HasSubstr("tensors[0].heads must be at least 1, not 0"));
  EXPECT_THAT(error([](Setup* s) { s->mutable_tensors(0)->set_dim(8192); }),
              HasSubstr("tensors[0].dim must be 1 to"));
  EXPECT_THAT(error([](Setup* s) { s->mutable_tensors(0)->set_seq(INT64_MAX); }),
              HasSubstr("tensors[0] is too large"));
  EXPECT_THAT(
      error([](Setup* s) { s->mutable_tensors(0)->set_order(static_cast<v1::HeadOrder>(77)); }),
      HasSubstr("tensors[0].order"));
  EXPECT_THAT(error([](Setup* s) {
                *s->add_tensors() = s->tensors(0);
                s->mutable_tensors(1)->set_batch(1);
              }),
              HasSubstr("tensors[1] must have the batch and the seq of tensors[0]"));
  EXPECT_THAT(error([](Setup* s) { s->set_dtype(v1::D_TYPE_FLOAT64); }),
              HasSubstr("dtype must be"));
  EXPECT_THAT(error([](Setup* s) { s->clear_position_ids(); }), HasSubstr("rows are missing"));
  EXPECT_THAT(error([](Setup* s) { s->mutable_position_ids()->mutable_list()->add_values(4); }),
              HasSubstr("position_ids must be those of one sequence, 3"));
  EXPECT_THAT(error([](Setup* s) { s->set_seq_len(0); }), HasSubstr("seq_len must be 1 to"));
  EXPECT_THAT(error([](Setup* s) { s->mutable_tensors(0)->set_dim(62); }),
              HasSubstr("tensors[0].dim: a head has 62 channels, but the table turns 64"));
  EXPECT_THAT(error([](Setup* s) { s->mutable_rule()->set_first_channel(1); }),
              HasSubstr("rule.first_channel must be 0 to 0"));
  EXPECT_THAT(
      error([](Setup* s) { s->mutable_rule()->set_arithmetic(v1::ROTATION_ARITHMETIC_COMPLEX); }),
      HasSubstr("rule.pairing must be CHANNEL_PAIRING_INTERLEAVED"));
  EXPECT_THAT(error([](Setup* s) { s->clear_config(); }), HasSubstr("config"));
  EXPECT_THAT(error([](Setup* s) { s->set_layer_type("full"); }), HasSubstr("layer_type"));
}

TEST_F(RotationTest, SaysWhatIsWrongWithTheTables) {
  v1::RotationSetup good;
  good.mutable_rule()->set_pairing(v1::CHANNEL_PAIRING_INTERLEAVED);
  *good.add_tensors() = HeadsOf({2, 1, 3, 8});
  for (int64_t size : {3, 8}) good.mutable_tables()->add_shape(size);
  good.mutable_tables()->set_cos(std::string(96, '\0'));
  good.mutable_tables()->set_sin(std::string(96, '\0'));
  ASSERT_TRUE(Call(good, {std::string(192, '\x11')}).status.ok());
  const auto error = [&](const std::function<void(v1::RotationSetup*)>& change) {
    v1::RotationSetup setup = good;
    change(&setup);
    return Error(setup);
  };
  using Setup = v1::RotationSetup;
  EXPECT_THAT(error([](Setup* s) { s->mutable_tables()->set_shape(0, 4); }),
              HasSubstr("tables.shape must be [3, width] or [2, 3, width]"));
  EXPECT_THAT(error([](Setup* s) { s->mutable_tables()->set_shape(1, int64_t{1} << 60); }),
              HasSubstr("tables.shape is wrong"));
  EXPECT_THAT(error([](Setup* s) { s->mutable_tables()->clear_shape(); }),
              HasSubstr("tables.shape"));
  EXPECT_THAT(error([](Setup* s) { s->mutable_tables()->mutable_sin()->pop_back(); }),
              HasSubstr("tables.sin must have 96 bytes, as dtype and shape say, not 95"));
  EXPECT_THAT(error([](Setup* s) { s->mutable_tables()->set_layout(v1::LAYOUT_PACKED); }),
              HasSubstr("tables.layout must be"));
  EXPECT_THAT(error([](Setup* s) { s->set_seq_len(5); }), HasSubstr("seq_len must be absent"));
  EXPECT_THAT(error([](Setup* s) { s->mutable_config()->set_model_config_json(kSmallHead); }),
              HasSubstr("tables have rows for 8 channels, but the configuration rotates 16"));
}

TEST_F(RotationTest, AConfigurationIsRefusedWithItsFindings) {
  const v1::RotationSetup setup = PositionSetup(
      R"({"model_type": "llama", "hidden_size": 4096, "num_attention_heads": 32,
          "rope_parameters": {"rope_type": "yarn", "rope_theta": 10000.0}})",
      1, {1}, 1);
  const grpc::Status status = Call(setup, {}).status;
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_FALSE(status.error_details().empty());
}

TEST_F(RotationTest, ChunksMustFollowOneAnother) {
  const v1::RotationSetup setup = PositionSetup(kDynamic, 1, {1, 2}, 2);
  const std::string head(256, '\x22');  // of 4
  // Sends the setup, one good chunk and then this one.
  const auto error = [&](int32_t tensor, int64_t offset, const std::string& data) {
    grpc::ClientContext context;
    const auto stream = stub_->ApplyRotary(&context);
    v1::ApplyRotaryRequest request;
    v1::ApplyRotaryResponse response;
    *request.mutable_setup() = setup;
    EXPECT_TRUE(stream->Write(request) && stream->Read(&response));
    request.mutable_chunk()->set_data(head);
    EXPECT_TRUE(stream->Write(request) && stream->Read(&response));
    request.mutable_chunk()->set_tensor(tensor);
    request.mutable_chunk()->set_byte_offset(offset);
    request.mutable_chunk()->set_data(data);
    if (tensor < 0) *request.mutable_setup() = setup;
    stream->Write(request);
    EXPECT_FALSE(stream->Read(&response));
    const grpc::Status status = stream->Finish();
    EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
    return status.error_message();
  };
  EXPECT_THAT(error(0, 0, head), HasSubstr("chunk must begin at byte 256 of tensors[0]"));
  EXPECT_THAT(error(1, 256, head), HasSubstr("chunk must begin at byte 256 of tensors[0]"));
  EXPECT_THAT(error(0, 256, head + head + head + head), HasSubstr("at most 768 bytes, not 1024"));
  EXPECT_THAT(error(0, 256, head + "1234"), HasSubstr("must be whole heads of 256 bytes"));
  EXPECT_THAT(error(0, 256, ""), HasSubstr("must be whole heads"));
  EXPECT_THAT(error(-1, 0, ""), HasSubstr("only the first message is a setup"));
  EXPECT_THAT(Call(setup, {head}).status.error_message(),
              HasSubstr("the call ended before the last byte"));
  EXPECT_TRUE(NothingIsLeft());
}

TEST_F(RotationTest, TheFirstMessageIsASetup) {
  for (bool empty : {true, false}) {
    grpc::ClientContext context;
    const auto stream = stub_->ApplyRotary(&context);
    v1::ApplyRotaryRequest request;
    if (!empty) request.mutable_chunk()->set_data("1234");
    stream->Write(request);
    v1::ApplyRotaryResponse response;
    EXPECT_FALSE(stream->Read(&response));
    EXPECT_THAT(stream->Finish().error_message(), HasSubstr("the first message must be a setup"));
  }
  grpc::ClientContext context;
  const auto stream = stub_->ApplyRotary(&context);
  stream->WritesDone();
  EXPECT_THAT(stream->Finish().error_message(), HasSubstr("the call has no setup"));
}

TEST_F(RotationTest, ACancelledCallLeavesNothing) {
  const v1::RotationSetup setup = PositionSetup(kDynamic, 1, {1, 2}, 2);
  for (int messages = 0; messages < 3; ++messages) {
    grpc::ClientContext context;
    const auto stream = stub_->ApplyRotary(&context);
    v1::ApplyRotaryRequest request;
    v1::ApplyRotaryResponse response;
    *request.mutable_setup() = setup;
    for (int i = 0; i < messages; ++i) {
      ASSERT_TRUE(stream->Write(request) && stream->Read(&response));
      request.mutable_chunk()->set_data(std::string(256, '\0'));
    }
    context.TryCancel();
    EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::CANCELLED);
    EXPECT_TRUE(NothingIsLeft());
  }
}

class LimitedRotationTest : public RotationTest {
 protected:
  LimitedRotationTest() : RotationTest(Options()) {}
  static engine::EngineOptions Options() {
    engine::EngineOptions options;
    options.limits.max_streams = 1;
    options.limits.max_rotation_table_bytes = 4096;  // 8 rows of kDynamic in float32
    options.limits.max_chunk_bytes = 4096;
    return options;
  }
};

TEST_F(LimitedRotationTest, LimitsAreChecked) {
  const v1::RotationSetup good = PositionSetup(kDynamic, 1, {1, 2, 3, 4, 5, 6, 7, 8}, 8);
  EXPECT_TRUE(Call(good, {Numbers(1024)}, 16).status.ok());
  const v1::RotationSetup large = PositionSetup(kDynamic, 1, {1, 2, 3, 4, 5, 6, 7, 8, 9}, 9);
  EXPECT_THAT(Error(large, grpc::StatusCode::RESOURCE_EXHAUSTED),
              HasSubstr("position_ids needs a table of 9 rows"));
  EXPECT_THAT(Call(good, {Numbers(1024) + Numbers(1024)}, 32).status.error_message(),
              HasSubstr("at most 4096 bytes, not 8192"));

  grpc::ClientContext context;
  const auto held = stub_->ApplyRotary(&context);
  v1::ApplyRotaryRequest request;
  v1::ApplyRotaryResponse response;
  *request.mutable_setup() = good;
  ASSERT_TRUE(held->Write(request) && held->Read(&response));
  EXPECT_EQ(server_.engine().pinned_bytes(), 4096 + 4096) << "the table and one chunk";
  EXPECT_EQ(Call(good, {}).status.error_code(), grpc::StatusCode::UNAVAILABLE);
  context.TryCancel();
  EXPECT_TRUE(NothingIsLeft());
}

}  // namespace
}  // namespace rope
