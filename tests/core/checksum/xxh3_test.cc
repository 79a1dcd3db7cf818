#include "core/checksum/xxh3.h"

#include <algorithm>
#include <string>

#include "gtest/gtest.h"
#include "xxhash.h"

namespace rope {
namespace {

std::string Bytes(size_t size) {
  std::string bytes(size, '\0');
  for (size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 31 + i / 256);
  return bytes;
}

// Expected values are from the Python package xxhash 3.
TEST(Xxh3Test, KnownValues) {
  EXPECT_EQ(Xxh3("", 0), 0x2d06800538d394c2U);
  EXPECT_EQ(Xxh3("rope", 4), 0x40dc1eca55fda12cU);
}

// Expected values are from the library's function that runs on every processor.
TEST(Xxh3Test, EveryLengthAtOnceAndInParts) {
  for (size_t size : {1, 3, 8, 16, 128, 240, 241, 1023, 1024, 65536, 524288, 1000003}) {
    const std::string bytes = Bytes(size);
    const uint64_t expected = XXH3_64bits(bytes.data(), bytes.size());
    EXPECT_EQ(Xxh3(bytes.data(), bytes.size()), expected) << size;
    Xxh3Stream stream;
    for (int round = 0; round < 2; ++round) {
      stream.Reset();
      for (size_t done = 0; done < size;) {
        const size_t part = std::min<size_t>(size - done, 1 + done % 5000);
        stream.Add(bytes.data() + done, part);
        done += part;
      }
      EXPECT_EQ(stream.Hash(), expected) << size;
    }
  }
}

#ifdef __x86_64__

// The parts of the vector registers that are in use, as bits of XINUSE; 0 if the processor cannot
// tell. (CPUID leaf 13, subleaf 1 says whether it can.)
uint64_t RegistersInUse() {
  uint32_t a = 13;
  uint32_t b = 0;
  uint32_t c = 1;
  uint32_t d = 0;
  asm("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
  const bool can_tell = (a & 4U) != 0;
  if (!can_tell) return 0;
  asm volatile("xgetbv" : "=a"(a), "=d"(d) : "c"(1));
  return a;
}

// While upper halves are in use, code without AVX is very slow.
TEST(Xxh3Test, LeavesTheUpperHalvesOfTheRegistersClear) {
  constexpr uint64_t kUpperHalves = (1U << 2) | (1U << 6);  // of ymm and of zmm 0 to 15
  const std::string bytes = Bytes(1 << 20);
  (void)Xxh3(bytes.data(), bytes.size());
  EXPECT_EQ(RegistersInUse() & kUpperHalves, 0U);
  Xxh3Stream stream;
  stream.Add(bytes.data(), bytes.size());
  EXPECT_EQ(RegistersInUse() & kUpperHalves, 0U);
}

#endif

}  // namespace
}  // namespace rope
