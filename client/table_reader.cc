#include "client/table_reader.h"

#include <string>
#include <thread>
#include <utility>

#include "absl/strings/string_view.h"
#include "client/stream/grpc_status.h"

namespace rope::client {
namespace {

v1::StreamEmbeddingsRequest WithOptions(v1::StreamEmbeddingsRequest request,
                                        const CallOptions& options) {
  if (!options.verify) request.set_omit_checksums(true);
  return request;
}

// Drops the first `count` bytes.
void RemovePrefix(int64_t count, ChunkView* chunk) {
  chunk->byte_offset += count;
  chunk->bytes -= count;
  while (count > 0) {
    absl::string_view& piece = chunk->pieces.front();
    if (static_cast<int64_t>(piece.size()) > count) {
      piece.remove_prefix(static_cast<size_t>(count));
      return;
    }
    count -= static_cast<int64_t>(piece.size());
    chunk->pieces.erase(chunk->pieces.begin());
  }
}

}  // namespace

TableReader::TableReader(std::shared_ptr<grpc::Channel> channel,
                         v1::StreamEmbeddingsRequest request, const CallOptions& options)
    : channel_(std::move(channel)),
      request_(WithOptions(std::move(request), options)),
      options_(options),
      deadline_(DeadlineOf(options)),
      check_(options.max_answer_bytes, !request_.omit_checksums(), request_.first_row()) {
  StartCall();
}

TableReader::~TableReader() { EndCall(); }

void TableReader::StartCall() {
  ++attempts_;
  const grpc::Slice bytes(request_.SerializeAsString());
  call_ = std::make_unique<StreamCall>(channel_, &queue_, deadline_);
  call_->Start(grpc::ByteBuffer(&bytes, 1));
}

// Waits for an event of the call; other ones have nothing to say.
bool TableReader::Await(StreamCall::Event event) {
  void* tag = nullptr;
  bool ok = false;
  while (queue_.Next(&tag, &ok)) {
    const auto* const happened = static_cast<StreamCall::Tag*>(tag);
    happened->call->Took();
    if (happened->event == event) return ok;
  }
  return false;
}

void TableReader::EndCall() {
  if (call_ == nullptr) return;
  call_->Cancel();
  while (call_->outstanding() > 0) {
    void* tag = nullptr;
    bool ok = false;
    if (!queue_.Next(&tag, &ok)) break;
    static_cast<StreamCall::Tag*>(tag)->call->Took();
  }
  call_.reset();
}

absl::Status TableReader::Fail(absl::Status status) {
  status_ = std::move(status);
  ended_ = true;
  response_.chunks.clear();
  next_chunk_ = 0;
  EndCall();
  return status_;
}

absl::StatusOr<v1::StreamHeader> TableReader::Header() {
  if (!check_.has_header() && !ended_) {
    if (absl::Status status = ReadMessage(); !status.ok()) return status;
  }
  if (check_.has_header()) return check_.header();
  return status_;
}

absl::StatusOr<bool> TableReader::NextChunk() {
  while (next_chunk_ == response_.chunks.size()) {
    if (!status_.ok()) return status_;
    if (ended_) return false;
    if (absl::Status status = ReadMessage(); !status.ok()) return status;
  }
  view_ = std::move(response_.chunks[next_chunk_++]);
  if (absl::Status status = check_.TakeChunk(view_, &skipped_); !status.ok()) return Fail(status);
  return true;
}

absl::StatusOr<std::optional<ChunkView>> TableReader::NextView() {
  while (true) {
    const auto more = NextChunk();
    if (!more.ok()) return more.status();
    if (!*more) return std::nullopt;
    const uint64_t hash = copier_.Copy(view_, 0, check_.verify(), nullptr);
    if (absl::Status status = check_.CheckHash(view_, hash); !status.ok()) return Fail(status);
    if (skipped_ == view_.bytes) continue;
    RemovePrefix(skipped_, &view_);
    return view_;
  }
}

absl::StatusOr<std::optional<v1::Chunk>> TableReader::Next() {
  const auto view = NextView();
  if (!view.ok()) return view.status();
  if (!view->has_value()) return std::nullopt;
  v1::Chunk chunk;
  chunk.set_kind((*view)->kind);
  chunk.set_byte_offset((*view)->byte_offset);
  std::string* const data = chunk.mutable_data();
  data->reserve(static_cast<size_t>((*view)->bytes));
  for (absl::string_view piece : (*view)->pieces) data->append(piece.data(), piece.size());
  return chunk;
}

absl::Status TableReader::ReadInto(absl::FunctionRef<std::byte*(v1::TensorKind, int64_t)> place) {
  while (true) {
    const auto more = NextChunk();
    if (!more.ok()) return more.status();
    if (!*more) return absl::OkStatus();
    std::byte* const to = place(view_.kind, view_.byte_offset + skipped_);
    const uint64_t hash = copier_.Copy(view_, skipped_, check_.verify(), to);
    if (absl::Status status = check_.CheckHash(view_, hash); !status.ok()) return Fail(status);
  }
}

absl::Status TableReader::ReadMessage() {
  while (!ended_) {
    if (call_ == nullptr) StartCall();
    if (Await(StreamCall::Event::kRead)) return TakeMessage();
    if (absl::Status status = TakeStatus(); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status TableReader::TakeMessage() {
  next_chunk_ = 0;
  response_ = ResponseView();
  message_.Clear();
  message_.Swap(call_->message());
  call_->Read();  // the next one may arrive while this one is worked on
  auto response = ParseResponse(&message_);
  if (!response.ok()) return Fail(response.status());
  response_ = *std::move(response);
  if (absl::Status status = check_.TakeMessage(response_); !status.ok()) return Fail(status);
  if (!response_.chunks.empty()) attempts_ = 1;
  return absl::OkStatus();
}

// The call is over: what now?
absl::Status TableReader::TakeStatus() {
  call_->Finish();
  (void)Await(StreamCall::Event::kFinished);
  const grpc::Status status = call_->status();
  if (status.ok()) {
    if (absl::Status end = check_.TakeEnd(); !end.ok()) return Fail(end);
    ended_ = true;
    EndCall();
    return absl::OkStatus();
  }
  const auto delay = RetryDelay(options_.retry, attempts_, status, call_->context());
  if (!delay.has_value() || (deadline_.has_value() && Clock::now() + *delay >= *deadline_)) {
    return Fail(FromGrpcStatus(status, &findings_));
  }
  EndCall();
  std::this_thread::sleep_for(*delay);
  request_.set_first_row(check_.Resume());
  ++retries_;
  return absl::OkStatus();
}

}  // namespace rope::client
