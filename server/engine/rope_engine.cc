#include "server/engine/rope_engine.h"

#include <algorithm>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/backends/axis_rows.h"
#include "core/backends/backends.h"
#include "core/rotation/family_rotation.h"
#include "server/engine/dialect_plans.h"

namespace rope::engine {
namespace {

// Memory of blocks that the pool keeps for reuse beyond the cache's capacity: two pages.
constexpr int64_t kFreeBlockBytes = 2 * BlockPool::kPageBytes;

EngineOptions WithDefaults(EngineOptions options) {
  options.threads = std::max(options.threads, 1);
  if (options.backend == nullptr) options.backend = &BestBackend();
  return options;
}

// Memory of the plans beyond the first one, which every stream has.
int64_t PlanBytes(const std::vector<PlanRun>& runs) {
  const FrequencyPlan& plan = *runs.front().plan;
  // In profile exact a frequency is a real number of 320 bits, with its headers and three doubles.
  const int64_t bytes_of_frequency = plan.exact != nullptr ? 160 : 4;
  return static_cast<int64_t>(runs.size() - 1) * plan.half_width() * bytes_of_frequency;
}

// What follows "the model has" in a message.
std::string LayerTypeNames(const ModelConfigReport& report) {
  if (report.layer_types.size() == 1 && report.layer_types.front().layer_type.empty()) {
    return "one parameter set for all layers: leave layer_type empty";
  }
  return absl::StrJoin(report.layer_types, ", ", [](std::string* out, const LayerTypeConfig& one) {
    absl::StrAppend(out, "\"", one.layer_type, "\"",
                    one.config.has_value() ? "" : " (no rotary embedding)");
  });
}

// The status of a refused configuration, from its first error.
absl::Status Refusal(const std::vector<Finding>& findings, bool too_large) {
  for (const Finding& finding : findings) {
    if (finding.severity != Severity::kError) continue;
    const std::string message = absl::StrCat(finding.path.empty() ? "config" : finding.path, ": ",
                                             finding.message, " [", finding.code, "]");
    return too_large ? absl::ResourceExhaustedError(message) : absl::InvalidArgumentError(message);
  }
  return absl::InternalError("a configuration was refused without an error finding");
}

absl::Status CheckSeqLen(std::optional<int64_t> seq_len) {
  if (!seq_len.has_value() || (*seq_len >= 1 && *seq_len <= kMaxPosition + 1)) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("seq_len must be 1 to ", kMaxPosition + 1, ", not ", *seq_len));
}

absl::Status CheckLayerType(const ModelConfigReport& report, const std::string& layer_type) {
  const bool any_rope =
      std::any_of(report.layer_types.begin(), report.layer_types.end(),
                  [](const LayerTypeConfig& one) { return one.config.has_value(); });
  if (!any_rope) return absl::InvalidArgumentError("config: the model has no rotary embedding");
  if (layer_type.empty()) return absl::OkStatus();
  const LayerTypeConfig* layer = report.Find(layer_type);
  if (layer == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat(
        "layer_type \"", layer_type, "\" does not exist; the model has ", LayerTypeNames(report)));
  }
  if (layer->config.has_value()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("layer_type: layers of type \"", layer_type,
                                                 "\" have no rotary embedding; the model has ",
                                                 LayerTypeNames(report)));
}

// The channels that the layers rotate: as the request says, or as their family does it.
Window WindowOf(absl::string_view family, const LayerTypeConfig& layer) {
  const int64_t width = 2 * ((layer.config->rotary_dim + 1) / 2);
  if (layer.window_offset.has_value()) return {*layer.window_offset, width};
  const bool last = ChannelsOfFamily(family) == FamilyRotation::Channels::kLast;
  return {last ? layer.config->head_dim - width : 0, width};
}

