#include "core/config/not_a_text_model.h"

#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace rope {
namespace {

constexpr char kClassName[] = "_class_name";

void ReportDiffusers(const JsonValue& root, FindingSink* findings) {
  const std::string name = StringMember(root, kClassName);
  const absl::string_view reason =
      absl::StartsWith(name, "Mochi")
          ? "its frequencies are learned, and stand among the weights"
          : "the code of the class has its rotary embedding, and not this file. Describe it as a "
            "spectrum (docs/vision.md has those of many classes)";
  findings->Add(FindingId::kTypeNotComputed, *root.Find(kClassName), kClassName,
                absl::StrCat("is \"", name, "\", a class of diffusers: ", reason));
}

}  // namespace

bool ReportNotATextModel(const JsonValue& root, const TextModel& model, FindingSink* findings) {
  const bool names_model =
      root.Find("model_type") != nullptr || root.Find("architectures") != nullptr;
  if (!names_model && !StringMember(root, kClassName).empty()) {
    ReportDiffusers(root, findings);
    return true;
  }
  if (StringMember(root, "model_type") == "musicflamingo" && model.path.empty()) {
    findings->Add(FindingId::kTypeNotComputed, *root.Find("model_type"), "model_type",
                  "is \"musicflamingo\" without a text_config: the rotary embedding of its sounds "
                  "turns by times in seconds, and this service does not compute it");
    return true;
  }
  return false;
}

}  // namespace rope
