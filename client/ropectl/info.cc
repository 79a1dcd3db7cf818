#include <cstdio>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "client/ropectl/commands.h"
#include "client/ropectl/report.h"
#include "proto/wire/convert.h"

namespace rope::ropectl {
namespace {

std::vector<std::string> DTypes(const v1::GetServerInfoResponse& info) {
  std::vector<std::string> names;
  for (int value : info.dtypes()) {
    const auto dtype = wire::DTypeFromProto(static_cast<v1::DType>(value));
    if (dtype.ok()) names.emplace_back(DTypeName(*dtype));
  }
  return names;
}

std::vector<std::string> Layouts(const v1::GetServerInfoResponse& info) {
  std::vector<std::string> names;
  for (int value : info.layouts()) {
    const auto layout = wire::LayoutFromProto(static_cast<v1::Layout>(value));
    if (layout.ok()) names.emplace_back(LayoutName(*layout));
  }
  return names;
}

std::vector<std::string> Profiles(const v1::GetServerInfoResponse& info) {
  std::vector<std::string> names;
  for (int value : info.numeric_profiles()) {
    const auto profile = wire::NumericProfileFromProto(static_cast<v1::NumericProfile>(value));
    if (profile.ok()) names.emplace_back(NumericProfileName(*profile));
  }
  return names;
}

void WriteNames(const char* key, const std::vector<std::string>& names, JsonOutput* output) {
  output->writer().Key(key);
  output->writer().StartArray();
  for (const std::string& name : names) output->writer().String(name.c_str());
  output->writer().EndArray();
}

void WriteTypes(const v1::GetServerInfoResponse& info, JsonOutput* output) {
  output->writer().Key("rope_types");
  output->writer().StartArray();
  for (const v1::RopeTypeInfo& type : info.rope_types()) {
    output->writer().StartObject();
    output->Add("name", type.name());
    output->Add("description", type.description());
    output->Add("source", type.source());
    WriteNames("required_keys", {type.required_keys().begin(), type.required_keys().end()}, output);
    WriteNames("optional_keys", {type.optional_keys().begin(), type.optional_keys().end()}, output);
    output->writer().EndObject();
  }
  output->writer().EndArray();
}

void WriteBackends(const v1::GetServerInfoResponse& info, JsonOutput* output) {
  output->writer().Key("backends");
  output->writer().StartArray();
  for (const v1::BackendInfo& backend : info.backends()) {
    output->writer().StartObject();
    output->Add("name", backend.name());
    output->Add("description", backend.description());
    output->writer().Key("available");
    output->writer().Bool(backend.available());
    output->writer().Key("selected");
    output->writer().Bool(backend.selected());
    output->writer().EndObject();
  }
  output->writer().EndArray();
}

// Every number of a message that has nothing else, under its field's name.
template <typename Visit>
void ForEachNumber(const google::protobuf::Message& message, Visit visit) {
  const auto& reflection = *message.GetReflection();
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const auto* field = message.GetDescriptor()->field(i);
    visit(field->name(), reflection.GetInt64(message, field));
  }
}

void WriteNumbers(const char* key, const google::protobuf::Message& message, JsonOutput* output) {
  output->writer().Key(key);
  output->writer().StartObject();
  ForEachNumber(message, [&](const std::string& name, int64_t value) {
    output->writer().Key(name.c_str());
    output->writer().Int64(value);
  });
  output->writer().EndObject();
}

void PrintNumbers(const char* title, const google::protobuf::Message& message) {
  absl::PrintF("\n%s\n", title);
  ForEachNumber(message, [](const std::string& name, int64_t value) {
    absl::PrintF("  %-18s %d\n", name, value);
  });
}

void PrintJson(const v1::GetServerInfoResponse& info) {
  JsonOutput output;
  output.writer().StartObject();
  output.Add("version", info.version());
  output.Add("build", info.build());
  output.Add("transformers_version", info.transformers_version());
  WriteTypes(info, &output);
  WriteNames("dtypes", DTypes(info), &output);
  WriteNames("layouts", Layouts(info), &output);
  WriteNames("numeric_profiles", Profiles(info), &output);
  WriteBackends(info, &output);
  WriteNames("instruction_sets", {info.instruction_sets().begin(), info.instruction_sets().end()},
             &output);
  WriteNumbers("limits", info.limits(), &output);
  WriteNumbers("activity", info.activity(), &output);
  output.writer().EndObject();
  output.Print();
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
  PrintNumbers("since its start", info.activity());
}

}  // namespace

int RunInfo(const Options& options) {
  const auto client = client::RopeClient::Connect(options.server);
  const auto info = client.GetServerInfo(options.call_options());
  if (!info.ok()) return ReportStatus(options.json, info.status(), {});
  if (options.json) {
    PrintJson(*info);
  } else {
    PrintText(*info);
  }
  return kFine;
}

}  // namespace rope::ropectl
