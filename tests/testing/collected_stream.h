// A whole StreamEmbeddings answer, read with the generated classes. While it is read, it is checked
// against the rules of proto/rope/v1/embeddings.proto and tensor.proto.
#pragma once

#include <grpcpp/grpcpp.h>

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "rope/v1/embeddings.pb.h"
#include "rope/v1/rope_service.grpc.pb.h"

namespace rope::testing {

struct CollectedStream {
  grpc::Status status;
  v1::StreamHeader header;
  v1::StreamFooter footer;
  std::map<v1::TensorKind, std::string> tensors;
  std::vector<int64_t> chunk_bytes;  // in order of arrival
  int messages = 0;
};

// Reads the answer to `request` to its end. A broken rule is a test failure.
CollectedStream Collect(v1::RopeService::Stub* stub, const v1::StreamEmbeddingsRequest& request);

// The same with the caller's context (deadline, metadata).
CollectedStream Collect(v1::RopeService::Stub* stub, grpc::ClientContext* context,
                        const v1::StreamEmbeddingsRequest& request);

// A request for positions start to start + count - 1 of `config_json`, with defaults for the rest.
v1::StreamEmbeddingsRequest RangeRequest(const std::string& config_json, int64_t start,
                                         int64_t count);

}  // namespace rope::testing
