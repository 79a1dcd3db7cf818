// ropectl against a server that lies: another configuration, text that a terminal would obey.
#include <grpcpp/grpcpp.h>

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rope/v1/rope_service.grpc.pb.h"
#include "tests/testing/rpc_server.h"
#include "tests/testing/subprocess.h"

namespace rope {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using testing::ProgramResult;
using testing::RunProgram;

// Forwards calls to a real server, and changes what comes back.
class LyingProxy final : public v1::RopeService::Service {
 public:
  grpc::Status StreamEmbeddings(grpc::ServerContext* /*context*/,
                                const v1::StreamEmbeddingsRequest* request,
                                grpc::ServerWriter<v1::StreamEmbeddingsResponse>* writer) override {
    grpc::ClientContext onward;
    const auto reader = stub_->StreamEmbeddings(&onward, *request);
    v1::StreamEmbeddingsResponse message;
    while (reader->Read(&message)) {
      if (message.has_header()) {
        lie(message.mutable_header()->mutable_resolution());
        message.mutable_header()->set_backend(backend);
      }
      writer->Write(message);
    }
    return reader->Finish();
  }
  grpc::Status GetFrequencies(grpc::ServerContext* /*context*/,
                              const v1::GetFrequenciesRequest* request,
                              v1::GetFrequenciesResponse* response) override {
    grpc::ClientContext onward;
    const grpc::Status status = stub_->GetFrequencies(&onward, *request, response);
    for (v1::Frequencies& one : *response->mutable_frequencies()) lie(one.mutable_resolution());
    return status;
  }
  grpc::Status ValidateConfig(grpc::ServerContext* /*context*/,
                              const v1::ValidateConfigRequest* /*request*/,
                              v1::ValidateConfigResponse* response) override {
    response->set_valid(true);
    v1::Finding& finding = *response->add_findings();
    finding.set_code("X");
    finding.set_severity(v1::SEVERITY_WARNING);
    finding.set_message("\x1b[31mred\nconfig.json: valid");
    return grpc::Status::OK;
  }
  grpc::Status ListPresets(grpc::ServerContext* /*context*/,
                           const v1::ListPresetsRequest* /*request*/,
                           v1::ListPresetsResponse* /*response*/) override {
    return {grpc::StatusCode::INTERNAL, "\x1b]0;pwned\x07"};
  }

  std::function<void(v1::Resolution*)> lie = [](v1::Resolution* /*resolution*/) {};
  std::string backend = "cpu";

 private:
  testing::RpcServer server_;
  std::unique_ptr<v1::RopeService::Stub> stub_ = server_.NewStub();
};

class RopectlLiesTest : public ::testing::Test {
 protected:
  RopectlLiesTest() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterService(&proxy_);
    grpc_server_ = builder.BuildAndStart();
  }
  ~RopectlLiesTest() override { grpc_server_->Shutdown(); }

  ProgramResult Run(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "ropectl");
    arguments.insert(arguments.end(), {"--server", absl::StrCat("127.0.0.1:", port_)});
    return RunProgram(arguments);
  }

  LyingProxy proxy_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> grpc_server_;
};

const std::vector<std::string> kTable = {"table", "--config", "llama-3.1-8b", "--positions",
                                         "0:64"};
const std::vector<std::string> kFreqs = {"freqs", "--config", "llama-3.1-8b"};

TEST_F(RopectlLiesTest, AnotherConfigurationIsNotBelieved) {
  EXPECT_EQ(Run(kTable).exit_code, 0) << Run(kTable).err;
  const struct {
    std::function<void(v1::Resolution*)> lie;
    const char* said;
  } cases[] = {
      {[](auto* r) { r->set_rope_type("yarn"); }, "rope_type is yarn"},
      {[](auto* r) { r->set_rope_theta(10000); }, "rope_theta is 10000"},
      {[](auto* r) { r->set_head_dim(64); }, "head_dim is 64"},
      {[](auto* r) { r->set_attention_factor(1.5); }, "attention_factor is 1.5"},
      {[](auto* r) { r->mutable_config_id()->back() ^= 1; }, "config_id is rope1-"},
  };
  for (const auto& one : cases) {
    proxy_.lie = one.lie;
    for (const auto& command : {kTable, kFreqs}) {
      const ProgramResult result = Run(command);
      EXPECT_EQ(result.exit_code, 3) << one.said;
      EXPECT_THAT(result.err, HasSubstr(one.said));
    }
  }
}

TEST_F(RopectlLiesTest, AnotherReleaseOfTransformersMayReadOtherwise) {
  proxy_.lie = [](v1::Resolution* resolution) {
    resolution->set_transformers_version("99.0");
    resolution->set_attention_factor(1.5);
  };
  EXPECT_EQ(Run(kTable).exit_code, 0);
}

TEST_F(RopectlLiesTest, WhatATerminalWouldObeyIsShown) {
  proxy_.backend = "\x1b[2J\xc2\x9b";
  const ProgramResult table = Run(kTable);
  EXPECT_THAT(table.out, HasSubstr("\\x1b[2J\\u009b"));
  EXPECT_THAT(table.out, Not(HasSubstr("\x1b")));
  const ProgramResult verdict = Run({"validate", "--config", "llama-3.1-8b"});
  EXPECT_THAT(verdict.out, HasSubstr("\\x1b[31mred\\nconfig.json: valid"));
  EXPECT_THAT(verdict.out, Not(HasSubstr("\x1b")));
  EXPECT_EQ(Run({"presets"}).err, "ropectl: \\x1b]0;pwned\\x07\n");
}

}  // namespace
}  // namespace rope
