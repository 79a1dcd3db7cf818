#include "server/engine/cache/block_pool.h"

#include <cstring>
#include <random>
#include <vector>

#include "gtest/gtest.h"

namespace rope::engine {
namespace {

constexpr int64_t kPage = BlockPool::kPageBytes;

TEST(BlockPoolTest, SizesArePowersOfTwo) {
  EXPECT_EQ(BlockPool::SizeFor(1), 2048);
  EXPECT_EQ(BlockPool::SizeFor(2048), 2048);
  EXPECT_EQ(BlockPool::SizeFor(2049), 4096);
  EXPECT_EQ(BlockPool::SizeFor(1000000), 1 << 20);
  EXPECT_EQ(BlockPool::SizeFor(kPage), kPage);
  EXPECT_EQ(BlockPool::SizeFor(kPage + 1), kPage + 64);
}

TEST(BlockPoolTest, MemoryIsUsedAgain) {
  BlockPool pool;
  std::byte* const first = pool.Allocate(1 << 20);
  EXPECT_EQ(pool.live_bytes(), 1 << 20);
  EXPECT_EQ(pool.free_bytes(), 1 << 20) << "the other half of the page";
  pool.Free(first, 1 << 20);
  EXPECT_EQ(pool.live_bytes(), 0);
  EXPECT_EQ(pool.free_bytes(), kPage);
  EXPECT_EQ(pool.Allocate(kPage), first) << "halves become whole again";
  EXPECT_EQ(pool.free_bytes(), 0);
  pool.Free(first, kPage);
}

TEST(BlockPoolTest, ManySizesNeverOverlapAndAllComeBack) {
  BlockPool pool(int64_t{1} << 40);
  std::mt19937 random(7);
  struct Piece {
    std::byte* memory;
    int64_t bytes;
    int mark;
  };
  std::vector<Piece> pieces;
  for (int step = 0; step < 20000; ++step) {
    if (pieces.size() < 200 && random() % 2 == 0) {
      const int64_t bytes = 1 + static_cast<int64_t>(random() % (1U << (random() % 22)));
      Piece piece{pool.Allocate(bytes), bytes, static_cast<int>(random() % 256)};
      EXPECT_EQ(reinterpret_cast<uintptr_t>(piece.memory) % 64, 0U);
      std::memset(piece.memory, piece.mark, static_cast<size_t>(bytes));
      pieces.push_back(piece);
    } else if (!pieces.empty()) {
      std::swap(pieces[random() % pieces.size()], pieces.back());
      const Piece& piece = pieces.back();
      EXPECT_EQ(static_cast<int>(piece.memory[0]), piece.mark);
      EXPECT_EQ(static_cast<int>(piece.memory[piece.bytes - 1]), piece.mark);
      pool.Free(piece.memory, piece.bytes);
      pieces.pop_back();
    }
  }
  for (const Piece& piece : pieces) pool.Free(piece.memory, piece.bytes);
  EXPECT_EQ(pool.live_bytes(), 0);
  EXPECT_EQ(pool.free_bytes() % kPage, 0) << "every page is whole";
}

TEST(BlockPoolTest, BeyondTheBudgetPagesGoBack) {
  BlockPool pool(3 * kPage);
  std::vector<std::byte*> blocks(20);
  for (std::byte*& block : blocks) block = pool.Allocate(1 << 20);
  EXPECT_EQ(pool.live_bytes(), 10 * kPage);
  for (size_t i = 0; i < blocks.size(); i += 2) pool.Free(blocks[i], 1 << 20);
  for (size_t i = 1; i < blocks.size(); i += 2) pool.Free(blocks[i], 1 << 20);
  EXPECT_EQ(pool.live_bytes(), 0);
  EXPECT_EQ(pool.free_bytes(), 3 * kPage);
}

TEST(BlockPoolTest, MoreThanAPageAndNothing) {
  BlockPool pool;
  std::byte* const large = pool.Allocate(kPage + 1);
  std::memset(large, 1, static_cast<size_t>(kPage + 1));
  EXPECT_EQ(pool.live_bytes(), kPage + 64);
  pool.Free(large, kPage + 1);
  pool.Free(nullptr, kPage);
  EXPECT_EQ(pool.live_bytes(), 0);
  EXPECT_EQ(pool.free_bytes(), 0);
}

}  // namespace
}  // namespace rope::engine
