#include "tests/bench/transport.h"

#include <sched.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <vector>

#include "absl/strings/str_cat.h"
#include "client/table_pipeline.h"
#include "core/backends/backends.h"

namespace rope::bench {

Pinned::Pinned(int cpu) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0) std::abort();
  before_.assign(reinterpret_cast<const char*>(&set), sizeof set);
  CPU_ZERO(&set);
  CPU_SET(cpu, &set);
  (void)sched_setaffinity(0, sizeof set, &set);  // fails on a machine with fewer cores
}

Pinned::~Pinned() {
  cpu_set_t set;
  std::memcpy(&set, before_.data(), sizeof set);
  (void)sched_setaffinity(0, sizeof set, &set);
}

double SecondsSince(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

void Die(const absl::Status& status) {
  std::fprintf(stderr, "rope_bench: %s\n", status.ToString().c_str());
  std::abort();
}

bool HasAvx512() { return SupportedKernelNames().front() == "avx512"; }

std::string LlamaConfig(int64_t theta) {
  return absl::StrCat(
      R"({"architectures": ["LlamaForCausalLM"], "attention_bias": false, "bos_token_id": 128000,
  "eos_token_id": [128001, 128008, 128009], "head_dim": 128, "hidden_act": "silu",
  "hidden_size": 4096, "initializer_range": 0.02, "intermediate_size": 14336,
  "max_position_embeddings": 131072, "mlp_bias": false, "model_type": "llama",
  "num_attention_heads": 32, "num_hidden_layers": 32, "num_key_value_heads": 8,
  "pretraining_tp": 1, "rms_norm_eps": 1e-05, "rope_scaling": {"factor": 8.0,
  "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 8192,
  "rope_type": "llama3"}, "rope_theta": )",
      theta,
      R"(, "tie_word_embeddings": false, "torch_dtype": "bfloat16", "use_cache": true,
  "transformers_version": "4.42.3", "vocab_size": 128256})");
}

double CallsPerSecond(const client::RopeClient& client,
                      const std::function<v1::StreamEmbeddingsRequest(int)>& request,
                      const client::CallOptions& options, int calls, int in_flight,
                      std::vector<double>* latencies) {
  using Clock = std::chrono::steady_clock;
  client::TablePipeline pipeline(client, options);
  int started = 0;
  std::function<void()> start = [&] {
    const auto begin = Clock::now();
    pipeline.Start(request(started++), [&, begin](const absl::StatusOr<client::Table>& table) {
      if (!table.ok()) Die(table.status());
      if (latencies != nullptr) latencies->push_back(SecondsSince(begin));
      if (started < calls) start();
    });
  };
  const auto begin = Clock::now();
  for (int i = 0; i < in_flight && started < calls; ++i) start();
  while (pipeline.Step()) {
  }
  return calls / SecondsSince(begin);
}

int64_t ResidentBytes(int pid) {
  std::ifstream statm(absl::StrCat("/proc/", pid, "/statm"));
  int64_t all = 0;
  int64_t resident = 0;
  statm >> all >> resident;
  return resident * sysconf(_SC_PAGESIZE);
}

}  // namespace rope::bench
