// Other code than the writer's reads the files back: a small .npy parser written from NEP 1,
// libzip, RapidJSON.
#include "client/files/table_file.h"

#include <unistd.h>
#include <zip.h>

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "rapidjson/document.h"

namespace rope::client {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::IsEmpty;

const std::vector<v1::TensorKind> kBoth = {v1::TENSOR_KIND_COS, v1::TENSOR_KIND_SIN};

std::string ReadFile(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), {});
}

v1::StreamHeader HeaderFor(const std::vector<v1::TensorKind>& kinds, v1::DType dtype) {
  v1::StreamHeader header;
  header.set_dtype(dtype);
  header.set_layout(v1::LAYOUT_COMPACT);
  header.set_numeric_profile(v1::NUMERIC_PROFILE_HF);
  header.mutable_resolution()->set_config_id("rope1-0123");
  header.mutable_resolution()->set_rope_type("yarn");
  header.mutable_resolution()->set_attention_factor(1.138629436111989);
  for (v1::TensorKind kind : kinds) {
    v1::TensorSpec& spec = *header.add_tensors();
    spec.set_kind(kind);
    spec.add_shape(2);
    spec.add_shape(3);
    spec.set_byte_size(6 * (dtype == v1::D_TYPE_FLOAT32 ? 4 : 2));
  }
  return header;
}

std::string Content(const v1::TensorSpec& spec) {
  return std::string(static_cast<size_t>(spec.byte_size()),
                     spec.kind() == v1::TENSOR_KIND_COS ? 'c' : 's');
}

// Writes each tensor in two chunks.
void WriteAll(TableFile* file, const v1::StreamHeader& header) {
  ASSERT_TRUE(file->Begin(header).ok());
  for (const v1::TensorSpec& spec : header.tensors()) {
    const std::string content = Content(spec);
    for (size_t half = 0; half < 2; ++half) {
      v1::Chunk chunk;
      chunk.set_kind(spec.kind());
      chunk.set_byte_offset(static_cast<int64_t>(half * content.size() / 2));
      chunk.set_data(content.substr(half * content.size() / 2, content.size() / 2));
      ASSERT_TRUE(file->Write(chunk).ok());
    }
  }
}

struct Npy {
  std::string dict;
  std::string data;
};

Npy ParseNpy(const std::string& bytes) {
  EXPECT_EQ(bytes.substr(0, 8), std::string("\x93NUMPY\x01\x00", 8));
  const size_t length =
      static_cast<unsigned char>(bytes[8]) + 256U * static_cast<unsigned char>(bytes[9]);
  EXPECT_EQ((10 + length) % 64, 0U);
  EXPECT_EQ(bytes[10 + length - 1], '\n');
  return {bytes.substr(10, length), bytes.substr(10 + length)};
}

class TableFileTest : public testing::Test {
 protected:
  TableFileTest() { fs::create_directories(directory_); }
  ~TableFileTest() override { fs::remove_all(directory_); }

  std::string Path(const std::string& name) const { return (directory_ / name).string(); }

  std::vector<std::string> Save(const std::string& name, const std::vector<v1::TensorKind>& kinds,
                                v1::DType dtype = v1::D_TYPE_FLOAT32) {
    auto file = TableFile::Create(Path(name), kinds);
    EXPECT_TRUE(file.ok()) << file.status();
    WriteAll(file->get(), HeaderFor(kinds, dtype));
    auto names = (*file)->Commit();
    EXPECT_TRUE(names.ok()) << names.status();
    return *names;
  }

  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(directory_)) {
      names.push_back(entry.path().filename().string());
    }
    return names;
  }

  const fs::path directory_ =
      fs::temp_directory_path() / ("rope-table-file-" + std::to_string(getpid()));
};

TEST_F(TableFileTest, NpyOneFilePerTensor) {
  EXPECT_THAT(Save("x.npy", kBoth), testing::ElementsAre(Path("x.cos.npy"), Path("x.sin.npy")));
  const Npy cos = ParseNpy(ReadFile(Path("x.cos.npy")));
  EXPECT_EQ(cos.dict.substr(0, cos.dict.find_last_not_of(" \n") + 1),
            "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3,), }");
  EXPECT_EQ(cos.data, std::string(24, 'c'));
  EXPECT_EQ(ParseNpy(ReadFile(Path("x.sin.npy"))).data, std::string(24, 's'));
  EXPECT_EQ(Names().size(), 2U);
}

TEST_F(TableFileTest, NpyOfASingleTensorHasTheGivenName) {
  EXPECT_THAT(Save("x.npy", {v1::TENSOR_KIND_SIN}), testing::ElementsAre(Path("x.npy")));
  EXPECT_EQ(ParseNpy(ReadFile(Path("x.npy"))).data, std::string(24, 's'));
}

TEST_F(TableFileTest, NpyNamesEveryDType) {
  Save("a.npy", {v1::TENSOR_KIND_COS}, v1::D_TYPE_FLOAT16);
  EXPECT_THAT(ParseNpy(ReadFile(Path("a.npy"))).dict, HasSubstr("'<f2'"));
  Save("b.npy", {v1::TENSOR_KIND_COS}, v1::D_TYPE_BFLOAT16);
  EXPECT_THAT(ParseNpy(ReadFile(Path("b.npy"))).dict, HasSubstr("'<u2'"));
  Save("c.npy", {v1::TENSOR_KIND_COS}, v1::D_TYPE_FLOAT64);
  EXPECT_THAT(ParseNpy(ReadFile(Path("c.npy"))).dict, HasSubstr("'<f8'"));
}

