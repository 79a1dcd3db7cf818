// ropectl info: what the server is, knows and allows.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "client/ropectl/arguments/option_groups.h"
#include "client/ropectl/commands.h"
#include "client/ropectl/output/error_report.h"
#include "client/ropectl/output/visible_text.h"
#include "core/table/dtype.h"
#include "core/table/layout.h"
#include "core/table/numeric_profile.h"
#include "proto/wire/convert.h"

namespace rope::ropectl {
namespace {

struct InfoOptions {
  ServerOptions server;
  bool json = false;
};

// The names of the values in a repeated enum field. Leaves out values of a newer server that this
// program does not know.
template <typename Message, typename Core>
std::vector<std::string> EnumNames(const google::protobuf::RepeatedField<int>& values,
                                   absl::StatusOr<Core> (*from_proto)(Message),
                                   absl::string_view (*name)(Core)) {
  std::vector<std::string> names;
  for (int value : values) {
    const absl::StatusOr<Core> known = from_proto(static_cast<Message>(value));
    if (known.ok()) names.emplace_back(name(*known));
  }
  return names;
}

std::vector<std::string> DTypes(const v1::GetServerInfoResponse& info) {
  return EnumNames(info.dtypes(), wire::DTypeFromProto, DTypeName);
}
std::vector<std::string> Layouts(const v1::GetServerInfoResponse& info) {
  return EnumNames(info.layouts(), wire::LayoutFromProto, LayoutName);
}
std::vector<std::string> Profiles(const v1::GetServerInfoResponse& info) {
  return EnumNames(info.numeric_profiles(), wire::NumericProfileFromProto, NumericProfileName);
}

// Calls `visit(name, value)` for every field of a message that has only fields of type int64.
template <typename Visit>
void ForEachNumber(const google::protobuf::Message& message, Visit visit) {
  const auto& reflection = *message.GetReflection();
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const auto* field = message.GetDescriptor()->field(i);
    visit(field->name(), reflection.GetInt64(message, field));
  }
}

void WriteNumbers(const char* key, const google::protobuf::Message& message, JsonOutput* json) {
  json->Object(key, [&] {
    ForEachNumber(message,
                  [json](const std::string& name, int64_t value) { json->Member(name, value); });
  });
}

void PrintNumbers(const char* title, const google::protobuf::Message& message) {
  absl::PrintF("\n%s\n", title);
  ForEachNumber(message, [](const std::string& name, int64_t value) {
    absl::PrintF("  %-24s %d\n", name, value);
  });
}

void WriteType(const v1::RopeTypeInfo& type, JsonOutput* json) {
  json->Object([&] {
    json->Member("name", type.name());
    json->Member("description", type.description());
    json->Member("source", type.source());
    json->Member("required_keys", type.required_keys());
    json->Member("optional_keys", type.optional_keys());
  });
}

void WriteBackend(const v1::BackendInfo& backend, JsonOutput* json) {
  json->Object([&] {
    json->Member("name", backend.name());
    json->Member("description", backend.description());
    json->Member("available", backend.available());
    json->Member("selected", backend.selected());
  });
}

void PrintJson(const v1::GetServerInfoResponse& info) {
  JsonOutput json;
  json.Object([&] {
    json.Member("version", info.version());
    json.Member("build", info.build());
    json.Member("transformers_version", info.transformers_version());
    json.ArrayOf("rope_types", info.rope_types(),
                 [&](const v1::RopeTypeInfo& type) { WriteType(type, &json); });
    json.Member("dtypes", DTypes(info));
    json.Member("layouts", Layouts(info));
    json.Member("numeric_profiles", Profiles(info));
    json.ArrayOf("backends", info.backends(),
                 [&](const v1::BackendInfo& backend) { WriteBackend(backend, &json); });
    json.Member("instruction_sets", info.instruction_sets());
    WriteNumbers("limits", info.limits(), &json);
    WriteNumbers("activity", info.activity(), &json);
  });
  json.Print();
}

void PrintText(const v1::GetServerInfoResponse& info) {
  absl::PrintF("rope_server %s (%s), reads configurations as transformers %s\n\n", info.version(),
               info.build(), info.transformers_version());
  for (const v1::RopeTypeInfo& type : info.rope_types()) {
    absl::PrintF("  %-13s %s\n", type.name(), type.description());
  }
  absl::PrintF("\ndtypes            %s\n", absl::StrJoin(DTypes(info), ", "));
  absl::PrintF("layouts           %s\n", absl::StrJoin(Layouts(info), ", "));
  absl::PrintF("numeric profiles  %s\n", absl::StrJoin(Profiles(info), ", "));
  absl::PrintF("instruction sets  %s\n", absl::StrJoin(info.instruction_sets(), ", "));
  for (const v1::BackendInfo& backend : info.backends()) {
    absl::PrintF("backend           %s%s: %s\n", backend.name(),
                 backend.selected() ? " (selected)" : "", backend.description());
  }
  PrintNumbers("limits", info.limits());
  PrintNumbers("since the server started", info.activity());
}

int RunInfo(const InfoOptions& options) {
  const auto info = Visible(options.server.Connect().GetServerInfo(options.server.call_options()));
  if (!info.ok()) return ReportStatus(options.json, info.status(), {});
  if (options.json) {
    PrintJson(*info);
  } else {
    PrintText(*info);
  }
  return kFine;
}

}  // namespace

Command AddInfo(CLI::App* app) {
  const auto options = std::make_shared<InfoOptions>();
  CLI::App* line = app->add_subcommand("info", "What the server is, knows and allows");
  AddServerOptions(line, &options->server);
  AddJsonOption(line, &options->json);
  line->footer("\nExample: ropectl info --server 127.0.0.1:50051");
  return {line, [options] { return RunInfo(*options); }};
}

}  // namespace rope::ropectl
