// What validating a configuration costs: in the library, and as a call to a real server.
#include <algorithm>
#include <cstdlib>
#include <string>

#include "client/rope_client.h"
#include "core/presets/presets.h"
#include "core/validation/validate_config.h"
#include "tests/bench/benchmarks.h"
#include "tests/testing/subprocess.h"

namespace rope::bench {
namespace {

// A config.json of two kilobytes, the size of those in model repositories.
std::string TwoKilobytes() {
  std::string text = R"({
  "architectures": ["LlamaForCausalLM"], "attention_bias": false, "attention_dropout": 0.0,
  "bos_token_id": 128000, "eos_token_id": [128001, 128008, 128009], "head_dim": 128,
  "hidden_act": "silu", "hidden_size": 4096, "initializer_range": 0.02,
  "intermediate_size": 14336, "max_position_embeddings": 131072, "mlp_bias": false,
  "model_type": "llama", "num_attention_heads": 32, "num_hidden_layers": 32,
  "num_key_value_heads": 8, "pretraining_tp": 1, "rms_norm_eps": 1e-05,
  "rope_scaling": {"factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
                   "original_max_position_embeddings": 8192, "rope_type": "llama3"},
  "rope_theta": 500000.0, "tie_word_embeddings": false, "torch_dtype": "bfloat16",
  "transformers_version": "4.42.3", "use_cache": true, "vocab_size": 128256,
  "id2label": {)";
  for (int i = 0; text.size() < 2040; ++i) {
    text += (i > 0 ? ", \"" : "\"") + std::to_string(i) + "\": \"LABEL_" + std::to_string(i) + "\"";
  }
  return text + "}}";
}

double MicrosecondsInTheLibrary(const std::string& text, int calls) {
  const double start = ProcessSeconds();
  for (int i = 0; i < calls; ++i) {
    if (!ValidateConfig(text).report.valid()) std::abort();
  }
  return (ProcessSeconds() - start) / calls * 1e6;
}

double MicrosecondsOfTheServer(const client::RopeClient& client,
                               const v1::ValidateConfigRequest& request, int pid, int calls) {
  const double start = ProcessSeconds(pid);
  for (int i = 0; i < calls; ++i) {
    if (!client.ValidateConfig(request).ok()) std::abort();
  }
  return (ProcessSeconds(pid) - start) / calls * 1e6;
}

// The cost of a call in which the server has nothing to do: no preset has the name "".
double MicrosecondsOfAnEmptyCall(const client::RopeClient& client, int pid, int calls) {
  const double start = ProcessSeconds(pid);
  for (int i = 0; i < calls; ++i) {
    if (client.GetPreset("").ok()) std::abort();
  }
  return (ProcessSeconds(pid) - start) / calls * 1e6;
}

Side Difference(const Side& all, const Side& part) {
  Side difference;
  for (size_t i = 0; i < std::min(all.values.size(), part.values.size()); ++i) {
    difference.values.push_back(all.values[i] - part.values[i]);
  }
  return difference;
}

}  // namespace

std::vector<Result> ValidateBenchmark(const Options& options) {
  const testing::RunningServer server({"--threads", "1"});
  const client::RopeClient client = client::RopeClient::Connect(server.address());
  v1::ValidateConfigRequest request;
  request.mutable_config()->set_model_config_json(TwoKilobytes());
  const int calls = options.Amount(20, 2000, 2000);
  const auto sides = Measure(
      {[&] { return MicrosecondsInTheLibrary(request.config().model_config_json(), calls); },
       [&] { return MicrosecondsOfTheServer(client, request, server.pid(), calls); },
       [&] { return MicrosecondsOfAnEmptyCall(client, server.pid(), calls); }},
      options, {server.pid()});
  return {MedianOf("validate.library", "ValidateConfig of a 2 KB config, in the library", "us",
                   sides[0]),
          AtMost(100, MedianOf("validate.server",
                               "CPU of the server for that call, above a call that does nothing",
                               "us", Difference(sides[1], sides[2]))),
          MedianOf("validate.server_in_all", "CPU of the server for that call, gRPC included", "us",
                   sides[1])};
}

}  // namespace rope::bench
