// The files of proto/ keep the rules of proto_rules.h. Each rule is broken once here.
#include "tests/lint/proto_rules.h"

#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "google/protobuf/compiler/importer.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "gtest/gtest.h"
#include "tests/testing/paths.h"

namespace rope {
namespace {

using google::protobuf::compiler::DiskSourceTree;
using google::protobuf::compiler::Importer;
using google::protobuf::compiler::MultiFileErrorCollector;
using google::protobuf::compiler::SourceTree;
using google::protobuf::io::ArrayInputStream;
using google::protobuf::io::ZeroCopyInputStream;
using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

class FailOnError : public MultiFileErrorCollector {
 public:
  void AddError(const std::string& file, int line, int column,
                const std::string& message) override {
    ADD_FAILURE() << file << ":" << line + 1 << ":" << column + 1 << ": " << message;
  }
};

std::vector<std::string> BrokenRules(SourceTree* tree, const std::string& path) {
  FailOnError errors;
  Importer importer(tree, &errors);
  const google::protobuf::FileDescriptor* file = importer.Import(path);
  if (file == nullptr) return {absl::StrCat(path, ": does not compile")};
  return BrokenProtoRules(*file);
}

TEST(ProtoRulesTest, TheApiKeepsThem) {
  const std::filesystem::path root = std::filesystem::path(ROPE_SOURCE_DIR) / "proto";
  DiskSourceTree tree;
  tree.MapPath("", root.string());
  tree.MapPath("", PROTOBUF_INCLUDE_DIR);  // google/protobuf/any.proto
  int files = 0;
  // Only what is ours: the names in proto/grpc are gRPC's.
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root / "rope")) {
    if (entry.path().extension() != ".proto") continue;
    ++files;
    EXPECT_THAT(BrokenRules(&tree, entry.path().lexically_relative(root).string()), IsEmpty());
  }
  EXPECT_GT(files, 0);
}

// A source tree of one file in memory.
class OneFile : public SourceTree {
 public:
  explicit OneFile(std::string text) : text_(std::move(text)) {}
  ZeroCopyInputStream* Open(const std::string& /*path*/) override {
    return new ArrayInputStream(text_.data(), static_cast<int>(text_.size()));
  }

 private:
  std::string text_;
};

constexpr char kGoodBody[] = R"(
// A kind.
enum Kind {
  // Never sent.
  KIND_UNSPECIFIED = 0;
  // One.
  KIND_ONE = 1;
}
// Asks.
message GetTableRequest {
  // Which.
  Kind kind = 1;
  // One of two.
  oneof source {
    // By name.
    string by_name = 2;
  }
  // By key.
  map<string, int64> sizes = 3;
}
// Answers.
message GetTableResponse {}
// Tables.
service TableService {
  // Gets one.
  rpc GetTable(GetTableRequest) returns (GetTableResponse) { option idempotency_level = IDEMPOTENT; }
}
)";

std::string FileWith(const std::string& body) {
  return absl::StrCat("syntax = \"proto3\";\npackage rope.v1;\n", body);
}

TEST(ProtoRulesTest, AGoodFileBreaksNone) {
  OneFile tree(FileWith(kGoodBody));
  EXPECT_THAT(BrokenRules(&tree, "rope/v1/table.proto"), IsEmpty());
}

// With `bad` in place of `good` in the good body, the rule with text `rule` must be broken.
struct BadCase {
  const char* name;
  const char* good;
  const char* bad;
  const char* rule;
};

class BadProtoTest : public testing::TestWithParam<BadCase> {};

TEST_P(BadProtoTest, IsFound) {
  std::string body = kGoodBody;
  const size_t at = body.find(GetParam().good);
  ASSERT_NE(at, std::string::npos);
  body.replace(at, std::string(GetParam().good).size(), GetParam().bad);
  OneFile tree(FileWith(body));
  EXPECT_THAT(BrokenRules(&tree, "rope/v1/table.proto"), Contains(HasSubstr(GetParam().rule)));
}

