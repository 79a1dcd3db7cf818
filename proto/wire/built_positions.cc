#include "proto/wire/built_positions.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstring>
#include <limits>
#include <optional>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "core/positions/json_values.h"

namespace rope::wire {
namespace {

using Integers = google::protobuf::RepeatedField<int64_t>;
using Matrix = RopeIndexArguments::Matrix;

absl::Status NotWholeRows(absl::string_view name, int64_t size, int64_t width) {
  return absl::InvalidArgumentError(
      absl::StrCat(name, ": the number of values must be a multiple of ", width, ", not ", size));
}

// --- TokenBatch ----------------------------------------------------------------------------------

// Reads the fields of one message. Remembers the first error.
class TokenReader {
 public:
  TokenReader(const v1::TokenBatch& message, const PositionFamily& family)
      : message_(message), family_(family) {}

  absl::StatusOr<RopeIndexArguments> Read() {
    RopeIndexArguments arguments;
    if (auto ids = Rows("input_ids", message_.input_ids())) arguments.input_ids = *std::move(ids);
    arguments.mm_token_type_ids = Rows("mm_token_type_ids", message_.mm_token_type_ids());
    arguments.attention_mask = Rows("attention_mask", message_.attention_mask());
    arguments.image_grid_thw = Grids("image_grid_thw", message_.image_grid_thw());
    arguments.video_grid_thw = Grids("video_grid_thw", message_.video_grid_thw());
    const auto& ts = message_.second_per_grid_ts();
    if (Given("second_per_grid_ts", !ts.empty())) {
      arguments.seconds_per_grid.emplace(ts.begin(), ts.end());
    }
    const auto& grids = message_.second_per_grids();
    if (Given("second_per_grids", !grids.empty())) {
      arguments.seconds_per_grid.emplace(grids.begin(), grids.end());
    }
    const auto& images = message_.images_per_sample();
    if (Given("images_per_sample", !images.empty())) {
      arguments.images_per_sample.emplace(images.begin(), images.end());
    }
    arguments.use_audio_in_video = Given("use_audio_in_video", message_.use_audio_in_video());
    if (!status_.ok()) return status_;
    return arguments;
  }

 private:
  // Whether an argument is there. Refuses it if the family does not take it.
  bool Given(absl::string_view name, bool given) {
    if (given) status_.Update(CheckTaken(family_, name));
    return given && status_.ok();
  }

  std::optional<Matrix> Rows(absl::string_view name, const Integers& values) {
    if (!Given(name, !values.empty())) return std::nullopt;
    if (message_.rows() < 1 || values.size() % message_.rows() != 0) {
      status_.Update(
          absl::InvalidArgumentError(absl::StrCat(name, ": its ", values.size(),
                                                  " values must be a whole number of tokens in "
                                                  "each of `rows`, ",
                                                  message_.rows(), ", rows")));
      return std::nullopt;
    }
    const auto tokens = static_cast<std::ptrdiff_t>(values.size() / message_.rows());
    Matrix matrix;
    matrix.reserve(static_cast<size_t>(message_.rows()));
    for (auto row = values.begin(); row != values.end(); row += tokens) {
      matrix.emplace_back(row, row + tokens);
    }
    return matrix;
  }

  std::optional<std::vector<Grid>> Grids(absl::string_view name, const Integers& values) {
    if (!Given(name, !values.empty())) return std::nullopt;
    if (values.size() % 3 != 0) {
      status_.Update(NotWholeRows(name, values.size(), 3));
      return std::nullopt;
    }
    std::vector<Grid> grids;
    for (int i = 0; i < values.size(); i += 3) {
      grids.push_back({values[i], values[i + 1], values[i + 2]});
    }
    return grids;
  }

