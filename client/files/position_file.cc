#include "client/files/position_file.h"

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <optional>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "client/files/partial_file.h"

namespace rope::client {
namespace {

// An .npy file is a magic string, two bytes of version, the length of the header, the header and
// the data. The header is the text of a Python dict with the keys 'descr' (for example '<i8'),
// 'fortran_order' (False) and 'shape' (for example (2, 3)).
struct NpyFile {
  absl::string_view dict;
  absl::string_view data;
};

constexpr absl::string_view kMagic("\x93NUMPY", 6);
constexpr size_t kLengthOffset = 8;  // after the magic string and the version

absl::StatusOr<std::string> ReadBytes(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return absl::NotFoundError(absl::StrCat("cannot read ", path));
  return std::string(std::istreambuf_iterator<char>(stream), {});
}

// Absent if `bytes` are not an .npy file of version 1, 2 or 3.
std::optional<NpyFile> SplitNpy(absl::string_view bytes) {
  if (bytes.substr(0, kMagic.size()) != kMagic || bytes.size() < 12) return std::nullopt;
  const int major = static_cast<unsigned char>(bytes[kMagic.size()]);
  const size_t length_bytes = major == 1 ? 2 : 4;
  if (major < 1 || major > 3) return std::nullopt;
  size_t length = 0;
  for (size_t i = 0; i < length_bytes; ++i) {
    length |= static_cast<size_t>(static_cast<unsigned char>(bytes[kLengthOffset + i])) << (8 * i);
  }
  const size_t header_offset = kLengthOffset + length_bytes;
  if (length > bytes.size() - header_offset) return std::nullopt;
  return NpyFile{bytes.substr(header_offset, length), bytes.substr(header_offset + length)};
}

// The text after `key` in the dict, up to `end`; empty if there is no such key.
absl::string_view ValueOf(absl::string_view dict, absl::string_view key, char end) {
  const size_t at = dict.find(absl::StrCat("'", key, "'"));
  if (at == absl::string_view::npos) return "";
  const size_t colon = dict.find(':', at);
  if (colon == absl::string_view::npos) return "";
  absl::string_view value = dict.substr(colon + 1);
  value = value.substr(0, value.find(end));
  return absl::StripAsciiWhitespace(value);
}

// The type of the positions.
struct Element {
  size_t bytes;
  bool fractional;
};

absl::StatusOr<Element> ElementOf(absl::string_view dict) {
  if (ValueOf(dict, "fortran_order", ',') != "False") {
    return absl::InvalidArgumentError("the array must be in C order, not in Fortran order");
  }
  const absl::string_view descr = ValueOf(dict, "descr", ',');
  if (descr == "'<i8'") return Element{8, false};
  if (descr == "'<i4'") return Element{4, false};
  if (descr == "'<f8'") return Element{8, true};
  return absl::InvalidArgumentError(
      absl::StrCat("positions must be int32, int64 or float64, little-endian, not ", descr));
}

// Adds the dimensions to `ids` and returns their product.
absl::StatusOr<uint64_t> ReadShape(absl::string_view shape, v1::PositionIds* ids) {
  uint64_t count = 1;
  for (absl::string_view dimension : absl::StrSplit(shape, ',', absl::SkipWhitespace())) {
    uint64_t size = 0;
    if (!absl::SimpleAtoi(dimension, &size) || __builtin_mul_overflow(count, size, &count)) {
      return absl::InvalidArgumentError(
          absl::StrCat("the shape must be a tuple of sizes, not (", shape, ")"));
    }
    ids->add_shape(static_cast<int64_t>(size));
  }
  return count;
}

absl::StatusOr<v1::PositionIds> ParseNpy(absl::string_view bytes) {
  const auto file = SplitNpy(bytes);
  if (!file.has_value()) return absl::InvalidArgumentError("not an .npy file");
  const auto element = ElementOf(file->dict);
  if (!element.ok()) return element.status();
  const size_t width = element->bytes;

  v1::PositionIds ids;
  const absl::string_view shape = absl::StripPrefix(ValueOf(file->dict, "shape", ')'), "(");
  const auto count = ReadShape(shape, &ids);
  if (!count.ok()) return count.status();

  // Divided, because the product could overflow.
  const size_t size = file->data.size();
  if (*count == 0 || size % width != 0 || size / width != *count) {
    return absl::InvalidArgumentError(absl::StrCat("there are ", size, " bytes of data of ", width,
                                                   "-byte positions for the shape (", shape, ")"));
  }
  std::string data(file->data);
  if (element->fractional) {
    ids.set_float64_le(std::move(data));
  } else if (width == 8) {
    ids.set_int64_le(std::move(data));
  } else {
    ids.set_int32_le(std::move(data));
  }
  return ids;
}

// The header of version 1. numpy wants it to end with a newline at a multiple of 64 bytes.
std::string NpyHeader(absl::string_view descr, const v1::PositionIds& ids) {
  std::string shape = ids.axes() > 1 ? absl::StrCat(ids.axes(), ", ") : "";
  for (int64_t size : ids.shape()) absl::StrAppend(&shape, size, ", ");
  std::string dict =
      absl::StrCat("{'descr': '", descr, "', 'fortran_order': False, 'shape': (", shape, "), }");
  constexpr size_t kBefore = kLengthOffset + 2;
  constexpr size_t kMultiple = 64;
  while ((kBefore + dict.size() + 1) % kMultiple != 0) dict += ' ';
  dict += '\n';
  std::string header(kMagic);
  header += '\x01';
  header += '\0';
  header += static_cast<char>(dict.size() & 0xff);
  header += static_cast<char>(dict.size() >> 8);
  return header + dict;
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
  const std::string header = NpyHeader(ids.has_float64_le() ? "<f8" : "<i8", ids);
  auto file = PartialFile::Create(path);
  if (!file.ok()) return file.status();
  absl::Status status = file->WriteAt(0, header);
  if (status.ok()) status = file->WriteAt(static_cast<int64_t>(header.size()), data);
  return status.ok() ? file->Commit() : status;
}

absl::StatusOr<v1::PositionIds> ReadPositionFile(const std::string& path) {
  const auto bytes = ReadBytes(path);
  if (!bytes.ok()) return bytes.status();
  auto ids = ParseNpy(*bytes);
  if (ids.ok()) return ids;
  return absl::Status(ids.status().code(), absl::StrCat(path, ": ", ids.status().message()));
}

}  // namespace rope::client
