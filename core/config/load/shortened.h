// Shortened: a bound on the values that loading copies into every parameter set.
#pragma once

#include "core/json/json_value.h"

namespace rope {

// The value with at most a few hundred bytes: a longer string is cut, a longer list or object loses
// its last entries, and a whole number keeps its first 400 digits, which no double can hold.
//
// One value of a document may be the default of all parameter sets and layers. Any number, and any
// other value that a person writes by mistake, is short. Copies of a long one would take memory by
// the product of the two. The offset stays, and so does the type, which the checks speak about.
// Takes constant time.
JsonValue Shortened(const JsonValue& value);

}  // namespace rope
