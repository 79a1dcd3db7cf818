// FindTextModel: which part of a document describes the text model, and whose rules it follows.
#pragma once

#include <string>
#include <vector>

#include "core/config/families/families.h"
#include "core/json/json_value.h"

namespace rope {

// The text model in a document. The pointers point into the document that was searched.
struct TextModel {
  // How the family was found.
  enum class Source {
    kModelType,     // model_type names it, or the composite's model_type implies it
    kRemoteName,    // model_type is a name that remote code uses for it
    kArchitecture,  // architectures names it; model_type is missing or unknown
    kNone,          // it is unknown
  };

  const JsonValue* document = nullptr;  // the text model's configuration; never null
  std::string path;                     // where it stands: "text_config"; "" is the whole document
  // The objects around it, from the outside: the whole document first. Empty if `path` is.
  std::vector<const JsonValue*> around;
  std::string model_type;          // as the part or the composite says; "" if neither does
  const Family* family = nullptr;  // null: unknown
  Source source = Source::kNone;
  bool has_no_rotary_embedding = false;  // known to have none
};

// A composite configuration holds the text model's in a member: text_config, or one of the other
// names that composites use (llm_config, language_config, thinker_config.text_config, ...). The
// search goes down at most four levels. The family is, in this order, that of the part's
// model_type; the one that belongs to the composite ("gemma3" -> "gemma3_text"); the one that the
// part's architectures name. `root` must outlive the result.
TextModel FindTextModel(const JsonValue& root);

}  // namespace rope
