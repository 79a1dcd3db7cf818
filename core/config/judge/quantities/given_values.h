// The values that a document gives for the quantities of spellings.h, wherever they stand.
#pragma once

#include <vector>

#include "absl/strings/string_view.h"
#include "core/config/judge/quantities/spellings.h"
#include "core/json/json_value.h"

namespace rope {

// One value of a document, by one of its quantity's names. Views of the document.
struct GivenValue {
  const Spelling* spelling = nullptr;
  const JsonValue* value = nullptr;
  // The object at the document's top level in which it stands: rope_parameters, rope_scaling, ... .
  // Null if it stands at the top level itself.
  const JsonValue* container = nullptr;
  absl::string_view container_key;
  // The member of the container in which it stands, a layer type; "" if it is the container itself.
  absl::string_view set_name;

  Quantity quantity() const { return spelling->quantity; }
};

// All of them, in the document's order, except those that are null. Looks at the top level, into
// the objects of it that hold parameters of a rotary embedding, and into the parameter sets nested
// in these. Linear in the document.
std::vector<GivenValue> GivenValues(const JsonValue& document);

// The base that the document gives for the layers of `layer_type` ("" for all layers), at whatever
// place and by whatever name: the first one, if all of them are the same positive number. Null if
// there is none, or if two differ. `or_for_all`: one that is given for all layers counts, too.
// Takes constant time, so it can be asked for every layer type.
const JsonValue* OnlyTheta(const JsonValue& document, absl::string_view layer_type,
                           bool or_for_all);

// Whether the document gives a factor for the layers of `layer_type` ("" for all layers), at
// whatever place and by whatever name. Takes constant time.
bool GivesFactor(const JsonValue& document, absl::string_view layer_type);

}  // namespace rope
