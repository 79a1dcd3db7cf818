// Whether a server read a configuration as this program reads it.
#pragma once

#include "absl/status/status.h"
#include "rope/v1/frequencies.pb.h"

namespace rope::ropectl {

// Asks the service in this program `request`, which is about one layer type, and compares `came`,
// what a server says that it used. DATA_LOSS, naming the field and both values, if they differ in
// the rope type, the base, the sizes, the factor (unless `factor_is_omitted`) or the label of the
// parameters. OK if this program cannot tell: the server follows another release of transformers,
// or this program refuses the configuration.
absl::Status CheckSameReading(const v1::GetFrequenciesRequest& request, bool factor_is_omitted,
                              const v1::Resolution& came);

}  // namespace rope::ropectl
