// Files that are right, and one file for each way to be wrong. The format is described at
// https://github.com/huggingface/safetensors.
#include "client/files/safetensors_file.h"

#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rope::client {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string FileOf(const std::string& header, const std::string& data) {
  std::string bytes;
  for (int shift = 0; shift < 64; shift += 8) {
    bytes.push_back(static_cast<char>((header.size() >> shift) & 0xff));
  }
  return bytes + header + data;
}

// The member "x" of a header.
std::string Entry(const std::string& dtype, const std::string& shape, const std::string& offsets) {
  return R"("x":{"dtype":")" + dtype + R"(","shape":)" + shape + R"(,"data_offsets":)" + offsets +
         "}";
}

void ExpectInvalid(const std::string& bytes, const std::string& why) {
  const auto file = ParseSafetensors(bytes);
  EXPECT_EQ(file.status().code(), absl::StatusCode::kInvalidArgument) << bytes;
  EXPECT_THAT(std::string(file.status().message()), HasSubstr(why)) << bytes;
}

TEST(SafetensorsFileTest, ReadsTensorsInAnyOrderOfTheHeader) {
  const std::string header =
      R"({"__metadata__":{"format":"pt"},"b":{"dtype":"BF16","shape":[2],"data_offsets":[8,12]},)"
      R"("a":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},)"
      R"("empty":{"dtype":"I64","shape":[0,3],"data_offsets":[8,8]},)"
      R"("one":{"data_offsets":[12,13],"shape":[],"dtype":"U8"}}   )";
  const auto file = ParseSafetensors(FileOf(header, "01234567abcdX"));
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(file->metadata.at("format"), "pt");
  ASSERT_EQ(file->tensors.size(), 4U);
  EXPECT_EQ(file->tensors.at("a").dtype, "F32");
  EXPECT_THAT(file->tensors.at("a").shape, ElementsAre(1, 2));
  EXPECT_EQ(std::memcmp(file->tensors.at("a").data.data(), "01234567", 8), 0);
  EXPECT_EQ(std::memcmp(file->tensors.at("b").data.data(), "abcd", 4), 0);
  EXPECT_TRUE(file->tensors.at("empty").data.empty());
  EXPECT_TRUE(file->tensors.at("one").shape.empty());
}

TEST(SafetensorsFileTest, AFileWithoutTensorsIsRead) {
  EXPECT_TRUE(ParseSafetensors(FileOf("{}", "")).ok());
}

