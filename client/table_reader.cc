#include "client/table_reader.h"

#include <chrono>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/string_view.h"
#include "client/stream/answer_check.h"
#include "client/stream/chunk_copy.h"
#include "client/stream/grpc_status.h"
#include "client/stream/response_parser.h"
#include "client/stream/retry.h"
#include "client/stream/stream_call.h"
#include "client/stream/stream_check.h"

namespace rope::client {
namespace {

v1::StreamEmbeddingsRequest WithOptions(v1::StreamEmbeddingsRequest request,
                                        const CallOptions& options) {
  if (!options.verify) request.set_omit_checksums(true);
  return request;
}

// Drops the first `count` bytes of `chunk`, which has more than that.
void RemovePrefix(int64_t count, ChunkView* chunk) {
  chunk->byte_offset += count;
  chunk->byte_size -= count;
  while (count > 0) {
    absl::string_view& segment = chunk->segments.front();
    if (static_cast<int64_t>(segment.size()) > count) {
      segment.remove_prefix(static_cast<size_t>(count));
      return;
    }
    count -= static_cast<int64_t>(segment.size());
    chunk->segments.erase(chunk->segments.begin());
  }
}

}  // namespace

// The calls of one reader, one after another, and the message that is being read.
class TableReader::Stream {
 public:
  Stream(std::shared_ptr<grpc::Channel> channel, v1::StreamEmbeddingsRequest request,
         const CallOptions& options)
      : channel_(std::move(channel)),
        request_(WithOptions(std::move(request), options)),
        options_(options),
        deadline_(options.timeout.has_value() ? DeadlineOf(options) : std::nullopt),
        check_(options.max_answer_bytes, !request_.omit_checksums(), request_.first_row()) {
    StartCall();
  }
  ~Stream() { EndCall(); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  absl::StatusOr<v1::StreamHeader> Header();
  absl::StatusOr<std::optional<ChunkView>> NextView();
  absl::Status ReadInto(absl::FunctionRef<std::byte*(v1::TensorKind, int64_t)> place);

  const v1::StreamFooter& footer() const { return check_.footer(); }
  const std::vector<Finding>& findings() const { return findings_; }
  int retries() const { return retries_; }

 private:
  using Clock = std::chrono::system_clock;

  // Moves the next chunk into view_ and checks its place; false at the end of the stream.
  absl::StatusOr<bool> NextChunk();
  // Reads one message into response_. At the end of the stream, checks the status and the totals.
  absl::Status ReadMessage();
  absl::Status TakeMessage();
  // Decides what happens after a call has ended: the stream ends, fails, or continues with another
  // call.
  absl::Status TakeStatus();
  void StartCall();
  void EndCall();
  // Waits for `event` of the current call and returns whether it succeeded. Other events of the
  // call carry no information. Absent: CallOptions.patience was exhausted.
  std::optional<bool> Await(StreamCall::Event event);
  // The next event of the queue; absent if there is none within the rest of the patience, or ever.
  std::optional<bool> NextEvent(StreamCall::Event* event);
  bool HasPatience() const {
    return !options_.timeout.has_value() && options_.patience.count() > 0;
  }
  absl::Status Fail(absl::Status status);

  const std::shared_ptr<grpc::Channel> channel_;
  v1::StreamEmbeddingsRequest request_;
  const CallOptions options_;
  const std::optional<Clock::time_point> deadline_;
  StreamCheck check_;
  ChunkCopier copier_;
  grpc::CompletionQueue queue_;
  std::unique_ptr<StreamCall> call_;  // null between two calls and at the end

  grpc::ByteBuffer message_;  // owns the bytes that response_ and view_ point to
  ResponseView response_;
  size_t next_chunk_ = 0;  // index in response_.chunks
  ChunkView view_;
  int64_t skipped_ = 0;  // leading bytes of view_ that an earlier call delivered

  int attempts_ = 0;           // calls in a row without a new chunk
  bool begun_ = false;         // the current call has brought a message
  Clock::duration waited_{0};  // since the current call started or brought its last chunk
  int retries_ = 0;
  bool ended_ = false;
  absl::Status status_;  // the error that ended the stream
  std::vector<Finding> findings_;
};

void TableReader::Stream::StartCall() {
  ++attempts_;
  begun_ = false;
  waited_ = Clock::duration(0);
  const grpc::Slice bytes(request_.SerializeAsString());
  call_ = std::make_unique<StreamCall>(channel_, &queue_, deadline_);
  call_->Start(grpc::ByteBuffer(&bytes, 1));
}

std::optional<bool> TableReader::Stream::NextEvent(StreamCall::Event* event) {
  void* tag = nullptr;
  bool ok = false;
  if (HasPatience()) {
    const auto start = Clock::now();
    const auto next = queue_.AsyncNext(&tag, &ok, start + (options_.patience - waited_));
    waited_ += Clock::now() - start;
    if (next != grpc::CompletionQueue::GOT_EVENT) return std::nullopt;
  } else if (!queue_.Next(&tag, &ok)) {
    return std::nullopt;
  }
  const auto* const happened = static_cast<StreamCall::Tag*>(tag);
  happened->call->CountEvent();
  *event = happened->event;
  return ok;
}

std::optional<bool> TableReader::Stream::Await(StreamCall::Event event) {
  while (true) {
    StreamCall::Event happened;
    const auto ok = NextEvent(&happened);
    if (!ok.has_value() || happened == event) return ok;
  }
}

void TableReader::Stream::EndCall() {
  if (call_ == nullptr) return;
  call_->Cancel();
  while (call_->outstanding() > 0) {
    void* tag = nullptr;
    bool ok = false;
    if (!queue_.Next(&tag, &ok)) break;
    static_cast<StreamCall::Tag*>(tag)->call->CountEvent();
  }
  call_.reset();
}

absl::Status TableReader::Stream::Fail(absl::Status status) {
  status_ = std::move(status);
  ended_ = true;
  response_.chunks.clear();
  next_chunk_ = 0;
  EndCall();
  return status_;
}

absl::StatusOr<v1::StreamHeader> TableReader::Stream::Header() {
  if (!check_.has_header() && !ended_) {
    if (absl::Status status = ReadMessage(); !status.ok()) return status;
  }
  if (check_.has_header()) return check_.header();
  return status_;
}

absl::StatusOr<bool> TableReader::Stream::NextChunk() {
  while (next_chunk_ == response_.chunks.size()) {
    if (!status_.ok()) return status_;
    if (ended_) return false;
    if (absl::Status status = ReadMessage(); !status.ok()) return status;
  }
  view_ = std::move(response_.chunks[next_chunk_++]);
  if (absl::Status status = check_.TakeChunk(view_, &skipped_); !status.ok()) return Fail(status);
  return true;
}

absl::StatusOr<std::optional<ChunkView>> TableReader::Stream::NextView() {
  while (true) {
    const auto more = NextChunk();
    if (!more.ok()) return more.status();
    if (!*more) return std::nullopt;
    const uint64_t hash = copier_.Copy(view_, 0, check_.verify(), nullptr);
    if (absl::Status status = check_.CheckHash(view_, hash); !status.ok()) return Fail(status);
    if (skipped_ == view_.byte_size) continue;
    RemovePrefix(skipped_, &view_);
    return view_;
  }
}

absl::Status TableReader::Stream::ReadInto(
    absl::FunctionRef<std::byte*(v1::TensorKind, int64_t)> place) {
  while (true) {
    const auto more = NextChunk();
    if (!more.ok()) return more.status();
    if (!*more) return absl::OkStatus();
    std::byte* const to = place(view_.kind, view_.byte_offset + skipped_);
    const uint64_t hash = copier_.Copy(view_, skipped_, check_.verify(), to);
    if (absl::Status status = check_.CheckHash(view_, hash); !status.ok()) return Fail(status);
  }
}

absl::Status TableReader::Stream::ReadMessage() {
  while (!ended_) {
    if (call_ == nullptr) StartCall();
    const auto message = Await(StreamCall::Event::kRead);
    if (!message.has_value()) {
      return Fail(NothingCame(check_.has_header() ? "more rows" : "answer", options_.patience));
    }
    if (*message) return TakeMessage();
    if (absl::Status status = TakeStatus(); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status TableReader::Stream::TakeMessage() {
  next_chunk_ = 0;
  response_ = ResponseView();
  message_.Clear();
  message_.Swap(call_->message());
  call_->Read();  // The next message can arrive while this one is worked on.
  auto response = ParseResponse(&message_);
  if (!response.ok()) return Fail(response.status());
  response_ = *std::move(response);
  if (absl::Status status = check_.TakeMessage(response_); !status.ok()) return Fail(status);
  if (response_.header.has_value()) {
    absl::Status status = CheckAnswers(request_, *response_.header);
    if (!status.ok()) return Fail(status);
  }
  begun_ = true;
  if (!response_.chunks.empty()) {
    attempts_ = 1;
    waited_ = Clock::duration(0);
  }
  return absl::OkStatus();
}

absl::Status TableReader::Stream::TakeStatus() {
  call_->Finish();
  if (!Await(StreamCall::Event::kFinished).has_value()) {
    return Fail(NothingCame("status", options_.patience));
  }
  const grpc::Status status = call_->status();
  if (status.ok()) {
    if (absl::Status end = check_.TakeEnd(); !end.ok()) return Fail(end);
    ended_ = true;
    EndCall();
    return absl::OkStatus();
  }
  const auto delay = RetryDelay(options_.retry, attempts_, begun_, status, call_->context());
  if (!delay.has_value() || (deadline_.has_value() && Clock::now() + *delay >= *deadline_)) {
    return Fail(ExplainDeadline(options_, std::chrono::milliseconds(0),
                                FromGrpcStatus(status, &findings_)));
  }
  EndCall();
  std::this_thread::sleep_for(*delay);
  request_.set_first_row(check_.Resume());
  ++retries_;
  return absl::OkStatus();
}

TableReader::TableReader(std::shared_ptr<grpc::Channel> channel,
                         v1::StreamEmbeddingsRequest request, const CallOptions& options)
    : stream_(std::make_unique<Stream>(std::move(channel), std::move(request), options)) {}

TableReader::~TableReader() = default;

absl::StatusOr<v1::StreamHeader> TableReader::Header() { return stream_->Header(); }

absl::StatusOr<std::optional<ChunkView>> TableReader::NextView() { return stream_->NextView(); }

absl::StatusOr<std::optional<v1::Chunk>> TableReader::Next() {
  const auto view = NextView();
  if (!view.ok()) return view.status();
  if (!view->has_value()) return std::nullopt;
  v1::Chunk chunk;
  chunk.set_kind((*view)->kind);
  chunk.set_byte_offset((*view)->byte_offset);
  std::string* const data = chunk.mutable_data();
  data->reserve(static_cast<size_t>((*view)->byte_size));
  for (absl::string_view segment : (*view)->segments) data->append(segment.data(), segment.size());
  return chunk;
}

absl::Status TableReader::ReadInto(absl::FunctionRef<std::byte*(v1::TensorKind, int64_t)> place) {
  return stream_->ReadInto(place);
}

const v1::StreamFooter& TableReader::footer() const { return stream_->footer(); }

const std::vector<Finding>& TableReader::findings() const { return stream_->findings(); }

int TableReader::retries() const { return stream_->retries(); }

}  // namespace rope::client
