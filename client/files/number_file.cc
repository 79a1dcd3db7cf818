#include "client/files/number_file.h"

#include <bit>
#include <cstddef>
#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "client/files/npy_array.h"
#include "rapidjson/document.h"

namespace rope::client {
namespace {

template <typename Number>
std::vector<double> NumbersOf(absl::string_view data) {
  static_assert(std::endian::native == std::endian::little);
  std::vector<Number> numbers(data.size() / sizeof(Number));
  if (!numbers.empty()) std::memcpy(numbers.data(), data.data(), numbers.size() * sizeof(Number));
  return {numbers.begin(), numbers.end()};
}

absl::StatusOr<std::vector<double>> FromNpy(absl::string_view bytes) {
  const auto array = ParseNpy(bytes);
  if (!array.ok()) return array.status();
  const bool single = array->descr == "'<f4'";
  if (!single && array->descr != "'<f8'") {
    return absl::InvalidArgumentError(
        absl::StrCat("the numbers must be float32 or float64, little-endian, not ", array->descr));
  }
  const size_t width = single ? sizeof(float) : sizeof(double);
  const size_t size = array->data.size();
  if (array->shape.size() != 1 || array->count == 0 || size % width != 0 ||
      size / width != static_cast<size_t>(array->count)) {
    return absl::InvalidArgumentError(
        absl::StrCat("the array must have one dimension and not be empty; there are ", size,
                     " bytes of data for the shape (", absl::StrJoin(array->shape, ", "), ")"));
  }
  return single ? NumbersOf<float>(array->data) : NumbersOf<double>(array->data);
}

absl::StatusOr<std::vector<double>> FromJson(const std::string& text) {
  rapidjson::Document document;
  document.Parse<rapidjson::kParseFullPrecisionFlag | rapidjson::kParseNanAndInfFlag>(text.data(),
                                                                                      text.size());
  if (document.HasParseError() || !document.IsArray() || document.Empty()) {
    return absl::InvalidArgumentError(
        "neither an .npy file nor a JSON array with at least one number");
  }
  std::vector<double> numbers;
  for (const auto& value : document.GetArray()) {
    if (!value.IsNumber()) {
      return absl::InvalidArgumentError(
          absl::StrCat("entry ", numbers.size(), " of the JSON array is not a number"));
    }
    numbers.push_back(value.GetDouble());
  }
  return numbers;
}

}  // namespace

absl::StatusOr<std::vector<double>> ReadNumberFile(const std::string& path) {
  const auto bytes = ReadBytes(path);
  if (!bytes.ok()) return bytes.status();
  auto numbers = LooksLikeNpy(*bytes) ? FromNpy(*bytes) : FromJson(*bytes);
  if (numbers.ok()) return numbers;
  return absl::Status(numbers.status().code(),
                      absl::StrCat(path, ": ", numbers.status().message()));
}

}  // namespace rope::client
