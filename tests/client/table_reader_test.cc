// A reader whose server sends whatever a test tells it to send.
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/rope_client.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rope/v1/status.pb.h"
#include "rope/v1/validation.pb.h"
#include "xxhash.h"

namespace rope::client {
namespace {

using testing::HasSubstr;
using Messages = std::vector<v1::StreamEmbeddingsResponse>;

class ScriptedService final : public v1::RopeService::Service {
 public:
  grpc::Status StreamEmbeddings(grpc::ServerContext* context,
                                const v1::StreamEmbeddingsRequest* /*request*/,
                                grpc::ServerWriter<v1::StreamEmbeddingsResponse>* writer) override {
    for (const v1::StreamEmbeddingsResponse& message : messages) writer->Write(message);
    while (endless && !context->IsCancelled()) {
      if (empty_messages) writer->Write({});
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    cancelled = context->IsCancelled();
    return status;
  }

  Messages messages;
  grpc::Status status;
  bool endless = false;
  bool empty_messages = false;  // while endless
  std::atomic<bool> cancelled{false};
};

constexpr int64_t kRowBytes = 8;  // two float32

v1::StreamHeader Header() {
  v1::StreamHeader header;
  header.set_dtype(v1::D_TYPE_FLOAT32);
  header.set_layout(v1::LAYOUT_COMPACT);
  header.set_numeric_profile(v1::NUMERIC_PROFILE_HF);
  for (v1::TensorKind kind : {v1::TENSOR_KIND_COS, v1::TENSOR_KIND_SIN}) {
    v1::TensorSpec& spec = *header.add_tensors();
    spec.set_kind(kind);
    spec.add_shape(4);
    spec.add_shape(2);
    spec.set_byte_size(4 * kRowBytes);
  }
  return header;
}

v1::Chunk MakeChunk(v1::TensorKind kind, int64_t first_row, int64_t rows) {
  v1::Chunk chunk;
  chunk.set_kind(kind);
  chunk.set_byte_offset(first_row * kRowBytes);
  chunk.set_data(std::string(static_cast<size_t>(rows * kRowBytes), static_cast<char>(first_row)));
  chunk.set_xxh3_64(XXH3_64bits(chunk.data().data(), chunk.data().size()));
  return chunk;
}

// header, cos 0-1, sin 0-1, cos 2-3, sin 2-3, footer
Messages GoodStream() {
  Messages messages(6);
  *messages[0].mutable_header() = Header();
  *messages[1].add_chunks() = MakeChunk(v1::TENSOR_KIND_COS, 0, 2);
  *messages[2].add_chunks() = MakeChunk(v1::TENSOR_KIND_SIN, 0, 2);
  *messages[3].add_chunks() = MakeChunk(v1::TENSOR_KIND_COS, 2, 2);
  *messages[4].add_chunks() = MakeChunk(v1::TENSOR_KIND_SIN, 2, 2);
  messages[5].mutable_footer()->set_rows(4);
  messages[5].mutable_footer()->set_bytes(8 * kRowBytes);
  return messages;
}

class TableReaderTest : public testing::Test {
 protected:
  TableReaderTest() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
  }

  // Four positions, and rows of two values.
  static v1::StreamEmbeddingsRequest Request() {
    v1::StreamEmbeddingsRequest request;
    request.mutable_position_ids()->mutable_range()->set_count(4);
    request.set_layout(v1::LAYOUT_COMPACT);
    return request;
  }

  RopeClient Client() const { return RopeClient::Connect(absl::StrCat("127.0.0.1:", port_)); }

  absl::StatusOr<Table> Fetch(const CallOptions& options = {}) const {
    return Client().FetchTable(Request(), options);
  }

