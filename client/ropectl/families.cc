// ropectl families: the model families whose configurations are known.
#include "core/config/families/families.h"

#include <cstdio>
#include <memory>
#include <string>

#include "CLI/CLI.hpp"
#include "absl/strings/match.h"
#include "absl/strings/str_format.h"
#include "client/ropectl/arguments/option_groups.h"
#include "client/ropectl/commands.h"
#include "client/ropectl/output/error_report.h"
#include "core/json/json_reader.h"
#include "core/presets/presets.h"

namespace rope::ropectl {
namespace {

struct FamiliesOptions {
  bool json = false;
  bool local = false;    // needs no server anyway
  std::string contains;  // empty: all families
};

std::string ModelTypeOf(const Preset& preset) {
  const JsonResult document = ReadJson(preset.config_json);
  const JsonValue* model_type = document.ok() ? document->root.Find("model_type") : nullptr;
  return model_type != nullptr && model_type->is_string() ? model_type->as_string() : "";
}

std::vector<std::string> PresetsOf(absl::string_view model_type) {
  std::vector<std::string> names;
  for (const Preset& preset : AllPresets()) {
    if (ModelTypeOf(preset) == model_type) names.emplace_back(preset.name);
  }
  return names;
}

int RunFamilies(const FamiliesOptions& options) {
  std::vector<const Family*> families;
  for (const Family& family : AllFamilies()) {
    if (absl::StrContains(family.model_type, options.contains)) families.push_back(&family);
  }
  if (options.json) {
    JsonOutput json;
    json.ArrayOf(families, [&](const Family* family) {
      json.Object([&] {
        json.Member("model_type", family->model_type);
        json.Member("rope_theta", family->default_theta);
        json.Member("presets", PresetsOf(family->model_type));
      });
    });
    json.Print();
    return kFine;
  }
  for (const Family* family : families) {
    absl::PrintF("%-32s  rope_theta %-10g  %d presets\n", family->model_type, family->default_theta,
                 PresetsOf(family->model_type).size());
  }
  return kFine;
}

}  // namespace

Command AddFamilies(CLI::App* app) {
  const auto options = std::make_shared<FamiliesOptions>();
  CLI::App* line = app->add_subcommand(
      "families", "The model families that are known: model_type, default base, presets");
  AddJsonOption(line, &options->json);
  AddLocalOption(line, &options->local);
  line->add_option("name", options->contains, "Only those whose model_type contains this text");
  line->footer("\nExample: ropectl families qwen");
  return {line, [options] { return RunFamilies(*options); }};
}

}  // namespace rope::ropectl
