#include "server/rpc/embeddings_reactor.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "core/checksum/xxh3.h"
#include "proto/wire/chunk_frame.h"
#include "server/rpc/answers.h"
#include "server/rpc/status.h"

namespace rope::server {
namespace {

// Answers up to this size are one message: a stream of many would cost more than its bytes.
constexpr int64_t kSmallAnswerBytes = 64 << 10;

// `bytes` at `data`, not copied; holds the block until the transport is done with them.
grpc::Slice SliceOfBlock(std::shared_ptr<const engine::TableBlock> block, const std::byte* data,
                         int64_t bytes) {
  auto* const owner = new std::shared_ptr<const engine::TableBlock>(std::move(block));
  return grpc::Slice(
      const_cast<std::byte*>(data), static_cast<size_t>(bytes),
      [](void* held) { delete static_cast<std::shared_ptr<const engine::TableBlock>*>(held); },
      owner);
}

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
  auto admission = engine->AdmitStream();
  if (!admission.ok()) {
    reactor->taken_->test_and_set();
    reactor->Finish(Refuse(context, admission.status()));
    return reactor;
  }
  reactor->admission_ = *std::move(admission);
  if (reactor->AnswerAgain(request)) return reactor;
  engine->Run([reactor, request, taken = reactor->taken_] {
    if (!taken->test_and_set()) reactor->Begin(request);
  });
  return reactor;
}

void EmbeddingsReactor::Begin(const grpc::ByteBuffer& bytes) {
  std::vector<Finding> findings;
  auto request = ReadEmbeddingsRequest(bytes, engine_->limits());
  const absl::Status status =
      request.ok() ? Open(*std::move(request), &findings) : request.status();
  if (!status.ok()) {
    Finish(Refuse(context_, status, findings));
    return;
  }
  if (small_) {
    if (bytes.Length() <= SmallAnswers::kMaxRequestBytes) request_ = BytesOf(bytes);
    Collect();
  } else {
    under_way_ = 1;
    PrepareMessage({grpc::Slice(header_)});
  }
}

absl::Status EmbeddingsReactor::Open(EmbeddingsRequest request, std::vector<Finding>* findings) {
  const auto resolved = engine_->ResolveOne(request.config_json, request.resolve, findings);
  if (!resolved.ok()) return resolved.status();
  auto opened = engine_->OpenTable(resolved->plan, std::move(request.positions), request.form,
                                   request.first_row);
  if (!opened.ok()) return opened.status();
  const std::shared_ptr<engine::TableStream> stream = *std::move(opened);

  tensors_ = std::move(request.tensors);
  chunk_bytes_ = request.chunk_bytes;
  row_bytes_ = RowBytes(request.form, resolved->plan.half_width());
  rows_done_ = request.first_row;
  omit_checksums_ = request.omit_checksums;
  if (absl::Status status = held_.Hold(stream); !status.ok()) return status;
  stream_ = stream;
  small_ = BytesToSend() <= kSmallAnswerBytes;
  v1::StreamEmbeddingsResponse response;
  *response.mutable_header() =
      HeaderOf(*resolved, *stream, request.shape, tensors_, engine_->backend());
  header_ = response.SerializeAsString();
  if (small_ && stream->cache_outcome() != engine::CacheOutcome::kBypass) {
    response.mutable_header()->set_cache(v1::CACHE_OUTCOME_HIT);
    hit_header_ = response.SerializeAsString();
  }
  return absl::OkStatus();
}

void EmbeddingsReactor::Collect() {
  if (rows_done_ < stream_->rows()) {
    stream_->Next([this](const absl::StatusOr<engine::BlockSlice>& slice) { OnSlice(slice); });
  } else {
    WriteAllAndFinish();
  }
}

void EmbeddingsReactor::GoOn() {
  while (--under_way_ == 0) {
    // What is started may end before this function does, on any thread; as long as its own turn
    // counts, that thread does not go on, and a long answer is a loop, not a recursion.
    under_way_ = 3;
    if (!WriteAndPrepare()) return;
  }
}

bool EmbeddingsReactor::WriteAndPrepare() {
  if (client_gone_ || !prepare_status_.ok()) {
    Finish(client_gone_ ? grpc::Status::CANCELLED : Refuse(context_, prepare_status_));
    return false;
  }
  if (all_written_) {
    WriteAndFinish({grpc::Slice(Footer())});
    return false;
  }
  message_.Swap(&next_);
  // What may have to be computed is begun first; to find what lies ready would delay the write.
  if (stream_->cache_outcome() != engine::CacheOutcome::kHit) stream_->Prefetch();
  StartWrite(&message_);
  Prepare();
  return true;
}

void EmbeddingsReactor::Prepare() {
  if (!pieces_.empty()) {
    PrepareMessage(NextPieces());
  } else if (rows_done_ < stream_->rows()) {
    stream_->Next([this](const absl::StatusOr<engine::BlockSlice>& slice) { OnSlice(slice); });
  } else {
    all_written_ = true;  // when the message that is being written is
    GoOn();
  }
}

void EmbeddingsReactor::PrepareMessage(const std::vector<grpc::Slice>& slices) {
  next_ = grpc::ByteBuffer(slices.data(), slices.size());
  GoOn();
}

void EmbeddingsReactor::OnSlice(const absl::StatusOr<engine::BlockSlice>& slice) {
  if (!slice.ok()) {
    if (small_) {
      Finish(Refuse(context_, slice.status()));
    } else {
      prepare_status_ = slice.status();
      GoOn();
    }
    return;
  }
  const auto cut_and_go_on = [this, slice = *slice] {
    Cut(slice);
    if (small_) {
      Collect();
    } else {
      PrepareMessage(NextPieces());
    }
  };
  const bool no_work = omit_checksums_ || (slice->rows == slice->block->rows() &&
                                           slice->block->tensor_bytes() <= chunk_bytes_);
  // A part of a block is hashed, which is work: not on gRPC's threads.
  if (no_work) {
    cut_and_go_on();
  } else {
    engine_->Run(cut_and_go_on);
  }
}

void EmbeddingsReactor::Cut(const engine::BlockSlice& slice) {
  if (first_chunk_us_ < 0) first_chunk_us_ = MicrosecondsSinceAccepted();
  const engine::TableBlock& block = *slice.block;
  const int64_t rows_per_piece = std::max<int64_t>(1, chunk_bytes_ / row_bytes_);
  for (int64_t row = 0; row < slice.rows; row += rows_per_piece) {
    const int64_t rows = std::min(rows_per_piece, slice.rows - row);
    const int64_t bytes = rows * row_bytes_;
    for (v1::TensorKind kind : tensors_) {
      const int64_t tensor = kind == v1::TENSOR_KIND_SIN ? 1 : 0;
      const std::byte* const data = block.tensor(tensor) + (slice.first_row + row) * row_bytes_;
      const uint64_t hash = omit_checksums_ ? 0
                            : bytes == block.tensor_bytes()
                                ? block.xxh3(tensor)
                                : Xxh3(data, static_cast<size_t>(bytes));
      const int64_t offset = (rows_done_ + row) * row_bytes_;
      pieces_.push_back(
          {slice.block, data, bytes, wire::ChunkFrameBytes({kind, offset, hash, bytes})});
    }
  }
  rows_done_ += slice.rows;
}

// A message costs a wake-up at either end: pieces that fit into one chunk together share it.
std::vector<grpc::Slice> EmbeddingsReactor::NextPieces() {
  std::vector<grpc::Slice> slices;
  int64_t bytes = 0;
  do {
    Piece piece = std::move(pieces_.front());
    pieces_.pop_front();
    bytes += piece.bytes;
    slices.emplace_back(piece.frame);
    slices.push_back(SliceOfBlock(std::move(piece.block), piece.data, piece.bytes));
  } while (!pieces_.empty() && bytes + pieces_.front().bytes <= chunk_bytes_);
  return slices;
}

void EmbeddingsReactor::WriteAllAndFinish() {
  if (!request_.empty() && !hit_header_.empty()) KeepAnswer();
  std::vector<grpc::Slice> slices = {grpc::Slice(header_)};
  for (Piece& piece : pieces_) {
    slices.emplace_back(piece.frame);
    slices.push_back(SliceOfBlock(std::move(piece.block), piece.data, piece.bytes));
  }
  pieces_.clear();
  slices.emplace_back(Footer());
  WriteAndFinish(slices);
}

void EmbeddingsReactor::KeepAnswer() {
  SmallAnswer answer{
      std::move(hit_header_), {}, stream_->rows() - stream_->first_row(), BytesToSend()};
  for (const Piece& piece : pieces_) {
    answer.pieces.push_back({piece.frame, piece.block, piece.data, piece.bytes});
  }
  answers_->Keep(std::move(request_), std::move(answer));
}

bool EmbeddingsReactor::AnswerAgain(const grpc::ByteBuffer& bytes) {
  if (bytes.Length() > SmallAnswers::kMaxRequestBytes) return false;
  grpc::Slice request;
  if (!bytes.TrySingleSlice(&request).ok() && !bytes.DumpToSingleSlice(&request).ok()) return false;
  const auto answer =
      answers_->Find({reinterpret_cast<const char*>(request.begin()), request.size()});
  if (answer == nullptr) return false;
  std::vector<grpc::Slice> slices = {grpc::Slice(answer->header)};
  for (const AnswerPiece& piece : answer->pieces) {
    auto block = piece.block.lock();
    if (block == nullptr) return false;  // the cache has dropped it
    block->MarkUsed();
    slices.emplace_back(piece.frame);
    slices.push_back(SliceOfBlock(std::move(block), piece.data, piece.bytes));
  }
  taken_->test_and_set();
  slices.emplace_back(Footer(answer->rows, answer->bytes));
  WriteAndFinish(slices);
  return true;
}

void EmbeddingsReactor::WriteAndFinish(const std::vector<grpc::Slice>& slices) {
  message_ = grpc::ByteBuffer(slices.data(), slices.size());
  admission_ = engine::Admission();  // before the client can know that it was answered
  StartWriteAndFinish(&message_, grpc::WriteOptions(), grpc::Status::OK);
}

std::string EmbeddingsReactor::Footer() const {
  return Footer(stream_->rows() - stream_->first_row(), BytesToSend());
}

std::string EmbeddingsReactor::Footer(int64_t rows, int64_t bytes) const {
  v1::StreamEmbeddingsResponse response;
  v1::StreamFooter& footer = *response.mutable_footer();
  footer.set_rows(rows);
  footer.set_bytes(bytes);
  footer.set_first_chunk_us(std::max<int64_t>(first_chunk_us_, 0));
  footer.set_total_us(MicrosecondsSinceAccepted());
  return response.SerializeAsString();
}

int64_t EmbeddingsReactor::BytesToSend() const {
  const auto tensors = static_cast<int64_t>(tensors_.size());
  return (stream_->rows() - stream_->first_row()) * row_bytes_ * tensors;
}

int64_t EmbeddingsReactor::MicrosecondsSinceAccepted() const {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() -
                                                               accepted_)
      .count();
}

void EmbeddingsReactor::OnWriteDone(bool ok) {
  if (!ok) {
    client_gone_ = true;
    stream_->Cancel();  // a block that is waited for does not come any more
  }
  GoOn();
}

void EmbeddingsReactor::OnCancel() {
  if (!taken_->test_and_set()) {  // gone, or past its deadline, while it waited for a thread
    admission_ = engine::Admission();
    Finish(grpc::Status::CANCELLED);
    return;
  }
  held_.Cancel();
}

}  // namespace rope::server
