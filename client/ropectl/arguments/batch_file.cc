#include "client/ropectl/arguments/batch_file.h"

#include <cstdint>
#include <optional>

#include "absl/strings/str_cat.h"
#include "client/ropectl/arguments/config_source.h"
#include "client/sequence_batch.h"
#include "core/json/json_reader.h"
#include "core/positions/json_values.h"

namespace rope::ropectl {
namespace {

// A batch of prompts is long: a position takes two to eleven bytes.
constexpr int64_t kMaxBytes = int64_t{64} << 20;

absl::Status AddOne(const JsonValue& entry, const std::string& path,
                    v1::StreamEmbeddingsRequest* request) {
  if (!entry.is_object()) return MustBe(path, "an object", entry);
  std::optional<int64_t> seq_len;
  for (const JsonMember& member : entry.as_object()) {
    if (member.key == "positions") continue;
    if (member.key != "seq_len") {
      return absl::InvalidArgumentError(absl::StrCat(
          path, ".", member.key, ": unknown; allowed are \"positions\" and \"seq_len\""));
    }
    if (member.value.is_null()) continue;
    const auto length = ReadInteger(member.value, path + ".seq_len");
    if (!length.ok()) return length.status();
    seq_len = *length;
  }
  const JsonValue* const positions = entry.Find("positions");
  if (positions == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat(path, ".positions: it is missing"));
  }
  const auto list = ReadIntegers(*positions, path + ".positions");
  if (!list.ok()) return list.status();
  if (list->empty()) {
    return absl::InvalidArgumentError(absl::StrCat(path, ".positions: must have at least one"));
  }
  client::AddSequence(*list, seq_len, request);
  return absl::OkStatus();
}

}  // namespace

absl::Status ReadBatchFile(const std::string& name, v1::StreamEmbeddingsRequest* request) {
  const auto text = ReadText(name);
  if (!text.ok()) return text.status();
  JsonLimits limits;
  limits.max_bytes = kMaxBytes;
  const JsonResult document = ReadJson(*text, limits);
  if (!document.ok()) {
    return absl::InvalidArgumentError(absl::StrCat(name, ": ", document.error().message, " (byte ",
                                                   document.error().offset, ")"));
  }
  const JsonValue& root = document->root;
  if (!root.is_array() || root.as_array().empty()) {
    return MustBe(name, "a list of sequences, each {\"positions\": [...], \"seq_len\": ...}", root);
  }
  for (size_t i = 0; i < root.as_array().size(); ++i) {
    absl::Status status = AddOne(root.as_array()[i], absl::StrCat(name, ": [", i, "]"), request);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace rope::ropectl
