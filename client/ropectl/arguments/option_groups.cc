#include "client/ropectl/arguments/option_groups.h"

#include <chrono>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "core/dialects/dialects.h"
#include "core/table/numeric_profile.h"
#include "proto/wire/convert.h"
#include "server/local/local_service.h"

namespace rope::ropectl {

client::CallOptions ServerOptions::call_options() const {
  client::CallOptions call;
  if (!timeout_seconds.has_value()) return call;
  const std::chrono::milliseconds limit(static_cast<int64_t>(*timeout_seconds * 1000));
  if (limit.count() > 0) {
    call.timeout = limit;
  } else {
    call.patience = limit;
  }
  return call;
}

client::RopeClient ConnectLocally() {
  // Never destroyed: its threads are idle when the program ends.
  static const server::LocalService& service = *new server::LocalService;
  return client::RopeClient::OnChannel(service.Connect());
}

client::RopeClient ServerOptions::Connect() const {
  return local ? ConnectLocally() : client::RopeClient::Connect(server);
}

void AddServerOptions(CLI::App* command, ServerOptions* options) {
  command
      ->add_option_function<std::string>(
          "--server",
          [options](const std::string& server) {
            options->server = server;
            options->is_named = true;
          },
          "The server: HOST:PORT or unix:PATH")
      ->envname("ROPE_SERVER")
      ->default_str(options->server);
  command
      ->add_option("--timeout", options->timeout_seconds,
                   "Seconds for the whole call; 0: no limit. Without it a call is given up when "
                   "nothing comes for 30 seconds")
      ->check(CLI::NonNegativeNumber);
}

void AddOptionalServerOptions(CLI::App* command, ServerOptions* options) {
  AddServerOptions(command, options);
  command->get_option("--server")
      ->description("The server: HOST:PORT or unix:PATH. Without it ropectl uses none")
      ->default_str("");
  AddLocalOption(command, &options->local);
}

void AddJsonOption(CLI::App* command, bool* json) {
  command->add_flag("--json", *json, "Print one JSON document instead of text");
}

void AddLocalOption(CLI::App* command, bool* local) {
  command->add_flag("--local", *local, "Use no server; ropectl contains the same library");
}

void AddConfigOptions(CLI::App* command, ConfigOptions* options) {
  command
      ->add_option("--config", options->config,
                   "The model's config.json, unchanged; - reads standard input, a name, or "
                   "preset:NAME, is a known model")
      ->required();
  command->add_flag("--strict", options->strict,
                    "Refuse the configuration for warnings too, not only for errors");
}

v1::NumericProfile ResolutionOptions::numeric_profile() const {
  return wire::NumericProfileToProto(*FindNumericProfile(profile));
}

void AddResolutionOptions(CLI::App* command, ResolutionOptions* options) {
  command->add_option("--layer-type", options->layer_type,
                      "Layer type, if the model has several (sliding_attention, ...)");
  command->add_option("--seq-len", options->seq_len,
                      "Sequence length that chooses the frequencies (dynamic, longrope)");
  command
      ->add_option(
          "--profile", options->profile,
          "Numeric profile. hf: the float32 arithmetic of transformers; exact: the formula "
          "in real arithmetic, rounded once")
      ->check(CLI::IsMember(Names(AllNumericProfiles(), NumericProfileName)))
      ->capture_default_str();
  command->add_option(
      "--dialect", options->dialect,
      absl::StrCat("Whose reading of the rope parameters applies: one of ", DialectNames(),
                   ", or NAME@VERSION; without it that of transformers"));
}

}  // namespace rope::ropectl
