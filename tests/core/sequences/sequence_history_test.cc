#include "core/sequences/sequence_history.h"

#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace rope {
namespace {

// The lengths and max_seq_len_cached of record "llama-dynamic-grow-reset/-" of
// tests/golden/dynamic_history.jsonl.
TEST(SequenceHistoryTest, GrowsAndReturnsOnlyBelowTheOriginalLength) {
  const std::vector<std::pair<int64_t, int64_t>> calls = {
      {10, 64},   {63, 64},  {64, 64}, {65, 65}, {128, 128}, {127, 128}, {69, 128},
      {192, 192}, {64, 192}, {63, 64}, {5, 64},  {128, 128}, {63, 64},   {128, 128}};
  SequenceHistory history(64);
  EXPECT_EQ(history.seq_len(), 64);
  for (const auto& [length, seq_len] : calls) {
    EXPECT_EQ(history.Next(length), seq_len) << length;
    EXPECT_EQ(history.seq_len(), seq_len);
  }
}

TEST(SequenceHistoryTest, CopiesGoOnByThemselves) {
  SequenceHistory first(8);
  first.Next(20);
  SequenceHistory second = first;
  EXPECT_EQ(second.Next(30), 30);
  EXPECT_EQ(first.seq_len(), 20);
}

}  // namespace
}  // namespace rope
