#include "core/positions/rules/type_runs.h"

#include "absl/strings/str_cat.h"

namespace rope {

std::vector<TypeRun> TypeRuns(const RopeIndexArguments& arguments, int64_t row) {
  const std::vector<int64_t>& types = (*arguments.mm_token_type_ids)[row];
  std::vector<TypeRun> runs;
  int64_t i = 0;
  for (int64_t column : KeptTokens(arguments, row)) {
    if (runs.empty() || runs.back().type != types[column]) runs.push_back({types[column], i, 0});
    ++runs.back().size;
    ++i;
  }
  return runs;
}

std::string EntryPath(absl::string_view name, int64_t row, int64_t column) {
  return absl::StrCat(name, "[", row, "][", column, "]");
}

absl::Status AllPadding(int64_t row) {
  return absl::InvalidArgumentError(absl::StrCat(
      "attention_mask[", row, "]: all tokens are padding; at least one entry must be 1"));
}

}  // namespace rope
