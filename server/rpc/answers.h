// Answers: engine results written as messages. Pure.
#pragma once

#include <cstdint>
#include <vector>

#include "rope/v1/embeddings.pb.h"
#include "rope/v1/frequencies.pb.h"
#include "rope/v1/server_info.pb.h"
#include "server/engine/rope_engine.h"

namespace rope::server {

v1::Resolution ResolutionOf(const engine::ResolvedPlan& resolved);
v1::Frequencies FrequenciesOf(const engine::ResolvedPlan& resolved);
v1::CacheOutcome OutcomeToProto(engine::CacheOutcome outcome);
v1::GetServerInfoResponse ServerInfoOf(const engine::RopeEngine& engine);

// `shape`: of the positions.
v1::StreamHeader HeaderOf(const engine::ResolvedPlan& resolved, const engine::TableStream& stream,
                          const std::vector<int64_t>& shape,
                          const std::vector<v1::TensorKind>& tensors, const Backend& backend);

}  // namespace rope::server
