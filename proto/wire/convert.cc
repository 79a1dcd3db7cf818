#include "proto/wire/convert.h"

#include <algorithm>
#include <bit>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "core/findings/finding_table.h"

namespace rope::wire {
namespace {

// One row for each value. The rows serve both directions and the message about an unknown value.
template <typename Message, typename Core>
struct EnumRow {
  Message message;
  Core core;
};

constexpr EnumRow<v1::DType, DType> kDTypes[] = {
    {v1::D_TYPE_FLOAT32, DType::kFloat32},
    {v1::D_TYPE_FLOAT16, DType::kFloat16},
    {v1::D_TYPE_BFLOAT16, DType::kBFloat16},
    {v1::D_TYPE_FLOAT64, DType::kFloat64},
};
constexpr EnumRow<v1::Layout, Layout> kLayouts[] = {
    {v1::LAYOUT_HALF_SPLIT, Layout::kHalfSplit}, {v1::LAYOUT_INTERLEAVED, Layout::kInterleaved},
    {v1::LAYOUT_COMPACT, Layout::kCompact},      {v1::LAYOUT_PACKED, Layout::kPacked},
    {v1::LAYOUT_PAIRS, Layout::kPairs},          {v1::LAYOUT_COMPLEX, Layout::kComplex},
};
constexpr EnumRow<v1::NumericProfile, NumericProfile> kProfiles[] = {
    {v1::NUMERIC_PROFILE_HF, NumericProfile::kHf},
    {v1::NUMERIC_PROFILE_EXACT, NumericProfile::kExact},
};
constexpr EnumRow<v1::Severity, Severity> kSeverities[] = {
    {v1::SEVERITY_NOTE, Severity::kNote},
    {v1::SEVERITY_WARNING, Severity::kWarning},
    {v1::SEVERITY_ERROR, Severity::kError},
};

// UNSPECIFIED (0) means the first row.
template <typename Message, typename Core, size_t n>
absl::StatusOr<Core> FromProto(absl::string_view field, const EnumRow<Message, Core> (&rows)[n],
                               Message value, std::string (*name)(Message)) {
  if (static_cast<int>(value) == 0) return rows[0].core;
  for (const EnumRow<Message, Core>& row : rows) {
    if (row.message == value) return row.core;
  }
  const std::string known =
      absl::StrJoin(rows, ", ", [&](std::string* out, const EnumRow<Message, Core>& row) {
        absl::StrAppend(out, name(row.message));
      });
  return absl::InvalidArgumentError(
      absl::StrCat(field, " must be one of ", known, ", not ", static_cast<int>(value)));
}

template <typename Message, typename Core, size_t n>
Message ToProto(const EnumRow<Message, Core> (&rows)[n], Core value) {
  for (const EnumRow<Message, Core>& row : rows) {
    if (row.core == value) return row.message;
  }
  return static_cast<Message>(0);
}

template <typename Integer>
absl::StatusOr<PositionIds> ListFromBytes(absl::string_view field, const std::string& bytes) {
  if (bytes.size() % sizeof(Integer) != 0) {
    return absl::InvalidArgumentError(absl::StrCat(field, " must have a multiple of ",
                                                   sizeof(Integer), " bytes, not ", bytes.size()));
  }
  std::vector<int64_t> positions(bytes.size() / sizeof(Integer));
  for (size_t i = 0; i < positions.size(); ++i) {
    uint64_t value = 0;
    for (size_t k = sizeof(Integer); k > 0; --k) {
      value = (value << 8) | static_cast<uint8_t>(bytes[i * sizeof(Integer) + k - 1]);
    }
    positions[i] = static_cast<Integer>(value);
  }
  return PositionIds::List(std::move(positions));
}

absl::StatusOr<PositionIds> FractionsFromBytes(const std::string& bytes) {
  if (bytes.size() % sizeof(double) != 0) {
    return absl::InvalidArgumentError(absl::StrCat(
        "position_ids.float64_le must have a multiple of 8 bytes, not ", bytes.size()));
  }
  std::vector<double> positions(bytes.size() / sizeof(double));
  static_assert(std::endian::native == std::endian::little);
  bytes.copy(reinterpret_cast<char*>(positions.data()), bytes.size());
  return PositionIds::Fractional(std::move(positions));
}

// The number of positions in a message. Does not look at the positions themselves.
int64_t CountOf(const v1::PositionIds& ids) {
  switch (ids.ids_case()) {
    case v1::PositionIds::kRange:
      return ids.range().count();
    case v1::PositionIds::kList:
      return ids.list().values_size();
    case v1::PositionIds::kInt32Le:
      return static_cast<int64_t>(ids.int32_le().size() / sizeof(int32_t));
    case v1::PositionIds::kInt64Le:
      return static_cast<int64_t>(ids.int64_le().size() / sizeof(int64_t));
    case v1::PositionIds::kFloat64Le:
      return static_cast<int64_t>(ids.float64_le().size() / sizeof(double));
    case v1::PositionIds::IDS_NOT_SET:
      break;
  }
  return 0;
}

absl::Status CheckShape(const v1::PositionIds& ids, int64_t count) {
  constexpr int kMaxDimensions = 8;
  if (ids.shape_size() == 0) return absl::OkStatus();
  int64_t product = 1;
  bool fits = ids.shape_size() <= kMaxDimensions;
  for (int64_t dimension : ids.shape()) {
    fits = fits && dimension >= 1 && !__builtin_mul_overflow(product, dimension, &product);
  }
  if (fits && product == count) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("position_ids.shape must have 1 to ", kMaxDimensions,
                   " dimensions >= 1 whose product is the number of rows, ", count, ", not [",
                   absl::StrJoin(ids.shape(), ", "), "]"));
}

absl::StatusOr<PositionIds> IdsFromProto(const v1::PositionIds& ids) {
  switch (ids.ids_case()) {
    case v1::PositionIds::kRange: {
      const v1::PositionRange& range = ids.range();
      return PositionIds::Range(range.start(), range.count(), range.has_step() ? range.step() : 1);
    }
    case v1::PositionIds::kList:
      return PositionIds::List({ids.list().values().begin(), ids.list().values().end()});
    case v1::PositionIds::kInt32Le:
      return ListFromBytes<int32_t>("position_ids.int32_le", ids.int32_le());
    case v1::PositionIds::kInt64Le:
      return ListFromBytes<int64_t>("position_ids.int64_le", ids.int64_le());
    case v1::PositionIds::kFloat64Le:
      return FractionsFromBytes(ids.float64_le());
    case v1::PositionIds::IDS_NOT_SET:
      break;
  }
  return absl::InvalidArgumentError(
      "position_ids is missing; set range, list, int32_le, int64_le or float64_le");
}

std::string Name(v1::DType value) { return v1::DType_Name(value); }
std::string Name(v1::Layout value) { return v1::Layout_Name(value); }
std::string Name(v1::NumericProfile value) { return v1::NumericProfile_Name(value); }

}  // namespace

