#include "client/files/position_file.h"

#include <fstream>
#include <iterator>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace rope::client {
namespace {

// The text behind `key` in the header's dict, up to `end`.
absl::string_view ValueOf(absl::string_view dict, absl::string_view key, char end) {
  const size_t at = dict.find(absl::StrCat("'", key, "'"));
  if (at == absl::string_view::npos) return "";
  const size_t begin = dict.find(':', at);
  if (begin == absl::string_view::npos) return "";
  absl::string_view value = dict.substr(begin + 1);
  value = value.substr(0, value.find(end));
  return absl::StripAsciiWhitespace(value);
}

struct NpyFile {
  absl::string_view dict;
  absl::string_view data;
};

// Splits a file of format version 1, 2 or 3; false where it is none.
bool Split(absl::string_view bytes, NpyFile* file) {
  if (bytes.substr(0, 6) != absl::string_view("\x93NUMPY", 6) || bytes.size() < 12) return false;
  const int major = static_cast<unsigned char>(bytes[6]);
  const size_t length_bytes = major == 1 ? 2 : 4;
  if (major < 1 || major > 3) return false;
  size_t length = 0;
  for (size_t i = 0; i < length_bytes; ++i) {
    length |= static_cast<size_t>(static_cast<unsigned char>(bytes[8 + i])) << (8 * i);
  }
  const size_t begin = 8 + length_bytes;
  if (length > bytes.size() - begin) return false;
  file->dict = bytes.substr(begin, length);
  file->data = bytes.substr(begin + length);
  return true;
}

}  // namespace

absl::StatusOr<v1::PositionIds> ReadPositionFile(const std::string& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return absl::NotFoundError(absl::StrCat("cannot read ", path));
  const std::string bytes(std::istreambuf_iterator<char>(stream), {});
  NpyFile file;
  if (!Split(bytes, &file)) {
    return absl::InvalidArgumentError(absl::StrCat(path, " is not an .npy file"));
  }
  const absl::string_view descr = ValueOf(file.dict, "descr", ',');
  const bool is_int64 = descr == "'<i8'";
  if (!is_int64 && descr != "'<i4'") {
    return absl::InvalidArgumentError(
        absl::StrCat(path, " holds ", descr, "; positions are int32 or int64, little-endian"));
  }
  if (ValueOf(file.dict, "fortran_order", ',') != "False") {
    return absl::InvalidArgumentError(
        absl::StrCat(path, " is in Fortran order; C order is needed"));
  }
  v1::PositionIds ids;
  uint64_t count = 1;
  const absl::string_view shape = absl::StripPrefix(ValueOf(file.dict, "shape", ')'), "(");
  for (absl::string_view dimension : absl::StrSplit(shape, ',', absl::SkipWhitespace())) {
    uint64_t size = 0;
    if (!absl::SimpleAtoi(dimension, &size) || __builtin_mul_overflow(count, size, &count)) {
      return absl::InvalidArgumentError(absl::StrCat(path, " has the shape (", shape, ")"));
    }
    ids.add_shape(static_cast<int64_t>(size));
  }
  const size_t width = is_int64 ? 8 : 4;
  if (count == 0 || count > file.data.size() / width || count * width != file.data.size()) {
    return absl::InvalidArgumentError(absl::StrCat(path, " has ", file.data.size(),
                                                   " bytes of data for the shape (", shape, ")"));
  }
  std::string data(file.data);
  if (is_int64) {
    ids.set_int64_le(std::move(data));
  } else {
    ids.set_int32_le(std::move(data));
  }
  return ids;
}

}  // namespace rope::client
