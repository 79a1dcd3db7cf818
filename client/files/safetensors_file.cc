#include "client/files/safetensors_file.h"

#include <algorithm>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/files/partial_file.h"
#include "rapidjson/document.h"
#include "rapidjson/error/en.h"
#include "rapidjson/stringbuffer.h"
#include "rapidjson/writer.h"

namespace rope::client {
namespace {

constexpr size_t kLengthBytes = 8;
constexpr uint64_t kMaxHeaderBytes = 100'000'000;  // the limit of the format's own reader
constexpr char kMetadata[] = "__metadata__";

struct StoredDType {
  absl::string_view name;
  int64_t size;  // bytes of one element
};

// The dtypes of whole bytes.
constexpr StoredDType kDTypes[] = {
    {"BOOL", 1}, {"U8", 1},  {"I8", 1},   {"F8_E5M2", 1}, {"F8_E4M3", 1}, {"I16", 2},
    {"U16", 2},  {"F16", 2}, {"BF16", 2}, {"I32", 4},     {"U32", 4},     {"F32", 4},
    {"I64", 8},  {"U64", 8}, {"F64", 8},  {"C64", 8},
};

// Bytes of one element; absent for an unknown dtype.
std::optional<int64_t> ElementSize(absl::string_view dtype) {
  for (const StoredDType& known : kDTypes) {
    if (known.name == dtype) return known.size;
  }
  return std::nullopt;
}

absl::Status Invalid(absl::string_view name, absl::string_view problem) {
  return absl::InvalidArgumentError(absl::StrCat("tensor \"", name, "\": ", problem));
}

absl::string_view Text(const rapidjson::Value& value) {
  return {value.GetString(), value.GetStringLength()};
}

// A tensor without its data, and where the data are: [begin, end) of the bytes behind the header.
struct Place {
  std::string name;
  std::string dtype;
  std::vector<int64_t> shape;
  int64_t begin = 0;
  int64_t end = 0;
};

// The whole numbers of an array, each >= 0.
absl::StatusOr<std::vector<int64_t>> Sizes(absl::string_view name, absl::string_view member,
                                           const rapidjson::Value& value) {
  std::vector<int64_t> sizes;
  bool valid = value.IsArray();
  if (valid) {
    for (const rapidjson::Value& size : value.GetArray()) {
      valid = valid && size.IsInt64() && size.GetInt64() >= 0;
      if (valid) sizes.push_back(size.GetInt64());
    }
  }
  if (!valid) {
    return Invalid(name, absl::StrCat(member, " must be an array of whole numbers, at least 0"));
  }
  return sizes;
}

// OK if [begin, end) has the bytes that the shape and the dtype give.
absl::Status CheckSize(const Place& place) {
  const auto element = ElementSize(place.dtype);
  if (!element.has_value()) {
    return Invalid(place.name, absl::StrCat("dtype \"", place.dtype, "\" is unknown"));
  }
  int64_t bytes = *element;
  for (int64_t size : place.shape) {
    if (__builtin_mul_overflow(bytes, size, &bytes)) {
      return Invalid(place.name, "the shape has more elements than can be counted");
    }
  }
  if (place.begin <= place.end && place.end - place.begin == bytes) return absl::OkStatus();
  return Invalid(place.name, absl::StrCat("data_offsets are ", place.begin, " to ", place.end,
                                          ", but the shape and the dtype give ", bytes, " bytes"));
}

absl::StatusOr<Place> ReadPlace(absl::string_view name, const rapidjson::Value& value) {
  const rapidjson::Value none;
  // The member `key`, or null.
  const auto member = [&](const char* key) -> const rapidjson::Value& {
    const auto found = value.FindMember(key);
    return found == value.MemberEnd() ? none : found->value;
  };
  if (!value.IsObject() || value.MemberCount() != 3 || member("dtype").IsNull() ||
      member("shape").IsNull() || member("data_offsets").IsNull()) {
    return Invalid(name, "must have the members dtype, shape and data_offsets, and no others");
  }
  if (!member("dtype").IsString()) return Invalid(name, "dtype must be a string");
  Place place;
  place.name = std::string(name);
  place.dtype = std::string(Text(member("dtype")));
  auto shape = Sizes(name, "shape", member("shape"));
  if (!shape.ok()) return shape.status();
  place.shape = *std::move(shape);
  const auto offsets = Sizes(name, "data_offsets", member("data_offsets"));
  if (!offsets.ok()) return offsets.status();
  if (offsets->size() != 2) return Invalid(name, "data_offsets must be two numbers");
  place.begin = (*offsets)[0];
  place.end = (*offsets)[1];
  if (absl::Status status = CheckSize(place); !status.ok()) return status;
  return place;
}

absl::Status ReadMetadata(const rapidjson::Value& value, SafetensorsFile* file) {
  bool valid = value.IsObject();
  if (valid) {
    for (const auto& member : value.GetObject()) {
      valid = valid && member.value.IsString();
      if (valid) file->metadata[std::string(Text(member.name))] = std::string(Text(member.value));
    }
  }
  if (valid) return absl::OkStatus();
  return absl::InvalidArgumentError("__metadata__ must be an object of strings");
}

// OK if the tensors lie one behind the other, from 0 to `end`. Sorts them.
absl::Status CheckOrder(int64_t end, std::vector<Place>* places) {
  std::sort(places->begin(), places->end(), [](const Place& a, const Place& b) {
    return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
  });
  int64_t next = 0;
  for (const Place& place : *places) {
    if (place.begin != next) {
      return Invalid(place.name,
                     absl::StrCat("starts at byte ", place.begin,
                                  " of the data, but the tensors before it end at ", next,
                                  ": tensors must neither overlap nor leave a "
                                  "gap"));
    }
    next = place.end;
  }
  if (next == end) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("the tensors have ", next, " bytes, but the file has ", end, " bytes of data"));
}

// Reads the members of the header. The places come sorted by their data.
absl::StatusOr<std::vector<Place>> ReadHeader(const rapidjson::Document& header, int64_t data_size,
                                              SafetensorsFile* file) {
  std::vector<Place> places;
  std::vector<absl::string_view> names;
  for (const auto& member : header.GetObject()) {
    const absl::string_view name = Text(member.name);
    names.push_back(name);
    if (name == kMetadata) {
      if (absl::Status status = ReadMetadata(member.value, file); !status.ok()) return status;
      continue;
    }
    auto place = ReadPlace(name, member.value);
    if (!place.ok()) return place.status();
    places.push_back(*std::move(place));
  }
  std::sort(names.begin(), names.end());
  const auto twice = std::adjacent_find(names.begin(), names.end());
  if (twice != names.end()) return Invalid(*twice, "the header has this name twice");
  if (absl::Status status = CheckOrder(data_size, &places); !status.ok()) return status;
  return places;
}

// The header's text; the tensors lie in the order of their names.
std::string HeaderText(const SafetensorsFile& file) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> json(buffer);
  const auto string = [&json](absl::string_view text) {
    json.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
  };
  json.StartObject();
  if (!file.metadata.empty()) {
    json.Key(kMetadata);
    json.StartObject();
    for (const auto& [key, value] : file.metadata) {
      string(key);
      string(value);
    }
    json.EndObject();
  }
  uint64_t offset = 0;
  for (const auto& [name, tensor] : file.tensors) {
    string(name);
    json.StartObject();
    json.Key("dtype");
    string(tensor.dtype);
    json.Key("shape");
    json.StartArray();
    for (int64_t size : tensor.shape) json.Int64(size);
    json.EndArray();
    json.Key("data_offsets");
    json.StartArray();
    json.Uint64(offset);
    json.Uint64(offset += tensor.data.size());
    json.EndArray();
    json.EndObject();
  }
  json.EndObject();
  std::string text(buffer.GetString(), buffer.GetSize());
  text.append((8 - text.size() % 8) % 8, ' ');  // The data start at a multiple of 8.
  return text;
}

}  // namespace

