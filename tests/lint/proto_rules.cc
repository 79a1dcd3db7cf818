#include "tests/lint/proto_rules.h"

#include <regex>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/descriptor.pb.h"

namespace rope {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::MethodOptions;
using google::protobuf::ServiceDescriptor;
using google::protobuf::SourceLocation;

bool Matches(const std::string& name, const char* pattern) {
  return std::regex_match(name, std::regex(pattern));
}
bool IsPascalCase(const std::string& name) { return Matches(name, "([A-Z][a-z0-9]*)+"); }
bool IsLowerSnakeCase(const std::string& name) {
  return Matches(name, "[a-z][a-z0-9]*(_[a-z0-9]+)*");
}
bool IsUpperSnakeCase(const std::string& name) {
  return Matches(name, "[A-Z][A-Z0-9]*(_[A-Z0-9]+)*");
}

// "DType" -> "D_TYPE", "NumericProfile" -> "NUMERIC_PROFILE".
std::string UpperSnakeCase(const std::string& pascal) {
  std::string out;
  for (size_t i = 0; i < pascal.size(); ++i) {
    const bool starts_word = absl::ascii_isupper(pascal[i]) && i > 0 &&
                             (!absl::ascii_isupper(pascal[i - 1]) ||
                              (i + 1 < pascal.size() && absl::ascii_islower(pascal[i + 1])));
    if (starts_word) out += '_';
    out += absl::ascii_toupper(pascal[i]);
  }
  return out;
}

class Lint {
 public:
  explicit Lint(const FileDescriptor& file) : file_(file) {}

  std::vector<std::string> Run() {
    CheckFile();
    for (int i = 0; i < file_.message_type_count(); ++i) CheckMessage(*file_.message_type(i));
    for (int i = 0; i < file_.enum_type_count(); ++i) CheckEnum(*file_.enum_type(i));
    for (int i = 0; i < file_.service_count(); ++i) CheckService(*file_.service(i));
    return broken_;
  }

 private:
  void Require(bool holds, absl::string_view element, absl::string_view rule) {
    if (!holds) broken_.push_back(absl::StrCat(element, ": ", rule));
  }

  template <typename AnyDescriptor>
  void RequireComment(const AnyDescriptor& element) {
    SourceLocation location;
    const bool commented =
        element.GetSourceLocation(&location) && !location.leading_comments.empty();
    Require(commented, element.full_name(), "it needs a comment before it");
  }

  void CheckFile() {
    const std::string& path = file_.name();
    const size_t slash = path.rfind('/');
    const std::string folder = slash == std::string::npos ? "" : path.substr(0, slash);
    Require(file_.syntax() == FileDescriptor::SYNTAX_PROTO3, path, "syntax must be proto3");
    Require(Matches(path.substr(slash + 1), "[a-z][a-z0-9]*(_[a-z0-9]+)*\\.proto"), path,
            "file names are lower_snake_case.proto");
    Require(file_.package() == absl::StrReplaceAll(folder, {{"/", "."}}), path,
            "the package must be the folder");
    Require(Matches(file_.package(), ".*\\.v[0-9]+"), path, "the package must end with a version");
  }

  void CheckMessage(const Descriptor& message) {
    Require(IsPascalCase(message.name()), message.full_name(), "message names are PascalCase");
    RequireComment(message);
    for (int i = 0; i < message.field_count(); ++i) CheckField(*message.field(i));
    for (int i = 0; i < message.real_oneof_decl_count(); ++i) {
      RequireComment(*message.oneof_decl(i));
      Require(IsLowerSnakeCase(message.oneof_decl(i)->name()), message.oneof_decl(i)->full_name(),
              "oneof names are lower_snake_case");
    }
    Require(message.enum_type_count() == 0, message.full_name(), "enums must be at the top level");
    for (int i = 0; i < message.nested_type_count(); ++i) {
      Require(message.nested_type(i)->options().map_entry(), message.nested_type(i)->full_name(),
              "messages must be at the top level");
    }
  }

  void CheckField(const FieldDescriptor& field) {
    Require(IsLowerSnakeCase(field.name()), field.full_name(), "field names are lower_snake_case");
    RequireComment(field);
  }

  void CheckEnum(const EnumDescriptor& type) {
    Require(IsPascalCase(type.name()), type.full_name(), "enum names are PascalCase");
    RequireComment(type);
    const std::string prefix = absl::StrCat(UpperSnakeCase(type.name()), "_");
    Require(type.FindValueByNumber(0)->name() == absl::StrCat(prefix, "UNSPECIFIED"),
            type.full_name(), absl::StrCat("the value 0 must be ", prefix, "UNSPECIFIED"));
    Require(!type.options().allow_alias(), type.full_name(), "each value has one name");
    for (int i = 0; i < type.value_count(); ++i) {
      const std::string& name = type.value(i)->name();
      Require(IsUpperSnakeCase(name) && absl::StartsWith(name, prefix), type.value(i)->full_name(),
              absl::StrCat("value names are UPPER_SNAKE_CASE and start with ", prefix));
      RequireComment(*type.value(i));
    }
  }

  void CheckService(const ServiceDescriptor& service) {
    Require(IsPascalCase(service.name()) && absl::EndsWith(service.name(), "Service"),
            service.full_name(), "service names are PascalCase and end with Service");
    RequireComment(service);
    for (int i = 0; i < service.method_count(); ++i) CheckMethod(*service.method(i));
  }

  void CheckMethod(const MethodDescriptor& method) {
    Require(IsPascalCase(method.name()), method.full_name(), "method names are PascalCase");
    RequireComment(method);
    const std::string own = absl::StrCat(file_.package(), ".", method.name());
    Require(method.input_type()->full_name() == absl::StrCat(own, "Request"), method.full_name(),
            absl::StrCat("the request must be ", own, "Request"));
    Require(method.output_type()->full_name() == absl::StrCat(own, "Response"), method.full_name(),
            absl::StrCat("the response must be ", own, "Response"));
    Require(method.options().idempotency_level() != MethodOptions::IDEMPOTENCY_UNKNOWN,
            method.full_name(),
            "idempotency_level must be set: clients decide by it whether to retry");
  }

  const FileDescriptor& file_;
  std::vector<std::string> broken_;
};

}  // namespace

std::vector<std::string> BrokenProtoRules(const FileDescriptor& file) { return Lint(file).Run(); }

}  // namespace rope
