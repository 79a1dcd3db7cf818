// The records of tests/golden/apply*.jsonl: calls of models' own functions that rotate.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/table/dtype.h"
#include "rapidjson/document.h"

namespace rope::testing {

struct RecordedTensor {
  DType dtype = DType::kFloat32;
  std::vector<int64_t> shape;
  std::vector<uint32_t> bits;  // of each element, row-major

  // The elements as they lie in memory.
  std::vector<std::byte> Bytes() const;
};

// record[key]: "shape", "dtype" and "bits".
RecordedTensor TensorOf(const rapidjson::Value& record, const char* key);

// The configuration as JSON text. Records of deepseek_v3 name the function that was called; the
// configuration gets the rope_interleave with which the model calls it.
std::string ApplyConfigText(const rapidjson::Value& record);

// The number of representable values from one to the other. 0 for two NaNs, and the largest number
// for a NaN and a number. `bits` are those of a dtype.
int64_t UlpsBetween(DType dtype, uint32_t a, uint32_t b);

// The largest UlpsBetween of the elements, which `bytes` holds as they lie in memory.
int64_t LargestDifference(const RecordedTensor& expected, const std::vector<std::byte>& bytes);

}  // namespace rope::testing
