#include "server/rpc/embeddings/embeddings_reactor.h"

#include <utility>

#include "absl/status/status.h"
#include "server/rpc/messages/answers.h"

namespace rope::server {
namespace {

// The bytes of `buffer` as one string. If they cannot be read, the string is empty, and the answer
// is not remembered.
std::string BytesOf(const grpc::ByteBuffer& buffer) {
  grpc::Slice slice;
  if (!buffer.DumpToSingleSlice(&slice).ok()) return "";
  return {reinterpret_cast<const char*>(slice.begin()), slice.size()};
}

}  // namespace

EmbeddingsReactor* EmbeddingsReactor::Start(engine::RopeEngine* engine, SmallAnswers* answers,
                                            grpc::CallbackServerContext* context,
                                            const grpc::ByteBuffer& request) {
  auto* const reactor = new EmbeddingsReactor(engine, answers, context);
  auto room = engine->AdmitStream();
  if (!room.ok()) {
    reactor->wait_is_over_->test_and_set();
    reactor->writer_.Fail(room.status());
    return reactor;
  }
  reactor->writer_.HoldRoom(*std::move(room));
  if (reactor->AnswerFromMemory(request)) return reactor;
  engine->Run([reactor, request, wait_is_over = reactor->wait_is_over_] {
    if (!wait_is_over->test_and_set()) reactor->StartAnswer(request);
  });
  return reactor;
}

bool EmbeddingsReactor::AnswerFromMemory(const grpc::ByteBuffer& request) {
  if (request.Length() > SmallAnswers::kMaxRequestBytes) return false;
  grpc::Slice bytes;
  if (!request.TrySingleSlice(&bytes).ok() && !request.DumpToSingleSlice(&bytes).ok()) return false;
  const auto answer = answers_->Find({reinterpret_cast<const char*>(bytes.begin()), bytes.size()});
  if (answer == nullptr) return false;
  std::vector<grpc::Slice> slices = {grpc::Slice(answer->header)};
  for (const RememberedChunk& chunk : answer->chunks) {
    auto block = chunk.block.lock();
    if (block == nullptr) return false;  // the cache has dropped it
    block->MarkUsed();
    AppendChunk({std::move(block), chunk.data, chunk.bytes, chunk.frame}, &slices);
  }
  wait_is_over_->test_and_set();
  writer_.WriteLastAndFinish(std::move(slices), answer->rows, answer->bytes);
  return true;
}

void EmbeddingsReactor::StartAnswer(const grpc::ByteBuffer& bytes) {
  auto request = ReadEmbeddingsRequest(bytes, engine_->limits());
  if (!request.ok()) {
    writer_.Fail(request.status());
    return;
  }
  std::vector<Finding> findings;
  auto answer = OpenAnswer(*std::move(request), &findings);
  if (!answer.ok()) {
    writer_.Fail(answer.status(), findings);
    return;
  }
  if (answer->chunks.bytes() <= SmallAnswerCall::kMaxBytes) {
    const bool can_be_remembered = bytes.Length() <= SmallAnswers::kMaxRequestBytes;
    small_answer_.emplace(&writer_, answers_, std::move(answer->chunks), std::move(answer->header),
                          can_be_remembered ? BytesOf(bytes) : "");
    small_answer_->CollectBlocks();
  } else {
    long_answer_.emplace(&writer_, std::move(answer->chunks), std::move(answer->header));
    long_answer_->Start();
  }
}

absl::StatusOr<EmbeddingsReactor::OpenedAnswer> EmbeddingsReactor::OpenAnswer(
    EmbeddingsRequest request, std::vector<Finding>* findings) {
  const auto resolved = engine_->ResolveOne(request.config_json, request.resolve, findings);
  if (!resolved.ok()) return resolved.status();
  std::optional<engine::Batch> batch;
  if (!request.sequences.empty()) {
    auto planned = engine::PlanBatch(*resolved, request.resolve, request.sequences);
    if (!planned.ok()) return planned.status();
    batch = *std::move(planned);
  }
  auto opened = batch.has_value() ? engine_->OpenTable(batch->runs, std::move(request.positions),
                                                       request.form, request.first_row)
                                  : engine_->OpenTable(resolved->plan, std::move(request.positions),
                                                       request.form, request.first_row);
  if (!opened.ok()) return opened.status();
  std::shared_ptr<engine::TableStream> stream = *std::move(opened);
  if (absl::Status status = held_stream_.Hold(stream); !status.ok()) return status;

  v1::StreamEmbeddingsResponse header;
  *header.mutable_header() =
      HeaderOf(*resolved, *stream, request.shape, request.tensors, engine_->backend());
  header.mutable_header()->set_config_xxh3_64(request.config_hash);
  if (batch.has_value()) AddSequences(*batch, header.mutable_header());
  const int64_t row_bytes = RowBytes(request.form, resolved->plan.half_width());
  ChunkOptions options{std::move(request.tensors), row_bytes, request.chunk_bytes,
                       request.omit_checksums};
  return OpenedAnswer{AnswerChunks(engine_, std::move(stream), std::move(options)),
                      std::move(header)};
}

void EmbeddingsReactor::OnCancel() {
  if (!wait_is_over_->test_and_set()) {
    writer_.FinishCancelled();
  } else {
    held_stream_.Cancel();
  }
}

}  // namespace rope::server
