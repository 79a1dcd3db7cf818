// What the benchmarks with a real server share.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "client/rope_client.h"

namespace rope::bench {

// While an object of this class exists, the calling thread and all that it starts run on one core.
// On a machine with one core it has no effect.
class Pinned {
 public:
  // `cpu` is the core's number. The destructor restores the set of cores.
  explicit Pinned(int cpu);
  ~Pinned();
  Pinned(const Pinned&) = delete;
  Pinned& operator=(const Pinned&) = delete;

 private:
  std::string before_;  // the bytes of the former cpu_set_t
};

double SecondsSince(std::chrono::steady_clock::time_point begin);
// Prints the status and aborts.
[[noreturn]] void Die(const absl::Status& status);
// Whether the server computes with kernel avx512 on this host.
bool HasAvx512();

// A Llama 3.1 config.json of one KiB with rope_theta `theta`. Each theta is another table.
std::string LlamaConfig(int64_t theta);

// Calls per second of one thread that makes `calls` calls with `in_flight` of them at a time. Call
// number i sends request(i). Appends the seconds of each call to `latencies`, unless that is null.
// Dies if a call fails.
double CallsPerSecond(const client::RopeClient& client,
                      const std::function<v1::StreamEmbeddingsRequest(int)>& request,
                      const client::CallOptions& options, int calls, int in_flight,
                      std::vector<double>* latencies = nullptr);

// Resident memory of a process in bytes.
int64_t ResidentBytes(int pid);

}  // namespace rope::bench
