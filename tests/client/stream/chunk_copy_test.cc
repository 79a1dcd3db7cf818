#include "client/stream/chunk_copy.h"

#include <cstddef>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "xxhash.h"

namespace rope::client {
namespace {

// 100,000 bytes, so that segments are longer than the part that is copied at once.
std::string Bytes() {
  std::string bytes;
  for (int i = 0; i < 100000; ++i) bytes.push_back(static_cast<char>(i * 7 + i / 256));
  return bytes;
}

// The bytes cut at the given offsets.
ChunkView CutAt(const std::string& bytes, const std::vector<size_t>& cuts) {
  ChunkView chunk;
  chunk.byte_size = static_cast<int64_t>(bytes.size());
  size_t start = 0;
  for (size_t end : cuts) {
    chunk.segments.emplace_back(bytes.data() + start, end - start);
    start = end;
  }
  chunk.segments.emplace_back(bytes.data() + start, bytes.size() - start);
  return chunk;
}

const std::vector<size_t> kCuts[] = {{}, {1}, {0, 0, 99999}, {16384}, {5, 16389, 50000}};

TEST(ChunkCopierTest, CopiesWhatIsNotSkippedAndHashesEverything) {
  const std::string bytes = Bytes();
  const uint64_t hash = XXH3_64bits(bytes.data(), bytes.size());
  ChunkCopier copier;
  for (const auto& cuts : kCuts) {
    const ChunkView chunk = CutAt(bytes, cuts);
    for (size_t skipped : {0, 1, 16384, 20000, 99999, 100000}) {
      std::string copy(bytes.size() - skipped + 1, '?');  // one more, which must stay
      EXPECT_EQ(copier.Copy(chunk, static_cast<int64_t>(skipped), true,
                            reinterpret_cast<std::byte*>(copy.data())),
                hash);
      EXPECT_TRUE(copy == bytes.substr(skipped) + "?") << skipped;
    }
  }
}

TEST(ChunkCopierTest, WithoutHashItReturnsZeroAndCopies) {
  const std::string bytes = Bytes();
  std::string copy(bytes.size(), '?');
  ChunkCopier copier;
  EXPECT_EQ(copier.Copy(CutAt(bytes, {7}), 0, false, reinterpret_cast<std::byte*>(copy.data())),
            0U);
  EXPECT_TRUE(copy == bytes);
}

TEST(ChunkCopierTest, WithoutMemoryItOnlyHashes) {
  const std::string bytes = Bytes();
  ChunkCopier copier;
  EXPECT_EQ(copier.Copy(CutAt(bytes, {7}), 0, true, nullptr),
            XXH3_64bits(bytes.data(), bytes.size()));
}

}  // namespace
}  // namespace rope::client
