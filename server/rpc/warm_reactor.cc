#include "server/rpc/warm_reactor.h"

#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "server/rpc/messages/answers.h"
#include "server/rpc/messages/embeddings_request.h"
#include "server/rpc/messages/status.h"

namespace rope::server {
namespace {

// The largest number of tables in one call. A call occupies one of the places for unary calls
// (Limits::max_calls) until all its tables are computed, so it must not take too long.
constexpr int kMaxTables = 64;

}  // namespace

WarmReactor* WarmReactor::Start(engine::RopeEngine* engine, grpc::CallbackServerContext* context,
                                const v1::WarmTablesRequest* request,
                                v1::WarmTablesResponse* response) {
  auto* const reactor = new WarmReactor(engine, context, request, response);
  if (request->tables_size() == 0 || request->tables_size() > kMaxTables) {
    reactor->Finish(ToGrpcStatus(absl::InvalidArgumentError(absl::StrCat(
        "tables: expected 1 to ", kMaxTables, " entries, got ", request->tables_size()))));
    return reactor;
  }
  auto room = engine->AdmitCall();
  if (!room.ok()) {
    reactor->Finish(RefuseCall(context, room.status()));
    return reactor;
  }
  reactor->room_ = *std::move(room);
  engine->Run([reactor] { reactor->StartTable(); });
  return reactor;
}

void WarmReactor::End(const grpc::Status& status) {
  room_ = engine::Admission();  // before the client can know that the call has ended
  Finish(status);
}

void WarmReactor::StartTable() {
  if (response_->tables_size() == request_->tables_size()) {
    End(grpc::Status::OK);
    return;
  }
  std::vector<Finding> findings;
  const int number = response_->tables_size();
  const absl::Status status = OpenTable(request_->tables(number), &findings);
  if (status.ok()) {
    FetchBlock();
  } else {
    const absl::Status named(status.code(),
                             absl::StrCat("tables[", number, "]: ", status.message()));
    End(RefuseCall(context_, named, findings));
  }
}

absl::Status WarmReactor::OpenTable(const v1::StreamEmbeddingsRequest& table,
                                    std::vector<Finding>* findings) {
  auto request = ReadEmbeddingsRequest(table, engine_->limits());
  if (!request.ok()) return request.status();
  if (!request->positions.contiguous()) {
    return absl::InvalidArgumentError(
        "position_ids must be a range with step 1: no other positions are cached");
  }
  if (!request->sequences.empty()) {
    return absl::InvalidArgumentError(
        "sequences must be empty: the rows of a batch are not cached");
  }
  const auto resolved = engine_->ResolveOne(request->config_json, request->resolve, findings);
  if (!resolved.ok()) return resolved.status();
  const int64_t row_bytes =
      TensorCount(request->form) * RowBytes(request->form, resolved->plan.half_width());
  auto opened = engine_->OpenTable(resolved->plan, std::move(request->positions), request->form);
  if (!opened.ok()) return opened.status();
  rows_left_ = (*opened)->rows();
  v1::WarmedTable& warmed = *response_->add_tables();
  warmed.set_config_id(ConfigId(resolved->plan));
  warmed.set_rows(rows_left_);
  warmed.set_bytes(rows_left_ * row_bytes);
  warmed.set_cache(OutcomeToProto((*opened)->cache_outcome()));
  *warmed.mutable_reading() = ReadingToProto(*resolved->reading);
  stream_ = *std::move(opened);
  return held_stream_.Hold(stream_);
}

void WarmReactor::EndTable() {
  response_->mutable_tables(response_->tables_size() - 1)->set_kept_rows(stream_->RowsInCache());
  StartTable();
}

// Each block is a task for the queue. If the cache has all blocks, Next calls back before it
// returns; without the queue, the callbacks of a long table would be nested in one another.
void WarmReactor::FetchBlock() {
  stream_->Next([this](const absl::StatusOr<engine::BlockSlice>& slice) {
    if (!slice.ok()) {
      End(RefuseCall(context_, slice.status()));
      return;
    }
    stream_->Prefetch();
    rows_left_ -= slice->rows;
    engine_->Run([this] { rows_left_ > 0 ? FetchBlock() : EndTable(); });
  });
}

}  // namespace rope::server
