#include "tests/testing/apply_records.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <limits>

#include "tests/testing/golden_records.h"

namespace rope::testing {

std::vector<std::byte> RecordedTensor::Bytes() const {
  const size_t size = DTypeSize(dtype);
  std::vector<std::byte> bytes(bits.size() * size);
  // The low bytes come first on the hosts that this project runs on.
  for (size_t i = 0; i < bits.size(); ++i) std::memcpy(bytes.data() + i * size, &bits[i], size);
  return bytes;
}

RecordedTensor TensorOf(const rapidjson::Value& record, const char* key) {
  const rapidjson::Value& value = record[key];
  RecordedTensor tensor;
  tensor.dtype = FindDType(value["dtype"].GetString()).value();
  for (const rapidjson::Value& size : value["shape"].GetArray()) {
    tensor.shape.push_back(size.GetInt64());
  }
  for (const rapidjson::Value& text : value["bits"].GetArray()) {
    tensor.bits.push_back(static_cast<uint32_t>(std::strtoul(text.GetString(), nullptr, 16)));
  }
  return tensor;
}

std::string ApplyConfigText(const rapidjson::Value& record) {
  std::string text = record.HasMember("config") ? ConfigText(record) : "{}";
  const std::string function = StringOr(record, "function", "");
  if (function != "modeling_deepseek_v3.apply_rotary_pos_emb") return text;
  return "{\"rope_interleave\":false," + text.substr(1);
}

int64_t UlpsBetween(DType dtype, uint32_t a, uint32_t b) {
  const int width = dtype == DType::kFloat32 ? 32 : 16;
  const int64_t sign = int64_t{1} << (width - 1);
  const int64_t infinity = dtype == DType::kFloat32   ? 0x7f800000
                           : dtype == DType::kFloat16 ? 0x7c00
                                                      : 0x7f80;
  const int64_t a_magnitude = a & (sign - 1);
  const int64_t b_magnitude = b & (sign - 1);
  const bool a_is_nan = a_magnitude > infinity;
  const bool b_is_nan = b_magnitude > infinity;
  if (a_is_nan || b_is_nan) return a_is_nan && b_is_nan ? 0 : std::numeric_limits<int64_t>::max();
  // -0 and 0 are one apart, so that the sign of a zero counts.
  const int64_t a_place = (a & sign) != 0 ? -1 - a_magnitude : a_magnitude;
  const int64_t b_place = (b & sign) != 0 ? -1 - b_magnitude : b_magnitude;
  return std::abs(a_place - b_place);
}

int64_t LargestDifference(const RecordedTensor& expected, const std::vector<std::byte>& bytes) {
  const size_t size = DTypeSize(expected.dtype);
  if (bytes.size() != expected.bits.size() * size) return std::numeric_limits<int64_t>::max();
  int64_t largest = 0;
  for (size_t i = 0; i < expected.bits.size(); ++i) {
    uint32_t bits = 0;
    std::memcpy(&bits, bytes.data() + i * size, size);
    largest = std::max(largest, UlpsBetween(expected.dtype, expected.bits[i], bits));
  }
  return largest;
}

}  // namespace rope::testing
