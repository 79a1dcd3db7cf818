#include "client/ropectl/output/json_output.h"

#include <bit>
#include <cmath>
#include <cstdio>

#include "absl/strings/str_format.h"
#include "rapidjson/document.h"

namespace rope::ropectl {

bool JsonOutput::Writer::Double(double value) {
  if (std::isnan(value)) return String("NaN");
  if (std::isinf(value)) return String(value > 0 ? "Infinity" : "-Infinity");
  return rapidjson::Writer<rapidjson::StringBuffer>::Double(value);
}

void JsonOutput::Key(absl::string_view key) {
  writer_.Key(key.data(), static_cast<rapidjson::SizeType>(key.size()));
}

void JsonOutput::String(absl::string_view text) {
  writer_.String(text.data(), static_cast<rapidjson::SizeType>(text.size()));
}

void JsonOutput::Json(absl::string_view text) {
  rapidjson::Document document;
  document.Parse<rapidjson::kParseNanAndInfFlag | rapidjson::kParseFullPrecisionFlag>(text.data(),
                                                                                      text.size());
  if (document.HasParseError()) {
    writer_.Null();
  } else {
    document.Accept(writer_);
  }
}

void JsonOutput::Print() {
  std::fwrite(buffer_.GetString(), 1, buffer_.GetSize(), stdout);
  std::fputc('\n', stdout);
}

std::string Bits(double value) { return Bits(std::bit_cast<uint64_t>(value)); }
std::string Bits(float value) { return absl::StrFormat("0x%08x", std::bit_cast<uint32_t>(value)); }
std::string Bits(uint64_t value) { return absl::StrFormat("0x%016x", value); }

}  // namespace rope::ropectl
