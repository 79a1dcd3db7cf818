// The typed configuration as JSON text, read back by RapidJSON.
#include "proto/wire/config_json.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <limits>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "proto/wire/convert.h"
#include "rapidjson/document.h"

namespace rope::wire {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using testing::AllOf;
using testing::HasSubstr;

rapidjson::Document Json(const v1::ModelConfig& config) {
  const auto text = ConfigJsonFromProto(config);
  EXPECT_TRUE(text.ok()) << text.status();
  rapidjson::Document document;
  document.Parse<rapidjson::kParseNanAndInfFlag | rapidjson::kParseFullPrecisionFlag>(text->data(),
                                                                                      text->size());
  EXPECT_FALSE(document.HasParseError()) << *text;
  return document;
}

std::string Refusal(const v1::ModelConfig& config) {
  const auto text = ConfigJsonFromProto(config);
  EXPECT_EQ(text.status().code(), absl::StatusCode::kInvalidArgument);
  return std::string(text.status().message());
}

// Sets `field` to a value that no default has, by its type.
void SetField(Message* message, const FieldDescriptor* field) {
  const google::protobuf::Reflection* reflection = message->GetReflection();
  if (field->is_repeated()) {
    reflection->AddString(message, field, "first");
    reflection->AddString(message, field, "second");
    return;
  }
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return reflection->SetDouble(message, field, 0.1 + field->number());
    case FieldDescriptor::CPPTYPE_INT64:
      return reflection->SetInt64(message, field, (int64_t{1} << 53) + field->number());
    case FieldDescriptor::CPPTYPE_BOOL:
      return reflection->SetBool(message, field, false);
    case FieldDescriptor::CPPTYPE_STRING:
      return reflection->SetString(message, field, "text of " + field->name());
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      auto* factors = dynamic_cast<v1::FactorList*>(reflection->MutableMessage(message, field));
      ASSERT_NE(factors, nullptr) << field->full_name() << ": a message this test does not know";
      factors->add_values(1.0625);
      factors->add_values(1e300);
      return;
    }
    default:
      FAIL() << field->full_name() << ": a type this test does not know";
  }
}

void ExpectField(const rapidjson::Value& object, const FieldDescriptor* field) {
  ASSERT_TRUE(object.HasMember(field->name().c_str())) << field->full_name() << " is lost";
  const rapidjson::Value& value = object[field->name().c_str()];
  if (field->is_repeated()) {
    ASSERT_EQ(value.Size(), 2U);
    EXPECT_STREQ(value[0].GetString(), "first");
    EXPECT_STREQ(value[1].GetString(), "second");
    return;
  }
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_DOUBLE:
      EXPECT_TRUE(value.IsDouble());
      EXPECT_EQ(value.GetDouble(), 0.1 + field->number());
      break;
    case FieldDescriptor::CPPTYPE_INT64:
      EXPECT_EQ(value.GetInt64(), (int64_t{1} << 53) + field->number());
      break;
    case FieldDescriptor::CPPTYPE_BOOL:
      EXPECT_TRUE(value.IsFalse());
      break;
    case FieldDescriptor::CPPTYPE_MESSAGE:
      ASSERT_EQ(value.Size(), 2U);
      EXPECT_EQ(value[0].GetDouble(), 1.0625);
      EXPECT_EQ(value[1].GetDouble(), 1e300);
      break;
    default:
      EXPECT_EQ(value.GetString(), "text of " + field->name());
  }
}

std::vector<const FieldDescriptor*> FieldsOf(const google::protobuf::Descriptor* message) {
  std::vector<const FieldDescriptor*> fields;
  for (int i = 0; i < message->field_count(); ++i) {
    if (message->field(i)->name() != "null_fields") fields.push_back(message->field(i));
  }
  return fields;
}

// Fails for a field that was added to the .proto and does not reach the reader.
TEST(ConfigJsonTest, EveryFieldOfTheParametersArrivesAlone) {
  for (const FieldDescriptor* field : FieldsOf(v1::RopeParameters::descriptor())) {
    v1::ModelConfig config;
    SetField(config.mutable_typed()->mutable_rope_parameters(), field);
    const rapidjson::Document json = Json(config);
    EXPECT_EQ(json["rope_parameters"].MemberCount(), 1U) << field->name();
    ExpectField(json["rope_parameters"], field);
  }
}

TEST(ConfigJsonTest, EveryFieldOfTheParametersCanBeNull) {
  for (const FieldDescriptor* field : FieldsOf(v1::RopeParameters::descriptor())) {
    v1::ModelConfig config;
    config.mutable_typed()->mutable_rope_parameters()->add_null_fields(field->name());
    const rapidjson::Document json = Json(config);
    ASSERT_TRUE(json["rope_parameters"].HasMember(field->name().c_str()));
    EXPECT_TRUE(json["rope_parameters"][field->name().c_str()].IsNull()) << field->name();
  }
}

TEST(ConfigJsonTest, EveryFieldOfTheShapeArrivesAtTheTop) {
  for (const FieldDescriptor* field : FieldsOf(v1::ModelShape::descriptor())) {
    v1::ModelConfig config;
    SetField(config.mutable_typed()->mutable_shape(), field);
    const rapidjson::Document json = Json(config);
    EXPECT_EQ(json.MemberCount(), 1U) << field->name();
    ExpectField(json, field);
  }
}