// The plans of the requested layer types that have a rotary embedding.
absl::StatusOr<std::vector<ResolvedPlan>> MakePlans(ModelConfigReport report,
                                                    const ResolveOptions& options) {
  std::vector<ResolvedPlan> resolved;
  for (LayerTypeConfig& layer : report.layer_types) {
    const bool requested = options.layer_type.empty() || layer.layer_type == options.layer_type;
    if (!requested || !layer.config.has_value()) continue;
    auto reading = std::make_shared<const Reading>(ReadingOf(report, layer));
    const Window window = WindowOf(report.family, layer);
    const bool window_is_given = layer.window_offset.has_value();
    std::shared_ptr<const PositionAxes> axes;
    if (layer.axes.count > 1) axes = std::make_shared<const PositionAxes>(std::move(layer.axes));
    auto one = MakeResolvedPlan(std::move(layer.layer_type), *std::move(layer.config),
                                std::move(reading), std::move(axes), options);
    if (!one.ok()) return one.status();
    one->window = window;
    one->window_is_given = window_is_given;
    resolved.push_back(*std::move(one));
  }
  return resolved;
}

}  // namespace

ThreadPlan PlanThreads(int threads) {
  if (threads < 8) return {std::max(threads, 1), 1};
  return {threads / 2, 2};
}

RopeEngine::RopeEngine(const EngineOptions& options)
    : options_(WithDefaults(options)),
      threads_(PlanThreads(options_.threads)),
      settings_{options_.backend, threads_.threads_per_block,
                std::make_shared<BlockPool>(options_.limits.cache_bytes + kFreeBlockBytes)},
      streams_("streams", options_.limits.max_streams),
      calls_("calls", options_.limits.max_calls),
      list_bytes_("bytes of position lists", options_.limits.max_list_bytes),
      pinned_bytes_("bytes of tables being sent", options_.limits.max_pinned_bytes),
      plans_(options_.limits.plan_cache_bytes),
      cache_(options_.limits.cache_bytes, &queue_),
      queue_(threads_.workers) {}

Validation RopeEngine::Validate(absl::string_view config_json, ValidateOptions options) const {
  options.limits.max_bytes = limits().max_config_bytes;
  return ValidateConfig(config_json, options);
}

absl::StatusOr<Validation> RopeEngine::ValidateWithOverrides(absl::string_view config_json,
                                                             const Overrides& overrides,
                                                             ValidateOptions options) const {
  options.limits.max_bytes = limits().max_config_bytes;
  return rope::ValidateWithOverrides(config_json, overrides, options);
}

absl::StatusOr<ModelConfigReport> RopeEngine::CheckAccepted(absl::string_view config_json,
                                                            const ResolveOptions& options,
                                                            std::vector<Finding>* findings) const {
  if (absl::Status status = CheckSeqLen(options.seq_len); !status.ok()) return status;
  ValidateOptions validate;
  validate.strict = options.strict;
  validate.frequencies_given = GivesFrequencies(options.overrides);
  ModelConfigReport report = Validate(config_json, validate).report;
  if (!report.valid()) {
    *findings = std::move(report.findings);
    return Refusal(*findings, static_cast<int64_t>(config_json.size()) > limits().max_config_bytes);
  }
  if (absl::Status status = CheckLayerType(report, options.layer_type); !status.ok()) return status;
  absl::Status status = ApplyOverrides(options.overrides, &report);
  if (!status.ok()) return status;
  return report;
}

absl::StatusOr<std::vector<ResolvedPlan>> RopeEngine::Resolve(
    absl::string_view config_json, const ResolveOptions& options,
    std::vector<Finding>* findings) const {
  const auto other_dialect = NamesOtherDialect(options);
  if (!other_dialect.ok()) return other_dialect.status();
  if (*other_dialect) {
    if (absl::Status status = CheckSeqLen(options.seq_len); !status.ok()) return status;
    return ResolveByDialect(config_json, options, limits().max_config_bytes);
  }
  auto report = CheckAccepted(config_json, options, findings);
  if (!report.ok()) return report.status();
  return MakePlans(*std::move(report), options);
}

