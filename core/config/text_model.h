// FindTextModel: which part of a document describes the text model.
#pragma once

#include <string>

#include "core/json/json_value.h"

namespace rope {

// The text model in a document. `document` points into the document that was searched.
struct TextModel {
  const JsonValue* document;  // its text_config, or the whole document; never null
  std::string model_type;     // "" if it is unknown
};

// A composite configuration holds the text model's configuration in text_config. Its model_type is
// that of text_config if the table of families has it. Otherwise it is the one that belongs to the
// composite ("gemma3" -> "gemma3_text"). `root` must outlive the result.
TextModel FindTextModel(const JsonValue& root);

}  // namespace rope
