#include "server/engine/rope_engine.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/backends/backends.h"

namespace rope {
namespace {

EngineOptions WithDefaults(EngineOptions options) {
  options.threads = std::max(options.threads, 1);
  if (options.backend == nullptr) options.backend = &BestBackend();
  return options;
}

// Many workers with one thread each serve many streams; on large hosts two threads a block shorten
// a lone stream's first byte. Workers times threads per block stays within the threads there are.
int ThreadsPerBlock(int threads) { return threads >= 8 ? 2 : 1; }

std::string LayerTypeNames(const ModelConfigReport& report) {
  return absl::StrJoin(report.layer_types, ", ", [](std::string* out, const LayerTypeConfig& one) {
    absl::StrAppend(out, "\"", one.layer_type, "\"");
  });
}

absl::Status FirstError(const std::vector<Finding>& findings) {
  for (const Finding& finding : findings) {
    if (finding.severity != Severity::kError) continue;
    return absl::InvalidArgumentError(absl::StrCat(finding.path.empty() ? "" : finding.path + ": ",
                                                   finding.message, " [", finding.code, "]"));
  }
  return absl::InternalError("a configuration was refused without an error finding");
}

}  // namespace

RopeEngine::RopeEngine(const EngineOptions& options)
    : options_(WithDefaults(options)),
      threads_per_block_(ThreadsPerBlock(options_.threads)),
      cache_(options_.limits.cache_bytes, &queue_),
      queue_(options_.threads / threads_per_block_) {}

absl::StatusOr<Admission> RopeEngine::AdmitStream() {
  return Admit(&streams_, limits().max_streams, "streams");
}

absl::StatusOr<Admission> RopeEngine::AdmitCall() {
  return Admit(&calls_, limits().max_calls, "calls");
}

absl::StatusOr<Admission> RopeEngine::Admit(std::atomic<int64_t>* served, int64_t most,
                                            absl::string_view what) {
  if (draining_.load()) return absl::UnavailableError("the server is shutting down");
  Admission admission(served);
  if (served->fetch_add(1) >= most) {
    return absl::UnavailableError(
        absl::StrCat("the server serves ", most, " ", what, " already; try again"));
  }
  return admission;
}

ModelConfigReport RopeEngine::Validate(absl::string_view config_json) const {
  JsonLimits json_limits;
  json_limits.max_bytes = limits().max_config_bytes;
  ModelConfigReport report = ReadModelConfig(config_json, json_limits);
  if (!report.valid()) return report;
  for (const LayerTypeConfig& layer : report.layer_types) {
    if (!layer.config.has_value()) continue;
    const auto plan =
        MakeFrequencyPlan(*layer.config, NumericProfile::kHf, std::nullopt, HfPath::kInitFunction);
    if (plan.ok()) continue;
    report.findings.push_back({"ROPE-E015", Severity::kError,
                               layer.layer_type.empty()
                                   ? "rope_parameters"
                                   : absl::StrCat("rope_parameters.", layer.layer_type),
                               std::string(plan.status().message()), "", -1});
  }
  return report;
}

absl::StatusOr<std::vector<Resolved>> RopeEngine::Resolve(absl::string_view config_json,
                                                          const ResolveOptions& options,
                                                          std::vector<Finding>* findings) const {
  if (options.seq_len.has_value() &&
      (*options.seq_len < 1 || *options.seq_len > kMaxPosition + 1)) {
    return absl::InvalidArgumentError(
        absl::StrCat("seq_len is ", *options.seq_len, "; it lies in 1..", kMaxPosition + 1));
  }
  ModelConfigReport report = Validate(config_json);
  if (!report.valid()) {
    *findings = std::move(report.findings);
    return FirstError(*findings);
  }
  std::vector<Resolved> resolved;
  bool known = false;
  for (LayerTypeConfig& layer : report.layer_types) {
    if (!options.layer_type.empty() && layer.layer_type != options.layer_type) continue;
    known = true;
    if (!layer.config.has_value()) continue;
    auto plan = MakeFrequencyPlan(*layer.config, options.profile, options.seq_len, options.path);
    if (!plan.ok()) return plan.status();
    resolved.push_back(
        {std::move(layer.layer_type), *std::move(layer.config), options.seq_len, *std::move(plan)});
  }
  if (!known) {
    return absl::InvalidArgumentError(
        absl::StrCat("layer_type \"", options.layer_type,
                     "\" is not one of this model's: ", LayerTypeNames(report)));
  }
  if (resolved.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("layer_type \"", options.layer_type, "\" has no rotary embedding"));
  }
  return resolved;
}

absl::StatusOr<Resolved> RopeEngine::ResolveOne(absl::string_view config_json,
                                                const ResolveOptions& options,
                                                std::vector<Finding>* findings) const {
  auto resolved = Resolve(config_json, options, findings);
  if (!resolved.ok()) return resolved.status();
  if (resolved->size() > 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("layer_type is missing; this model has ",
                     absl::StrJoin(*resolved, ", ", [](std::string* out, const Resolved& one) {
                       absl::StrAppend(out, "\"", one.layer_type, "\"");
                     })));
  }
  return std::move(resolved->front());
}

absl::StatusOr<std::shared_ptr<TableStream>> RopeEngine::Open(FrequencyPlan plan,
                                                              PositionIds positions,
                                                              TableForm form) {
  int64_t bytes = 0;
  if (positions.size() > limits().max_rows ||
      __builtin_mul_overflow(2 * RowBytes(form, plan.half_width()), positions.size(), &bytes) ||
      bytes > limits().max_answer_bytes) {
    return absl::ResourceExhaustedError(absl::StrCat(
        "position_ids: ", positions.size(), " rows are more than this server answers: ",
        limits().max_rows, " rows, ", limits().max_answer_bytes, " bytes"));
  }
  return TableStream::Open({options_.backend, &cache_, &queue_, threads_per_block_},
                           std::move(plan), std::move(positions), form);
}

}  // namespace rope
