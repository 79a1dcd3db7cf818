#include "core/positions/arguments.h"

#include <cstddef>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "core/positions/json_values.h"

namespace rope {
namespace {

// Moves what was read into `*target`, or returns the error.
template <typename T, typename Target>
absl::Status Store(absl::StatusOr<T> read, Target* target) {
  if (!read.ok()) return read.status();
  *target = *std::move(read);
  return absl::OkStatus();
}

absl::Status ReadSwitch(const JsonValue& value, absl::string_view path, bool* target) {
  if (!value.is_bool()) return MustBe(path, "true or false", value);
  *target = value.as_bool();
  return absl::OkStatus();
}

struct Reader {
  absl::string_view name;
  uint32_t argument;  // the bit of the families that take it; 0: all families take it
  absl::Status (*read)(const JsonValue& value, absl::string_view path, RopeIndexArguments* out);
};

using Out = RopeIndexArguments*;
using Path = absl::string_view;

constexpr Reader kReaders[] = {
    {"input_ids", 0,
     [](const JsonValue& v, Path p, Out out) {
       return Store(ReadIntegerRows(v, p), &out->input_ids);
     }},
    {"mm_token_type_ids", kTypeIds,
     [](const JsonValue& v, Path p, Out out) {
       return Store(ReadIntegerRows(v, p), &out->mm_token_type_ids);
     }},
    {"attention_mask", 0,
     [](const JsonValue& v, Path p, Out out) {
       return Store(ReadIntegerRows(v, p), &out->attention_mask);
     }},
    {"image_grid_thw", 0,
     [](const JsonValue& v, Path p, Out out) {
       return Store(ReadGrids(v, p), &out->image_grid_thw);
     }},
    {"video_grid_thw", kVideoGrids,
     [](const JsonValue& v, Path p, Out out) {
       return Store(ReadGrids(v, p), &out->video_grid_thw);
     }},
    {"second_per_grid_ts", kSecondPerGridTs,
     [](const JsonValue& v, Path p, Out out) {
       return Store(ReadNumbers(v, p), &out->seconds_per_grid);
     }},
    {"second_per_grids", kSecondPerGrids,
     [](const JsonValue& v, Path p, Out out) {
       return Store(ReadNumbers(v, p), &out->seconds_per_grid);
     }},
    {"images_per_sample", kImagesPerSample,
     [](const JsonValue& v, Path p, Out out) {
       return Store(ReadIntegers(v, p), &out->images_per_sample);
     }},
    {"use_audio_in_video", kAudio,
     [](const JsonValue& v, Path p, Out out) {
       return ReadSwitch(v, p, &out->use_audio_in_video);
     }},
    // The lengths matter only for audio beside images and videos, which is refused by its tokens.
    {"audio_seqlens", kAudio,
     [](const JsonValue& v, Path p, Out) { return ReadIntegers(v, p).status(); }},
};

bool Takes(const PositionFamily& family, const Reader& reader) {
  return reader.argument == 0 || (family.arguments & reader.argument) != 0;
}

// The reader of an argument; null if the family does not take it.
const Reader* FindReader(const PositionFamily& family, absl::string_view name) {
  for (const Reader& reader : kReaders) {
    if (reader.name == name && Takes(family, reader)) return &reader;
  }
  return nullptr;
}

absl::Status NotTaken(const PositionFamily& family, absl::string_view name) {
  std::vector<absl::string_view> names;
  for (const Reader& reader : kReaders) {
    if (Takes(family, reader)) names.push_back(reader.name);
  }
  return absl::InvalidArgumentError(absl::StrCat(name, ": ", family.model_type,
                                                 " does not take this argument; it takes ",
                                                 absl::StrJoin(names, ", ")));
}

absl::Status CheckMatrix(absl::string_view name, int64_t max,
                         const RopeIndexArguments::Matrix& matrix,
                         const RopeIndexArguments& arguments) {
  if (matrix.size() != arguments.input_ids.size()) {
    return absl::InvalidArgumentError(absl::StrCat(name, ": has ", matrix.size(),
                                                   " rows; input_ids has ", arguments.rows(),
                                                   ", and both must have the same number"));
  }
  for (size_t row = 0; row < matrix.size(); ++row) {
    if (static_cast<int64_t>(matrix[row].size()) != arguments.tokens()) {
      return absl::InvalidArgumentError(absl::StrCat(name, "[", row, "]: has ", matrix[row].size(),
                                                     " entries; it must have ", arguments.tokens(),
                                                     ", as input_ids[0] has"));
    }
    for (size_t i = 0; max >= 0 && i < matrix[row].size(); ++i) {
      if (matrix[row][i] < 0 || matrix[row][i] > max) {
        return absl::InvalidArgumentError(absl::StrCat(
            name, "[", row, "][", i, "]: ", matrix[row][i], "; it must be from 0 to ", max));
      }
    }
  }
  return absl::OkStatus();
}

absl::Status CheckShape(int64_t axes, const RopeIndexArguments& arguments) {
  if (arguments.rows() == 0 || arguments.tokens() == 0) {
    return absl::InvalidArgumentError(
        "input_ids: it is missing or empty; it must be a list of rows of token ids");
  }
  if (arguments.rows() > kMaxBuiltPositions || arguments.tokens() > kMaxBuiltPositions ||
      BoundedProduct(BoundedProduct(arguments.rows(), arguments.tokens()), axes) >
          kMaxBuiltPositions) {
    return absl::InvalidArgumentError(absl::StrCat(
        "input_ids: ", arguments.rows(), " rows of ", arguments.tokens(), " tokens on ", axes,
        " axes are too many; at most ", kMaxBuiltPositions, " positions are built at once"));
  }
  return CheckMatrix("input_ids", -1, arguments.input_ids, arguments);
}

absl::Status CheckMatrices(const PositionFamily& family, const RopeIndexArguments& arguments) {
  if (arguments.attention_mask.has_value()) {
    absl::Status status = CheckMatrix("attention_mask", 1, *arguments.attention_mask, arguments);
    if (!status.ok()) return status;
  }
  if ((family.arguments & kTypeIds) == 0) return absl::OkStatus();
  if (!arguments.mm_token_type_ids.has_value()) {
    return absl::InvalidArgumentError(
        absl::StrCat("mm_token_type_ids: it is missing; ", family.model_type,
                     " needs it, with 0 for text, 1 for an image and 2 for a video"));
  }
  return CheckMatrix("mm_token_type_ids", 2, *arguments.mm_token_type_ids, arguments);
}

// The seconds of every video must be there. Negative ones would make negative positions.
absl::Status CheckSeconds(const PositionFamily& family, const RopeIndexArguments& arguments) {
  if (!arguments.seconds_per_grid.has_value()) return absl::OkStatus();
  const std::vector<double>& seconds = *arguments.seconds_per_grid;
  const size_t videos = arguments.video_grid_thw.has_value() ? arguments.video_grid_thw->size() : 0;
  if (seconds.size() != videos) {
    return absl::InvalidArgumentError(absl::StrCat(SecondsName(family), ": has ", seconds.size(),
                                                   " entries; it must have one for each of the ",
                                                   videos, " grids of video_grid_thw"));
  }
  for (size_t i = 0; i < seconds.size(); ++i) {
    if (!(seconds[i] >= 0 && seconds[i] <= static_cast<double>(kMaxBuiltPositions))) {
      return absl::InvalidArgumentError(absl::StrCat(SecondsName(family), "[", i, "]: ", seconds[i],
                                                     "; it must be from 0 to ",
                                                     kMaxBuiltPositions));
    }
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckTaken(const PositionFamily& family, absl::string_view name) {
  return FindReader(family, name) != nullptr ? absl::OkStatus() : NotTaken(family, name);
}

absl::string_view SecondsName(const PositionFamily& family) {
  return (family.arguments & kSecondPerGrids) != 0 ? "second_per_grids" : "second_per_grid_ts";
}

absl::StatusOr<RopeIndexArguments> ReadRopeIndexArguments(const JsonValue& object,
                                                          const PositionFamily& family) {
  if (!object.is_object()) return MustBe("inputs", "an object", object);
  RopeIndexArguments arguments;
  for (const JsonMember& member : object.as_object()) {
    if (member.value.is_null()) continue;
    const Reader* const found = FindReader(family, member.key);
    if (found == nullptr) return NotTaken(family, member.key);
    absl::Status status = found->read(member.value, found->name, &arguments);
    if (!status.ok()) return status;
  }
  return arguments;
}

absl::Status CheckArguments(const PositionFamily& family, int64_t axes,
                            const RopeIndexArguments& arguments) {
  absl::Status status = CheckShape(axes, arguments);
  if (status.ok()) status = CheckMatrices(family, arguments);
  if (status.ok() && arguments.image_grid_thw.has_value()) {
    status = CheckGrids("image_grid_thw", *arguments.image_grid_thw);
  }
  if (status.ok() && arguments.video_grid_thw.has_value()) {
    status = CheckGrids("video_grid_thw", *arguments.video_grid_thw);
  }
  if (status.ok()) status = CheckSeconds(family, arguments);
  return status;
}

std::vector<int64_t> KeptTokens(const RopeIndexArguments& arguments, int64_t row) {
  std::vector<int64_t> kept;
  kept.reserve(static_cast<size_t>(arguments.tokens()));
  for (int64_t i = 0; i < arguments.tokens(); ++i) {
    if (!arguments.attention_mask.has_value() || (*arguments.attention_mask)[row][i] == 1) {
      kept.push_back(i);
    }
  }
  return kept;
}

}  // namespace rope
