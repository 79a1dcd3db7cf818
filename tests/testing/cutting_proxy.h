// CuttingProxy: a proxy in front of a real server. It cuts streams off.
#pragma once

#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "rope/v1/rope_service.grpc.pb.h"

namespace rope::testing {

// Forwards StreamEmbeddings to the server of `channel`. Call number i ends with `code` after
// cut_after[i] messages; later calls are complete. Handles one call at a time. Set the public
// members before the first call.
class CuttingProxy final : public v1::RopeService::Service {
 public:
  explicit CuttingProxy(const std::shared_ptr<grpc::Channel>& channel)
      : stub_(v1::RopeService::NewStub(channel)) {}

  grpc::Status StreamEmbeddings(grpc::ServerContext* context,
                                const v1::StreamEmbeddingsRequest* request,
                                grpc::ServerWriter<v1::StreamEmbeddingsResponse>* writer) override {
    const std::lock_guard<std::mutex> lock(mutex_);
    first_rows.push_back(request->first_row());
    const size_t call = first_rows.size() - 1;
    int left = call < cut_after.size() ? cut_after[call] : -1;
    grpc::ClientContext onward;
    const auto reader = stub_->StreamEmbeddings(&onward, *request);
    v1::StreamEmbeddingsResponse message;
    while (left != 0 && reader->Read(&message)) {
      if (other_table && call > 0) message.mutable_header()->set_negate_sin(true);
      writer->Write(message);
      --left;
    }
    if (left != 0) return reader->Finish();
    onward.TryCancel();
    if (!pushback.empty()) context->AddTrailingMetadata("grpc-retry-pushback-ms", pushback);
    return {code, "cut off"};
  }

  std::vector<int> cut_after;
  grpc::StatusCode code = grpc::StatusCode::UNAVAILABLE;
  std::string pushback;             // the value of grpc-retry-pushback-ms; "": not sent
  bool other_table = false;         // all calls but the first have a header of another table
  std::vector<int64_t> first_rows;  // first_row of each request, in order of arrival

 private:
  std::mutex mutex_;
  std::unique_ptr<v1::RopeService::Stub> stub_;
};

}  // namespace rope::testing
