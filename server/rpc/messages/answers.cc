#include "server/rpc/messages/answers.h"

#include <optional>
#include <utility>

#include "core/backends/backends.h"
#include "core/rope_types/rope_types.h"
#include "proto/wire/convert.h"

namespace rope::server {
namespace {

std::string Text(absl::string_view text) { return std::string(text.data(), text.size()); }

void AddRopeTypes(v1::GetServerInfoResponse* info) {
  for (const RopeType& type : AllRopeTypes()) {
    v1::RopeTypeInfo& entry = *info->add_rope_types();
    entry.set_name(Text(type.name));
    entry.set_description(Text(type.description));
    entry.set_source(Text(type.source));
    for (absl::string_view key : type.required_keys) entry.add_required_keys(Text(key));
    for (absl::string_view key : type.optional_keys) entry.add_optional_keys(Text(key));
  }
}

void AddBackends(const engine::RopeEngine& engine, v1::GetServerInfoResponse* info) {
  for (const Backend* backend : AllBackends()) {
    v1::BackendInfo& entry = *info->add_backends();
    entry.set_name(Text(backend->name()));
    entry.set_description(Text(backend->description()));
    entry.set_available(backend->available());
    entry.set_selected(backend == &engine.backend());
  }
  for (absl::string_view name : SupportedKernelNames()) info->add_instruction_sets(Text(name));
}

void SetLimits(const engine::Limits& limits, v1::ServerLimits* message) {
  message->set_max_request_bytes(limits.max_request_bytes);
  message->set_max_config_bytes(limits.max_config_bytes);
  message->set_max_rows(limits.max_rows);
  message->set_max_head_dim(engine::Limits::kMaxHeadDim);
  message->set_max_position(kMaxPosition);
  message->set_max_answer_bytes(limits.max_answer_bytes);
  message->set_min_chunk_bytes(limits.min_chunk_bytes);
  message->set_max_chunk_bytes(limits.max_chunk_bytes);
  message->set_max_streams(limits.max_streams);
  message->set_cache_bytes(limits.cache_bytes);
  message->set_max_built_positions(limits.max_built_positions);
  message->set_max_rotation_table_bytes(limits.max_rotation_table_bytes);
}

void SetActivity(const engine::RopeEngine& engine, v1::ServerActivity* message) {
  const engine::TableCache::Counters cache = engine.cache_counters();
  const engine::PlanCache::Counters plans = engine.plan_counters();
  message->set_streams(engine.streams());
  message->set_block_hits(cache.hits);
  message->set_block_misses(cache.misses);
  message->set_block_joins(cache.joined);
  message->set_blocks_computed(cache.computed);
  message->set_entries_evicted(cache.evicted);
  message->set_cache_entries(cache.entries);
  message->set_cache_bytes(cache.bytes);
  message->set_block_bytes(engine.block_bytes());
  message->set_plan_hits(plans.hits);
  message->set_plan_misses(plans.misses);
}

void AddRowShape(Layout layout, int64_t half_width, v1::TensorSpec* tensor) {
  switch (layout) {
    case Layout::kMatrices:
      tensor->add_shape(half_width);
      tensor->add_shape(2);
      return tensor->add_shape(2);
    case Layout::kPairs:
      tensor->add_shape(half_width);
      return tensor->add_shape(2);
    case Layout::kComplex:
      return tensor->add_shape(half_width);
    default:
      return tensor->add_shape(RowWidth(layout, half_width));
  }
}

v1::PositionAxes AxesToProto(const PositionAxes& axes) {
  v1::PositionAxes message;
  message.set_count(static_cast<int32_t>(axes.count));
  message.mutable_of_frequency()->Add(axes.of_frequency.begin(), axes.of_frequency.end());
  message.mutable_of_second_channel()->Add(axes.of_second_channel.begin(),
                                           axes.of_second_channel.end());
  message.set_interleaved_pairs(axes.interleaved_pairs);
  return message;
}

v1::LengthRegime RegimeToProto(LengthRegime regime) {
  switch (regime) {
    case LengthRegime::kConstant:
      return v1::LENGTH_REGIME_CONSTANT;
    case LengthRegime::kOriginal:
      return v1::LENGTH_REGIME_ORIGINAL;
    case LengthRegime::kLong:
      return v1::LENGTH_REGIME_LONG;
    case LengthRegime::kStretched:
      break;
  }
  return v1::LENGTH_REGIME_STRETCHED;
}

v1::CachedKeys CachedKeysToProto(std::optional<CachedKeys> cached_keys) {
  if (!cached_keys.has_value()) return v1::CACHED_KEYS_UNSPECIFIED;
  switch (*cached_keys) {
    case CachedKeys::kKeep:
      return v1::CACHED_KEYS_KEEP;
    case CachedKeys::kReRotate:
      return v1::CACHED_KEYS_RE_ROTATE;
    case CachedKeys::kReprefill:
      break;
  }
  return v1::CACHED_KEYS_RE_PREFILL;
}

}  // namespace

v1::LengthPlan LengthPlanToProto(const LengthPlan& plan) {
  v1::LengthPlan message;
  message.set_length(plan.length);
  message.set_regime(RegimeToProto(plan.regime));
  message.set_config_id(ConfigId(plan.plan));
  message.set_attention_factor(plan.plan.attention_factor);
  message.set_from(plan.from);
  if (plan.until.has_value()) message.set_until(*plan.until);
  message.set_cached_keys(CachedKeysToProto(plan.cached_keys));
  return message;
}

v1::CacheOutcome OutcomeToProto(engine::CacheOutcome outcome) {
  switch (outcome) {
    case engine::CacheOutcome::kHit:
      return v1::CACHE_OUTCOME_HIT;
    case engine::CacheOutcome::kMiss:
      return v1::CACHE_OUTCOME_MISS;
    case engine::CacheOutcome::kBypass:
      break;
  }
  return v1::CACHE_OUTCOME_BYPASS;
}

v1::Reading ReadingToProto(const engine::Reading& reading) {
  v1::Reading message;
  message.set_family(reading.family);
  message.set_text_model_path(reading.text_model_path);
  message.mutable_warning_codes()->Add(reading.warning_codes.begin(), reading.warning_codes.end());
  for (const EffectiveValue& value : reading.assumed) {
    v1::AssumedValue& assumed = *message.add_assumed();
    assumed.set_name(value.name);
    assumed.set_value_json(value.value);
    assumed.set_source(value.source);
  }
  message.set_preset_unverified(reading.preset_unverified);
  return message;
}

v1::DialectResolution DialectToProto(const engine::ResolvedDialect& resolved) {
  const Dialect& dialect = *resolved.dialect;
  const EngineRope& rope = resolved.rope;
  v1::DialectResolution message;
  message.set_name(Text(dialect.name));
  message.set_version(Text(dialect.version));
  message.set_transformers_version(Text(dialect.transformers_version));
  message.set_engine_class(rope.engine_class);
  message.set_position_divisor(rope.position_divisor);
  message.set_softmax_scale_factor(rope.softmax_scale_factor);
  message.set_first_position(rope.first_position);
  if (rope.table_rows.has_value()) message.set_table_rows(*rope.table_rows);
  message.set_interleaved_pairs(!rope.is_neox_style);
  message.set_guess(resolved.is_guess);
  message.mutable_notes()->Add(rope.notes.begin(), rope.notes.end());
  if (!rope.no_table.empty()) message.add_notes(rope.no_table);
  return message;
}

v1::AttentionScaling AttentionScalingToProto(const AttentionScaling& scaling) {
  v1::AttentionScaling message;
  message.set_softmax_scale_factor(scaling.softmax_scale_factor);
  if (!scaling.queries.has_value()) return message;
  v1::QueryScaling& queries = *message.mutable_queries();
  queries.set_beta(scaling.queries->beta);
  queries.set_interval(scaling.queries->interval);
  queries.set_first(scaling.queries->first);
  queries.set_layers_without_rope(scaling.queries->layers_without_rope);
  return message;
}

v1::Resolution ResolutionOf(const engine::ResolvedPlan& resolved) {
  v1::Resolution message;
  message.set_config_id(ConfigId(resolved.plan));
  message.set_layer_type(resolved.layer_type);
  message.set_rope_type(resolved.config.rope_type);
  message.set_rope_theta(resolved.config.rope_theta);
  message.set_head_dim(resolved.config.head_dim);
  message.set_rotary_dim(resolved.config.rotary_dim);
  message.set_attention_factor(resolved.attention_factor);
  if (resolved.seq_len.has_value()) message.set_seq_len(*resolved.seq_len);
  if (resolved.config.max_position_embeddings.has_value()) {
    message.set_max_position_embeddings(*resolved.config.max_position_embeddings);
  }
  message.set_transformers_version(kTransformersVersion);
  *message.mutable_reading() = ReadingToProto(*resolved.reading);
  message.set_inv_freq_given(!resolved.config.inv_freq.empty());
  message.set_lane_scale_given(!resolved.config.lane_scale.empty());
  const AttentionScaling& attention = resolved.reading->attention;
  if (attention.softmax_scale_factor != 1.0 || attention.queries.has_value()) {
    *message.mutable_attention_scaling() = AttentionScalingToProto(attention);
  }
  if (resolved.plan.axes != nullptr) *message.mutable_axes() = AxesToProto(*resolved.plan.axes);
  if (resolved.dialect != nullptr) *message.mutable_dialect() = DialectToProto(*resolved.dialect);
  return message;
}

v1::Frequencies FrequenciesOf(const engine::ResolvedPlan& resolved) {
  v1::Frequencies message;
  *message.mutable_resolution() = ResolutionOf(resolved);
  message.mutable_inv_freq()->Add(resolved.plan.inv_freq.begin(), resolved.plan.inv_freq.end());
  message.set_numeric_profile(wire::NumericProfileToProto(resolved.plan.profile));
  return message;
}

v1::GetServerInfoResponse ServerInfoOf(const engine::RopeEngine& engine) {
  v1::GetServerInfoResponse info;
  info.set_version(ROPE_VERSION);
  info.set_build(ROPE_BUILD);
  info.set_transformers_version(kTransformersVersion);
  AddRopeTypes(&info);
  for (DType dtype : AllDTypes()) info.add_dtypes(wire::DTypeToProto(dtype));
  for (Layout layout : AllLayouts()) info.add_layouts(wire::LayoutToProto(layout));
  for (NumericProfile profile : AllNumericProfiles()) {
    info.add_numeric_profiles(wire::NumericProfileToProto(profile));
  }
  AddBackends(engine, &info);
  SetLimits(engine.limits(), info.mutable_limits());
  SetActivity(engine, info.mutable_activity());
  return info;
}

v1::StreamHeader HeaderOf(const engine::ResolvedPlan& resolved, const engine::TableStream& stream,
                          const std::vector<int64_t>& shape,
                          const std::vector<v1::TensorKind>& tensors, const Backend& backend) {
  v1::StreamHeader header;
  *header.mutable_resolution() = ResolutionOf(resolved);
  header.set_dtype(wire::DTypeToProto(stream.form().dtype));
  header.set_layout(wire::LayoutToProto(stream.form().layout));
  header.set_numeric_profile(wire::NumericProfileToProto(resolved.plan.profile));
  header.set_backend(Text(backend.name()));
  header.set_cache(OutcomeToProto(stream.cache_outcome()));
  header.set_negate_sin(stream.form().negate_sin);
  header.set_position_axes(static_cast<int32_t>(stream.axes()));
  header.mutable_window()->set_offset(resolved.window.offset);
  header.mutable_window()->set_width(resolved.window.width);
  header.set_attention_factor_omitted(resolved.attention_factor_omitted);
  const int64_t half_width = resolved.plan.half_width();
  for (v1::TensorKind kind : tensors) {
    v1::TensorSpec& tensor = *header.add_tensors();
    tensor.set_kind(kind);
    tensor.mutable_shape()->Add(shape.begin(), shape.end());
    AddRowShape(stream.form().layout, half_width, &tensor);
    tensor.set_byte_size(stream.rows() * RowBytes(stream.form(), half_width));
  }
  return header;
}

void AddSequences(const engine::Batch& batch, v1::StreamHeader* header) {
  for (const engine::ResolvedPlan& plan : batch.plans) {
    v1::Resolution resolution = ResolutionOf(plan);
    resolution.clear_reading();
    resolution.clear_axes();
    resolution.clear_transformers_version();
    *header->add_sequence_resolutions() = std::move(resolution);
  }
  header->mutable_resolution_of_sequence()->Add(batch.plan_of_sequence.begin(),
                                                batch.plan_of_sequence.end());
}

}  // namespace rope::server
