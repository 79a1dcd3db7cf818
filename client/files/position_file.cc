#include "client/files/position_file.h"

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "client/files/npy_array.h"
#include "client/files/partial_file.h"

namespace rope::client {
namespace {

// The type of the positions.
struct Element {
  size_t bytes;
  bool fractional;
};

absl::StatusOr<Element> ElementOf(absl::string_view descr) {
  if (descr == "'<i8'") return Element{8, false};
  if (descr == "'<i4'") return Element{4, false};
  if (descr == "'<f8'") return Element{8, true};
  return absl::InvalidArgumentError(
      absl::StrCat("positions must be int32, int64 or float64, little-endian, not ", descr));
}

absl::StatusOr<v1::PositionIds> PositionsOf(const NpyArray& array) {
  const auto element = ElementOf(array.descr);
  if (!element.ok()) return element.status();
  const size_t width = element->bytes;

  // Divided, because the product could overflow.
  const size_t size = array.data.size();
  if (array.count == 0 || size % width != 0 || size / width != static_cast<size_t>(array.count)) {
    return absl::InvalidArgumentError(absl::StrCat("there are ", size, " bytes of data of ", width,
                                                   "-byte positions for the shape (",
                                                   absl::StrJoin(array.shape, ", "), ")"));
  }
  v1::PositionIds ids;
  for (const int64_t dimension : array.shape) ids.add_shape(dimension);
  std::string data(array.data);
  if (element->fractional) {
    ids.set_float64_le(std::move(data));
  } else if (width == 8) {
    ids.set_int64_le(std::move(data));
  } else {
    ids.set_int32_le(std::move(data));
  }
  return ids;
}

absl::StatusOr<v1::PositionIds> Parse(absl::string_view bytes) {
  const auto array = ParseNpy(bytes);
  if (!array.ok()) return array.status();
  return PositionsOf(*array);
}

// int32 as int64, byte by byte as they lie in a file.
std::string Widened(const std::string& int32_le) {
  std::string wide;
  wide.reserve(2 * int32_le.size());
  for (size_t i = 0; i < int32_le.size(); i += 4) {
    wide.append(int32_le, i, 4);
    wide.append(4, (int32_le[i + 3] & 0x80) != 0 ? '\xff' : '\0');
  }
  return wide;
}

}  // namespace

absl::Status WritePositionFile(const std::string& path, const v1::PositionIds& ids) {
  const std::string data = ids.has_float64_le() ? ids.float64_le()
                           : ids.has_int32_le() ? Widened(ids.int32_le())
                                                : ids.int64_le();
  std::vector<int64_t> shape(ids.shape().begin(), ids.shape().end());
  if (ids.axes() > 1) shape.insert(shape.begin(), ids.axes());
  const std::string header = NpyHeader(ids.has_float64_le() ? "<f8" : "<i8", shape);
  auto file = PartialFile::Create(path);
  if (!file.ok()) return file.status();
  absl::Status status = file->WriteAt(0, header);
  if (status.ok()) status = file->WriteAt(static_cast<int64_t>(header.size()), data);
  return status.ok() ? file->Commit() : status;
}

absl::StatusOr<v1::PositionIds> ReadPositionFile(const std::string& path) {
  const auto bytes = ReadBytes(path);
  if (!bytes.ok()) return bytes.status();
  auto ids = Parse(*bytes);
  if (ids.ok()) return ids;
  return absl::Status(ids.status().code(), absl::StrCat(path, ": ", ids.status().message()));
}

}  // namespace rope::client
