#include "core/config/unknown_family.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "core/json/python_value.h"

namespace rope {
namespace {

// Members that only some families read, and in different ways. Null, false, and a share of 1 change
// no rule.
constexpr absl::string_view kHints[] = {
    "partial_rotary_factor",
    "rotary_pct",
    "rotary_dim",
    "rotary_percentage",
    "rope_pct",
    "rope_percentage",
    "rotary_emb_fraction",
    "rope_ratio",
    "rotary_ndims",
    "qk_rope_head_dim",
    "kv_channels",
    "mla_use_nope",
    "no_rope_layers",
    "no_rope_layer_interval",
    "nope_layer_interval",
    "hybrid_override_pattern",
    "layers_block_type",
    "attn_layer_indices",
    "attn_type_list",
    "layer_rope_theta",
    "sliding_window_pattern",
    "rope_local_base_freq",
    "local_rope_theta",
    "global_rope_theta",
    "swa_rope_theta",
    "alibi",
    "position_embedding_type",
    "use_dynamic_ntk",
    "per_layer_config",
    "rope_scaling_layers",
};

bool IsNeutral(const JsonValue& value) {
  if (!IsTruthy(value)) return true;
  return (!value.is_bool() && PythonNumber(value) == 1.0) ||
         (value.is_string() && (value.as_string() == "rope" || value.as_string() == "rotary"));
}

bool IsPresent(const JsonValue& object, absl::string_view name) {
  const JsonValue* value = object.Find(name);
  return value != nullptr && !value->is_null();
}

// Whether a parameter set, or each one that is nested in it, has its own base.
bool HasTheta(const JsonValue& parameters) {
  if (!parameters.is_object()) return false;
  if (IsPresent(parameters, "rope_theta")) return true;
  bool any = false;
  for (const JsonMember& member : parameters.as_object()) {
    if (!member.value.is_object()) continue;
    if (!IsPresent(member.value, "rope_theta")) return false;
    any = true;
  }
  return any;
}

bool SaysTheta(const JsonValue& document) {
  if (IsPresent(document, "rope_theta")) return true;
  for (const char* name : {"rope_scaling", "rope_parameters"}) {
    const JsonValue* parameters = document.Find(name);
    if (parameters != nullptr && HasTheta(*parameters)) return true;
  }
  return false;
}

class Questions {
 public:
  Questions(const TextModel& model, FindingSink* findings)
      : document_(*model.document),
        who_(model.model_type.empty()
                 ? "the file has no model_type"
                 : absl::StrCat("model_type \"", model.model_type, "\" is unknown")),
        findings_(findings) {}

  void AskFor(absl::string_view member, absl::string_view what) {
    findings_->AddMember(
        FindingId::kUnknownFamily, document_, "", member,
        absl::StrCat("must be given: ", who_, ", and families have different ", what));
    open_ = true;
  }

  void Hint(const JsonValue& value, absl::string_view member) {
    findings_->Add(FindingId::kUnknownFamily, value, member,
                   absl::StrCat("is ", PythonRepr(value),
                                ", which families read by different "
                                "rules, and ",
                                who_));
    open_ = true;
  }

  // Whether anything was asked.
  bool open() const { return open_; }
  const std::string& who() const { return who_; }

 private:
  const JsonValue& document_;
  const std::string who_;
  FindingSink* const findings_;
  bool open_ = false;
};

void AskForShape(const JsonValue& document, Questions* questions) {
  if (IsPresent(document, "head_dim")) return;
  for (const char* name : {"hidden_size", "num_attention_heads"}) {
    if (!IsPresent(document, name)) questions->AskFor(name, "widths of a head");
  }
}

void LookForHints(const JsonValue& document, Questions* questions) {
  for (const absl::string_view name : kHints) {
    const JsonValue* value = document.Find(name);
    if (value != nullptr && !IsNeutral(*value)) questions->Hint(*value, name);
  }
  for (const char* name : {"rope_scaling", "rope_parameters"}) {
    const JsonValue* parameters = document.Find(name);
    const JsonValue* share =
        parameters != nullptr ? parameters->Find("partial_rotary_factor") : nullptr;
    if (share != nullptr && !IsNeutral(*share)) {
      questions->Hint(*share, absl::StrCat(name, ".partial_rotary_factor"));
    }
  }
}

}  // namespace

void CheckUnknownFamily(const TextModel& model, FindingSink* findings) {
  const JsonValue& document = *model.document;
  Questions questions(model, findings);
  if (!SaysTheta(document)) questions.AskFor("rope_theta", "bases");
  AskForShape(document, &questions);
  LookForHints(document, &questions);
  if (questions.open()) return;
  const std::string message =
      absl::StrCat(questions.who(), "; the file is read by the rules of llama");
  if (model.model_type.empty()) {
    findings->AddPath(FindingId::kNoModelType, "model_type", -1, message);
  } else {
    const JsonValue* given = document.Find("model_type");
    findings->Add(FindingId::kUnknownModelType, given != nullptr ? *given : JsonValue(),
                  "model_type", message);
  }
}

}  // namespace rope
