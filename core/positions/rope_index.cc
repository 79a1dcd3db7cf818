#include "core/positions/rope_index.h"

#include "absl/status/status.h"

namespace rope {

absl::StatusOr<RopeIndex> BuildRopeIndex(const PositionSettings& settings,
                                         const RopeIndexArguments& arguments) {
  absl::Status status = CheckArguments(*settings.family, settings.axes, arguments);
  if (!status.ok()) return status;
  return settings.family->build(settings, arguments);
}

}  // namespace rope
