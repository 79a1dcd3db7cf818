// Reflection: a client that has no .proto file learns every method from the server, and calls one.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/descriptor_database.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/unknown_field_set.h>
#include <grpcpp/grpcpp.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "server/server.h"
#include "tests/testing/raw_call.h"

namespace rope::server {
namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::DynamicMessageFactory;
using google::protobuf::FileDescriptorProto;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;
using google::protobuf::UnknownField;
using google::protobuf::UnknownFieldSet;
using rope::testing::RawCall;

// The members with this number of a message whose type is not known.
std::vector<std::string> Fields(const std::string& message, int number) {
  UnknownFieldSet set;
  std::vector<std::string> values;
  if (!set.ParseFromString(message)) return values;
  for (int i = 0; i < set.field_count(); ++i) {
    const UnknownField& field = set.field(i);
    const bool is_bytes = field.type() == UnknownField::TYPE_LENGTH_DELIMITED;
    if (field.number() == number && is_bytes) values.push_back(field.length_delimited());
  }
  return values;
}

class ReflectionTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ServerOptions options;
    options.listen = {"127.0.0.1:0"};
    options.threads = 1;
    auto server = Server::Start(options);
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    channel_ =
        grpc::CreateChannel(server_->addresses().front(), grpc::InsecureChannelCredentials());
  }

  // The service, by nothing but what reflection answers. Null if it is not described.
  const ServiceDescriptor* Find(const std::string& name) {
    // ServerReflectionRequest { string file_containing_symbol = 4; }
    const std::string request =
        absl::StrCat("\x22", std::string(1, static_cast<char>(name.size())), name);
    RawCall call(channel_, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
                 request);
    const std::optional<std::string> response = call.Read();
    call.Finish();
    // ServerReflectionResponse { FileDescriptorResponse file_descriptor_response = 4; }
    for (const std::string& files : Fields(response.value_or(""), 4)) {
      // FileDescriptorResponse { repeated bytes file_descriptor_proto = 1; }
      for (const std::string& bytes : Fields(files, 1)) {
        FileDescriptorProto file;
        EXPECT_TRUE(file.ParseFromString(bytes));
        database_.Add(file);
      }
    }
    return pool_.FindServiceByName(name);
  }

  std::unique_ptr<Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
  google::protobuf::SimpleDescriptorDatabase database_;
  DescriptorPool pool_{&database_};
};

TEST_F(ReflectionTest, DescribesEveryMethod) {
  const ServiceDescriptor* service = Find("rope.v1.RopeService");
  ASSERT_NE(service, nullptr);
  const ServiceDescriptor* linked =
      DescriptorPool::generated_pool()->FindServiceByName("rope.v1.RopeService");
  ASSERT_NE(linked, nullptr);
  ASSERT_EQ(service->method_count(), linked->method_count());
  for (int i = 0; i < linked->method_count(); ++i) {
    const MethodDescriptor* method = service->FindMethodByName(linked->method(i)->name());
    ASSERT_NE(method, nullptr) << linked->method(i)->name();
    EXPECT_EQ(method->input_type()->DebugString(), linked->method(i)->input_type()->DebugString());
    EXPECT_EQ(method->output_type()->DebugString(),
              linked->method(i)->output_type()->DebugString());
  }
}

TEST_F(ReflectionTest, DescribesHealth) {
  const ServiceDescriptor* service = Find("grpc.health.v1.Health");
  ASSERT_NE(service, nullptr);
  ASSERT_NE(service->FindMethodByName("Check"), nullptr);
  ASSERT_NE(service->FindMethodByName("Watch"), nullptr);
  EXPECT_TRUE(service->FindMethodByName("Watch")->server_streaming());
}

// base^(-2i/4) for i = 0, 1 with base 10^4.
TEST_F(ReflectionTest, AMethodCanBeCalledWithoutItsProtoFile) {
  const ServiceDescriptor* service = Find("rope.v1.RopeService");
  ASSERT_NE(service, nullptr);
  const MethodDescriptor* method = service->FindMethodByName("GetFrequencies");
  ASSERT_NE(method, nullptr);
  DynamicMessageFactory factory;
  const std::unique_ptr<google::protobuf::Message> request(
      factory.GetPrototype(method->input_type())->New());
  const auto* config = method->input_type()->FindFieldByName("config");
  google::protobuf::Message* message =
      request->GetReflection()->MutableMessage(request.get(), config);
  message->GetReflection()->SetString(
      message, config->message_type()->FindFieldByName("model_config_json"),
      R"({"model_type": "llama", "hidden_size": 8, "num_attention_heads": 2,
          "max_position_embeddings": 64, "rope_theta": 10000.0})");

  RawCall call(channel_, "/rope.v1.RopeService/GetFrequencies", request->SerializeAsString());
  const std::optional<std::string> bytes = call.Read();
  ASSERT_TRUE(call.Finish().ok());
  const std::unique_ptr<google::protobuf::Message> response(
      factory.GetPrototype(method->output_type())->New());
  ASSERT_TRUE(response->ParseFromString(bytes.value_or("")));
  const auto* list = method->output_type()->FindFieldByName("frequencies");
  const google::protobuf::Message& first =
      response->GetReflection()->GetRepeatedMessage(*response, list, 0);
  const auto* inv_freq = list->message_type()->FindFieldByName("inv_freq");
  ASSERT_EQ(first.GetReflection()->FieldSize(first, inv_freq), 2);
  EXPECT_EQ(first.GetReflection()->GetRepeatedFloat(first, inv_freq, 0), 1.0F);
  EXPECT_EQ(first.GetReflection()->GetRepeatedFloat(first, inv_freq, 1), 0.01F);
}

}  // namespace
}  // namespace rope::server
