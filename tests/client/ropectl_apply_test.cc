// ropectl apply, with files made here. What a rotation gives is recorded in
// tests/golden/apply.jsonl.
#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "client/files/safetensors_file.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rapidjson/document.h"
#include "tests/testing/apply_records.h"
#include "tests/testing/golden_records.h"
#include "tests/testing/subprocess.h"

namespace rope {
namespace {

namespace fs = std::filesystem;
using client::SafetensorsFile;
using client::StoredTensor;
using ::testing::HasSubstr;
using testing::ProgramResult;
using testing::RecordedTensor;

constexpr char kLlama[] =
    R"({"model_type":"llama","hidden_size":64,"num_attention_heads":4,"head_dim":16,)"
    R"("max_position_embeddings":4096,"rope_theta":10000.0})";

std::string StoredName(DType dtype) {
  if (dtype == DType::kBFloat16) return "BF16";
  return dtype == DType::kFloat16 ? "F16" : "F32";
}

StoredTensor Stored(const RecordedTensor& tensor) {
  return {StoredName(tensor.dtype), tensor.shape, tensor.Bytes()};
}

StoredTensor Floats(std::vector<int64_t> shape, const std::vector<float>& values) {
  StoredTensor tensor{"F32", std::move(shape), {}};
  tensor.data.resize(values.size() * sizeof(float));
  std::memcpy(tensor.data.data(), values.data(), tensor.data.size());
  return tensor;
}

StoredTensor Positions(std::vector<int64_t> shape, const std::vector<int64_t>& values) {
  StoredTensor tensor{"I64", std::move(shape), {}};
  tensor.data.resize(values.size() * sizeof(int64_t));
  std::memcpy(tensor.data.data(), values.data(), tensor.data.size());
  return tensor;
}

// q with 2 heads and k with 1, seq 3, dim 16, all 1.
SafetensorsFile OnesFile(int64_t batch = 1) {
  SafetensorsFile file;
  file.tensors["q"] = Floats({batch, 2, 3, 16}, std::vector<float>(batch * 96, 1.0F));
  file.tensors["k"] = Floats({batch, 1, 3, 16}, std::vector<float>(batch * 48, 1.0F));
  return file;
}

class RopectlApplyTest : public ::testing::Test {
 protected:
  RopectlApplyTest()
      : folder_(fs::temp_directory_path() / ("ropectl_apply_test." + std::to_string(getpid()))) {
    fs::create_directories(folder_);
  }
  ~RopectlApplyTest() override { fs::remove_all(folder_); }

  // Runs ropectl apply with more arguments and without a server.
  ProgramResult Apply(const std::string& config, const SafetensorsFile& in,
                      std::vector<std::string> more = {}) {
    more.push_back("--local");
    return ApplyWith(config, in, more);
  }

