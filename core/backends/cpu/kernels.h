// Kernels: the inner loops of the cpu backend. There is one kernel for each instruction set, and
// all kernels write the same bytes.
//
// A kernel is stateless. It computes cos and sin in registers, and converts, arranges and stores
// them from there, in one pass over memory.
//
// Profile `hf`: a kernel's cos and sin are functions of the float32 angle alone. That makes them
// provable: tools/prove_rounding compares the results for every float32 angle in [0, 2^31] with the
// correctly rounded values.
//
// Profile `exact`: there are too many pairs of position and real frequency to try them all. Here a
// kernel has a proven bound on its error, and reports the rows in which that error could change
// the rounding of an entry.
#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "core/plan/exact_plan.h"
#include "core/table/table_rows.h"

namespace rope {

// The largest angle, in radians, for which the kernels are proved. The cpu backend leaves tables
// with larger angles to the reference backend.
inline constexpr float kMaxKernelAngle = 0x1p31F;

// What Kernel::stream_rows requires: a half_width that is a multiple of kStreamedWidthMultiple, so
// that rows consist of whole cache lines, and tensors aligned to kStreamedAlignment bytes.
inline constexpr int64_t kStreamedWidthMultiple = 32;
inline constexpr uintptr_t kStreamedAlignment = 64;

// The float32 numbers that cos and sin are multiplied by: the attention factor, and for the
// inverse rotation its negative for sin. Both have the same magnitude.
struct RowFactors {
  float cos = 1.0F;
  float sin = 1.0F;
};

// Fills rows [0, rows) of `out` in the form that the function was chosen for, in profile `hf`.
//
// Entry i of row r is made from angle = float32(positions[r] * inv_freq[i]): the correctly rounded
// cos and sin of the angle, multiplied by `factors` in float32, then converted to the dtype.
//   positions  [rows], whole numbers rounded to float32, >= 0
//   inv_freq   [half_width], radians per position
//   out        unpadded rows; each tensor is aligned to its element size
// REQUIRES rows >= 0 and half_width >= 1. An angle outside [0, kMaxKernelAngle] makes its own
// entries unspecified. Cannot fail. Thread-safe.
using FillRowsFunction = void (*)(const float* positions, int64_t rows, const float* inv_freq,
                                  int64_t half_width, const RowFactors& factors,
                                  const TableRows& out);

// The numbers that profile `exact` computes with (see ExactPlan). The frequencies are in quarter
// turns per position, modulo 4; entry i is the unevaluated sum high[i] + low[i] + rest[i]. The
// arrays have half_width entries and are not owned.
struct ExactColumns {
  int64_t half_width = 0;
  const double* high = nullptr;
  const double* low = nullptr;
  const double* rest = nullptr;  // only tables of float64 read it
  SplitReal cos_factor;
  SplitReal sin_factor;
};

// Fills rows [0, rows) of `out` in the form that the function was chosen for, in profile `exact`.
//
// Entry i of row r is the real cos or sin of positions[r] times frequency i, multiplied by its
// factor and rounded once to the dtype. doubtful[r] is true if row r holds an entry whose rounding
// is not certain; the caller must then compute the whole row in another way.
//   positions  [rows], whole numbers in [0, 2^31)
//   doubtful   [rows], all written
// REQUIRES columns of a plan with ExactPlan::fits_doubles. Cannot fail. Thread-safe.
using FillExactRowsFunction = void (*)(const double* positions, int64_t rows,
                                       const ExactColumns& columns, const TableRows& out,
                                       bool* doubtful);

// The kernel for one instruction set. The four functions are pure and thread-safe.
struct Kernel {
  // "avx512", "neon", "portable", ...; the backend of this kernel is named "cpu-<name>".
  absl::string_view name;

  // True if this host can run the kernel. Constant for the life of the process. The functions that
  // the three members below return may be called only if this is true.
  bool (*supported)();

  // Returns the function for a form, never null. REQUIRES a dtype other than float64.
  FillRowsFunction (*fill_rows)(TableForm form);

  // Returns a function that writes the same bytes as fill_rows's, but past the caches. That is
  // faster for tables much larger than the caches, and slower for all others. Null if the kernel
  // has no such function. The function REQUIRES what kStreamedWidthMultiple and
  // kStreamedAlignment say.
  FillRowsFunction (*stream_rows)(TableForm form);

  // Returns the function for a form of profile `exact`, never null.
  FillExactRowsFunction (*fill_exact_rows)(TableForm form);
};

// The kernels for this processor architecture, best first. The last one is "portable", which runs
// everywhere.
absl::Span<const Kernel> AllKernels();

// The first kernel that this host supports. Chosen once; the same at every call.
const Kernel& BestKernel();

}  // namespace rope
