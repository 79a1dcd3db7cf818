#include "server/rpc/embeddings/small_answer_call.h"

#include <utility>
#include <vector>

namespace rope::server {

SmallAnswerCall::SmallAnswerCall(CallWriter* writer, SmallAnswers* answers, AnswerChunks chunks,
                                 v1::StreamEmbeddingsResponse header, std::string request)
    : writer_(writer),
      answers_(answers),
      chunks_(std::move(chunks)),
      header_(std::move(header)),
      request_(std::move(request)) {}

void SmallAnswerCall::CollectBlocks() {
  if (chunks_.AllRowsCut()) {
    WriteAnswer();
  } else {
    chunks_.FetchBlock([this](const absl::Status& status) { OnBlock(status); });
  }
}

void SmallAnswerCall::OnBlock(const absl::Status& status) {
  if (!status.ok()) {
    writer_->Fail(status);
    return;
  }
  writer_->MarkFirstChunk();
  CollectBlocks();
}

void SmallAnswerCall::WriteAnswer() {
  std::vector<grpc::Slice> slices = {grpc::Slice(header_.SerializeAsString())};
  // Blocks that the cache does not keep are gone as soon as they are sent.
  const bool cached = chunks_.stream().cache_outcome() != engine::CacheOutcome::kBypass;
  if (cached && !request_.empty()) RememberAnswer();
  chunks_.TakeAll(&slices);
  writer_->WriteLastAndFinish(std::move(slices), chunks_.rows(), chunks_.bytes());
}

void SmallAnswerCall::RememberAnswer() {
  header_.mutable_header()->set_cache(v1::CACHE_OUTCOME_HIT);  // as it will be the next time
  SmallAnswer answer{header_.SerializeAsString(), {}, chunks_.rows(), chunks_.bytes()};
  for (const Chunk& chunk : chunks_.chunks()) {
    answer.chunks.push_back({chunk.block, chunk.data, chunk.bytes, chunk.frame});
  }
  answers_->Keep(std::move(request_), std::move(answer));
}

}  // namespace rope::server