INSTANTIATE_TEST_SUITE_P(
    EveryRule, BadProtoTest,
    testing::Values(
        BadCase{"EnumComment", "// A kind.", "", "rope.v1.Kind: it needs a comment"},
        BadCase{"ValueComment", "// One.", "", "rope.v1.KIND_ONE: it needs a comment"},
        BadCase{"MessageComment", "// Asks.", "", "rope.v1.GetTableRequest: it needs a comment"},
        BadCase{"FieldComment", "// Which.", "",
                "rope.v1.GetTableRequest.kind: it needs a comment"},
        BadCase{"OneofComment", "// One of two.", "",
                "rope.v1.GetTableRequest.source: it needs a comment"},
        BadCase{"OneofFieldComment", "// By name.", "",
                "GetTableRequest.by_name: it needs a comment"},
        BadCase{"ServiceComment", "// Tables.", "", "rope.v1.TableService: it needs a comment"},
        BadCase{"MethodComment", "// Gets one.", "",
                "rope.v1.TableService.GetTable: it needs a comment"},
        BadCase{"FieldName", "Kind kind", "Kind theKind", "lower_snake_case"},
        BadCase{"OneofName", "oneof source", "oneof Source", "lower_snake_case"},
        BadCase{"MessageName", "message GetTableResponse {}",
                "message GetTableResponse {}\n// Extra.\nmessage get_extra {}", "PascalCase"},
        BadCase{"EnumName", "message GetTableResponse {}",
                "message GetTableResponse {}\n// Extra.\nenum kind_two {\n// Never sent.\n"
                "KIND_TWO_UNSPECIFIED = 0;\n}",
                "enum names are PascalCase"},
        BadCase{"ValuePrefix", "KIND_ONE", "ONE", "start with KIND_"},
        BadCase{"ValueCase", "KIND_ONE", "KIND_One", "UPPER_SNAKE_CASE"},
        BadCase{"ZeroValue", "KIND_UNSPECIFIED", "KIND_NONE", "must be KIND_UNSPECIFIED"},
        BadCase{"Alias", "// One.",
                "option allow_alias = true;\n// Again.\nKIND_AGAIN = 0;\n// One.",
                "each value has one name"},

        BadCase{"NestedEnum", "// Which.", "enum Inner { INNER_UNSPECIFIED = 0; }\n// Which.",
                "enums must be at the top level"},
        BadCase{"NestedMessage", "// Which.", "message Inner {}\n// Which.",
                "messages must be at the top level"},
        BadCase{"ServiceName", "TableService", "Tables", "end with Service"},
        BadCase{"MethodName", "rpc GetTable", "rpc get_table", "method names are PascalCase"},
        BadCase{"RequestName", "GetTable(GetTableRequest)", "GetTable(GetTableResponse)",
                "the request must be rope.v1.GetTableRequest"},
        BadCase{"ResponseName", "returns (GetTableResponse)", "returns (GetTableRequest)",
                "the response must be rope.v1.GetTableResponse"},
        BadCase{"Idempotency", "option idempotency_level = IDEMPOTENT;", "", "idempotency_level"}),
    [](const testing::TestParamInfo<BadCase>& info) { return info.param.name; });

TEST(ProtoRulesTest, PathAndPackageAgree) {
  OneFile tree(FileWith(kGoodBody));
  EXPECT_THAT(BrokenRules(&tree, "rope/v2/table.proto"),
              Contains(HasSubstr("the package must be the folder")));
  EXPECT_THAT(BrokenRules(&tree, "rope/v1/Table.proto"),
              Contains(HasSubstr("file names are lower_snake_case.proto")));
}

TEST(ProtoRulesTest, ThePackageHasAVersionAndTheSyntaxIsProto3) {
  OneFile unversioned("syntax = \"proto3\";\npackage rope;\n");
  EXPECT_THAT(BrokenRules(&unversioned, "rope/table.proto"),
              Contains(HasSubstr("must end with a version")));
  OneFile proto2("syntax = \"proto2\";\npackage rope.v1;\n");
  EXPECT_THAT(BrokenRules(&proto2, "rope/v1/table.proto"), Contains(HasSubstr("must be proto3")));
}

}  // namespace
}  // namespace rope
