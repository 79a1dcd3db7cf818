// What the benchmarks of the transport share.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "client/rope_client.h"

namespace rope::bench {

// The calling thread, and what it starts, runs on one core while this lives.
class Pinned {
 public:
  explicit Pinned(int cpu);
  ~Pinned();
  Pinned(const Pinned&) = delete;
  Pinned& operator=(const Pinned&) = delete;

 private:
  std::string before_;  // the set of cores
};

double SecondsSince(std::chrono::steady_clock::time_point begin);
[[noreturn]] void Die(const absl::Status& status);
bool HasAvx512();

// A Llama 3.1 config.json of one KiB, with another base.
std::string LlamaConfig(int64_t theta);

// `calls` of request(number) by one thread, `in_flight` at a time. Where `latencies` is given it
// receives the seconds of each.
double CallsPerSecond(const client::RopeClient& client,
                      const std::function<v1::StreamEmbeddingsRequest(int)>& request,
                      const client::CallOptions& options, int calls, int in_flight,
                      std::vector<double>* latencies = nullptr);

// Bytes of memory that a process has resident.
int64_t ResidentBytes(int pid);

}  // namespace rope::bench
