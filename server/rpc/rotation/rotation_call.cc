#include "server/rpc/rotation/rotation_call.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "core/json/json_reader.h"
#include "core/table/table_rows.h"
#include "proto/wire/config_json.h"
#include "proto/wire/convert.h"
#include "server/engine/dialect_plans.h"
#include "server/rpc/messages/answers.h"
#include "server/rpc/messages/resolve_options.h"
#include "server/rpc/rotation/rotation_setup.h"

namespace rope::server {

absl::StatusOr<std::unique_ptr<RotationCall>> RotationCall::Open(engine::RopeEngine* engine,
                                                                 v1::RotationSetup setup,
                                                                 std::vector<Finding>* findings) {
  auto call = std::unique_ptr<RotationCall>(new RotationCall(engine, std::move(setup)));
  auto tensors = TensorsOf(call->setup_, engine->limits());
  if (!tensors.ok()) return tensors.status();
  call->tensors_ = *std::move(tensors);
  absl::Status status = call->CheckSetup();
  if (status.ok()) status = call->Resolve(findings);
  if (status.ok()) {
    status = call->positions_.has_value() ? call->ComputeTable(call->resolved_->plan)
                                          : call->ViewGivenTable();
  }
  if (status.ok()) status = call->MakeRotations();
  if (!status.ok()) return status;
  call->DropSetup();
  return call;
}

void RotationCall::DropSetup() {
  positions_.reset();
  resolved_.reset();
  setup_.clear_config();
  setup_.clear_position_ids();
}

absl::Status RotationCall::CheckSetup() const {
  if (setup_.rows_case() == v1::RotationSetup::ROWS_NOT_SET) {
    return absl::InvalidArgumentError("rows are missing; set position_ids or tables");
  }
  if (setup_.has_tables() && setup_.has_seq_len()) {
    return absl::InvalidArgumentError("seq_len must be absent with tables");
  }
  if (setup_.has_tables() && !setup_.has_rule() &&
      setup_.tables().layout() != v1::LAYOUT_UNSPECIFIED) {
    return absl::InvalidArgumentError(
        "tables.layout must be unspecified without rule: it is that of the family");
  }
  return engine::CheckDefaultDialect(setup_.config().dialect());
}

absl::Status RotationCall::Resolve(std::vector<Finding>* findings) {
  engine::ResolveOptions options = ResolveOptionsOf(setup_.config());
  options.layer_type = setup_.layer_type();
  if (setup_.has_position_ids()) {
    auto positions = wire::PositionIdsFromProto(setup_.position_ids(), engine_->limits().max_rows);
    if (!positions.ok()) return positions.status();
    options.call_site = HfCallSite::kForward;
    options.seq_len = setup_.has_seq_len() ? setup_.seq_len() : positions->seq_len();
    positions_ = *std::move(positions);
  } else if (!setup_.has_config() && setup_.has_rule()) {
    return ReadRule("{}", {});
  }
  const auto json = wire::ConfigJsonFromProto(setup_.config());
  if (!json.ok()) return json.status();
  if (positions_.has_value()) {
    auto resolved = engine_->ResolveOne(*json, options, findings);
    if (!resolved.ok()) return resolved.status();
    resolved_ = *std::move(resolved);
    return ReadRule(*json, *resolved_->reading);
  }
  // With tables the layer type only says how wide they must be.
  auto all = engine_->Resolve(*json, options, findings);
  if (!all.ok()) return all.status();
  const std::shared_ptr<const engine::Reading> reading = all->front().reading;
  if (all->size() == 1) resolved_ = std::move(all->front());
  return ReadRule(*json, *reading);
}

absl::Status RotationCall::ReadRule(absl::string_view config_json, const engine::Reading& reading) {
  if (setup_.has_config()) *header_.mutable_reading() = ReadingToProto(reading);
  if (resolved_.has_value()) *header_.mutable_resolution() = ResolutionOf(*resolved_);
  if (setup_.has_rule()) {
    auto rule = RuleFromProto(setup_.rule(), setup_.tables().layout());
    if (!rule.ok()) return rule.status();
    family_ = *rule;
    return absl::OkStatus();
  }
  JsonLimits limits;
  limits.max_bytes = engine_->limits().max_config_bytes;
  const JsonResult document = ReadJson(config_json, limits);
  if (!document.ok()) return absl::InternalError("an accepted configuration is not JSON");
  family_ = RotationOfFamily(reading.family, reading.text_model_path, document->root);
  return absl::OkStatus();
}

absl::Status RotationCall::ViewGivenTable() {
  const auto table = ViewGivenTables(setup_.tables(), family_, tensors_[0]);
  if (!table.ok()) return table.status();
  table_ = *table;
  const auto bytes =
      static_cast<int64_t>(setup_.tables().cos().size() + setup_.tables().sin().size());
  auto room = engine_->AdmitTableBytes(bytes + engine_->limits().max_chunk_bytes);
  if (!room.ok()) return room.status();
  room_ = *std::move(room);
  if (!resolved_.has_value() || resolved_->config.rotary_dim == 2 * table_.half_width) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(absl::StrCat("tables have rows for ", 2 * table_.half_width,
                                                 " channels, but the configuration rotates ",
                                                 resolved_->config.rotary_dim));
}

absl::Status RotationCall::ComputeTable(const FrequencyPlan& plan) {
  const int64_t rows = positions_->size();
  const int64_t seq = tensors_[0].seq;
  const bool shared = rows == seq;
  if (!shared && (rows % seq != 0 || rows / seq != tensors_[0].batch)) {
    return absl::InvalidArgumentError(absl::StrCat(
        "position_ids must be those of one sequence, ", seq, ", or of all sequences of the batch ",
        "(", tensors_[0].batch, " times as many), not ", rows));
  }
  const DType dtype = family_.float32_tables ? DType::kFloat32 : tensors_[0].dtype;
  // cos and sin, each with the whole window: layout half_split is the largest that there can be.
  const int64_t row_bytes = 4 * plan.half_width() * static_cast<int64_t>(DTypeSize(dtype));
  const engine::Limits& limits = engine_->limits();
  if (rows > limits.max_rotation_table_bytes / row_bytes) {
    return absl::ResourceExhaustedError(
        absl::StrCat("position_ids needs a table of ", rows, " rows of up to ", row_bytes,
                     " bytes; this server allows at most ", limits.max_rotation_table_bytes,
                     " bytes for one rotation"));
  }
  auto room = engine_->AdmitTableBytes(rows * row_bytes + limits.max_chunk_bytes);
  if (!room.ok()) return room.status();
  room_ = *std::move(room);
  auto computed = ComputedTable::Make(plan, *positions_, dtype);
  if (!computed.ok()) return computed.status();
  computed_ = *std::move(computed);
  table_ = computed_->View(shared ? 0 : seq);
  return absl::OkStatus();
}

absl::Status RotationCall::MakeRotations() {
  std::optional<int64_t> offset;  // absent: that of the family
  if (resolved_.has_value() && resolved_->window_is_given) offset = resolved_->window.offset;
  for (size_t i = 0; i < tensors_.size(); ++i) {
    const int64_t dim = tensors_[i].dim;
    auto rotation = MakeRotation(family_, table_.half_width, dim, setup_.inverse(), offset);
    if (!rotation.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat("tensors[", i, "].dim: ", rotation.status().message()));
    }
    const int64_t first = setup_.rule().first_channel();
    const int64_t room = dim - 2 * table_.half_width;
    if (first < 0 || first > room) {
      return absl::InvalidArgumentError(absl::StrCat("rule.first_channel must be 0 to ", room,
                                                     " for tensors[", i, "], not ", first));
    }
    rotation->offset += first;
    rotations_.push_back(*rotation);
    header_.add_first_channels(rotation->offset);
  }
  header_.set_pairing(PairingToProto(rotations_[0].pairing));
  header_.set_arithmetic(ArithmeticToProto(rotations_[0].arithmetic));
  header_.set_rotated_channels(2 * table_.half_width);
  header_.set_negative_angle(rotations_[0].inverse);
  return absl::OkStatus();
}

