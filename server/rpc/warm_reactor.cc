#include "server/rpc/warm_reactor.h"

#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "server/rpc/answers.h"
#include "server/rpc/embeddings_request.h"
#include "server/rpc/status.h"

namespace rope::server {
namespace {

constexpr int kMostTables = 64;

}  // namespace

WarmReactor* WarmReactor::Start(engine::RopeEngine* engine, grpc::CallbackServerContext* context,
                                const v1::WarmTablesRequest* request,
                                v1::WarmTablesResponse* response) {
  auto* const reactor = new WarmReactor(engine, context, request, response);
  if (request->tables_size() == 0 || request->tables_size() > kMostTables) {
    reactor->Finish(ToGrpcStatus(absl::InvalidArgumentError(absl::StrCat(
        "tables: ", request->tables_size(), " are asked for; 1 to ", kMostTables, " may be"))));
    return reactor;
  }
  auto admission = engine->AdmitCall();
  if (!admission.ok()) {
    reactor->Finish(Refuse(context, admission.status()));
    return reactor;
  }
  reactor->admission_ = *std::move(admission);
  engine->Run([reactor] { reactor->Continue(); });
  return reactor;
}

void WarmReactor::End(const grpc::Status& status) {
  admission_ = engine::Admission();  // before the client can know that it was answered
  Finish(status);
}

void WarmReactor::Continue() {
  if (response_->tables_size() == request_->tables_size()) {
    End(grpc::Status::OK);
    return;
  }
  std::vector<Finding> findings;
  const int number = response_->tables_size();
  const absl::Status status = Open(request_->tables(number), &findings);
  if (status.ok()) {
    FetchNext();
  } else {
    const absl::Status named(status.code(),
                             absl::StrCat("tables[", number, "]: ", status.message()));
    End(Refuse(context_, named, findings));
  }
}

absl::Status WarmReactor::Open(const v1::StreamEmbeddingsRequest& table,
                               std::vector<Finding>* findings) {
  auto request = ReadEmbeddingsRequest(table, engine_->limits());
  if (!request.ok()) return request.status();
  if (!request->positions.contiguous()) {
    return absl::InvalidArgumentError("position_ids: only ranges of step 1 are cached");
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
  stream_ = *std::move(opened);
  return held_.Hold(stream_);
}

// Each step is a task of its own: blocks that are there would be one callback inside the other.
void WarmReactor::FetchNext() {
  stream_->Next([this](const absl::StatusOr<engine::BlockSlice>& slice) {
    if (!slice.ok()) {
      End(Refuse(context_, slice.status()));
      return;
    }
    stream_->Prefetch();
    rows_left_ -= slice->rows;
    engine_->Run([this] { rows_left_ > 0 ? FetchNext() : Continue(); });
  });
}

}  // namespace rope::server