  ProgramResult ApplyWith(const std::string& config, const SafetensorsFile& in,
                          const std::vector<std::string>& more) {
    std::ofstream(folder_ / "config.json") << config;
    EXPECT_TRUE(client::WriteSafetensors(folder_ / "in.safetensors", in).ok());
    fs::remove(folder_ / "out.safetensors");
    std::vector<std::string> arguments = {"ropectl",  "apply",
                                          "--config", folder_ / "config.json",
                                          "--in",     folder_ / "in.safetensors",
                                          "--out",    folder_ / "out.safetensors"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return testing::RunProgram(arguments);
  }

  // What the last Apply wrote.
  SafetensorsFile Out() {
    auto file = client::ReadSafetensors(folder_ / "out.safetensors");
    EXPECT_TRUE(file.ok()) << file.status();
    return file.ok() ? *std::move(file) : SafetensorsFile{};
  }

  // Expects that the file is refused, and that nothing is written.
  void ExpectRefused(const SafetensorsFile& in, const std::string& why,
                     const std::string& config = kLlama,
                     const std::vector<std::string>& more = {}) {
    const ProgramResult result = Apply(config, in, more);
    EXPECT_EQ(result.exit_code, 2) << result.out << result.err;
    EXPECT_THAT(result.err, HasSubstr(why));
    EXPECT_FALSE(fs::exists(folder_ / "out.safetensors"));
  }

  fs::path folder_;
};

TEST_F(RopectlApplyTest, RotatesEveryRecordByItsTables) {
  testing::ForEachRecord("apply.jsonl", [this](const rapidjson::Value& record) {
    SafetensorsFile in;
    for (const char* name : {"q", "k", "cos", "sin"}) {
      in.tensors[name] = Stored(testing::TensorOf(record, name));
    }
    std::vector<std::string> more;
    const std::string layer_type = testing::StringOr(record, "layer_type", "");
    if (!layer_type.empty()) more = {"--layer-type", layer_type};
    const ProgramResult result = Apply(testing::ApplyConfigText(record), in, more);
    const std::string id = record["id"].GetString();
    ASSERT_EQ(result.exit_code, 0) << id << "\n" << result.out << result.err;
    const SafetensorsFile out = Out();
    ASSERT_EQ(out.tensors.size(), 2U) << id;
    for (const std::string name : {"q", "k"}) {
      const RecordedTensor expected = testing::TensorOf(record, (name + "_out").c_str());
      EXPECT_EQ(out.tensors.at(name).dtype, StoredName(expected.dtype)) << id;
      EXPECT_EQ(out.tensors.at(name).shape, expected.shape) << id;
      EXPECT_EQ(testing::LargestDifference(expected, out.tensors.at(name).data), 0)
          << id << " " << name;
    }
  });
}

// Torch's cosines may be 2 ulp away from the correctly rounded ones that are computed here, so the
// results agree to a few ulp of the largest channel.
TEST_F(RopectlApplyTest, RotatesByPositionsAsTheModelDoes) {
  testing::ForEachRecord("apply.jsonl", [this](const rapidjson::Value& record) {
    const RecordedTensor q = testing::TensorOf(record, "q");
    const rapidjson::Value& ids = record["position_ids"];
    if (q.dtype != DType::kFloat32 || !ids[0][0].IsInt64()) return;
    std::vector<int64_t> positions;
    for (const rapidjson::Value& id : ids[0].GetArray()) positions.push_back(id.GetInt64());
    SafetensorsFile in;
    in.tensors["q"] = Stored(q);
    in.tensors["k"] = Stored(testing::TensorOf(record, "k"));
    in.tensors["position_ids"] = Positions({1, static_cast<int64_t>(positions.size())}, positions);
    std::vector<std::string> more;
    const std::string layer_type = testing::StringOr(record, "layer_type", "");
    if (!layer_type.empty()) more = {"--layer-type", layer_type};
    const ProgramResult result = Apply(testing::ApplyConfigText(record), in, more);
    ASSERT_EQ(result.exit_code, 0) << record["id"].GetString() << "\n" << result.err;
    const RecordedTensor expected = testing::TensorOf(record, "q_out");
    const std::vector<std::byte> expected_bytes = expected.Bytes();
    const SafetensorsFile out = Out();
    for (size_t i = 0; i < expected.bits.size(); ++i) {
      float value = 0;
      float want = 0;
      std::memcpy(&value, out.tensors.at("q").data.data() + i * sizeof(float), sizeof(float));
      std::memcpy(&want, expected_bytes.data() + i * sizeof(float), sizeof(float));
      ASSERT_NEAR(value, want, 4e-6) << record["id"].GetString() << " " << i;
    }
  });
}

// A server writes the same bytes and says the same about them.
TEST_F(RopectlApplyTest, AServerRotatesAsTheLibraryDoes) {
  const testing::RunningServer server;
  const auto expect_same = [&](const std::string& config, const SafetensorsFile& in,
                               std::vector<std::string> more) {
    const ProgramResult local = Apply(config, in, more);
    const SafetensorsFile expected = local.exit_code == 0 ? Out() : SafetensorsFile{};
    more.insert(more.end(), {"--server", server.address()});
    const ProgramResult remote = ApplyWith(config, in, more);
    EXPECT_EQ(remote.exit_code, local.exit_code) << remote.err << local.err;
    EXPECT_EQ(remote.out, local.out);
    if (local.exit_code != 0) return;
    const SafetensorsFile out = Out();
    for (const char* name : {"q", "k"}) {
      EXPECT_TRUE(out.tensors.at(name).data == expected.tensors.at(name).data) << name;
      EXPECT_EQ(out.tensors.at(name).shape, expected.tensors.at(name).shape);
    }
  };
  std::set<std::string> families;
  testing::ForEachRecord("apply.jsonl", [&](const rapidjson::Value& record) {
    if (!families.insert(record["model_type"].GetString()).second) return;
    SafetensorsFile in;
    for (const char* name : {"q", "k", "cos", "sin"}) {
      in.tensors[name] = Stored(testing::TensorOf(record, name));
    }
    std::vector<std::string> more = {"--json"};
    const std::string layer_type = testing::StringOr(record, "layer_type", "");
    if (!layer_type.empty()) more.insert(more.end(), {"--layer-type", layer_type});
    expect_same(testing::ApplyConfigText(record), in, more);
  });
  EXPECT_GT(families.size(), 10U);

  SafetensorsFile in = OnesFile(/*batch=*/2);
  in.tensors["position_ids"] = Positions({2, 3}, {0, 1, 2, 7, 8, 9});
  expect_same(kLlama, in, {"--inverse"});
  in.tensors["position_ids"] = Positions({3, 1, 3}, {0, 1, 2, 0, 1, 2, 0, 1, 2});
  expect_same(kLlama, in, {});
  in.tensors["position_ids"] = Positions({2}, {0, 1});
  expect_same(kLlama, in, {});
  in.tensors.erase("position_ids");
  expect_same(kLlama, in, {});
  EXPECT_EQ(ApplyWith(kLlama, in, {"--server", "127.0.0.1:1"}).exit_code, 2)
      << "the file is wrong, whatever the server is";
  in.tensors["position_ids"] = Positions({3}, {0, 1, 2});
  EXPECT_EQ(ApplyWith(kLlama, in, {"--server", "127.0.0.1:1"}).exit_code, 3);
}

TEST_F(RopectlApplyTest, PositionsMayDifferPerSequence) {
  SafetensorsFile in = OnesFile(/*batch=*/2);
  in.tensors["position_ids"] = Positions({2, 3}, {0, 1, 2, 7, 8, 9});
  ASSERT_EQ(Apply(kLlama, in).exit_code, 0);
  const StoredTensor both = Out().tensors.at("k");
  for (int64_t batch : {0, 1}) {
    SafetensorsFile single = OnesFile();
    const int64_t start = 7 * batch;
    single.tensors["position_ids"] = Positions({3}, {start, start + 1, start + 2});
    ASSERT_EQ(Apply(kLlama, single).exit_code, 0);
    const StoredTensor one = Out().tensors.at("k");
    EXPECT_EQ(std::memcmp(both.data.data() + batch * 192, one.data.data(), 192), 0);
  }
}

TEST_F(RopectlApplyTest, SeveralAxesMustBeEqualOrThoseOfTheModel) {
  SafetensorsFile in = OnesFile();
  in.tensors["position_ids"] = Positions({3, 1, 3}, {4, 5, 6, 4, 5, 6, 4, 5, 6});
  ASSERT_EQ(Apply(kLlama, in).exit_code, 0);
  const StoredTensor axes = Out().tensors.at("q");
  in.tensors["position_ids"] = Positions({3}, {4, 5, 6});
  ASSERT_EQ(Apply(kLlama, in).exit_code, 0);
  EXPECT_EQ(axes.data, Out().tensors.at("q").data);
  in.tensors["position_ids"] = Positions({2, 1, 3}, {4, 5, 6, 4, 5, 7});
  ExpectRefused(in, "position_ids.axes must be 1 for this model, not 2");
}

// The rows of a recorded table as one tensor [rows, width].
StoredTensor RecordedRows(const rapidjson::Value& rows) {
  std::vector<float> values;
  for (const auto& row : rows.GetArray()) {
    const std::string text = row.GetString();
    for (size_t at = 0; at < text.size(); at += 8) {
      const auto bits = static_cast<uint32_t>(std::stoul(text.substr(at, 8), nullptr, 16));
      values.push_back(std::bit_cast<float>(bits));
    }
  }
  const auto count = static_cast<int64_t>(rows.Size());
  return Floats({count, static_cast<int64_t>(values.size()) / count}, values);
}

float LargestDifference(const StoredTensor& a, const StoredTensor& b) {
  EXPECT_EQ(a.data.size(), b.data.size());
  float largest = 0;
  for (size_t i = 0; i < std::min(a.data.size(), b.data.size()); i += sizeof(float)) {
    float x = 0;
    float y = 0;
    std::memcpy(&x, a.data.data() + i, sizeof x);
    std::memcpy(&y, b.data.data() + i, sizeof y);
    largest = std::max(largest, std::abs(x - y));
  }
  return largest;
}

// Rotating at positions of several axes is rotating by the table that the model's forward makes.
TEST_F(RopectlApplyTest, SeveralAxesRotateAsTheModelsOwnTable) {
  std::set<std::string> families;
  testing::ForEachRecord("mrope.jsonl", [&](const rapidjson::Value& record) {
    const std::string family = record["model_type"].GetString();
    const bool is_fractional = record["position_ids"][0][0].IsDouble();
    if (family == "neomme" || is_fractional || !families.insert(family).second) return;
    SCOPED_TRACE(record["id"].GetString());
    const StoredTensor cos = RecordedRows(record["cos"]);
    const int64_t rows = cos.shape[0];
    const int64_t axes = record["axes"].GetInt();
    std::vector<int64_t> positions;
    for (const auto& axis : record["position_ids"].GetArray()) {
      for (const auto& position : axis.GetArray()) positions.push_back(position.GetInt64());
    }
    SafetensorsFile in;
    std::vector<float> values(rows * cos.shape[1]);
    for (size_t i = 0; i < values.size(); ++i) values[i] = std::sin(0.1F * static_cast<float>(i));
    in.tensors["q"] = Floats({1, 1, rows, cos.shape[1]}, values);
    in.tensors["k"] = in.tensors["q"];
    in.tensors["position_ids"] = Positions({axes, 1, rows}, positions);
    const std::string layer_type = testing::StringOr(record, "layer_type", "");
    const std::vector<std::string> more =
        layer_type.empty() ? std::vector<std::string>()
                           : std::vector<std::string>{"--layer-type", layer_type};
    const ProgramResult computed = Apply(testing::ConfigText(record), in, more);
    ASSERT_EQ(computed.exit_code, 0) << computed.err;
    const StoredTensor q = Out().tensors.at("q");
    in.tensors["cos"] = cos;
    in.tensors["sin"] = RecordedRows(record["sin"]);
    const ProgramResult given = Apply(testing::ConfigText(record), in, more);
    ASSERT_EQ(given.exit_code, 0) << given.err;
    // The tables differ by up to 2 ulp.
    EXPECT_LT(LargestDifference(q, Out().tensors.at("q")), 1e-6F);
  });
  EXPECT_GE(families.size(), 15U);
}

TEST_F(RopectlApplyTest, InverseUndoesIt) {
  SafetensorsFile in = OnesFile();
  in.tensors["position_ids"] = Positions({3}, {100, 2000, 1});
  ASSERT_EQ(Apply(kLlama, in).exit_code, 0);
  SafetensorsFile rotated = Out();
  rotated.tensors["position_ids"] = in.tensors["position_ids"];
  ASSERT_EQ(Apply(kLlama, rotated, {"--inverse"}).exit_code, 0);
  const StoredTensor back = Out().tensors.at("q");
  for (size_t i = 0; i < back.data.size(); i += sizeof(float)) {
    float value = 0;
    std::memcpy(&value, back.data.data() + i, sizeof(value));
    EXPECT_NEAR(value, 1.0F, 1e-6F);
  }
}

TEST_F(RopectlApplyTest, SaysWhatItDid) {
  SafetensorsFile in = OnesFile();
  in.tensors["position_ids"] = Positions({3}, {0, 1, 2});
  const ProgramResult text = Apply(kLlama, in);
  EXPECT_THAT(text.out, HasSubstr("family            llama"));
  EXPECT_THAT(text.out, HasSubstr("channels          0 to 15 of 16"));
  rapidjson::Document json;
  json.Parse(Apply(kLlama, in, {"--json"}).out.c_str());
  ASSERT_FALSE(json.HasParseError());
  EXPECT_STREQ(json["pairing"].GetString(), "half-split");
  EXPECT_EQ(json["rotated_channels"].GetInt(), 16);
  EXPECT_FALSE(json["tables_given"].GetBool());
  EXPECT_EQ(json["q_shape"][1].GetInt(), 2);
}

TEST_F(RopectlApplyTest, ABadConfigurationEndsWithOne) {
  SafetensorsFile in = OnesFile();
  in.tensors["position_ids"] = Positions({3}, {0, 1, 2});
  const ProgramResult result = Apply(
      R"({"model_type":"llama","hidden_size":64,"num_attention_heads":4,"rope_theta":"x"})", in);
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("rope_theta"));
  EXPECT_FALSE(fs::exists(folder_ / "out.safetensors"));
}

TEST_F(RopectlApplyTest, SaysWhichTensorIsWrong) {
  SafetensorsFile in = OnesFile();
  ExpectRefused(in, "neither \"cos\" and \"sin\" nor \"position_ids\"");
  in.tensors["position_ids"] = Positions({2}, {0, 1});
  ExpectRefused(in, "tensor \"position_ids\": the shape must be [3] or [1, 3]");
  in.tensors["position_ids"] = Positions({3}, {0, -2147483648, 2});
  ExpectRefused(in, "tensor \"position_ids\"");
  in.tensors["position_ids"] = Floats({3}, {0, 1, 2});
  ExpectRefused(in, "must be I64, not F32");
  in.tensors["cos"] = Floats({3, 16}, std::vector<float>(48));
  ExpectRefused(in, "tensor \"sin\": is not in the file");
  in.tensors["sin"] = Floats({3, 8}, std::vector<float>(24));
  ExpectRefused(in, "tensor \"sin\": must have the dtype and the shape of \"cos\"");
  in.tensors["cos"] = Floats({3, 8}, std::vector<float>(24));
  ExpectRefused(in, "rows for 8 channels, but the configuration rotates 16");
  in.tensors["cos"] = in.tensors["sin"] = Floats({4, 16}, std::vector<float>(64));
  ExpectRefused(in, "tensor \"cos\": the shape must be [3, width] or [1, 3, width]");
}

TEST_F(RopectlApplyTest, SaysWhatIsWrongWithQueriesAndKeys) {
  SafetensorsFile in = OnesFile();
  in.tensors["position_ids"] = Positions({3}, {0, 1, 2});
  const SafetensorsFile good = in;
  in.tensors.erase("k");
  ExpectRefused(in, "tensor \"k\": is not in the file");
  in.tensors["k"] = Floats({3, 16}, std::vector<float>(48));
  ExpectRefused(in, "tensor \"k\": the shape must be [batch, heads, seq, dim]");
  in.tensors["k"] = Floats({1, 1, 2, 16}, std::vector<float>(32));
  ExpectRefused(in, "tensor \"k\": must have the dtype, the batch and the seq of \"q\"");
  in.tensors["k"] = Floats({1, 1, 3, 8}, std::vector<float>(24));
  ExpectRefused(in, "tensor \"k\": a head has 8 channels, but the table turns 16");
  in.tensors["k"] = Positions({1, 1, 3, 16}, std::vector<int64_t>(48));
  ExpectRefused(in, "tensor \"k\": the dtype must be F32, F16 or BF16, not I64");
  ExpectRefused(good, "one parameter set for all layers", kLlama, {"--layer-type", "x"});
}

TEST_F(RopectlApplyTest, FilesThatCannotBeReadAreNamed) {
  std::ofstream(folder_ / "config.json") << kLlama;
  const ProgramResult result =
      testing::RunProgram({"ropectl", "apply", "--config", folder_ / "config.json", "--in",
                           folder_ / "missing", "--out", folder_ / "out"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_THAT(result.err, HasSubstr("missing"));
}

// Channels outside the window keep their bytes; those inside turn as a head of their width does.
TEST_F(RopectlApplyTest, AWindowTurnsLikeAHeadOfItsWidth) {
  SafetensorsFile wide = OnesFile();
  std::vector<float> channels(96);
  for (size_t i = 0; i < channels.size(); ++i) channels[i] = 0.25F * static_cast<float>(i % 29);
  wide.tensors["q"] = Floats({1, 2, 3, 16}, channels);
  wide.tensors["position_ids"] = Positions({3}, {5, 6, 1000});
  const ProgramResult result = Apply(kLlama, wide, {"--window", "10,6"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("channels          10 to 15 of 16"));
  const StoredTensor turned = Out().tensors.at("q");

  std::vector<float> inside;
  for (size_t i = 0; i < channels.size(); ++i) {
    if (i % 16 >= 10) inside.push_back(channels[i]);
  }
  SafetensorsFile narrow = wide;
  narrow.tensors["q"] = Floats({1, 2, 3, 6}, inside);
  narrow.tensors["k"] = Floats({1, 1, 3, 6}, std::vector<float>(18, 1.0F));
  constexpr char kNarrow[] =
      R"({"model_type":"llama","hidden_size":24,"num_attention_heads":4,"head_dim":6,)"
      R"("max_position_embeddings":4096,"rope_theta":10000.0})";
  ASSERT_EQ(Apply(kNarrow, narrow).exit_code, 0);
  const StoredTensor expected = Out().tensors.at("q");
  const StoredTensor& original = wide.tensors.at("q");
  for (size_t head = 0; head < 6; ++head) {
    const size_t row = head * 16 * sizeof(float);
    EXPECT_EQ(std::memcmp(turned.data.data() + row, original.data.data() + row, 40), 0);
    EXPECT_EQ(std::memcmp(turned.data.data() + row + 40, expected.data.data() + head * 24, 24), 0);
  }
}

// A part of a latent head is rotated where it lies in the whole head.
TEST_F(RopectlApplyTest, AWindowReachesIntoAWiderHead) {
  constexpr char kLatent[] =
      R"({"model_type":"minicpm3","hidden_size":64,"num_attention_heads":4,"qk_rope_head_dim":4,)"
      R"("qk_nope_head_dim":12,"max_position_embeddings":4096,"rope_theta":10000.0})";
  SafetensorsFile in = OnesFile();
  in.tensors["position_ids"] = Positions({3}, {0, 1, 2});
  ExpectRefused(in, "give only that", kLatent);
  const ProgramResult result = Apply(kLatent, in, {"--window", "12,4"});
  ASSERT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("channels          12 to 15 of 16"));
  ExpectRefused(in, "do not hold a window of 4 from channel 13 on", kLatent, {"--window", "13,4"});
}

// Twice the frequencies at a position are the frequencies at twice the position, as long as nothing
// is rounded on the way: both are powers of two here.
TEST_F(RopectlApplyTest, FrequenciesAndFactorsComeFromFiles) {
  std::ofstream(folder_ / "inv.json") << "[1.0, 0.5, 0.25, 0.125, 0.0625, 0.03125, 0.5, 0]";
  std::ofstream(folder_ / "two.json") << "[2, 2, 2, 2, 2, 2, 2, 2]";
  SafetensorsFile in = OnesFile();
  in.tensors["position_ids"] = Positions({3}, {0, 2, 14});
  ASSERT_EQ(Apply(kLlama, in, {"--inv-freq", folder_ / "inv.json"}).exit_code, 0);
  const StoredTensor twice_the_position = Out().tensors.at("q");
  in.tensors["position_ids"] = Positions({3}, {0, 1, 7});
  ASSERT_EQ(
      Apply(kLlama, in, {"--inv-freq", folder_ / "inv.json", "--lane-scale", folder_ / "two.json"})
          .exit_code,
      0);
  EXPECT_EQ(Out().tensors.at("q").data, twice_the_position.data);
  ASSERT_EQ(Apply(kLlama, in, {"--inv-freq", folder_ / "inv.json"}).exit_code, 0);
  EXPECT_NE(Out().tensors.at("q").data, twice_the_position.data);
  std::ofstream(folder_ / "two.json") << "[2, 2]";
  ExpectRefused(in, "lane_scale must have 8 values, one for each frequency, not 2", kLlama,
                {"--lane-scale", folder_ / "two.json"});
  ExpectRefused(in, "cannot read", kLlama, {"--inv-freq", folder_ / "absent.npy"});
}

}  // namespace
}  // namespace rope
