#include "client/files/npy_array.h"

#include <cstddef>
#include <fstream>
#include <iterator>
#include <optional>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace rope::client {
namespace {

// An .npy file is a magic string, two bytes of version, the length of the header, the header and
// the data. The header is the text of a Python dict with the keys 'descr' (for example '<i8'),
// 'fortran_order' (False) and 'shape' (for example (2, 3)).
struct NpyParts {
  absl::string_view dict;
  absl::string_view data;
};

constexpr absl::string_view kMagic("\x93NUMPY", 6);
constexpr size_t kLengthOffset = 8;  // after the magic string and the version

// Absent if `bytes` are not an .npy file of version 1, 2 or 3.
std::optional<NpyParts> SplitNpy(absl::string_view bytes) {
  if (!LooksLikeNpy(bytes) || bytes.size() < 12) return std::nullopt;
  const int major = static_cast<unsigned char>(bytes[kMagic.size()]);
  const size_t length_bytes = major == 1 ? 2 : 4;
  if (major < 1 || major > 3) return std::nullopt;
  size_t length = 0;
  for (size_t i = 0; i < length_bytes; ++i) {
    length |= static_cast<size_t>(static_cast<unsigned char>(bytes[kLengthOffset + i])) << (8 * i);
  }
  const size_t header_offset = kLengthOffset + length_bytes;
  if (length > bytes.size() - header_offset) return std::nullopt;
  return NpyParts{bytes.substr(header_offset, length), bytes.substr(header_offset + length)};
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

// Fills shape and count.
absl::Status ReadShape(absl::string_view shape, NpyArray* array) {
  uint64_t count = 1;
  for (absl::string_view dimension : absl::StrSplit(shape, ',', absl::SkipWhitespace())) {
    uint64_t size = 0;
    if (!absl::SimpleAtoi(dimension, &size) || __builtin_mul_overflow(count, size, &count)) {
      return absl::InvalidArgumentError(
          absl::StrCat("the shape must be a tuple of sizes, not (", shape, ")"));
    }
    array->shape.push_back(static_cast<int64_t>(size));
  }
  array->count = static_cast<int64_t>(count);
  return absl::OkStatus();
}

}  // namespace

bool LooksLikeNpy(absl::string_view bytes) { return bytes.substr(0, kMagic.size()) == kMagic; }

absl::StatusOr<NpyArray> ParseNpy(absl::string_view bytes) {
  const auto parts = SplitNpy(bytes);
  if (!parts.has_value()) return absl::InvalidArgumentError("not an .npy file");
  if (ValueOf(parts->dict, "fortran_order", ',') != "False") {
    return absl::InvalidArgumentError("the array must be in C order, not in Fortran order");
  }
  NpyArray array;
  array.descr = ValueOf(parts->dict, "descr", ',');
  array.data = parts->data;
  const absl::string_view shape = absl::StripPrefix(ValueOf(parts->dict, "shape", ')'), "(");
  absl::Status status = ReadShape(shape, &array);
  if (!status.ok()) return status;
  return array;
}

std::string NpyHeader(absl::string_view descr, absl::Span<const int64_t> shape) {
  std::string dict = absl::StrCat("{'descr': '", descr, "', 'fortran_order': False, 'shape': (",
                                  absl::StrJoin(shape, ", "), shape.empty() ? ")" : ",)", ", }");
  constexpr size_t kBefore = kLengthOffset + 2;
  dict.append(63 - (kBefore + dict.size()) % 64, ' ');
  dict.push_back('\n');
  std::string header(kMagic);
  header.append("\x01\x00", 2);
  header.push_back(static_cast<char>(dict.size() & 0xff));
  header.push_back(static_cast<char>(dict.size() >> 8));
  return header + dict;
}

absl::StatusOr<std::string> ReadBytes(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return absl::NotFoundError(absl::StrCat("cannot read ", path));
  return std::string(std::istreambuf_iterator<char>(stream), {});
}

}  // namespace rope::client
