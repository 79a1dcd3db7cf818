// Answers: results of the engine as messages of the API. The functions are thread-safe and change
// nothing.
#pragma once

#include <cstdint>
#include <vector>

#include "core/sequences/sequence_plan.h"
#include "rope/v1/embeddings.pb.h"
#include "rope/v1/frequencies.pb.h"
#include "rope/v1/sequences.pb.h"
#include "rope/v1/server_info.pb.h"
#include "server/engine/batch.h"
#include "server/engine/rope_engine.h"

namespace rope::server {

// The parameters that the plan was made from.
v1::Resolution ResolutionOf(const engine::ResolvedPlan& resolved);
// The frequencies of the plan, with its parameters.
v1::Frequencies FrequenciesOf(const engine::ResolvedPlan& resolved);
// How the configuration was read.
v1::Reading ReadingToProto(const engine::Reading& reading);
// The plan of one length.
v1::LengthPlan LengthPlanToProto(const LengthPlan& plan);
v1::CacheOutcome OutcomeToProto(engine::CacheOutcome outcome);
// The answer to GetServerInfo, without activity.answer_hits, which the engine does not know.
v1::GetServerInfoResponse ServerInfoOf(const engine::RopeEngine& engine);

// The header of the answer that `stream` delivers. `shape` is the shape of the positions, as the
// request states it. `tensors` are those of the answer, in their order. `backend` is the one that
// computes.
v1::StreamHeader HeaderOf(const engine::ResolvedPlan& resolved, const engine::TableStream& stream,
                          const std::vector<int64_t>& shape,
                          const std::vector<v1::TensorKind>& tensors, const Backend& backend);

// Adds what is in the header for a batch only.
void AddSequences(const engine::Batch& batch, v1::StreamHeader* header);

}  // namespace rope::server
