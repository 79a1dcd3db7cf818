// What ropectl validate prints: for people, for scripts, for CI systems.
#pragma once

#include <string>
#include <vector>

#include "client/ropectl/validate/fix.h"

namespace rope::ropectl {

enum class FixMode { kNone, kWrite, kDryRun };

// For people: for each configuration one line that says whether it is valid, then its findings in
// the order of the file. For a single configuration it then prints every value that frequencies are
// computed from, and where the value comes from. If `color`, the text has the escape sequences of a
// terminal.
void PrintText(const std::vector<ValidatedConfig>& configs, FixMode fix, bool color);

// A configuration that could not be read or validated.
struct UnreadableConfig {
  std::string file;
  std::string code;  // as in an error of ropectl: "USAGE", "IO"
  std::string message;
};

// All that PrintText says, as JSON. For a configuration:
//
//   {"file","valid","findings": [{"code","severity","path","message","file","line","column",
//    "fix","consequence","hf_message"}],"rope_parameters","layers_without_rope","family",
//    "text_model_path","transformers_version","config_id","layer_types": [{"layer_type","has_rope",
//    "layers","config_id"}],"effective_values": [{"layer_type","name","value","path","source"}],
//    "drift"}
//
// What does not apply is null. config_id is null if there are several layer types. drift compares
// with a preset: {"preset","guessed","recipe","layers": [{"layer_type","values": [{"name","value",
// "preset_value"}],"frequencies","moved","largest_ratio","length","angle","attention_factor",
// "preset_attention_factor"}]}. With fixes, a configuration has "fixed" and "left", too, and for a
// dry run "diff".
//
// One object; if `several`, an array of these, and of {"file","error": {"code","message"}} for each
// of `unreadable`.
void PrintJson(const std::vector<ValidatedConfig>& configs,
               const std::vector<UnreadableConfig>& unreadable, FixMode fix, bool several);

// SARIF 2.1.0, which code hosts and CI systems read: one run with one result for each finding,
// its rule with help, and its fix as the replacement of a part of the file. What is unreadable is a
// notification.
void PrintSarif(const std::vector<ValidatedConfig>& configs,
                const std::vector<UnreadableConfig>& unreadable);

}  // namespace rope::ropectl
