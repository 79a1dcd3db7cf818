#include "client/stream/answer_check.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/table/layout.h"
#include "proto/wire/config_hash.h"
#include "proto/wire/convert.h"

namespace rope::client {
namespace {

absl::string_view YesOrNo(bool value) { return value ? "true" : "false"; }

// Collects the first difference between what was asked for and what came.
class Comparison {
 public:
  template <typename Value>
  void Same(absl::string_view field, const Value& asked, const Value& came) {
    if (asked != came) Differs(field, asked, came);
  }
  void Same(absl::string_view field, bool asked, bool came) {
    if (asked != came) Differs(field, YesOrNo(asked), YesOrNo(came));
  }
  template <typename Asked, typename Came>
  void Differs(absl::string_view field, const Asked& asked, const Came& came) {
    if (!status_.ok()) return;
    status_ = absl::DataLossError(absl::StrCat("the answer is to another request: ", field, " is ",
                                               came, ", but ", asked, " was asked for"));
  }
  const absl::Status& status() const { return status_; }

 private:
  absl::Status status_;
};

template <typename Value>
std::string InBrackets(const Value& values) {
  return absl::StrCat("[", absl::StrJoin(values, ", "), "]");
}

std::string KindsOf(const std::vector<v1::TensorKind>& kinds) {
  std::vector<std::string> names;
  for (v1::TensorKind kind : kinds) names.push_back(absl::StrCat(static_cast<int>(kind)));
  return InBrackets(names);
}

// The sequence length that chooses the frequencies, if the request says it without a list.
std::optional<int64_t> SeqLenOf(const v1::StreamEmbeddingsRequest& request) {
  if (request.has_seq_len()) return request.seq_len();
  if (!request.position_ids().has_range() || request.sequences_size() > 0) return std::nullopt;
  const v1::PositionRange& range = request.position_ids().range();
  const int64_t step = range.has_step() ? range.step() : 1;
  int64_t last = 0;
  if (__builtin_mul_overflow(range.count() - 1, step, &last) ||
      __builtin_add_overflow(last, range.start(), &last)) {
    return std::nullopt;
  }
  return std::max({range.start(), last, int64_t{0}}) + 1;
}

void CompareForm(const v1::StreamEmbeddingsRequest& request, const v1::StreamHeader& header,
                 Comparison* compare) {
  const auto dtype = wire::DTypeFromProto(request.dtype());
  const auto layout = wire::LayoutFromProto(request.layout());
  const auto profile = wire::NumericProfileFromProto(request.numeric_profile());
  const auto came_dtype = wire::DTypeFromProto(header.dtype());
  const auto came_layout = wire::LayoutFromProto(header.layout());
  const auto came_profile = wire::NumericProfileFromProto(header.numeric_profile());
  if (dtype.ok() && came_dtype.ok()) {
    compare->Same("dtype", DTypeName(*dtype), DTypeName(*came_dtype));
  }
  if (layout.ok() && came_layout.ok()) {
    compare->Same("layout", LayoutName(*layout), LayoutName(*came_layout));
  }
  if (profile.ok() && (!came_profile.ok() || *profile != *came_profile)) {
    compare->Differs("numeric_profile", NumericProfileName(*profile),
                     v1::NumericProfile_Name(header.numeric_profile()));
  }
  compare->Same("negate_sin", request.negate_sin(), header.negate_sin());
  // A factor of 1 is not there to be omitted.
  const bool has_factor = header.resolution().attention_factor() != 1.0;
  compare->Same("attention_factor_omitted", request.omit_attention_factor() && has_factor,
                header.attention_factor_omitted());
}

// The shape of each tensor: that of the positions, then that of a row.
std::vector<int64_t> ShapeOf(const v1::StreamEmbeddingsRequest& request, const v1::TensorSpec& spec,
                             Layout layout, int64_t rotary_dim) {
  const v1::PositionIds& ids = request.position_ids();
  std::vector<int64_t> shape(ids.shape().begin(), ids.shape().end());
  if (shape.empty()) shape.push_back(RowsOf(ids));
  const int64_t half_width = (rotary_dim + 1) / 2;
  std::vector<int64_t> row = {RowWidth(layout, half_width)};
  if (layout == Layout::kPairs) row = {half_width, 2};
  if (layout == Layout::kMatrices) row = {half_width, 2, 2};
  if (layout == Layout::kComplex) row = {half_width};
  if (rotary_dim <= 0 && spec.shape_size() >= static_cast<int>(row.size())) {
    row.assign(spec.shape().end() - static_cast<int>(row.size()), spec.shape().end());
  }
  shape.insert(shape.end(), row.begin(), row.end());
  return shape;
}

void CompareTensors(const v1::StreamEmbeddingsRequest& request, const v1::StreamHeader& header,
                    Comparison* compare) {
  const auto layout = wire::LayoutFromProto(request.layout());
  if (!layout.ok()) return;
  std::vector<v1::TensorKind> asked;
  for (int kind : request.tensors()) asked.push_back(static_cast<v1::TensorKind>(kind));
  if (asked.empty()) asked = wire::TensorsOf(*layout);
  std::vector<v1::TensorKind> came;
  for (const v1::TensorSpec& spec : header.tensors()) came.push_back(spec.kind());
  compare->Same("the list of tensors", KindsOf(asked), KindsOf(came));
  for (const v1::TensorSpec& spec : header.tensors()) {
    compare->Same("the shape of a tensor",
                  InBrackets(ShapeOf(request, spec, *layout, header.resolution().rotary_dim())),
                  InBrackets(spec.shape()));
  }
}

// What the configuration and what is given beside it must have become.
void CompareResolution(const v1::StreamEmbeddingsRequest& request, const v1::StreamHeader& header,
                       Comparison* compare) {
  const v1::ModelConfig& config = request.config();
  const v1::Resolution& resolution = header.resolution();
  if (header.config_xxh3_64() != 0) {
    compare->Same("the hash of the configuration", wire::ConfigHash(config),
                  header.config_xxh3_64());
  }
  if (!request.layer_type().empty()) {
    compare->Same("layer_type", request.layer_type(), resolution.layer_type());
  }
  if (const auto seq_len = SeqLenOf(request); seq_len.has_value() && resolution.has_seq_len()) {
    compare->Same("seq_len", *seq_len, resolution.seq_len());
  }
  const std::string program = config.dialect().substr(0, config.dialect().find('@'));
  const bool has_dialect = !program.empty() && program != "transformers";
  compare->Same("the use of a dialect", has_dialect, resolution.has_dialect());
  const auto given = config.overrides().find(resolution.layer_type());
  const v1::LayerOverride& overrides =
      given == config.overrides().end() ? v1::LayerOverride::default_instance() : given->second;
  compare->Same("inv_freq_given", overrides.inv_freq_size() > 0, resolution.inv_freq_given());
  compare->Same("lane_scale_given", overrides.lane_scale_size() > 0, resolution.lane_scale_given());
  if (overrides.has_window() && header.has_window()) {
    compare->Same("window.offset", overrides.window().offset(), header.window().offset());
    compare->Same("window.width", overrides.window().width(), header.window().width());
  }
}

// A server that does not know batches would take all rows for one sequence.
void CompareBatch(const v1::StreamEmbeddingsRequest& request, const v1::StreamHeader& header,
                  Comparison* compare) {
  compare->Same("the number of sequences", request.sequences_size(),
                header.resolution_of_sequence_size());
  for (int32_t index : header.resolution_of_sequence()) {
    if (index < 0 || index >= header.sequence_resolutions_size()) {
      compare->Differs("an index in resolution_of_sequence",
                       absl::StrCat("less than ", header.sequence_resolutions_size()), index);
    }
  }
}

}  // namespace

int64_t RowsOf(const v1::PositionIds& ids) {
  const int64_t axes = std::max(ids.axes(), 1);
  if (ids.has_range()) return ids.range().count();
  if (ids.has_list()) return ids.list().values_size() / axes;
  if (ids.has_int32_le()) return static_cast<int64_t>(ids.int32_le().size()) / 4 / axes;
  return static_cast<int64_t>(ids.int64_le().size() + ids.float64_le().size()) / 8 / axes;
}

absl::Status CheckAnswers(const v1::StreamEmbeddingsRequest& request,
                          const v1::StreamHeader& header) {
  Comparison compare;
  CompareForm(request, header, &compare);
  CompareTensors(request, header, &compare);
  CompareResolution(request, header, &compare);
  CompareBatch(request, header, &compare);
  if (header.position_axes() != 0) {
    compare.Same("position_axes", std::max(request.position_ids().axes(), 1),
                 header.position_axes());
  }
  return compare.status();
}

}  // namespace rope::client
