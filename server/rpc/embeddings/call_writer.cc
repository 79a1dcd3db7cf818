#include "server/rpc/embeddings/call_writer.h"

#include <algorithm>
#include <utility>

#include "rope/v1/embeddings.pb.h"
#include "server/rpc/messages/status.h"

namespace rope::server {

void CallWriter::Write(grpc::ByteBuffer* message) {
  message_.Swap(message);
  reactor_->StartWrite(&message_);
}

void CallWriter::MarkFirstChunk() {
  if (first_chunk_us_ < 0) first_chunk_us_ = MicrosecondsSinceAccepted();
}

void CallWriter::WriteLastAndFinish(std::vector<grpc::Slice> slices, int64_t rows, int64_t bytes) {
  slices.push_back(Footer(rows, bytes));
  message_ = grpc::ByteBuffer(slices.data(), slices.size());
  room_ = engine::Admission();
  reactor_->StartWriteAndFinish(&message_, grpc::WriteOptions(), grpc::Status::OK);
}

void CallWriter::Fail(const absl::Status& status, const std::vector<Finding>& findings) {
  const grpc::Status refusal = RefuseCall(context_, status, findings);
  room_ = engine::Admission();
  reactor_->Finish(refusal);
}

void CallWriter::FinishCancelled() {
  room_ = engine::Admission();
  reactor_->Finish(grpc::Status::CANCELLED);
}

int64_t CallWriter::MicrosecondsSinceAccepted() const {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now() -
                                                               accepted_)
      .count();
}

grpc::Slice CallWriter::Footer(int64_t rows, int64_t bytes) const {
  v1::StreamEmbeddingsResponse response;
  v1::StreamFooter& footer = *response.mutable_footer();
  footer.set_rows(rows);
  footer.set_bytes(bytes);
  footer.set_first_chunk_us(std::max<int64_t>(first_chunk_us_, 0));
  footer.set_total_us(MicrosecondsSinceAccepted());
  return grpc::Slice(response.SerializeAsString());
}

}  // namespace rope::server