absl::StatusOr<DType> DTypeFromProto(v1::DType dtype) {
  return FromProto("dtype", kDTypes, dtype, Name);
}
absl::StatusOr<Layout> LayoutFromProto(v1::Layout layout) {
  return FromProto("layout", kLayouts, layout, Name);
}
absl::StatusOr<NumericProfile> NumericProfileFromProto(v1::NumericProfile profile) {
  return FromProto("numeric_profile", kProfiles, profile, Name);
}
v1::DType DTypeToProto(DType dtype) { return ToProto(kDTypes, dtype); }
v1::Layout LayoutToProto(Layout layout) { return ToProto(kLayouts, layout); }
v1::NumericProfile NumericProfileToProto(NumericProfile profile) {
  return ToProto(kProfiles, profile);
}

std::vector<v1::TensorKind> TensorsOf(Layout layout) {
  if (IsJoined(layout)) return {v1::TENSOR_KIND_COS_SIN};
  return {v1::TENSOR_KIND_COS, v1::TENSOR_KIND_SIN};
}

v1::Finding FindingToProto(const Finding& finding) {
  v1::Finding message;
  message.set_code(finding.code);
  message.set_severity(ToProto(kSeverities, finding.severity));
  message.set_path(finding.path);
  message.set_message(finding.message);
  message.set_hf_message(finding.hf_message);
  if (finding.offset >= 0) message.set_offset(finding.offset);
  message.set_fix(finding.fix);
  if (const FindingInfo* info = FindFinding(finding.code)) {
    message.set_consequence(info->consequence.data(), info->consequence.size());
  }
  return message;
}

Finding FindingFromProto(const v1::Finding& message) {
  Finding finding;
  finding.code = message.code();
  for (const auto& row : kSeverities) {
    if (row.message == message.severity()) finding.severity = row.core;
  }
  finding.path = message.path();
  finding.message = message.message();
  finding.hf_message = message.hf_message();
  finding.offset = message.has_offset() ? message.offset() : -1;
  finding.fix = message.fix();
  return finding;
}

absl::StatusOr<PositionIds> PositionIdsFromProto(const v1::PositionIds& position_ids,
                                                 int64_t max_rows) {
  const int64_t count = CountOf(position_ids);
  if (count > max_rows) {
    return absl::ResourceExhaustedError(absl::StrCat("position_ids has ", count,
                                                     " positions; this server allows at most ",
                                                     max_rows, " in one request"));
  }
  const int64_t axes = std::max(position_ids.axes(), 1);
  if (position_ids.axes() < 0 || axes > kMaxAxes || count % axes != 0 ||
      (axes > 1 && position_ids.has_range())) {
    return absl::InvalidArgumentError(
        absl::StrCat("position_ids.axes must be 1 to ", kMaxAxes, ", 1 with range, and divide the ",
                     "number of positions, ", count, "; not ", position_ids.axes()));
  }
  if (absl::Status status = CheckShape(position_ids, count / axes); !status.ok()) return status;
  auto ids = IdsFromProto(position_ids);
  if (!ids.ok() || axes == 1) return ids;
  std::vector<double> values(static_cast<size_t>(ids->size()));
  ids->CopyTo(0, absl::MakeSpan(values));
  return PositionIds::Axes(axes, std::move(values));
}

}  // namespace rope::wire
