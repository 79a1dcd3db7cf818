// The files are written here byte by byte, from the description of the format (NEP 1).
#include "client/files/position_file.h"

#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace rope::client {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::string Header(int major, const std::string& dict) {
  std::string header = "\x93NUMPY";
  header.push_back(static_cast<char>(major));
  header.push_back('\0');
  const size_t length_bytes = major == 1 ? 2 : 4;
  for (size_t i = 0; i < length_bytes; ++i) {
    header.push_back(static_cast<char>((dict.size() >> (8 * i)) & 0xff));
  }
  return header + dict;
}

std::string Dict(const std::string& descr, const std::string& shape,
                 const std::string& fortran = "False") {
  return absl::StrCat("{'descr': '", descr, "', 'fortran_order': ", fortran, ", 'shape': ", shape,
                      ", }          \n");
}

class PositionFileTest : public testing::Test {
 protected:
  ~PositionFileTest() override { std::remove(path_.c_str()); }

  absl::StatusOr<v1::PositionIds> Read(const std::string& bytes) {
    std::ofstream(path_, std::ios::binary) << bytes;
    return ReadPositionFile(path_);
  }

  void ExpectRefused(const std::string& bytes, const std::string& why) {
    const auto ids = Read(bytes);
    EXPECT_EQ(ids.status().code(), absl::StatusCode::kInvalidArgument) << why;
    EXPECT_THAT(std::string(ids.status().message()), HasSubstr(why));
  }

  const std::string path_ = absl::StrCat("/tmp/rope-positions-", getpid(), ".npy");
};

TEST_F(PositionFileTest, Int64WithABatchShape) {
  std::string data(6 * 8, '\0');
  data[8] = 5;
  const auto ids = Read(Header(1, Dict("<i8", "(2, 3)")) + data);
  ASSERT_TRUE(ids.ok()) << ids.status();
  EXPECT_EQ(ids->int64_le(), data);
  EXPECT_THAT(ids->shape(), ElementsAre(2, 3));
}

TEST_F(PositionFileTest, Int32InEveryFormatVersion) {
  for (int major : {1, 2, 3}) {
    const auto ids = Read(Header(major, Dict("<i4", "(5,)")) + std::string(20, '\1'));
    ASSERT_TRUE(ids.ok()) << ids.status();
    EXPECT_EQ(ids->int32_le().size(), 20U);
    EXPECT_THAT(ids->shape(), ElementsAre(5));
  }
}

TEST_F(PositionFileTest, Fractions) {
  const std::string data(16, '\x3f');
  const auto ids = Read(Header(1, Dict("<f8", "(2,)")) + data);
  ASSERT_TRUE(ids.ok()) << ids.status();
  EXPECT_EQ(ids->float64_le(), data);
  EXPECT_THAT(ids->shape(), ElementsAre(2));
}

TEST_F(PositionFileTest, ASingleNumberWithoutDimensions) {
  const auto ids = Read(Header(1, Dict("<i8", "()")) + std::string(8, '\0'));
  ASSERT_TRUE(ids.ok()) << ids.status();
  EXPECT_EQ(ids->shape_size(), 0);
}

TEST_F(PositionFileTest, BadFilesAreRefusedSayingWhy) {
  const std::string data(40, '\0');
  ExpectRefused("", "not an .npy file");
  ExpectRefused("PK\3\4 something else", "not an .npy file");
  ExpectRefused(Header(1, Dict("<i8", "(5,)")).substr(0, 30), "not an .npy file");
  ExpectRefused(Header(4, Dict("<i8", "(5,)")) + data, "not an .npy file");
  ExpectRefused(Header(1, Dict("<f4", "(5,)")) + data, "int32, int64 or float64");
  ExpectRefused(Header(1, Dict(">i8", "(5,)")) + data, "int32, int64 or float64");
  ExpectRefused(Header(1, Dict("<i8", "(5,)", "True")) + data, "Fortran");
  ExpectRefused(Header(1, Dict("<i8", "(6,)")) + data, "bytes of data");
  ExpectRefused(Header(1, Dict("<i8", "(0,)")), "bytes of data");
  ExpectRefused(Header(1, Dict("<i8", "(4294967296, 4294967296)")) + data, "shape");
  ExpectRefused(Header(1, Dict("<i8", "(-5,)")) + data, "shape");
}

TEST_F(PositionFileTest, AMissingFileIsNotFound) {
  EXPECT_EQ(ReadPositionFile("/nowhere/positions.npy").status().code(),
            absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace rope::client
