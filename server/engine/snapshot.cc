#include "server/engine/snapshot.h"

#include <algorithm>
#include <future>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace rope::engine {
namespace {

constexpr absl::string_view kFirstLine = "rope-snapshot-1";

// The fields of a line: plan, dtype, layout, negate_sin, bucket, blocks.
constexpr size_t kFields = 6;

struct Line {
  FrequencyPlan plan;
  TableForm form;
  int bucket = 0;
  std::vector<int64_t> blocks;
};

// The bytes of hexadecimal digits; other characters give other bytes. Abseil's own function is
// deprecated in newer releases, and its successor is not in older ones.
std::string BytesOfHex(absl::string_view digits) {
  std::string bytes;
  for (size_t i = 0; i + 2 <= digits.size(); i += 2) {
    uint32_t byte = 0;
    if (!absl::SimpleHexAtoi(digits.substr(i, 2), &byte)) return "";
    bytes.push_back(static_cast<char>(byte));
  }
  return bytes;
}

absl::StatusOr<Line> ParseLine(absl::string_view text) {
  const absl::Status bad = absl::InvalidArgumentError("this is not a line of a snapshot");
  const std::vector<absl::string_view> fields = absl::StrSplit(text, ' ');
  if (fields.size() != kFields) return bad;
  const std::string bytes = BytesOfHex(fields[0]);
  if (absl::BytesToHexString(bytes) != fields[0]) return bad;
  auto plan = PlanFromCanonicalBytes(bytes);
  if (!plan.ok()) return plan.status();
  const auto dtype = FindDType(fields[1]);
  const auto layout = FindLayout(fields[2]);
  Line line{*std::move(plan), {}, 0, {}};
  if (!dtype.has_value() || !layout.has_value() || !absl::SimpleAtoi(fields[4], &line.bucket) ||
      line.bucket < kFirstBucket || line.bucket > kLastBucket) {
    return bad;
  }
  line.form = {*dtype, *layout, fields[3] == "1"};
  if (absl::Status status = CheckForm(line.form, NumericProfile::kHf); !status.ok()) return status;
  for (absl::string_view field : absl::StrSplit(fields[5], ',')) {
    int64_t block = -1;
    if (!absl::SimpleAtoi(field, &block) || block < 0) return bad;
    line.blocks.push_back(block);
  }
  return line;
}

absl::Status FillLine(const Line& line, RopeEngine* engine) {
  const int64_t rows = RowsPerBlock(line.form, line.plan.half_width());
  for (int64_t block : line.blocks) {
    const int64_t first = BucketStart(line.bucket) + block * rows;
    const int64_t last = std::min(first + rows, BucketEnd(line.bucket));
    if (block > kMaxPosition / rows || first >= last) {
      return absl::InvalidArgumentError("the bucket has no such block");
    }
    auto positions = PositionIds::Range(first, last - first);
    if (!positions.ok()) return positions.status();
    absl::Status status = FillCache(engine, line.plan, *std::move(positions), line.form);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status FillCache(RopeEngine* engine, FrequencyPlan plan, PositionIds positions,
                       TableForm form) {
  auto opened = engine->OpenTable(std::move(plan), std::move(positions), form);
  if (!opened.ok()) return opened.status();
  const std::shared_ptr<TableStream> stream = *std::move(opened);
  for (int64_t row = 0; row < stream->rows();) {
    std::promise<absl::StatusOr<BlockSlice>> answer;
    stream->Next([&answer](const absl::StatusOr<BlockSlice>& slice) { answer.set_value(slice); });
    const auto slice = answer.get_future().get();
    if (!slice.ok()) return slice.status();
    stream->Prefetch();
    row += slice->rows;
  }
  return absl::OkStatus();
}

std::string WriteSnapshot(const RopeEngine& engine) {
  std::string text = absl::StrCat(kFirstLine, "\n");
  for (const TableCache::Kept& kept : engine.cache_contents()) {
    if (!PlanFromCanonicalBytes(kept.key.plan).ok()) continue;  // profile exact
    const TableForm& form = kept.key.form;
    absl::StrAppend(&text, absl::BytesToHexString(kept.key.plan), " ", DTypeName(form.dtype), " ",
                    LayoutName(form.layout), " ", form.negate_sin ? 1 : 0, " ", kept.key.bucket,
                    " ", absl::StrJoin(kept.blocks, ","), "\n");
  }
  return text;
}

absl::StatusOr<int64_t> RestoreSnapshot(absl::string_view text, RopeEngine* engine) {
  const std::vector<absl::string_view> lines = absl::StrSplit(text, '\n', absl::SkipEmpty());
  if (lines.empty() || lines[0] != kFirstLine) {
    return absl::InvalidArgumentError(
        absl::StrCat("line 1: not a snapshot; the first line is \"", kFirstLine, "\""));
  }
  int64_t blocks = 0;
  // Restores the lines from last to first, so that the tables in the first lines are the most
  // recently used ones again.
  for (size_t i = lines.size() - 1; i > 0; --i) {
    const auto line = ParseLine(lines[i]);
    const absl::Status status = line.ok() ? FillLine(*line, engine) : line.status();
    if (!status.ok()) {
      return absl::Status(status.code(), absl::StrCat("line ", i + 1, ": ", status.message()));
    }
    blocks += static_cast<int64_t>(line->blocks.size());
  }
  return blocks;
}

}  // namespace rope::engine
