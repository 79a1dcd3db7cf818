// Names of rope types that other programs and older files use.
#pragma once

#include "absl/strings/string_view.h"

namespace rope {

struct OtherTypeName {
  absl::string_view name;  // in lower case
  // The rope type that computes the same from the same keys; "" if there is none.
  absl::string_view same_as;
  absl::string_view meaning;  // what it is, and what to write: a whole sentence for a message
};

// The row of `name`, in whatever case it is written; null if the table has none.
const OtherTypeName* FindOtherTypeName(absl::string_view name);

}  // namespace rope
