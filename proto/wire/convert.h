// Messages as core types, and back. Server and client use the same code.
//
// ...FromProto turns a message into a core type. INVALID_ARGUMENT if that is not possible: the
// message names the field and what would be allowed. UNSPECIFIED becomes the documented default.
// ...ToProto turns a core type into a message and cannot fail. All functions are pure and
// thread-safe.
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

// INVALID_ARGUMENT for a value that this build does not know.
absl::StatusOr<DType> DTypeFromProto(v1::DType dtype);
absl::StatusOr<Layout> LayoutFromProto(v1::Layout layout);
absl::StatusOr<NumericProfile> NumericProfileFromProto(v1::NumericProfile profile);
v1::DType DTypeToProto(DType dtype);
v1::Layout LayoutToProto(Layout layout);
v1::NumericProfile NumericProfileToProto(NumericProfile profile);

// The tensors that `layout` has, in the order in which they are sent: cos and sin, or cos_sin.
std::vector<v1::TensorKind> TensorsOf(Layout layout);

// The message also has the finding's consequence, which core keeps in a table.
v1::Finding FindingToProto(const Finding& finding);
// A severity that this build does not know becomes kError.
Finding FindingFromProto(const v1::Finding& message);

// RESOURCE_EXHAUSTED if there are more than `max_rows` positions; checked before anything is
// allocated. Also checks `shape`, which the result does not contain.
absl::StatusOr<PositionIds> PositionIdsFromProto(const v1::PositionIds& position_ids,
                                                 int64_t max_rows);

}  // namespace rope::wire
