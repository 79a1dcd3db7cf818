// ropectl completions: what a shell completes on the command line, from the options themselves.
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "client/ropectl/commands.h"
#include "client/ropectl/output/error_report.h"

namespace rope::ropectl {
namespace {

// Prints the names of presets, in every shell.
constexpr char kPresets[] = "ropectl presets --local 2>/dev/null | cut -d' ' -f1";

struct OptionWords {
  std::string name;  // "--config"
  std::string help;
  bool takes_value = false;
  std::vector<std::string> choices;  // empty: any value
};

// "TEXT:{hf,exact}" has the choices hf and exact.
std::vector<std::string> ChoicesIn(const std::string& type) {
  const size_t open = type.find('{');
  const size_t close = type.find('}');
  if (open == std::string::npos || close == std::string::npos || close < open) return {};
  return absl::StrSplit(type.substr(open + 1, close - open - 1), ',');
}

std::vector<OptionWords> OptionsOf(const CLI::App& command) {
  std::vector<OptionWords> options;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      const bool takes_value = option->get_items_expected_max() > 0;
      options.push_back(
          {absl::StrCat("--", name), option->get_description(), takes_value,
           takes_value ? ChoicesIn(option->get_type_name()) : std::vector<std::string>()});
    }
  }
  return options;
}

bool TakesConfig(const OptionWords& option) { return option.name == "--config"; }

// The first sentence, without the characters that mean something in a quoted text of a shell.
std::string Plain(const std::string& help) {
  const std::string first = help.substr(0, help.find_first_of(".;"));
  return absl::StrReplaceAll(
      first, {{"'", ""}, {"\"", ""}, {"[", "("}, {"]", ")"}, {":", ","}, {"\n", " "}, {"\\", ""}});
}

std::vector<const CLI::App*> CommandsOf(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

void PrintBash(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::App* command : CommandsOf(app)) names.push_back(command->get_name());
  absl::PrintF(
      "# bash completion for ropectl, made by: ropectl completions bash\n"
      "_ropectl() {\n"
      "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} options=\n"
      "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
      "    mapfile -t COMPREPLY < <(compgen -W '%s' -- \"$word\")\n    return\n  fi\n"
      "  if [ \"$before\" = --config ]; then\n"
      "    mapfile -t COMPREPLY < <(compgen -f -W \"$(%s)\" -- \"$word\")\n    return\n  fi\n"
      "  case ${COMP_WORDS[1]}$before in\n",
      absl::StrJoin(names, " "), kPresets);
  for (const CLI::App* command : CommandsOf(app)) {
    for (const OptionWords& option : OptionsOf(*command)) {
      if (option.choices.empty()) continue;
      absl::PrintF("    %s%s) options='%s' ;;\n", command->get_name(), option.name,
                   absl::StrJoin(option.choices, " "));
    }
  }
  absl::PrintF(
      "  esac\n  if [ -n \"$options\" ]; then\n"
      "    mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$word\")\n    return\n  fi\n"
      "  case $word in\n    -*) ;;\n"
      "    *) mapfile -t COMPREPLY < <(compgen -f -- \"$word\"); return ;;\n  esac\n"
      "  case ${COMP_WORDS[1]} in\n");
  for (const CLI::App* command : CommandsOf(app)) {
    absl::PrintF(
        "    %s) options='%s' ;;\n", command->get_name(),
        absl::StrJoin(OptionsOf(*command), " ", [](std::string* out, const OptionWords& option) {
          out->append(option.name);
        }));
  }
  absl::PrintF(
      "  esac\n  mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$word\")\n}\n"
      "complete -o filenames -F _ropectl ropectl\n");
}

std::string ZshValue(const OptionWords& option) {
  if (!option.takes_value) return "";
  if (!option.choices.empty()) {
    return absl::StrCat(":value:(", absl::StrJoin(option.choices, " "), ")");
  }
  return TakesConfig(option) ? ":configuration:_ropectl_configs" : ":value:_files";
}

void PrintZsh(const CLI::App& app) {
  absl::PrintF(
      "#compdef ropectl\n# zsh completion for ropectl, made by: ropectl completions zsh\n"
      "_ropectl_configs() {\n"
      "  _alternative 'files:file:_files' \"presets:preset:($(%s))\"\n}\n"
      "_ropectl() {\n  local -a commands\n  commands=(\n",
      kPresets);
  for (const CLI::App* command : CommandsOf(app)) {
    absl::PrintF("    '%s:%s'\n", command->get_name(), Plain(command->get_description()));
  }
  absl::PrintF(
      "  )\n  if (( CURRENT == 2 )); then\n    _describe command commands\n    return\n  fi\n"
      "  case $words[2] in\n");
  for (const CLI::App* command : CommandsOf(app)) {
    absl::PrintF("    %s)\n      _arguments", command->get_name());
    for (const OptionWords& option : OptionsOf(*command)) {
      absl::PrintF(" \\\n        '%s[%s]%s'", option.name, Plain(option.help), ZshValue(option));
    }
    absl::PrintF(" \\\n        '*:file:_files' ;;\n");
  }
  absl::PrintF("  esac\n}\n_ropectl \"$@\"\n");
}

void PrintFish(const CLI::App& app) {
  absl::PrintF(
      "# fish completion for ropectl, made by: ropectl completions fish\n"
      "complete -c ropectl -n __fish_use_subcommand -f\n");
  for (const CLI::App* command : CommandsOf(app)) {
    absl::PrintF("complete -c ropectl -n __fish_use_subcommand -a %s -d '%s'\n",
                 command->get_name(), Plain(command->get_description()));
    for (const OptionWords& option : OptionsOf(*command)) {
      std::string value;
      if (option.takes_value) value = " -r";
      if (!option.choices.empty()) {
        absl::StrAppend(&value, " -f -a '", absl::StrJoin(option.choices, " "), "'");
      }
      if (TakesConfig(option)) absl::StrAppend(&value, " -F -a \"(", kPresets, ")\"");
      absl::PrintF("complete -c ropectl -n '__fish_seen_subcommand_from %s' -l %s%s -d '%s'\n",
                   command->get_name(), option.name.substr(2), value, Plain(option.help));
    }
  }
}

int RunCompletions(const CLI::App& app, const std::string& shell) {
  if (shell == "bash") PrintBash(app);
  if (shell == "zsh") PrintZsh(app);
  if (shell == "fish") PrintFish(app);
  return kFine;
}

}  // namespace

Command AddCompletions(CLI::App* app) {
  const auto shell = std::make_shared<std::string>();
  CLI::App* line =
      app->add_subcommand("completions", "A script with which a shell completes command lines");
  line->add_option("shell", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  line->footer("\nExample: eval \"$(ropectl completions bash)\"");
  return {line, [app, shell] { return RunCompletions(*app, *shell); }};
}

}  // namespace rope::ropectl
