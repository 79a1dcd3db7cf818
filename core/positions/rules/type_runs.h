// Runs of tokens of one type, as mm_token_type_ids says them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "core/positions/arguments.h"

namespace rope {

inline constexpr int64_t kTextType = 0;
inline constexpr int64_t kImageType = 1;
inline constexpr int64_t kVideoType = 2;

// Tokens first, first + 1, ... first + size - 1 of a row without its padding.
struct TypeRun {
  int64_t type = kTextType;
  int64_t first = 0;
  int64_t size = 0;
};

// The runs of a row in order; each is as long as it can be. REQUIRES arguments that CheckArguments
// accepts, with mm_token_type_ids, and 0 <= row < rows().
std::vector<TypeRun> TypeRuns(const RopeIndexArguments& arguments, int64_t row);

// The path of an entry of a matrix: "mm_token_type_ids[0][5]".
std::string EntryPath(absl::string_view name, int64_t row, int64_t column);

// INVALID_ARGUMENT: a row of nothing but padding has no largest position.
absl::Status AllPadding(int64_t row);

}  // namespace rope
