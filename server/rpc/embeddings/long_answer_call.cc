#include "server/rpc/embeddings/long_answer_call.h"

#include <utility>

namespace rope::server {

LongAnswerCall::LongAnswerCall(CallWriter* writer, AnswerChunks chunks,
                               v1::StreamEmbeddingsResponse header)
    : writer_(writer), chunks_(std::move(chunks)), header_(std::move(header)) {}

void LongAnswerCall::Start() {
  steps_left_ = 1;  // a round with one step, which prepares the first message: the header
  SetNextMessage({grpc::Slice(header_.SerializeAsString())});
}

void LongAnswerCall::FinishStep() {
  while (--steps_left_ == 0) {
    steps_left_ = kStepsOfRound;
    if (!StartRound()) return;
  }
}

bool LongAnswerCall::StartRound() {
  if (client_gone_) {
    writer_->FinishCancelled();
    return false;
  }
  if (!prepare_status_.ok()) {
    writer_->Fail(prepare_status_);
    return false;
  }
  if (all_prepared_) {
    writer_->WriteLastAndFinish({}, chunks_.rows(), chunks_.bytes());
    return false;
  }
  // A block that must be computed is requested before the write starts, so that both run at once.
  // If the cache has all blocks, the write comes first: looking them up would delay it.
  engine::TableStream& stream = chunks_.stream();
  if (stream.cache_outcome() != engine::CacheOutcome::kHit) stream.Prefetch();
  writer_->Write(&next_);
  PrepareNext();
  return true;
}

void LongAnswerCall::PrepareNext() {
  if (!chunks_.chunks().empty()) {
    SetNextMessage(chunks_.TakeMessage());
  } else if (!chunks_.AllRowsCut()) {
    chunks_.FetchBlock([this](const absl::Status& status) { OnBlock(status); });
  } else {
    all_prepared_ = true;
    FinishStep();
  }
}

void LongAnswerCall::OnBlock(const absl::Status& status) {
  if (!status.ok()) {
    prepare_status_ = status;
    FinishStep();
    return;
  }
  writer_->MarkFirstChunk();
  SetNextMessage(chunks_.TakeMessage());
}

void LongAnswerCall::SetNextMessage(const std::vector<grpc::Slice>& slices) {
  next_ = grpc::ByteBuffer(slices.data(), slices.size());
  FinishStep();
}

void LongAnswerCall::OnWriteDone(bool ok) {
  if (!ok) {
    client_gone_ = true;
    chunks_.stream().Cancel();  // the step "prepare" need not wait for its block
  }
  FinishStep();
}

}  // namespace rope::server