  const v1::TokenBatch& message_;
  const PositionFamily& family_;
  absl::Status status_;
};

void AddRows(const std::optional<Matrix>& matrix, Integers* values) {
  if (!matrix.has_value()) return;
  for (const std::vector<int64_t>& row : *matrix) values->Add(row.begin(), row.end());
}

void AddGrids(const std::optional<std::vector<Grid>>& grids, Integers* values) {
  if (!grids.has_value()) return;
  for (const Grid& grid : *grids) {
    for (int64_t side : {grid.frames, grid.rows, grid.columns}) values->Add(side);
  }
}

// --- Pictures ------------------------------------------------------------------------------------

// One field of Pictures.
struct PictureField {
  const char* name;
  int width;       // values of one picture
  bool is_nested;  // a list of lists; otherwise a list
  const Integers& (v1::Pictures::*get)() const;
  Integers* (v1::Pictures::*change)();
};

constexpr PictureField kPictureFields[] = {
    {"grid", 3, true, &v1::Pictures::grid, &v1::Pictures::mutable_grid},
    {"pixels", 2, false, &v1::Pictures::pixels, &v1::Pictures::mutable_pixels},
    {"sizes", 2, true, &v1::Pictures::sizes, &v1::Pictures::mutable_sizes},
    {"merge_sizes", 1, false, &v1::Pictures::merge_sizes, &v1::Pictures::mutable_merge_sizes},
};

JsonValue ListOf(const Integers& values, int begin, int end) {
  JsonValue::Array list;
  for (int i = begin; i < end; ++i) list.emplace_back(values[i]);
  return JsonValue(std::move(list));
}

// --- Positions -----------------------------------------------------------------------------------

std::string BytesOf(const void* data, size_t bytes) {
  return {static_cast<const char*>(data), bytes};
}

void SetWhole(const std::vector<int64_t>& values, v1::PositionIds* ids) {
  using Limits = std::numeric_limits<int32_t>;
  const bool fit = std::all_of(values.begin(), values.end(), [](int64_t value) {
    return value >= Limits::min() && value <= Limits::max();
  });
  if (!fit) {
    ids->set_int64_le(BytesOf(values.data(), values.size() * sizeof(int64_t)));
    return;
  }
  const std::vector<int32_t> narrow(values.begin(), values.end());
  ids->set_int32_le(BytesOf(narrow.data(), narrow.size() * sizeof(int32_t)));
}

void SetValues(const PositionValues& values, v1::PositionIds* ids) {
  if (const auto* const whole = std::get_if<std::vector<int64_t>>(&values)) {
    SetWhole(*whole, ids);
    return;
  }
  const auto& floats = std::get<std::vector<float>>(values);
  const std::vector<double> doubles(floats.begin(), floats.end());
  ids->set_float64_le(BytesOf(doubles.data(), doubles.size() * sizeof(double)));
}

template <typename From, typename To>
std::vector<To> ValuesOf(const std::string& bytes) {
  std::vector<From> values(bytes.size() / sizeof(From));
  if (!values.empty()) std::memcpy(values.data(), bytes.data(), values.size() * sizeof(From));
  return {values.begin(), values.end()};
}

PositionValues GetValues(const v1::PositionIds& ids) {
  if (ids.has_float64_le()) return ValuesOf<double, float>(ids.float64_le());
  if (ids.has_int64_le()) return ValuesOf<int64_t, int64_t>(ids.int64_le());
  return ValuesOf<int32_t, int64_t>(ids.int32_le());
}

// Exchanges the outer two of three dimensions: [a, b, c] becomes [b, a, c].
std::vector<int64_t> Transposed(const std::vector<int64_t>& values, int64_t a, int64_t b,
                                int64_t c) {
  std::vector<int64_t> result(values.size());
  for (int64_t i = 0; i < a; ++i) {
    for (int64_t k = 0; k < b; ++k) {
      std::copy_n(values.begin() + (i * b + k) * c, c, result.begin() + (k * a + i) * c);
    }
  }
  return result;
}

absl::Status Broken() {
  return absl::DataLossError("the sizes in the answer contradict each other");
}

// OK if the message has `dimensions` dimensions and as many values as they and the axes say.
absl::Status CheckIds(const v1::PositionIds& ids, int dimensions) {
  const auto count = static_cast<int64_t>(
      std::visit([](const auto& list) { return list.size(); }, GetValues(ids)));
  int64_t product = std::max(ids.axes(), 1);
  for (int64_t size : ids.shape()) {
    if (size < 1 || __builtin_mul_overflow(product, size, &product)) return Broken();
  }
  return ids.shape_size() == dimensions && product == count ? absl::OkStatus() : Broken();
}

}  // namespace

absl::StatusOr<RopeIndexArguments> TokensFromProto(const v1::TokenBatch& tokens,
                                                   const PositionFamily& family) {
  return TokenReader(tokens, family).Read();
}

v1::TokenBatch TokensToProto(const RopeIndexArguments& arguments, const PositionFamily& family) {
  v1::TokenBatch tokens;
  tokens.set_rows(arguments.rows());
  AddRows(arguments.input_ids, tokens.mutable_input_ids());
  AddRows(arguments.mm_token_type_ids, tokens.mutable_mm_token_type_ids());
  AddRows(arguments.attention_mask, tokens.mutable_attention_mask());
  AddGrids(arguments.image_grid_thw, tokens.mutable_image_grid_thw());
  AddGrids(arguments.video_grid_thw, tokens.mutable_video_grid_thw());
  if (arguments.seconds_per_grid.has_value()) {
    auto* const seconds = SecondsName(family) == "second_per_grids"
                              ? tokens.mutable_second_per_grids()
                              : tokens.mutable_second_per_grid_ts();
    seconds->Add(arguments.seconds_per_grid->begin(), arguments.seconds_per_grid->end());
  }
  if (arguments.images_per_sample.has_value()) {
    tokens.mutable_images_per_sample()->Add(arguments.images_per_sample->begin(),
                                            arguments.images_per_sample->end());
  }
  tokens.set_use_audio_in_video(arguments.use_audio_in_video);
  return tokens;
}

absl::StatusOr<JsonValue> PicturesToJson(const v1::Pictures& pictures) {
  JsonValue object = EmptyObject();
  for (const PictureField& field : kPictureFields) {
    const Integers& values = (pictures.*field.get)();
    if (values.empty()) continue;
    if (values.size() % field.width != 0) {
      return NotWholeRows(field.name, values.size(), field.width);
    }
    if (values.size() / field.width > kMaxPictures) {
      return absl::InvalidArgumentError(absl::StrCat(field.name, ": ", values.size() / field.width,
                                                     " pictures; at most ", kMaxPictures,
                                                     " are allowed in one call"));
    }
    if (!field.is_nested) {
      object.Set(field.name, ListOf(values, 0, values.size()));
      continue;
    }
    JsonValue::Array rows;
    for (int i = 0; i < values.size(); i += field.width) {
      rows.push_back(ListOf(values, i, i + field.width));
    }
    object.Set(field.name, JsonValue(std::move(rows)));
  }
  return object;
}

absl::StatusOr<v1::Pictures> PicturesFromJson(const JsonValue& object) {
  if (!object.is_object()) return MustBe("inputs", "an object", object);
  v1::Pictures pictures;
  for (const JsonMember& member : object.as_object()) {
    if (member.value.is_null()) continue;
    const auto* const field =
        std::find_if(std::begin(kPictureFields), std::end(kPictureFields),
                     [&](const PictureField& one) { return member.key == one.name; });
    if (field == std::end(kPictureFields)) {
      return absl::InvalidArgumentError(absl::StrCat(
          member.key, ": no vision tower takes this; there are grid, pixels, sizes, merge_sizes"));
    }
    Matrix rows;
    if (field->is_nested) {
      auto read = ReadIntegerRows(member.value, member.key);
      if (!read.ok()) return read.status();
      rows = *std::move(read);
    } else {
      auto read = ReadIntegers(member.value, member.key);
      if (!read.ok()) return read.status();
      rows.push_back(*std::move(read));
    }
    for (size_t i = 0; field->is_nested && i < rows.size(); ++i) {
      if (rows[i].size() == static_cast<size_t>(field->width)) continue;
      return absl::InvalidArgumentError(absl::StrCat(
          member.key, "[", i, "]: must have ", field->width, " numbers, not ", rows[i].size()));
    }
    AddRows(rows, (pictures.*field->change)());
  }
  return pictures;
}

v1::BuildPositionIdsResponse RopeIndexToProto(const RopeIndex& index) {
  v1::BuildPositionIdsResponse message;
  v1::PositionIds& ids = *message.mutable_position_ids();
  SetValues(index.position_ids, &ids);
  ids.set_axes(static_cast<int32_t>(index.axes));
  for (int64_t size : {index.rows, index.tokens}) ids.add_shape(size);
  std::visit(
      [&](const auto& deltas) { message.mutable_rope_deltas()->Add(deltas.begin(), deltas.end()); },
      index.rope_deltas);
  if (index.decode.has_value()) {
    const DecodePositions& decode = *index.decode;
    v1::PositionIds& later = *message.mutable_decode_position_ids();
    SetWhole(Transposed(decode.position_ids, decode.rows, 3, decode.tokens), &later);
    later.set_axes(3);
    for (int64_t size : {decode.rows, decode.tokens}) later.add_shape(size);
  }
  return message;
}

v1::BuildPositionIdsResponse VisionPositionsToProto(const VisionPositions& positions) {
  v1::BuildPositionIdsResponse message;
  v1::PositionIds& ids = *message.mutable_position_ids();
  const auto patches = static_cast<int64_t>(positions.position_ids.size()) / positions.axes;
  SetWhole(Transposed(positions.position_ids, patches, positions.axes, 1), &ids);
  ids.set_axes(static_cast<int32_t>(positions.axes));
  ids.add_shape(patches);
  message.mutable_window_index()->Add(positions.window_index.begin(), positions.window_index.end());
  message.mutable_cu_window_seqlens()->Add(positions.cu_window_seqlens.begin(),
                                           positions.cu_window_seqlens.end());
  return message;
}

absl::StatusOr<RopeIndex> RopeIndexFromProto(const v1::BuildPositionIdsResponse& message) {
  const v1::PositionIds& ids = message.position_ids();
  if (absl::Status status = CheckIds(ids, 2); !status.ok()) return status;
  RopeIndex index;
  index.axes = std::max(ids.axes(), 1);
  index.rows = ids.shape(0);
  index.tokens = ids.shape(1);
  index.position_ids = GetValues(ids);
  if (message.rope_deltas_size() != index.rows) return Broken();
  const auto& deltas = message.rope_deltas();
  const bool all_fit = std::all_of(deltas.begin(), deltas.end(), [](double delta) {
    return std::abs(delta) <= 9007199254740992.0;  // 2^53; false for NaN
  });
  if (!all_fit) return Broken();
  if (ids.has_float64_le()) {
    index.rope_deltas = std::vector<float>(deltas.begin(), deltas.end());
  } else {
    index.rope_deltas = std::vector<int64_t>(deltas.begin(), deltas.end());
  }
  if (!message.has_decode_position_ids()) return index;
  const v1::PositionIds& later = message.decode_position_ids();
  if (absl::Status status = CheckIds(later, 2); !status.ok()) return status;
  if (later.axes() != 3 || later.has_float64_le()) return Broken();
  const int64_t rows = later.shape(0);
  const int64_t tokens = later.shape(1);
  index.decode = DecodePositions{
      rows, tokens, Transposed(std::get<std::vector<int64_t>>(GetValues(later)), 3, rows, tokens)};
  return index;
}

absl::StatusOr<VisionPositions> VisionPositionsFromProto(
    const v1::BuildPositionIdsResponse& message) {
  const v1::PositionIds& ids = message.position_ids();
  if (absl::Status status = CheckIds(ids, 1); !status.ok()) return status;
  if (ids.has_float64_le()) return Broken();
  VisionPositions positions;
  positions.axes = std::max(ids.axes(), 1);
  positions.position_ids =
      Transposed(std::get<std::vector<int64_t>>(GetValues(ids)), positions.axes, ids.shape(0), 1);
  positions.window_index.assign(message.window_index().begin(), message.window_index().end());
  positions.cu_window_seqlens.assign(message.cu_window_seqlens().begin(),
                                     message.cu_window_seqlens().end());
  return positions;
}

}  // namespace rope::wire