absl::Status RotationCall::CheckOrder(const v1::HeadChunk& chunk) const {
  const DenseHeads& tensor = tensors_[current_];
  const int64_t vector_bytes = tensor.vector_bytes();
  if (chunk.tensor() != static_cast<int32_t>(current_) ||
      chunk.byte_offset() != next_vector_ * vector_bytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("chunk must begin at byte ", next_vector_ * vector_bytes, " of tensors[",
                     current_, "], where the one before it ended, not at byte ",
                     chunk.byte_offset(), " of tensors[", chunk.tensor(), "]"));
  }
  const auto bytes = static_cast<int64_t>(chunk.data().size());
  const int64_t left = (tensor.vectors() - next_vector_) * vector_bytes;
  const int64_t max_bytes = std::min(left, engine_->limits().max_chunk_bytes);
  if (bytes >= 1 && bytes <= max_bytes && bytes % vector_bytes == 0) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("chunk.data must be whole heads of ", vector_bytes,
                                                 " bytes, at most ", max_bytes, " bytes, not ",
                                                 bytes));
}

absl::Status RotationCall::Rotate(v1::HeadChunk* chunk) {
  if (absl::Status status = CheckOrder(*chunk); !status.ok()) return status;
  const DenseHeads& tensor = tensors_[current_];
  std::string& data = *chunk->mutable_data();
  const int64_t count = static_cast<int64_t>(data.size()) / tensor.vector_bytes();
  absl::Status status = RotateVectors(rotations_[current_], table_, tensor, next_vector_, count,
                                      reinterpret_cast<std::byte*>(data.data()));
  if (!status.ok()) return status;
  next_vector_ += count;
  if (next_vector_ == tensor.vectors()) {
    ++current_;
    next_vector_ = 0;
  }
  return absl::OkStatus();
}

}  // namespace rope::server
