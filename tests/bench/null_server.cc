// null_server: a server that does nothing, to measure what transport alone costs. It answers every
// StreamEmbeddings request with the same bytes, which are ready in memory. With --socket it uses a
// plain TCP connection instead of gRPC, and sends the table for each byte that it receives.
#include <arpa/inet.h>
#include <grpcpp/grpcpp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

#include "CLI/CLI.hpp"
#include "proto/wire/chunk_frame.h"
#include "rope/v1/rope_service.grpc.pb.h"
#include "xxhash.h"

namespace rope::bench {
namespace {

constexpr int64_t kRowBytes = 512;  // 128 float32
constexpr int64_t kChunkBytes = 1 << 20;
constexpr int64_t kSmallAnswerBytes = 64 << 10;  // sent as one message, as rope_server does

std::string HeaderOf(int64_t rows) {
  v1::StreamEmbeddingsResponse response;
  v1::StreamHeader& header = *response.mutable_header();
  header.set_dtype(v1::D_TYPE_FLOAT32);
  header.set_layout(v1::LAYOUT_HALF_SPLIT);
  header.set_numeric_profile(v1::NUMERIC_PROFILE_HF);
  header.set_backend("null");
  header.set_cache(v1::CACHE_OUTCOME_HIT);
  v1::Resolution& resolution = *header.mutable_resolution();
  resolution.set_config_id("rope1-00000000000000000000000000000000");
  resolution.set_rope_type("llama3");
  resolution.set_rope_theta(500000);
  resolution.set_head_dim(128);
  resolution.set_rotary_dim(128);
  resolution.set_attention_factor(1);
  resolution.set_seq_len(rows);
  resolution.set_transformers_version("5.24.0");
  for (v1::TensorKind kind : {v1::TENSOR_KIND_COS, v1::TENSOR_KIND_SIN}) {
    v1::TensorSpec& spec = *header.add_tensors();
    spec.set_kind(kind);
    spec.add_shape(rows);
    spec.add_shape(128);
    spec.set_byte_size(rows * kRowBytes);
  }
  return response.SerializeAsString();
}

std::string FooterOf(int64_t rows) {
  v1::StreamEmbeddingsResponse response;
  response.mutable_footer()->set_rows(rows);
  response.mutable_footer()->set_bytes(2 * rows * kRowBytes);
  response.mutable_footer()->set_total_us(10);
  return response.SerializeAsString();
}

// The messages of an answer. They are slices of memory that is never freed.
std::vector<grpc::ByteBuffer> MessagesOf(int64_t rows) {
  static const std::string data(static_cast<size_t>(2 * rows * kRowBytes), 'x');
  std::vector<std::vector<grpc::Slice>> messages = {{grpc::Slice(HeaderOf(rows))}};
  const int64_t total = rows * kRowBytes;
  const char* next = data.data();
  for (int64_t offset = 0; offset < total; offset += kChunkBytes) {
    const int64_t bytes = std::min(kChunkBytes, total - offset);
    const uint64_t hash = XXH3_64bits(data.data(), static_cast<size_t>(bytes));
    for (v1::TensorKind kind : {v1::TENSOR_KIND_COS, v1::TENSOR_KIND_SIN}) {
      messages.push_back(
          {grpc::Slice(wire::ChunkFrameBytes({kind, offset, hash, bytes})),
           grpc::Slice(next, static_cast<size_t>(bytes), grpc::Slice::STATIC_SLICE)});
      next += bytes;
    }
  }
  messages.push_back({grpc::Slice(FooterOf(rows))});
  std::vector<grpc::ByteBuffer> buffers;
  if (2 * total <= kSmallAnswerBytes) {
    std::vector<grpc::Slice> all;
    for (auto& message : messages) all.insert(all.end(), message.begin(), message.end());
    buffers.emplace_back(all.data(), all.size());
    return buffers;
  }
  for (auto& message : messages) buffers.emplace_back(message.data(), message.size());
  return buffers;
}

class NullReactor final : public grpc::ServerWriteReactor<grpc::ByteBuffer> {
 public:
  explicit NullReactor(const std::vector<grpc::ByteBuffer>& messages) : messages_(messages) {
    Write();
  }

 private:
  void Write() {
    const grpc::ByteBuffer* const message = &messages_[next_++];
    if (next_ == messages_.size()) {
      StartWriteAndFinish(message, grpc::WriteOptions(), grpc::Status::OK);
    } else {
      StartWrite(message);
    }
  }
  void OnWriteDone(bool ok) override {
    if (next_ == messages_.size()) return;
    if (ok) {
      Write();
    } else {
      Finish(grpc::Status::CANCELLED);
    }
  }
  void OnDone() override { delete this; }

  const std::vector<grpc::ByteBuffer>& messages_;
  size_t next_ = 0;
};

class NullService final
    : public v1::RopeService::WithRawCallbackMethod_StreamEmbeddings<v1::RopeService::Service> {
 public:
  explicit NullService(int64_t rows) : messages_(MessagesOf(rows)) {}
  grpc::ServerWriteReactor<grpc::ByteBuffer>* StreamEmbeddings(
      grpc::CallbackServerContext* /*context*/, const grpc::ByteBuffer* /*request*/) override {
    return new NullReactor(messages_);
  }

 private:
  const std::vector<grpc::ByteBuffer> messages_;
};

void SayReady(int port) {
  std::printf("null_server ready on 127.0.0.1:%d\n", port);
  std::fflush(stdout);
}

void SendTables(int connection, int64_t bytes) {
  static const std::string data(static_cast<size_t>(bytes), 'x');
  char asked = 0;
  while (read(connection, &asked, 1) == 1) {
    for (int64_t left = bytes; left > 0;) {
      const ssize_t sent = write(connection, data.data() + (bytes - left),
                                 static_cast<size_t>(std::min<int64_t>(left, kChunkBytes)));
      if (sent <= 0) return;
      left -= sent;
    }
  }
}

int ServeSocket(int64_t bytes) {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), length) != 0 ||
      listen(listener, 8) != 0 ||
      getsockname(listener, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
    return 1;
  }
  SayReady(ntohs(address.sin_port));
  while (true) {
    const int connection = accept(listener, nullptr, nullptr);
    if (connection < 0) return 1;
    const int on = 1;
    setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    SendTables(connection, bytes);
    close(connection);
  }
}

int ServeGrpc(const std::string& listen, int64_t rows) {
  NullService service(rows);
  int port = 0;
  grpc::ServerBuilder builder;
  builder.AddListeningPort(listen, grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) return 1;
  SayReady(port);
  server->Wait();
  return 0;
}

}  // namespace
}  // namespace rope::bench

int main(int argc, char** argv) {
  CLI::App app{"Answers every request with the same table and computes nothing, for benchmarks."};
  std::string listen = "127.0.0.1:0";
  int64_t rows = 65536;
  bool socket = false;
  app.add_option("--listen", listen, "Address to listen on");
  app.add_option("--rows", rows, "Rows of each of the two tensors; a row is 128 float32");
  app.add_flag("--socket", socket,
               "Serve a plain TCP socket on a free loopback port, without gRPC");
  CLI11_PARSE(app, argc, argv);
  return socket ? rope::bench::ServeSocket(2 * rows * rope::bench::kRowBytes)
                : rope::bench::ServeGrpc(listen, rows);
}
