#include "tests/testing/golden_records.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>

#include "rapidjson/stringbuffer.h"
#include "rapidjson/writer.h"
#include "tests/testing/paths.h"

namespace rope::testing {

void ForEachRecord(const std::string& file,
                   const std::function<void(const rapidjson::Value&)>& visit) {
  const std::string path = std::string(ROPE_SOURCE_DIR) + "/tests/golden/" + file;
  std::ifstream stream(path);
  std::string line;
  int64_t records = 0;
  std::getline(stream, line);  // provenance
  while (std::getline(stream, line)) {
    rapidjson::Document record;
    record.Parse<rapidjson::kParseFullPrecisionFlag>(line.c_str());
    if (record.HasParseError()) break;
    visit(record);
    ++records;
  }
  if (!stream.eof() || records == 0) {
    std::fprintf(stderr, "%s is missing or broken after %lld records\n", path.c_str(),
                 static_cast<long long>(records));
    std::abort();
  }
}

std::string ConfigText(const rapidjson::Value& record) {
  if (record.HasMember("config_text")) return record["config_text"].GetString();
  rapidjson::StringBuffer buffer;
  rapidjson::Writer<rapidjson::StringBuffer> writer(buffer);
  record["config"].Accept(writer);
  return buffer.GetString();
}

std::vector<uint32_t> Float32Bits(const rapidjson::Value& list) {
  std::vector<uint32_t> bits;
  for (const rapidjson::Value& text : list.GetArray()) {
    bits.push_back(static_cast<uint32_t>(std::strtoul(text.GetString(), nullptr, 16)));
  }
  return bits;
}

uint64_t DoubleBits(const rapidjson::Value& text) {
  return std::strtoull(text.GetString(), nullptr, 16);
}

std::optional<int64_t> OptionalInt(const rapidjson::Value& record, const char* key) {
  if (!record.HasMember(key) || record[key].IsNull()) return std::nullopt;
  return record[key].GetInt64();
}

std::string StringOr(const rapidjson::Value& record, const char* key, const char* otherwise) {
  if (!record.HasMember(key) || record[key].IsNull()) return otherwise;
  return record[key].GetString();
}

}  // namespace rope::testing
