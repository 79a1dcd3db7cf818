// Row kernels: the inner loop of the cpu backend, one for each instruction set, all with the same
// bytes.
//
// A kernel is stateless. It computes cos and sin in registers and converts, arranges and stores
// them from there: one pass over memory. Its cos and sin are functions of the float32 angle alone,
// which makes them provable: tools/prove_rounding compares every float32 angle in [0, 2^31] with
// the correctly rounded value. In profile `exact` there is no such list of cases: there a kernel
// knows the bound of its own error, and says which rows it is not certain of.
#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/plan/exact_plan.h"
#include "core/table/table_rows.h"

namespace rope {

// Angles beyond this are not the kernels' business: the cpu backend computes them one by one.
inline constexpr float kMaxKernelAngle = 0x1p31F;

// What cos and sin are multiplied with, in float32. Those of the inverse rotation have opposite
// signs.
struct RowFactors {
  float cos = 1.0F;
  float sin = 1.0F;
};

// Fills rows [0, rows) of `out` in the form it was chosen for: entry i of row r is made of the
// correctly rounded cos and sin of float32(positions[r] * inv_freq[i]), times their factors in
// float32. Positions are whole numbers rounded to float32, >= 0; every angle lies in [0,
// kMaxKernelAngle] or its entries are unspecified. Rows are unpadded; alignment to the element is
// enough. Thread-safe.
using FillRowsFunction = void (*)(const float* positions, int64_t rows, const float* inv_freq,
                                  int64_t half_width, const RowFactors& factors,
                                  const TableRows& out);

// What profile `exact` computes with (see ExactPlan): inv_freq in quarter turns, modulo 4, and the
// attention factors, as unevaluated sums of doubles. Not owned.
struct ExactColumns {
  int64_t half_width = 0;
  const double* high = nullptr;
  const double* low = nullptr;
  const double* rest = nullptr;  // for float64 alone
  SplitReal cos_factor;
  SplitReal sin_factor;
};

// Fills rows [0, rows) of `out`, every entry the real value of position * inv_freq's cos and sin
// times their factors, rounded once. doubtful[r] says that row r holds an entry of which this is
// not certain: it must be computed otherwise. Positions are whole numbers in [0, 2^31). REQUIRES a
// plan that fits_doubles. Thread-safe.
using FillExactRowsFunction = void (*)(const double* positions, int64_t rows,
                                       const ExactColumns& columns, const TableRows& out,
                                       bool* doubtful);

// One instruction set's kernel. What stream_rows gives writes the same bytes past the caches, which
// is faster for tables much larger than these and for nothing else. It REQUIRES half_width to be a
// multiple of 32 and `out` to be aligned to 64 bytes.
struct Kernel {
  absl::string_view name;                                    // "avx512", "neon", "portable", ...
  bool (*supported)();                                       // can this host run it? Constant.
  FillRowsFunction (*fill_rows)(TableForm form);             // never null; form not of float64
  FillRowsFunction (*stream_rows)(TableForm form);           // see above; null where there is none
  FillExactRowsFunction (*fill_exact_rows)(TableForm form);  // never null
};

// Best first; "portable", which runs everywhere, last. Those for other architectures are not there.
absl::Span<const Kernel> AllKernels();

// The first supported one. Found once, constant afterwards.
const Kernel& BestKernel();

}  // namespace rope
