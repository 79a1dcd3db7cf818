// ropectl plan: which frequencies sequences of given lengths get.
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "client/ropectl/arguments/local_config.h"
#include "client/ropectl/commands.h"
#include "client/ropectl/output/error_report.h"
#include "core/sequences/sequence_plan.h"

namespace rope::ropectl {
namespace {

struct PlanOptions {
  LengthsOptions lengths;
  std::string profile = "hf";
};

std::optional<std::string> NameOf(std::optional<CachedKeys> cached_keys) {
  if (!cached_keys.has_value()) return std::nullopt;
  const absl::string_view name = CachedKeysName(*cached_keys);
  return std::string(name.data(), name.size());
}

void PrintJson(const std::vector<LengthPlan>& plans) {
  JsonOutput json;
  json.ArrayOf(plans, [&json](const LengthPlan& plan) {
    json.Object([&] {
      json.Member("length", plan.length);
      json.Member("regime", LengthRegimeName(plan.regime));
      json.Member("seq_len", plan.length);
      json.Member("config_id", ConfigId(plan.plan));
      json.Member("attention_factor", plan.plan.attention_factor);
      json.Member("from", plan.from);
      json.Member("until", plan.until);
      json.Member("cached_keys", NameOf(plan.cached_keys));
    });
  });
  json.Print();
}

void PrintText(const std::vector<LengthPlan>& plans) {
  absl::PrintF("%10s  %-9s  %21s  %-16s  %-11s  %s\n", "length", "regime", "lengths with this plan",
               "attention_factor", "cached keys", "config id");
  for (const LengthPlan& plan : plans) {
    const std::string until = plan.until.has_value() ? absl::StrCat(*plan.until) : "";
    absl::PrintF("%10d  %-9s  %10d .. %-8s  %-16.12g  %-11s  %s\n", plan.length,
                 LengthRegimeName(plan.regime), plan.from, until, plan.plan.attention_factor,
                 NameOf(plan.cached_keys).value_or("-"), ConfigId(plan.plan));
  }
}

int RunPlan(const PlanOptions& options) {
  std::vector<Finding> findings;
  const bool json = options.lengths.json;
  const auto layer = ReadLayer(options.lengths, &findings);
  if (!layer.ok()) return ReportStatus(json, layer.status(), findings);
  const auto plans =
      PlanSequence(*layer->config, *FindNumericProfile(options.profile), options.lengths.lengths);
  if (!plans.ok()) return ReportStatus(json, plans.status(), {});
  json ? PrintJson(*plans) : PrintText(*plans);
  return kFine;
}

}  // namespace

Command AddPlan(CLI::App* app) {
  const auto options = std::make_shared<PlanOptions>();
  CLI::App* line = app->add_subcommand("plan", "Which frequencies sequences of given lengths get");
  AddLengthsOptions(line, "Sequence lengths, L,L,...", &options->lengths);
  AddOverrideOptions(line, &options->lengths.overrides);
  line->add_option("--profile", options->profile, "Numeric profile: hf or exact")
      ->check(CLI::IsMember(Names(AllNumericProfiles(), NumericProfileName)))
      ->capture_default_str();
  line->footer(
      "\nNeeds no server, so --local changes nothing. \"cached keys\" says what must happen to "
      "keys "
      "that\n"
      "were cached at the length before: keep them; re-rotate them, which is exact for the first\n"
      "layer only; or re-prefill, which means to compute them again.\n"
      "Example: ropectl plan --config config.json --lengths 4096,5000,131072");
  return {line, [options] { return RunPlan(*options); }};
}

}  // namespace rope::ropectl
