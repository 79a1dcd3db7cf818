// The records of tests/golden/axial.jsonl as cases: a document that this service reads, positions,
// and the rows that the library gave.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/table/layout.h"
#include "rapidjson/document.h"

namespace rope::testing {

using PositionRows = std::vector<std::vector<double>>;  // [row][axis]

struct AxialCase {
  std::string document;  // a config.json, or a spectrum
  PositionRows positions;
  Layout layout = Layout::kHalfSplit;
  // The recorded rows, joined: of cos and sin, or of the only tensor in `cos`.
  std::vector<float> cos;
  std::vector<float> sin;
};

struct AxialRecord {
  std::vector<AxialCase> cases;
  std::string not_compared;  // why there is no case; empty if there is one
};

// The cases of a record of tower modules in transformers.
AxialRecord TowerRecord(const rapidjson::Value& record);
// Those of a record of diffusers.
AxialRecord DiffusionRecord(const rapidjson::Value& record);

// The number that these hexadecimal digits are the bits of: 8 of a float32, 16 of a float64.
double NumberOfBits(const std::string& digits);
// The numbers of all rows of an output, one after the other, rounded to float32.
std::vector<float> OutputNumbers(const rapidjson::Value& record, const char* name);
// real_0, imag_0, real_1, ... of a complex output.
std::vector<float> ComplexNumbers(const rapidjson::Value& record, const std::string& prefix);
// The positions of a grid, the last side running fastest, counted from 0.
PositionRows RasterOf(const std::vector<int64_t>& sides);
std::vector<int64_t> Integers(const rapidjson::Value& list);
// The text of a JSON value.
std::string TextOf(const rapidjson::Value& value);

}  // namespace rope::testing
