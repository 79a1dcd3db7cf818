// Calls libsleef's powf. This is a separate file because it is compiled for AVX2 and FMA.
#if defined(__x86_64__)
#include <immintrin.h>
#include <sleef.h>

namespace rope {

float LibsleefPow(float base, float exponent) {
  return _mm256_cvtss_f32(Sleef_powf8_u10avx2(_mm256_set1_ps(base), _mm256_set1_ps(exponent)));
}

}  // namespace rope
#endif
