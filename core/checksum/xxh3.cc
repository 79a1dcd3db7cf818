#include "core/checksum/xxh3.h"

#if defined(__x86_64__) && __has_include("xxh_x86dispatch.h")
#include "xxh_x86dispatch.h"
#else
#include "xxhash.h"
#endif

namespace rope {
namespace {

#ifdef __x86_64__
// XXH3_64bits of libxxhash 0.8.1 returns with the upper halves of the vector registers in use.
// Until they are cleared, code without AVX runs up to 60 times slower on this thread.
[[gnu::target("avx")]] void ClearUpperHalves() { __builtin_ia32_vzeroupper(); }

void LeaveVectorCode() {
  static const bool has_avx = __builtin_cpu_supports("avx") != 0;
  if (has_avx) ClearUpperHalves();
}
#else
void LeaveVectorCode() {}
#endif

}  // namespace

uint64_t Xxh3(const void* data, size_t size) {
  const uint64_t hash = XXH3_64bits(data, size);
  LeaveVectorCode();
  return hash;
}

Xxh3Stream::Xxh3Stream() : state_(XXH3_createState()) { Reset(); }
Xxh3Stream::~Xxh3Stream() { XXH3_freeState(state_); }

void Xxh3Stream::Add(const void* data, size_t size) {
  XXH3_64bits_update(state_, data, size);
  LeaveVectorCode();
}

uint64_t Xxh3Stream::Hash() const { return XXH3_64bits_digest(state_); }

void Xxh3Stream::Reset() { XXH3_64bits_reset(state_); }

}  // namespace rope
