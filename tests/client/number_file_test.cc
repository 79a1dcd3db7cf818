// The .npy files are written here byte by byte, from the description of the format (NEP 1).
#include "client/files/number_file.h"

#include <unistd.h>

#include <cmath>
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

std::string Npy(const std::string& descr, const std::string& shape, const std::string& data) {
  const std::string dict =
      absl::StrCat("{'descr': '", descr, "', 'fortran_order': False, 'shape': ", shape, ", }\n");
  std::string bytes("\x93NUMPY\1\0", 8);
  bytes.push_back(static_cast<char>(dict.size()));
  bytes.push_back('\0');
  return bytes + dict + data;
}

class NumberFileTest : public testing::Test {
 protected:
  ~NumberFileTest() override { std::remove(path_.c_str()); }

  absl::StatusOr<std::vector<double>> Read(const std::string& bytes) {
    std::ofstream(path_, std::ios::binary) << bytes;
    return ReadNumberFile(path_);
  }

  const std::string path_ = absl::StrCat("/tmp/rope-numbers-", getpid());
};

TEST_F(NumberFileTest, ArraysOfBothWidths) {
  // 1.5 and -2 as float32, 0.1 as float64.
  EXPECT_THAT(*Read(Npy("<f4", "(2,)", std::string("\0\0\xc0\x3f\0\0\0\xc0", 8))),
              ElementsAre(1.5, -2.0));
  EXPECT_THAT(*Read(Npy("<f8", "(1,)", "\x9a\x99\x99\x99\x99\x99\xb9\x3f")), ElementsAre(0.1));
}

TEST_F(NumberFileTest, JsonNumbersAreTheNearestDoubles) {
  EXPECT_THAT(*Read("[1, 0.1, 9007199254740993.0, 2.2250738585072011e-308]"),
              ElementsAre(1.0, 0.1, 9007199254740992.0, 2.2250738585072011e-308));
  EXPECT_TRUE(std::isnan(Read("[NaN]")->front()));
}

TEST_F(NumberFileTest, EverythingElseIsRefused) {
  const std::string eight(8, '\0');
  const struct {
    std::string bytes;
    const char* why;
  } cases[] = {
      {Npy("<i4", "(2,)", eight), "must be float32 or float64"},
      {Npy(">f4", "(2,)", eight), "must be float32 or float64"},
      {Npy("<f4", "(1, 2)", eight), "must have one dimension"},
      {Npy("<f4", "()", eight), "must have one dimension"},
      {Npy("<f4", "(3,)", eight), "there are 8 bytes of data"},
      {Npy("<f4", "(0,)", ""), "must have one dimension and not be empty"},
      {"", "neither an .npy file nor a JSON array"},
      {"[]", "at least one number"},
      {"{\"a\": 1}", "neither"},
      {"[1, \"2\"]", "entry 1 of the JSON array is not a number"},
      {"[1, 2", "neither"},
  };
  for (const auto& one : cases) {
    const auto numbers = Read(one.bytes);
    EXPECT_EQ(numbers.status().code(), absl::StatusCode::kInvalidArgument) << one.why;
    EXPECT_THAT(std::string(numbers.status().message()), HasSubstr(one.why));
  }
  EXPECT_EQ(ReadNumberFile("/no/such/file").status().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace rope::client