absl::StatusOr<ResolvedPlan> RopeEngine::ResolveOneByDialect(absl::string_view config_json,
                                                             const ResolveOptions& options) {
  auto plans = ResolveByDialect(config_json, options, limits().max_config_bytes);
  if (!plans.ok()) return plans.status();
  if (plans->size() > 1) {
    const std::string names =
        absl::StrJoin(*plans, ", ", [](std::string* out, const ResolvedPlan& one) {
          absl::StrAppend(out, "\"", one.layer_type, "\"");
        });
    return absl::InvalidArgumentError(absl::StrCat("layer_type is missing; the model has ", names));
  }
  if (absl::Status status = CheckHasTable(plans->front()); !status.ok()) return status;
  plans_.Keep(config_json, options, plans->front());
  return std::move(plans->front());
}

absl::StatusOr<ResolvedPlan> RopeEngine::ResolveOne(absl::string_view config_json,
                                                    const ResolveOptions& options,
                                                    std::vector<Finding>* findings) {
  if (absl::Status status = CheckSeqLen(options.seq_len); !status.ok()) return status;
  const auto other_dialect = NamesOtherDialect(options);
  if (!other_dialect.ok()) return other_dialect.status();
  if (auto known = plans_.Find(config_json, options); known.has_value()) return *std::move(known);
  if (*other_dialect) return ResolveOneByDialect(config_json, options);
  auto report = CheckAccepted(config_json, options, findings);
  if (!report.ok()) return report.status();
  if (options.layer_type.empty() && report->layer_types.size() > 1) {
    return absl::InvalidArgumentError(
        absl::StrCat("layer_type is missing; the model has ", LayerTypeNames(*report)));
  }
  auto plans = MakePlans(*std::move(report), options);
  if (!plans.ok()) return plans.status();
  plans_.Keep(config_json, options, plans->front());
  return std::move(plans->front());
}

absl::StatusOr<std::shared_ptr<TableStream>> RopeEngine::OpenTable(FrequencyPlan plan,
                                                                   PositionIds positions,
                                                                   TableForm form,
                                                                   int64_t first_row) {
  const int64_t rows = positions.size();
  return OpenTable({{std::make_shared<const FrequencyPlan>(std::move(plan)), rows}},
                   std::move(positions), form, first_row);
}

absl::StatusOr<std::shared_ptr<TableStream>> RopeEngine::OpenTable(std::vector<PlanRun> runs,
                                                                   PositionIds positions,
                                                                   TableForm form,
                                                                   int64_t first_row) {
  const FrequencyPlan& plan = *runs.front().plan;
  if (absl::Status status = CheckAxes(plan, positions, form.layout); !status.ok()) return status;
  const int64_t row_bytes = TensorCount(form) * RowBytes(form, plan.half_width());
  int64_t bytes = 0;
  if (positions.size() > limits().max_rows ||
      __builtin_mul_overflow(row_bytes, positions.size(), &bytes) ||
      bytes > limits().max_answer_bytes) {
    return absl::ResourceExhaustedError(
        absl::StrCat("position_ids asks for ", positions.size(), " rows of ", row_bytes,
                     " bytes; this server answers at most ", limits().max_rows, " rows and ",
                     limits().max_answer_bytes, " bytes"));
  }
  auto list_room = list_bytes_.Admit(positions.list_bytes() + PlanBytes(runs));
  if (!list_room.ok()) return list_room.status();
  const int64_t block_bytes = row_bytes * RowsPerBlock(form, plan.half_width());
  auto block_room = pinned_bytes_.Admit(std::min(bytes, TableStream::kMaxBlocks * block_bytes));
  if (!block_room.ok()) return block_room.status();
  return TableStream::Open({settings_, &cache_, &queue_},
                           {std::move(runs), std::move(positions), form, first_row,
                            *std::move(list_room), *std::move(block_room)});
}

void RopeEngine::Drain() {
  streams_.Close();
  calls_.Close();
}

bool RopeEngine::AwaitIdle(std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  return streams_.AwaitEmpty(deadline) && calls_.AwaitEmpty(deadline);
}

}  // namespace rope::engine
