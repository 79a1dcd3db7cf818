// Golden records: tests/golden/*.jsonl, one JSON object a line, the first line being provenance.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "rapidjson/document.h"

namespace rope::testing {

// Calls `visit` with each record of tests/golden/`file`; aborts where the file is missing or
// broken.
void ForEachRecord(const std::string& file,
                   const std::function<void(const rapidjson::Value&)>& visit);

// The record's model configuration as config.json text (NaN and Infinity in Python's dialect).
std::string ConfigText(const rapidjson::Value& record);

// A list of float32 bit patterns, 8 hex digits each; with `double`, 16.
std::vector<uint32_t> Float32Bits(const rapidjson::Value& list);
uint64_t DoubleBits(const rapidjson::Value& text);

// record[key] where it is there and not null.
std::optional<int64_t> OptionalInt(const rapidjson::Value& record, const char* key);
std::string StringOr(const rapidjson::Value& record, const char* key, const char* otherwise);

}  // namespace rope::testing
