#include "server/engine/block_pool.h"

#include <cstring>
#include <vector>

#include "gtest/gtest.h"

namespace rope {
namespace {

constexpr int64_t kSlab = BlockPool::kSlabBytes;

TEST(BlockPoolTest, SlabsAreUsedAgain) {
  BlockPool pool;
  std::byte* const first = pool.Allocate(kSlab);
  std::memset(first, 1, kSlab);
  EXPECT_EQ(pool.live_bytes(), kSlab);
  pool.Free(first, kSlab);
  EXPECT_EQ(pool.live_bytes(), 0);
  EXPECT_EQ(pool.free_bytes(), kSlab);
  EXPECT_EQ(pool.Allocate(kSlab - 100), first) << "most of a slab is a slab";
  EXPECT_EQ(pool.live_bytes(), kSlab);
  EXPECT_EQ(pool.free_bytes(), 0);
  pool.Free(first, kSlab - 100);
}

TEST(BlockPoolTest, OtherSizesAreTakenAsTheyAre) {
  BlockPool pool;
  for (int64_t bytes : {int64_t{1}, int64_t{4096}, kSlab / 2, kSlab + 1}) {
    std::byte* const memory = pool.Allocate(bytes);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(memory) % 64, 0U);
    std::memset(memory, 1, static_cast<size_t>(bytes));
    EXPECT_EQ(pool.live_bytes(), bytes);
    pool.Free(memory, bytes);
  }
  EXPECT_EQ(pool.live_bytes(), 0);
  EXPECT_EQ(pool.free_bytes(), 0);
}

TEST(BlockPoolTest, OnlySoManySlabsAreKept) {
  BlockPool pool(3 * kSlab);
  std::vector<std::byte*> slabs(10);
  for (std::byte*& slab : slabs) slab = pool.Allocate(kSlab);
  EXPECT_EQ(pool.live_bytes(), 10 * kSlab);
  for (std::byte* slab : slabs) pool.Free(slab, kSlab);
  EXPECT_EQ(pool.free_bytes(), 3 * kSlab);
}

TEST(BlockPoolTest, NothingMayBeFreed) {
  BlockPool pool;
  pool.Free(nullptr, kSlab);
  EXPECT_EQ(pool.live_bytes(), 0);
}

}  // namespace
}  // namespace rope
