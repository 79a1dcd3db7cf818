#include "client/table_pipeline.h"

#include <utility>

#include "client/stream/chunk_copy.h"
#include "client/stream/grpc_status.h"
#include "client/stream/response_parser.h"
#include "client/stream/stream_check.h"
#include "client/stream/table_assembly.h"

namespace rope::client {

// One call and its table.
class TablePipeline::Flight {
 public:
  Flight(const std::shared_ptr<grpc::Channel>& channel, grpc::CompletionQueue* queue,
         const CallOptions& options, Done done)
      : call_(channel, queue, DeadlineOf(options)),
        check_(options.max_answer_bytes, options.verify, 0),
        done_(std::move(done)) {}

  StreamCall& call() { return call_; }

  void OnRead(bool ok) {
    if (!ok) {
      call_.Finish();
      return;
    }
    if (broken_.ok()) broken_ = TakeMessage();
    if (!broken_.ok()) call_.Cancel();
    call_.Read();
  }

  // After the last event.
  void Finish() {
    if (broken_.ok() && !call_.status().ok()) broken_ = FromGrpcStatus(call_.status(), nullptr);
    if (broken_.ok()) broken_ = check_.TakeEnd();
    if (!broken_.ok()) return done_(broken_);
    table_.footer = check_.footer();
    done_(std::move(table_));
  }

 private:
  absl::Status TakeMessage() {
    const auto response = ParseResponse(call_.message());
    if (!response.ok()) return response.status();
    if (absl::Status status = check_.TakeMessage(*response); !status.ok()) return status;
    if (response->header.has_value()) table_ = MakeRoom(*response->header);
    for (const ChunkView& chunk : response->chunks) {
      int64_t skipped = 0;
      if (absl::Status status = check_.TakeChunk(chunk, &skipped); !status.ok()) return status;
      std::byte* const to = PlaceIn(table_, chunk.kind, chunk.byte_offset);
      const uint64_t hash = copier_.Copy(chunk, skipped, check_.verify(), to);
      if (absl::Status status = check_.CheckHash(chunk, hash); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

  StreamCall call_;
  StreamCheck check_;
  ChunkCopier copier_;
  Table table_;
  absl::Status broken_;
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
  v1::StreamEmbeddingsRequest asked = request;
  if (!options_.verify) asked.set_omit_checksums(true);
  const grpc::Slice bytes(asked.SerializeAsString());
  Start(grpc::ByteBuffer(&bytes, 1), std::move(done));
}

void TablePipeline::Start(const grpc::ByteBuffer& request, Done done) {
  auto flight = std::make_unique<Flight>(channel_, &queue_, options_, std::move(done));
  StreamCall& call = flight->call();
  flights_.emplace(&call, std::move(flight));
  call.Start(request);
}

bool TablePipeline::Step() {
  if (flights_.empty()) return false;
  void* tag = nullptr;
  bool ok = false;
  if (!queue_.Next(&tag, &ok)) return false;
  const auto* const happened = static_cast<StreamCall::Tag*>(tag);
  StreamCall& call = *happened->call;
  call.Took();
  if (happened->event == StreamCall::Event::kRead) flights_.at(&call)->OnRead(ok);
  if (call.outstanding() > 0) return true;
  const auto landed = flights_.extract(&call);  // kept until it has told
  landed.mapped()->Finish();
  return true;
}

}  // namespace rope::client
