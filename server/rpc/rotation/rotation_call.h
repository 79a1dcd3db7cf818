// RotationCall: what one ApplyRotary call computes, without the wire.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "core/findings/finding.h"
#include "core/rotation/computed_table.h"
#include "core/rotation/family_rotation.h"
#include "core/rotation/parts/dense_heads.h"
#include "rope/v1/rotation.pb.h"
#include "server/engine/rope_engine.h"

namespace rope::server {

// Works on the calling thread: use it within RopeEngine::Run. Not thread-safe. Takes room in the
// engine for its table and for one chunk, until it is destroyed.
class RotationCall {
 public:
  // Checks the setup and makes the table. INVALID_ARGUMENT, with the path of the field;
  // RESOURCE_EXHAUSTED above the limits; UNAVAILABLE if there is no room now. `findings`: see
  // RopeEngine::Resolve. `engine` must outlive the call.
  static absl::StatusOr<std::unique_ptr<RotationCall>> Open(engine::RopeEngine* engine,
                                                            v1::RotationSetup setup,
                                                            std::vector<Finding>* findings);

  const v1::RotationHeader& header() const { return header_; }

  // Rotates the next chunk in place. INVALID_ARGUMENT if it is not the next one. REQUIRES
  // !complete().
  absl::Status Rotate(v1::HeadChunk* chunk);

  // Whether all chunks of all tensors were rotated.
  bool complete() const { return current_ == tensors_.size(); }

 private:
  RotationCall(engine::RopeEngine* engine, v1::RotationSetup setup)
      : engine_(engine), setup_(std::move(setup)) {}

  // The steps of Open, in this order.
  absl::Status CheckSetup() const;
  absl::Status Resolve(std::vector<Finding>* findings);
  absl::Status ViewGivenTable();
  absl::Status ComputeTable(const FrequencyPlan& plan);
  absl::Status MakeRotations();

  // Frees what only Open needs: it has no room in the engine.
  void DropSetup();

  // Sets the rule, and the header's part about the configuration.
  absl::Status ReadRule(absl::string_view config_json, const engine::Reading& reading);
  absl::Status CheckOrder(const v1::HeadChunk& chunk) const;

  engine::RopeEngine* const engine_;
  v1::RotationSetup setup_;  // after Open: the tables that table_ shows, if there are some
  std::vector<DenseHeads> tensors_;
  FamilyRotation family_;
  std::optional<PositionIds> positions_;
  std::optional<engine::ResolvedPlan> resolved_;  // absent: there is no such one
  engine::Admission room_;
  std::optional<ComputedTable> computed_;
  RotaryTable table_;
  std::vector<Rotation> rotations_;  // of the tensors
  v1::RotationHeader header_;

  size_t current_ = 0;       // the tensor of the next chunk
  int64_t next_vector_ = 0;  // of that tensor
};

}  // namespace rope::server
