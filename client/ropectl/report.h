// What ropectl prints, for people and for scripts.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "core/findings/finding.h"
#include "rapidjson/stringbuffer.h"
#include "rapidjson/writer.h"

namespace rope::ropectl {

using JsonWriter = rapidjson::Writer<rapidjson::StringBuffer>;

// One JSON document for standard output. Every number in it is finite, so that any JSON reader
// accepts it.
class JsonOutput {
 public:
  JsonWriter& writer() { return writer_; }
  void Add(const char* key, absl::string_view value);  // a member that is a string
  // Writes the document and a newline to standard output.
  void Print();

 private:
  rapidjson::StringBuffer buffer_;
  JsonWriter writer_{buffer_};
};

// "0x" and the digits of the bits.
std::string Bits(double value);
std::string Bits(float value);
std::string Bits(uint64_t value);

// [{"code","severity","path","message"}]
void WriteFindings(const std::vector<Finding>& findings, JsonWriter* json);

// Line and column in characters, from 1, of a byte of a text.
struct Place {
  int64_t line = 1;
  int64_t column = 1;
};
Place PlaceOf(absl::string_view text, int64_t offset);

// {"error":{"code","message","findings"}} on standard output, or a line on standard error.
void PrintError(bool json, absl::string_view code, absl::string_view message,
                const std::vector<Finding>& findings);

// The same for a status; answers the exit code: 1 where a configuration was refused, 2 for a
// request that cannot be met, 3 otherwise.
int ReportStatus(bool json, const absl::Status& status, const std::vector<Finding>& findings);

}  // namespace rope::ropectl
