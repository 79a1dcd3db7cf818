// Golden records: the files tests/golden/*.jsonl. Each line is a JSON object. The first line says
// how the file was made.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "rapidjson/document.h"

namespace rope::testing {

// Calls `visit` with each record of tests/golden/`file`. Aborts if the file is missing or broken.
void ForEachRecord(const std::string& file,
                   const std::function<void(const rapidjson::Value&)>& visit);

// The record's model configuration as config.json text (NaN and Infinity in Python's dialect).
std::string ConfigText(const rapidjson::Value& record);

// Bit patterns that are written as hexadecimal digits: 8 digits for each float32 of a list, 16 for
// a double.
std::vector<uint32_t> Float32Bits(const rapidjson::Value& list);
uint64_t DoubleBits(const rapidjson::Value& text);

// The value of record[key]. If it is missing or null: nullopt, or `otherwise`.
std::optional<int64_t> OptionalInt(const rapidjson::Value& record, const char* key);
std::string StringOr(const rapidjson::Value& record, const char* key, const char* otherwise);

}  // namespace rope::testing