absl::StatusOr<SafetensorsFile> ParseSafetensors(absl::string_view bytes) {
  if (bytes.size() < kLengthBytes) {
    return absl::InvalidArgumentError("not a .safetensors file: it has fewer than 8 bytes");
  }
  uint64_t length = 0;
  for (size_t i = 0; i < kLengthBytes; ++i) {
    length |= uint64_t{static_cast<unsigned char>(bytes[i])} << (8 * i);
  }
  if (length > kMaxHeaderBytes || length > bytes.size() - kLengthBytes) {
    return absl::InvalidArgumentError(absl::StrCat(
        "not a .safetensors file: it announces a header of ", length, " bytes, but ",
        bytes.size() - kLengthBytes, " follow and at most ", kMaxHeaderBytes, " are allowed"));
  }
  const absl::string_view text = bytes.substr(kLengthBytes, length);
  const absl::string_view data = bytes.substr(kLengthBytes + length);
  rapidjson::Document header;
  header.Parse<rapidjson::kParseIterativeFlag | rapidjson::kParseValidateEncodingFlag>(text.data(),
                                                                                       text.size());
  if (header.HasParseError()) {
    return absl::InvalidArgumentError(absl::StrCat(
        "the header is not JSON: ", rapidjson::GetParseError_En(header.GetParseError()), " (byte ",
        header.GetErrorOffset(), " of the header)"));
  }
  if (!header.IsObject()) return absl::InvalidArgumentError("the header must be a JSON object");

  SafetensorsFile file;
  const auto places = ReadHeader(header, static_cast<int64_t>(data.size()), &file);
  if (!places.ok()) return places.status();
  for (const Place& place : *places) {
    StoredTensor& tensor = file.tensors[place.name];
    tensor.dtype = place.dtype;
    tensor.shape = place.shape;
    const auto* const first = reinterpret_cast<const std::byte*>(data.data());
    tensor.data.assign(first + place.begin, first + place.end);
  }
  return file;
}

absl::StatusOr<SafetensorsFile> ReadSafetensors(const std::string& path) {
  std::error_code ignored;
  std::ifstream stream(path, std::ios::binary);
  if (!stream || std::filesystem::is_directory(path, ignored)) {
    return absl::NotFoundError(absl::StrCat("cannot read ", path));
  }
  const std::string bytes(std::istreambuf_iterator<char>(stream), {});
  auto file = ParseSafetensors(bytes);
  if (file.ok()) return file;
  return absl::Status(file.status().code(), absl::StrCat(path, ": ", file.status().message()));
}

absl::Status WriteSafetensors(const std::string& path, const SafetensorsFile& file) {
  auto partial = PartialFile::Create(path);
  if (!partial.ok()) return partial.status();
  const std::string text = HeaderText(file);
  std::string start;
  for (int shift = 0; shift < 64; shift += 8) {
    start.push_back(static_cast<char>((text.size() >> shift) & 0xff));
  }
  start += text;
  absl::Status status = partial->WriteAt(0, start);
  auto offset = static_cast<int64_t>(start.size());
  for (const auto& [name, tensor] : file.tensors) {
    if (!status.ok()) return status;
    const auto* const data = reinterpret_cast<const char*>(tensor.data.data());
    status = partial->WriteAt(offset, absl::string_view(data, tensor.data.size()));
    offset += static_cast<int64_t>(tensor.data.size());
  }
  return status.ok() ? partial->Commit() : status;
}

}  // namespace rope::client
