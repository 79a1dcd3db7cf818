#include "client/table_pipeline.h"

#include <chrono>
#include <utility>

#include "client/stream/answer_check.h"
#include "client/stream/chunk_copy.h"
#include "client/stream/grpc_status.h"
#include "client/stream/response_parser.h"
#include "client/stream/retry.h"
#include "client/stream/stream_call.h"
#include "client/stream/stream_check.h"
#include "client/stream/table_assembly.h"

namespace rope::client {

// One call and the table that it fills.
class TablePipeline::Flight {
 public:
  Flight(const std::shared_ptr<grpc::Channel>& channel, grpc::CompletionQueue* queue,
         const CallOptions& options, v1::StreamEmbeddingsRequest request, Done done)
      : call_(channel, queue, DeadlineOf(options)),
        request_(std::move(request)),
        check_(options.max_answer_bytes, options.verify, request_.first_row()),
        done_(std::move(done)) {}

  StreamCall& call() { return call_; }

  void OnRead(bool ok) {
    if (!ok) {
      call_.Finish();
      return;
    }
    if (status_.ok()) status_ = TakeMessage();
    if (!status_.ok()) call_.Cancel();
    call_.Read();
  }

  // Calls `done`. To be called after the call's last event.
  void Finish(const CallOptions& options) {
    if (status_.ok() && !call_.status().ok()) {
      status_ = ExplainDeadline(options, std::chrono::milliseconds(0),
                                FromGrpcStatus(call_.status(), nullptr));
    }
    if (status_.ok()) status_ = check_.TakeEnd();
    if (!status_.ok()) return done_(status_);
    table_.footer = check_.footer();
    done_(std::move(table_));
  }

 private:
  absl::Status TakeMessage() {
    const auto response = ParseResponse(call_.message());
    if (!response.ok()) return response.status();
    if (absl::Status status = check_.TakeMessage(*response); !status.ok()) return status;
    if (response->header.has_value()) {
      if (absl::Status status = CheckAnswers(request_, *response->header); !status.ok()) {
        return status;
      }
      table_ = AllocateTable(*response->header);
    }
    for (const ChunkView& chunk : response->chunks) {
      int64_t skipped = 0;
      if (absl::Status status = check_.TakeChunk(chunk, &skipped); !status.ok()) return status;
      std::byte* const to = AddressIn(table_, chunk.kind, chunk.byte_offset);
      const uint64_t hash = copier_.Copy(chunk, skipped, check_.verify(), to);
      if (absl::Status status = check_.CheckHash(chunk, hash); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

  StreamCall call_;
  const v1::StreamEmbeddingsRequest request_;
  StreamCheck check_;
  ChunkCopier copier_;
  Table table_;
  absl::Status status_;  // what is wrong with the messages so far
  Done done_;
};

TablePipeline::TablePipeline(const RopeClient& client, const CallOptions& options)
    : channel_(client.channel()), options_(options) {}

TablePipeline::~TablePipeline() {
  for (const auto& [call, flight] : flights_) flight->call().Cancel();
  queue_.Shutdown();
  void* tag = nullptr;
  bool ok = false;
  while (queue_.Next(&tag, &ok)) {
  }
}

void TablePipeline::Start(const v1::StreamEmbeddingsRequest& request, Done done) {
  v1::StreamEmbeddingsRequest sent = request;
  if (!options_.verify) sent.set_omit_checksums(true);
  const grpc::Slice bytes(sent.SerializeAsString());
  auto flight =
      std::make_unique<Flight>(channel_, &queue_, options_, std::move(sent), std::move(done));
  StreamCall& call = flight->call();
  flights_.emplace(&call, std::move(flight));
  call.Start(grpc::ByteBuffer(&bytes, 1));
}

bool TablePipeline::Step() {
  if (flights_.empty()) return false;
  void* tag = nullptr;
  bool ok = false;
  if (!queue_.Next(&tag, &ok)) return false;
  const auto* const happened = static_cast<StreamCall::Tag*>(tag);
  StreamCall& call = *happened->call;
  call.CountEvent();
  if (happened->event == StreamCall::Event::kRead) flights_.at(&call)->OnRead(ok);
  if (call.outstanding() > 0) return true;
  // Out of the map before `done` is called, which may call Start; alive until `done` returns.
  const auto landed = flights_.extract(&call);
  landed.mapped()->Finish(options_);
  return true;
}

}  // namespace rope::client
