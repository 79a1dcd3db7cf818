#include "client/stream/chunk_copy.h"

#include <algorithm>
#include <cstring>

#include "absl/strings/string_view.h"

namespace rope::client {
namespace {

constexpr size_t kPartBytes = 16 << 10;  // half of the smallest L1 data cache in use today

}  // namespace

uint64_t ChunkCopier::Copy(const ChunkView& chunk, int64_t skipped, bool hash, std::byte* to) {
  if (hash) hash_.Reset();
  for (absl::string_view segment : chunk.segments) {
    while (!segment.empty()) {
      const absl::string_view part = segment.substr(0, kPartBytes);
      segment.remove_prefix(part.size());
      if (hash) hash_.Add(part.data(), part.size());
      const auto skip = std::min(static_cast<size_t>(skipped), part.size());
      skipped -= static_cast<int64_t>(skip);
      if (to == nullptr || skip == part.size()) continue;
      std::memcpy(to, part.data() + skip, part.size() - skip);
      to += part.size() - skip;
    }
  }
  return hash ? hash_.Hash() : 0;
}

}  // namespace rope::client
