// What users of the client library include: the headers of client/, and not its internals.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <set>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/testing/paths.h"

namespace rope::client {
namespace {

namespace fs = std::filesystem;
using ::testing::IsSupersetOf;
using ::testing::StartsWith;

// Adds to `seen` all headers of this project that `header` includes, directly or not.
void Follow(const std::string& header, std::set<std::string>* seen) {
  std::ifstream file(fs::path(ROPE_SOURCE_DIR) / header);
  if (!file || !seen->insert(header).second) return;
  const std::string text(std::istreambuf_iterator<char>(file), {});
  const std::regex include("#include \"([^\"]+)\"");
  for (std::sregex_iterator match(text.begin(), text.end(), include), end; match != end; ++match) {
    Follow((*match)[1], seen);
  }
}

std::set<std::string> AllPublicHeaders() {
  std::set<std::string> seen;
  for (const auto& entry : fs::directory_iterator(fs::path(ROPE_SOURCE_DIR) / "client")) {
    if (entry.path().extension() == ".h")
      Follow("client/" + entry.path().filename().string(), &seen);
  }
  return seen;
}

TEST(PublicHeadersTest, IncludeNoInternals) {
  const std::set<std::string> headers = AllPublicHeaders();
  EXPECT_THAT(headers, IsSupersetOf({"client/call_options.h", "client/rope_client.h",
                                     "client/table_pipeline.h", "client/table_reader.h"}));
  for (const std::string& header : headers) {
    if (header == "core/findings/finding.h") continue;
    if (header == "core/sequences/sequence_history.h") continue;
    EXPECT_THAT(header, StartsWith("client/"));
    EXPECT_EQ(header.find('/'), header.rfind('/')) << header << " is internal";
  }
}

}  // namespace
}  // namespace rope::client