TEST_F(TableFileTest, NpzHoldsBothUncompressed) {
  EXPECT_THAT(Save("x.npz", kBoth), testing::ElementsAre(Path("x.npz")));
  EXPECT_THAT(Names(), testing::ElementsAre("x.npz"));
  zip_t* zip = zip_open(Path("x.npz").c_str(), ZIP_RDONLY, nullptr);
  ASSERT_NE(zip, nullptr);
  EXPECT_EQ(zip_get_num_entries(zip, 0), 3);
  for (const auto& [name, letter] : {std::pair{"cos.npy", 'c'}, std::pair{"sin.npy", 's'}}) {
    zip_stat_t stat;
    ASSERT_EQ(zip_stat(zip, name, 0, &stat), 0) << name;
    EXPECT_EQ(stat.comp_method, ZIP_CM_STORE);
    std::string bytes(stat.size, '\0');
    zip_file_t* member = zip_fopen(zip, name, 0);
    EXPECT_EQ(zip_fread(member, bytes.data(), bytes.size()), static_cast<zip_int64_t>(stat.size));
    zip_fclose(member);
    EXPECT_EQ(ParseNpy(bytes).data, std::string(24, letter));
  }
  // numpy reads a text of four bytes a character, without a dimension.
  std::string bytes(4096, '\0');
  zip_file_t* metadata = zip_fopen(zip, "metadata.npy", 0);
  bytes.resize(static_cast<size_t>(zip_fread(metadata, bytes.data(), bytes.size())));
  zip_fclose(metadata);
  EXPECT_THAT(ParseNpy(bytes).dict, HasSubstr("'shape': ()"));
  std::string text;
  for (size_t i = 0; i < ParseNpy(bytes).data.size(); i += 4) {
    text.push_back(ParseNpy(bytes).data[i]);
  }
  rapidjson::Document json;
  json.Parse(text.c_str());
  ASSERT_FALSE(json.HasParseError()) << text;
  EXPECT_STREQ(json["config_id"].GetString(), "rope1-0123");
  EXPECT_STREQ(json["dtype"].GetString(), "float32");
  zip_discard(zip);
}

TEST_F(TableFileTest, SafetensorsDescribesItself) {
  Save("x.safetensors", kBoth, v1::D_TYPE_BFLOAT16);
  const std::string bytes = ReadFile(Path("x.safetensors"));
  uint64_t length = 0;
  std::memcpy(&length, bytes.data(), 8);
  rapidjson::Document header;
  header.Parse(bytes.substr(8, length).c_str());
  ASSERT_FALSE(header.HasParseError());
  EXPECT_EQ(length % 8, 0U);
  EXPECT_STREQ(header["__metadata__"]["rope_type"].GetString(), "yarn");
  EXPECT_STREQ(header["__metadata__"]["config_id"].GetString(), "rope1-0123");
  EXPECT_STREQ(header["__metadata__"]["layout"].GetString(), "compact");
  EXPECT_STREQ(header["__metadata__"]["numeric_profile"].GetString(), "hf");
  EXPECT_EQ(std::stod(header["__metadata__"]["attention_factor"].GetString()), 1.138629436111989);
  EXPECT_STREQ(header["cos"]["dtype"].GetString(), "BF16");
  EXPECT_EQ(header["sin"]["shape"][0].GetInt(), 2);
  EXPECT_EQ(header["sin"]["shape"][1].GetInt(), 3);
  const auto begin = header["sin"]["data_offsets"][0].GetUint64();
  const auto end = header["sin"]["data_offsets"][1].GetUint64();
  EXPECT_EQ(bytes.substr(8 + length + begin, end - begin), std::string(12, 's'));
  EXPECT_EQ(bytes.size(), 8 + length + 24);
}

TEST_F(TableFileTest, WithoutCommitNothingIsLeftBehindAndOldFilesStay) {
  for (const char* name : {"x.npy", "x.npz", "x.safetensors"}) {
    std::ofstream(Path("x.npz")) << "old";
    {
      auto file = TableFile::Create(Path(name), kBoth);
      ASSERT_TRUE(file.ok());
      WriteAll(file->get(), HeaderFor(kBoth, v1::D_TYPE_FLOAT32));
    }
    EXPECT_THAT(Names(), testing::ElementsAre("x.npz")) << name;
    EXPECT_EQ(ReadFile(Path("x.npz")), "old");
  }
  Save("x.npz", kBoth);
  EXPECT_NE(ReadFile(Path("x.npz")), "old");
}

TEST_F(TableFileTest, PathsThatCannotBeWrittenAreRefusedAtOnce) {
  EXPECT_EQ(TableFile::Create(Path("x.csv"), kBoth).status().code(),
            absl::StatusCode::kInvalidArgument);
  for (const char* name : {"no/x.npy", "no/x.npz", "no/x.safetensors"}) {
    EXPECT_EQ(TableFile::Create(Path(name), kBoth).status().code(), absl::StatusCode::kNotFound);
  }
  EXPECT_THAT(Names(), IsEmpty());
}

}  // namespace
}  // namespace rope::client