  ScriptedService service_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

TEST_F(TableReaderTest, AGoodStreamIsAssembled) {
  service_.messages = GoodStream();
  const auto table = Fetch();
  ASSERT_TRUE(table.ok()) << table.status();
  EXPECT_THAT(table->tensors[1].shape, testing::ElementsAre(4, 2));
  const std::string expected = std::string(16, '\0') + std::string(16, '\2');
  EXPECT_EQ(std::string(table->tensors[0].bytes()), expected);
  EXPECT_EQ(table->footer.rows(), 4);
}

TEST_F(TableReaderTest, OneMessageMayHoldEverything) {
  v1::StreamEmbeddingsResponse all;
  for (const v1::StreamEmbeddingsResponse& message : GoodStream()) all.MergeFrom(message);
  service_.messages = {all};
  EXPECT_TRUE(Fetch().ok()) << Fetch().status();
}

struct Violation {
  std::string name;
  std::function<void(Messages*)> spoil;
  std::string said;
};

class ViolationTest : public TableReaderTest, public testing::WithParamInterface<Violation> {};

TEST_P(ViolationTest, IsDataLossSayingWhat) {
  service_.messages = GoodStream();
  GetParam().spoil(&service_.messages);
  const auto table = Fetch();
  EXPECT_EQ(table.status().code(), absl::StatusCode::kDataLoss) << table.status();
  EXPECT_THAT(std::string(table.status().message()), HasSubstr(GetParam().said));
}

v1::TensorSpec* Spec(Messages* m) { return (*m)[0].mutable_header()->mutable_tensors(0); }
v1::Chunk* FirstChunk(Messages* m) { return (*m)[1].mutable_chunks(0); }

INSTANTIATE_TEST_SUITE_P(
    All, ViolationTest,
    testing::Values(
        Violation{"NoHeader", [](Messages* m) { m->erase(m->begin()); }, "start with a header"},
        Violation{"Nothing", [](Messages* m) { m->clear(); }, "without a footer"},
        Violation{"SecondHeader", [](Messages* m) { *(*m)[2].mutable_header() = Header(); },
                  "second header"},
        Violation{
            "UnknownDType",
            [](Messages* m) { (*m)[0].mutable_header()->set_dtype(static_cast<v1::DType>(99)); },
            "dtype"},
        Violation{"NoTensors", [](Messages* m) { (*m)[0].mutable_header()->clear_tensors(); },
                  "no tensors"},
        Violation{"SizeIsNotThatOfTheShape", [](Messages* m) { Spec(m)->set_byte_size(31); },
                  "announced size"},
        Violation{"ShapeOverflows",
                  [](Messages* m) {
                    Spec(m)->set_shape(0, int64_t{1} << 62);
                    Spec(m)->set_byte_size(0);
                  },
                  "announced size"},
        Violation{"NegativeShape", [](Messages* m) { Spec(m)->set_shape(0, -4); },
                  "announced size"},
        Violation{"RepeatedTensor", [](Messages* m) { Spec(m)->set_kind(v1::TENSOR_KIND_SIN); },
                  "a tensor twice"},
        Violation{"UnannouncedTensor",
                  [](Messages* m) { FirstChunk(m)->set_kind(v1::TENSOR_KIND_UNSPECIFIED); },
                  "not announced"},
        Violation{"Gap", [](Messages* m) { m->erase(m->begin() + 1); }, "at byte 16"},
        Violation{"Overlap", [](Messages* m) { m->insert(m->begin() + 1, (*m)[1]); }, "at byte 0"},
        Violation{"NotWholeRows", [](Messages* m) { FirstChunk(m)->mutable_data()->pop_back(); },
                  "whole rows"},
        Violation{"EmptyChunk", [](Messages* m) { FirstChunk(m)->clear_data(); }, "whole rows"},
        Violation{"BeyondTheTensor",
                  [](Messages* m) { FirstChunk(m)->set_data(std::string(5 * kRowBytes, 'x')); },
                  "whole rows"},
        Violation{"WrongChecksum", [](Messages* m) { FirstChunk(m)->mutable_data()->back() ^= 1; },
                  "checksum"},
        Violation{"MissingChunk", [](Messages* m) { m->erase(m->begin() + 4); },
                  "before its tensors were complete"},
        Violation{"NoFooter", [](Messages* m) { m->pop_back(); }, "without a footer"},
        Violation{"WrongRows", [](Messages* m) { m->back().mutable_footer()->set_rows(5); },
                  "totals"},
        Violation{"WrongBytes", [](Messages* m) { m->back().mutable_footer()->set_bytes(5); },
                  "totals"},
        Violation{"SomethingAfterTheFooter", [](Messages* m) { m->push_back(m->back()); },
                  "follows the footer"}),
    [](const auto& info) { return info.param.name; });

TEST_F(TableReaderTest, AnAnswerLargerThanAllowedIsRefusedBeforeItIsAllocated) {
  service_.messages = GoodStream();
  v1::StreamHeader& header = *service_.messages[0].mutable_header();
  for (v1::TensorSpec& spec : *header.mutable_tensors()) {
    spec.set_shape(0, int64_t{1} << 50);
    spec.set_byte_size((int64_t{1} << 50) * kRowBytes);
  }
  EXPECT_EQ(Fetch().status().code(), absl::StatusCode::kResourceExhausted);
}

TEST_F(TableReaderTest, ARefusalComesWithItsFindings) {
  v1::ConfigRefusal refusal;
  refusal.add_findings()->set_code("ROPE-E012");
  v1::DetailedStatus detailed;
  detailed.add_details()->PackFrom(refusal);
  service_.status = grpc::Status(grpc::INVALID_ARGUMENT, "no", detailed.SerializeAsString());
  std::vector<Finding> findings;
  const auto table = Client().FetchTable(Request(), {}, &findings);
  EXPECT_EQ(table.status().code(), absl::StatusCode::kInvalidArgument);
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].code, "ROPE-E012");
}

TEST_F(TableReaderTest, AnErrorInMidStreamIsPassedOn) {
  service_.messages = GoodStream();
  service_.messages.resize(3);
  service_.status = grpc::Status(grpc::UNAVAILABLE, "going down");
  CallOptions once;
  once.retry.max_attempts = 1;
  EXPECT_EQ(Fetch(once).status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(TableReaderTest, DroppingAReaderCancelsTheCall) {
  service_.messages = GoodStream();
  service_.messages.resize(2);
  service_.endless = true;
  {
    const auto reader = Client().StreamTable(Request());
    ASSERT_TRUE(reader->Header().ok());
    ASSERT_TRUE(reader->Next().ok());
  }
  server_->Shutdown();  // waits for the call to end
  EXPECT_TRUE(service_.cancelled);
}

TEST_F(TableReaderTest, AnAnswerToAnotherRequestIsRefused) {
  service_.messages = GoodStream();
  service_.messages[0].mutable_header()->set_negate_sin(true);
  const auto table = Fetch();
  EXPECT_EQ(table.status().code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(table.status().message()), HasSubstr("negate_sin is true"));
}

TEST_F(TableReaderTest, ADeadlineEndsACall) {
  service_.endless = true;
  CallOptions options;
  options.timeout = std::chrono::milliseconds(50);
  const absl::Status status = Fetch(options).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_THAT(std::string(status.message()), HasSubstr("within 50ms"));
}

TEST_F(TableReaderTest, SilenceEndsWithTheReadersPatience) {
  CallOptions options;
  options.patience = std::chrono::milliseconds(50);
  service_.endless = true;
  EXPECT_THAT(std::string(Fetch(options).status().message()), HasSubstr("no answer"));
  service_.messages = GoodStream();
  service_.messages.resize(2);
  const absl::Status status = Fetch(options).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_THAT(std::string(status.message()), HasSubstr("no more rows"));
}

TEST_F(TableReaderTest, EmptyMessagesAreNoProgress) {
  CallOptions options;
  options.patience = std::chrono::milliseconds(50);
  service_.messages = GoodStream();
  service_.messages.resize(1);
  service_.endless = true;
  service_.empty_messages = true;
  EXPECT_EQ(Fetch(options).status().code(), absl::StatusCode::kDeadlineExceeded);
}

TEST_F(TableReaderTest, TimeOfTheUserIsNotTheServers) {
  CallOptions options;
  options.patience = std::chrono::milliseconds(200);
  service_.messages = GoodStream();
  const auto reader = Client().StreamTable(Request(), options);
  ASSERT_TRUE(reader->Next().ok());
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  EXPECT_TRUE(reader->ReadInto([](v1::TensorKind, int64_t) { return nullptr; }).ok());
}

}  // namespace
}  // namespace rope::client
