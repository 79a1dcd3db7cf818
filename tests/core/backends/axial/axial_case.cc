#include "tests/core/backends/axial/axial_case.h"

#include <bit>

#include "absl/strings/str_cat.h"
#include "core/json/json_reader.h"
#include "core/positions/vision/grid_positions.h"
#include "gtest/gtest.h"
#include "rapidjson/stringbuffer.h"
#include "rapidjson/writer.h"

namespace rope::testing {
namespace {

// The positions that a tower has for a grid of patches.
PositionRows GridRows(const rapidjson::Value& config, const std::vector<int64_t>& sides) {
  const JsonResult document = ReadJson(TextOf(config));
  const auto built = BuildGridPositions(document->root, {1, sides[0], sides[1]});
  EXPECT_TRUE(built.ok()) << built.status();
  PositionRows rows(built->values.size() / built->axes);
  for (size_t i = 0; i < built->values.size(); ++i) {
    rows[i % rows.size()].push_back(built->values[i]);
  }
  return rows;
}

PositionRows TowerPositions(const rapidjson::Value& record) {
  const auto& input = record["input"];
  const auto& config = record["config"];
  if (input.HasMember("position_ids")) {
    PositionRows rows;
    for (const auto& row : input["position_ids"].GetArray()) {
      rows.emplace_back();
      for (const auto& position : row.GetArray()) rows.back().push_back(position.GetDouble());
    }
    return rows;
  }
  if (input.HasMember("pixel_values_shape")) {
    const std::vector<int64_t> shape = Integers(input["pixel_values_shape"]);
    const int64_t patch = config["patch_size"].GetInt64();
    return GridRows(config, {shape[2] / patch, shape[3] / patch});
  }
  if (input.HasMember("feature_shape")) {
    const std::vector<int64_t> shape = Integers(input["feature_shape"]);
    const int64_t kernel = input["q_aggregation_kernel_size"].GetInt64();
    const int64_t stride = input["q_aggregation_stride"].GetInt64();
    return GridRows(config, {(shape[2] - kernel) / stride + 1, (shape[3] - kernel) / stride + 1});
  }
  return GridRows(config, Integers(input["grid"]));
}

// Atoms: two numbers a spectrum says, which the file does under other names.
AxialRecord AtomRecord(const rapidjson::Value& record) {
  const auto& config = record["config"];
  const int64_t pairs = config["num_spatial_rope_pairs_per_axis"].GetInt64();
  const int64_t uid_pairs = config["num_uid_rope_pairs"].GetInt64();
  const std::string space = absl::StrCat(R"({"dim":)", 2 * pairs, R"(,"theta":)",
                                         config["spatial_rope_base_frequency"].GetDouble(), "}");
  AxialCase one;
  one.document = absl::StrCat(
      R"({"spectrum":{"axes":[)", space, ",", space, ",", space, R"(,{"dim":)", 2 * uid_pairs,
      R"(,"theta":)", config["uid_rope_base_frequency"].GetDouble(), R"(}],"zero_lanes_after":)",
      config["head_dim"].GetInt64() / 2 - 3 * pairs - uid_pairs, "}}");
  const auto& input = record["input"];
  for (rapidjson::SizeType i = 0; i < input["ref_pos_bits"].Size(); ++i) {
    const std::string bits = input["ref_pos_bits"][i].GetString();
    one.positions.push_back({NumberOfBits(bits.substr(0, 8)), NumberOfBits(bits.substr(8, 8)),
                             NumberOfBits(bits.substr(16, 8)),
                             input["ref_space_uid"][i].GetDouble()});
  }
  one.cos = OutputNumbers(record, "cos");
  one.sin = OutputNumbers(record, "sin");
  return {{std::move(one)}, ""};
}

}  // namespace

double NumberOfBits(const std::string& digits) {
  const uint64_t bits = std::stoull(digits, nullptr, 16);
  return digits.size() == 16 ? std::bit_cast<double>(bits)
                             : std::bit_cast<float>(static_cast<uint32_t>(bits));
}

std::vector<float> OutputNumbers(const rapidjson::Value& record, const char* name) {
  const auto& output = record["outputs"][name];
  const bool is_double = std::string(output["dtype"].GetString()).find("128") != std::string::npos;
  const size_t digits = is_double ? 16 : 8;
  std::vector<float> numbers;
  for (const auto& row : output["rows"].GetArray()) {
    const std::string text = row.GetString();
    for (size_t at = 0; at < text.size(); at += digits) {
      numbers.push_back(static_cast<float>(NumberOfBits(text.substr(at, digits))));
    }
  }
  return numbers;
}

std::vector<float> ComplexNumbers(const rapidjson::Value& record, const std::string& prefix) {
  const std::vector<float> real = OutputNumbers(record, (prefix + "real").c_str());
  const std::vector<float> imag = OutputNumbers(record, (prefix + "imag").c_str());
  std::vector<float> both;
  for (size_t i = 0; i < real.size(); ++i) {
    both.push_back(real[i]);
    both.push_back(imag[i]);
  }
  return both;
}

PositionRows RasterOf(const std::vector<int64_t>& sides) {
  PositionRows rows = {{}};
  for (const int64_t side : sides) {
    PositionRows longer;
    for (const std::vector<double>& row : rows) {
      for (int64_t place = 0; place < side; ++place) {
        longer.push_back(row);
        longer.back().push_back(static_cast<double>(place));
      }
    }
    rows = std::move(longer);
  }
  return rows;
}

std::vector<int64_t> Integers(const rapidjson::Value& list) {
  std::vector<int64_t> integers;
  for (const auto& value : list.GetArray()) integers.push_back(value.GetInt64());
  return integers;
}

std::string TextOf(const rapidjson::Value& value) {
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  value.Accept(writer);
  return buffer.GetString();
}

AxialRecord TowerRecord(const rapidjson::Value& record) {
  const std::string name = record["cls"].GetString();
  if (name == "EsmFold2RotaryEmbedding") return AtomRecord(record);
  if (name == "rotate_queries_or_keys") return {{}, "no rotation: a pair has two angles"};
  if (name == "MusicFlamingoRotaryEmbedding") return {{}, "refused: times of sounds"};
  AxialCase one;
  one.document = TextOf(record["config"]);
  one.positions = TowerPositions(record);
  if (record["outputs"].HasMember("real")) {
    one.layout = Layout::kComplex;
    one.cos = ComplexNumbers(record, "");
    return {{std::move(one)}, ""};
  }
  const bool pairs = std::string(record["pairing"]["name"].GetString()) == "pairs";
  one.layout = pairs ? Layout::kInterleaved : Layout::kHalfSplit;
  one.cos = OutputNumbers(record, "cos");
  one.sin = OutputNumbers(record, "sin");
  return {{std::move(one)}, ""};
}

}  // namespace rope::testing