TEST(SafetensorsFileTest, BrokenHeadersAreRefused) {
  ExpectInvalid("", "fewer than 8 bytes");
  ExpectInvalid("1234567", "fewer than 8 bytes");
  ExpectInvalid(FileOf("{}", "").substr(0, 9), "announces a header of 2 bytes");
  ExpectInvalid(std::string(8, '\xff') + "{}", "announces a header");
  ExpectInvalid(std::string("\x01\xe1\xf5\x05\0\0\0\0", 8) + std::string(100'000'001, ' '),
                "at most 100000000");
  ExpectInvalid(FileOf("", ""), "not JSON");
  ExpectInvalid(FileOf("{", ""), "not JSON");
  ExpectInvalid(FileOf("{} x", ""), "not JSON");
  ExpectInvalid(FileOf("{\"a\xff\":1}", ""), "not JSON");
  ExpectInvalid(FileOf("[]", ""), "must be a JSON object");
  ExpectInvalid(FileOf(std::string(200'000, '['), ""), "not JSON");
  ExpectInvalid(FileOf(R"({"__metadata__":{"a":1}})", ""), "object of strings");
  ExpectInvalid(FileOf(R"({"__metadata__":[]})", ""), "object of strings");
}

TEST(SafetensorsFileTest, BrokenTensorsAreRefused) {
  const auto one = [](const std::string& entry) { return FileOf("{" + entry + "}", "01234567"); };
  ExpectInvalid(one(R"("x":1)"), "members dtype, shape and data_offsets");
  ExpectInvalid(one(R"("x":{"dtype":"F32","shape":[2]})"), "members dtype, shape and data_offsets");
  ExpectInvalid(one(R"("x":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"more":1})"),
                "no others");
  ExpectInvalid(one(R"("x":{"dtype":"F32","dtype":"F32","shape":[2]})"), "members dtype");
  ExpectInvalid(one(R"("x":{"dtype":4,"shape":[2],"data_offsets":[0,8]})"), "dtype must be a str");
  ExpectInvalid(one(Entry("F31", "[2]", "[0,8]")), "dtype \"F31\" is unknown");
  for (const char* shape : {"2", "[-2]", "[2.0]", "[\"2\"]", "[9223372036854775808]", "true"}) {
    ExpectInvalid(one(Entry("F32", shape, "[0,8]")), "tensor \"x\": shape must be");
  }
  for (const char* offsets : {"8", "[0]", "[0,4,8]", "[-8,0]", "[0,8.0]"}) {
    ExpectInvalid(one(Entry("F32", "[2]", offsets)), "tensor \"x\": data_offsets must be");
  }
  ExpectInvalid(one(Entry("F32", "[3]", "[0,8]")), "give 12 bytes");
  ExpectInvalid(one(Entry("F64", "[2]", "[0,8]")), "give 16 bytes");
  ExpectInvalid(one(Entry("F32", "[2]", "[8,0]")), "give 8 bytes");
  ExpectInvalid(one(Entry("F32", "[4294967296,4294967296]", "[0,8]")), "more elements");
  ExpectInvalid(one(Entry("F32", "[2]", "[0,8]") + "," + Entry("F32", "[0]", "[8,8]")), "twice");
}

TEST(SafetensorsFileTest, TensorsCoverTheDataExactly) {
  const auto two = [](const std::string& second, const std::string& data) {
    return FileOf("{" + Entry("F32", "[2]", "[0,8]") +
                      R"(,"y":{"dtype":"U8","shape":[4],"data_offsets":)" + second + "}}",
                  data);
  };
  EXPECT_TRUE(ParseSafetensors(two("[8,12]", "0123456789ab")).ok());
  ExpectInvalid(two("[4,8]", "01234567"), "tensor \"y\": starts at byte 4");
  ExpectInvalid(two("[9,13]", "0123456789abc"), "tensor \"y\": starts at byte 9");
  ExpectInvalid(two("[8,12]", "0123456789a"), "12 bytes, but the file has 11");
  ExpectInvalid(two("[8,12]", "0123456789abc"), "12 bytes, but the file has 13");
  ExpectInvalid(FileOf("{" + Entry("U8", "[1]", "[1,2]") + "}", "01"), "starts at byte 1");
  ExpectInvalid(FileOf("{}", "x"), "0 bytes, but the file has 1");
}

class SafetensorsDiskTest : public ::testing::Test {
 protected:
  SafetensorsDiskTest()
      : folder_(fs::temp_directory_path() / ("safetensors_test." + std::to_string(getpid()))) {
    fs::create_directories(folder_);
  }
  ~SafetensorsDiskTest() override { fs::remove_all(folder_); }

  fs::path folder_;
};

TEST_F(SafetensorsDiskTest, WhatIsWrittenIsReadBack) {
  SafetensorsFile file;
  file.metadata["who \"quoted\""] = "test";
  file.tensors["q"] = {"BF16", {1, 3}, std::vector<std::byte>(6, std::byte{7})};
  file.tensors["k"] = {"F32", {2}, std::vector<std::byte>(8, std::byte{9})};
  file.tensors["nothing"] = {"I64", {0}, {}};
  const std::string path = folder_ / "x.safetensors";
  ASSERT_TRUE(WriteSafetensors(path, file).ok());
  const auto read = ReadSafetensors(path);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->metadata, file.metadata);
  ASSERT_EQ(read->tensors.size(), 3U);
  for (const auto& [name, tensor] : file.tensors) {
    EXPECT_EQ(read->tensors.at(name).dtype, tensor.dtype);
    EXPECT_EQ(read->tensors.at(name).shape, tensor.shape);
    EXPECT_EQ(read->tensors.at(name).data, tensor.data);
  }
}

TEST_F(SafetensorsDiskTest, ErrorsNameTheFile) {
  const std::string missing = folder_ / "missing.safetensors";
  EXPECT_EQ(ReadSafetensors(missing).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(ReadSafetensors(folder_).status().code(), absl::StatusCode::kNotFound);
  const std::string broken = folder_ / "broken.safetensors";
  std::ofstream(broken) << "short";
  EXPECT_THAT(std::string(ReadSafetensors(broken).status().message()), HasSubstr(broken));
  EXPECT_EQ(WriteSafetensors(folder_ / "no" / "folder.safetensors", {}).code(),
            absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace rope::client
