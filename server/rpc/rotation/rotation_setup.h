// The parts of a RotationSetup message as types of core, checked.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "core/rotation/family_rotation.h"
#include "core/rotation/parts/dense_heads.h"
#include "rope/v1/rotation.pb.h"
#include "server/engine/limits.h"

namespace rope::server {

// The most tensors of one call.
inline constexpr int kMaxHeadTensors = 16;

// The tensors of a call. INVALID_ARGUMENT, with the path of the field, for a size, an order or a
// dtype that is not allowed, and for tensors that differ in batch or seq. RESOURCE_EXHAUSTED if all
// together are larger than an answer may be.
absl::StatusOr<std::vector<DenseHeads>> TensorsOf(const v1::RotationSetup& setup,
                                                  const engine::Limits& limits);

// The rule that the message states, for tables in `layout`. INVALID_ARGUMENT, with the path of the
// field, for a value that is not allowed.
absl::StatusOr<FamilyRotation> RuleFromProto(const v1::RotationRule& rule, v1::Layout layout);

// A view of the tables that a client gave, which must outlive the view. INVALID_ARGUMENT, with the
// path of the field, if the tables do not fit each other, the rule or the tensors.
absl::StatusOr<RotaryTable> ViewGivenTables(const v1::GivenTables& tables,
                                            const FamilyRotation& family, const DenseHeads& tensor);

v1::ChannelPairing PairingToProto(Pairing pairing);
v1::RotationArithmetic ArithmeticToProto(Arithmetic arithmetic);

}  // namespace rope::server