TEST(ConfigJsonTest, AbsentZeroAndEmptyAreThreeThings) {
  v1::ModelConfig config;
  v1::RopeParameters& parameters = *config.mutable_typed()->mutable_rope_parameters();
  EXPECT_EQ(Json(config)["rope_parameters"].MemberCount(), 0U);
  parameters.set_factor(0.0);
  parameters.mutable_short_factor();
  const rapidjson::Document json = Json(config);
  EXPECT_EQ(json["rope_parameters"]["factor"].GetDouble(), 0.0);
  EXPECT_EQ(json["rope_parameters"]["short_factor"].Size(), 0U);
  EXPECT_FALSE(json["rope_parameters"].HasMember("long_factor"));
  v1::ModelConfig none;
  none.mutable_typed();
  EXPECT_FALSE(Json(none).HasMember("rope_parameters"));
}

TEST(ConfigJsonTest, ValuesThatAreNotFiniteAreInPythonsDialect) {
  v1::ModelConfig config;
  v1::RopeParameters& parameters = *config.mutable_typed()->mutable_rope_parameters();
  parameters.set_rope_theta(std::numeric_limits<double>::quiet_NaN());
  parameters.set_factor(std::numeric_limits<double>::infinity());
  parameters.set_mscale(-std::numeric_limits<double>::infinity());
  const auto text = ConfigJsonFromProto(config);
  ASSERT_TRUE(text.ok());
  EXPECT_THAT(*text, AllOf(HasSubstr("\"rope_theta\":NaN"), HasSubstr("\"factor\":Infinity"),
                           HasSubstr("\"mscale\":-Infinity")));
}

TEST(ConfigJsonTest, LayersAreWrittenByNameWhateverTheyAreCalled) {
  v1::ModelConfig config;
  auto& layers = *config.mutable_typed()->mutable_layer_rope_parameters();
  layers["sliding_attention"].set_rope_theta(10000.0);
  layers["full_attention"].set_rope_theta(1000000.0);
  layers[std::string("a\0\"b\n", 5)].set_rope_theta(7.0);
  const rapidjson::Document json = Json(config);
  const rapidjson::Value& sets = json["rope_parameters"];
  ASSERT_EQ(sets.MemberCount(), 3U);
  EXPECT_EQ(sets["full_attention"]["rope_theta"].GetDouble(), 1000000.0);
  EXPECT_EQ(sets["sliding_attention"]["rope_theta"].GetDouble(), 10000.0);
  const rapidjson::Value odd("a\0\"b\n", 5);
  EXPECT_EQ(sets[odd]["rope_theta"].GetDouble(), 7.0);
}

TEST(ConfigJsonTest, TheSameMessageIsAlwaysTheSameText) {
  v1::ModelConfig forwards;
  v1::ModelConfig backwards;
  for (int i = 0; i < 20; ++i) {
    const auto layer = [](int k) { return "layer" + std::to_string(k); };
    (*forwards.mutable_typed()->mutable_layer_rope_parameters())[layer(i)].set_factor(2.0);
    (*backwards.mutable_typed()->mutable_layer_rope_parameters())[layer(19 - i)].set_factor(2.0);
  }
  EXPECT_EQ(*ConfigJsonFromProto(forwards), *ConfigJsonFromProto(backwards));
}

TEST(ConfigJsonTest, TextIsPassedOnUnchanged) {
  v1::ModelConfig config;
  config.set_model_config_json(" {\"not\": json");
  EXPECT_EQ(*ConfigJsonFromProto(config), " {\"not\": json");
}

TEST(ConfigJsonTest, Refusals) {
  EXPECT_THAT(Refusal({}), AllOf(HasSubstr("config"), HasSubstr("model_config_json")));

  v1::ModelConfig both;
  both.mutable_typed()->mutable_rope_parameters();
  (*both.mutable_typed()->mutable_layer_rope_parameters())["full_attention"];
  EXPECT_THAT(Refusal(both), HasSubstr("layer_rope_parameters"));

  v1::ModelConfig unknown_null;
  unknown_null.mutable_typed()->mutable_rope_parameters()->add_null_fields("thetta");
  EXPECT_THAT(Refusal(unknown_null),
              AllOf(HasSubstr("config.typed.rope_parameters.null_fields"), HasSubstr("thetta")));

  v1::ModelConfig itself_null;
  itself_null.mutable_typed()->mutable_rope_parameters()->add_null_fields("null_fields");
  EXPECT_THAT(Refusal(itself_null), HasSubstr("null_fields"));

  v1::ModelConfig set_and_null;
  v1::RopeParameters& layer =
      (*set_and_null.mutable_typed()->mutable_layer_rope_parameters())["full_attention"];
  layer.set_factor(2.0);
  layer.add_null_fields("factor");
  EXPECT_THAT(Refusal(set_and_null), AllOf(HasSubstr("layer_rope_parameters.full_attention"),
                                           HasSubstr("\"factor\" is set")));
}

}  // namespace
}  // namespace rope::wire
