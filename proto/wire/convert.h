// The only code that knows both the messages and the core's types, used by server and client alike.
//
// ...FromProto: message -> core. INVALID_ARGUMENT names the field's path and what would be allowed;
// UNSPECIFIED becomes the documented default. ...ToProto: core -> message, cannot fail. All pure
// and thread-safe.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "core/findings/finding.h"
#include "core/table/dtype.h"
#include "core/table/layout.h"
#include "core/table/numeric_profile.h"
#include "core/table/position_ids.h"
#include "rope/v1/position_ids.pb.h"
#include "rope/v1/tensor.pb.h"
#include "rope/v1/validation.pb.h"

namespace rope::wire {

// An enum value this build does not know is refused, never guessed.
absl::StatusOr<DType> DTypeFromProto(v1::DType dtype);
absl::StatusOr<Layout> LayoutFromProto(v1::Layout layout);
absl::StatusOr<NumericProfile> NumericProfileFromProto(v1::NumericProfile profile);
v1::DType DTypeToProto(DType dtype);
v1::Layout LayoutToProto(Layout layout);
v1::NumericProfile NumericProfileToProto(NumericProfile profile);

// The tensors that `layout` has, in the order in which they are sent: cos and sin, or cos_sin.
std::vector<v1::TensorKind> TensorsOf(Layout layout);

v1::Finding FindingToProto(const Finding& finding);
Finding FindingFromProto(const v1::Finding& message);

// RESOURCE_EXHAUSTED beyond `max_rows` positions, decided before anything is allocated.
absl::StatusOr<PositionIds> PositionIdsFromProto(const v1::PositionIds& position_ids,
                                                 int64_t max_rows);

}  // namespace rope::wire
