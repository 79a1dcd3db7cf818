#include "tests/bench/limits.h"

#include <sys/mman.h>

#include <array>
#include <cstdlib>
#include <cstring>

#if defined(__x86_64__)
#include <immintrin.h>
#define ROPE_WIDEST __attribute__((target_clones("arch=skylake-avx512", "arch=haswell", "default")))
#else
#define ROPE_WIDEST
#endif

namespace rope::bench {

RecycledMemory::RecycledMemory(size_t bytes) : bytes_(bytes) {
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) std::abort();
  madvise(memory, bytes, MADV_HUGEPAGE);  // if this fails, pages are small
  std::memset(memory, 1, bytes);
  data_ = static_cast<std::byte*>(memory);
}

RecycledMemory::~RecycledMemory() { munmap(data_, bytes_); }

#if defined(__x86_64__)
namespace {

__attribute__((target("avx512f"))) void FillBy64(std::byte* to, size_t bytes) {
  const __m512i ones = _mm512_set1_epi32(0x3f800000);
  for (size_t i = 0; i < bytes; i += 64) {
    _mm512_stream_si512(reinterpret_cast<__m512i*>(to + i), ones);
  }
  _mm_sfence();
}

void FillBy16(std::byte* to, size_t bytes) {
  const __m128i ones = _mm_set1_epi32(0x3f800000);
  for (size_t i = 0; i < bytes; i += 16) {
    _mm_stream_si128(reinterpret_cast<__m128i*>(to + i), ones);
  }
  _mm_sfence();
}

}  // namespace

void FillPastCaches(std::byte* to, size_t bytes) {
  __builtin_cpu_supports("avx512f") ? FillBy64(to, bytes) : FillBy16(to, bytes);
}
#else
void FillPastCaches(std::byte* to, size_t bytes) { std::memset(to, 1, bytes); }
#endif

namespace {

constexpr int kLanes = 64;  // eight vectors of eight doubles

// Eight independent chains of vectors are enough to hide the latency of a multiply-add.
ROPE_WIDEST double Chain(int64_t count) {
  std::array<double, kLanes> sums{};
  for (int64_t i = 0; i < count; ++i) {
#pragma omp simd
    for (int lane = 0; lane < kLanes; ++lane) {
      sums[lane] = __builtin_fma(sums[lane], 0x1.fffffffffffffp-1, 1.0);
    }
  }
  double sum = 0;
  for (const double one : sums) sum += one;
  return sum;
}

}  // namespace

void MultiplyAndAdd(int threads, int64_t count) {
  double sum = 0;
#pragma omp parallel for num_threads(threads) reduction(+ : sum)
  for (int thread = 0; thread < threads; ++thread) sum += Chain(count);
  if (sum < 0) std::abort();  // never true; without this the compiler would drop the loop
}

}  // namespace rope::bench
