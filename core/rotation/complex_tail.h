// ComplexTail: the pairs that torch multiplies with a fused multiply-add.
//
// Torch's vector code multiplies eight complex numbers at a time, without fusing. What is left of a
// run is multiplied by a scalar loop, which its compiler turned into code for two numbers at a time
// with fused multiply-adds, and for a last single number without. A run is the numbers of one head,
// over the whole sequence. Measured with torch 2.15 on x86-64 with AVX2 for runs of 1 to 17
// numbers; all models in use have a multiple of eight in each row, and hence no such numbers.
#pragma once

#include <cstdint>
#include <vector>

#include "core/rotation/kernels/kernels.h"
#include "core/table/dtype.h"

namespace rope::rotation {

// Computes these pairs for one head at a time. Not thread-safe.
class ComplexTail {
 public:
  // A head has `seq` rows of `half_width` pairs. REQUIRES a dtype other than float64.
  ComplexTail(DType dtype, int64_t seq, int64_t half_width);

  // Computes the fused pairs in the rows of `job`, which start at row `first_row` of the head, from
  // the input and keeps them. To be called before the rows are rotated, maybe in place.
  void Read(const Rows& job, int64_t first_row);
  // Writes the kept pairs over what the kernel wrote.
  void Write(const Rows& job, int64_t first_row) const;

 private:
  struct Pair {
    float first = 0;
    float second = 0;
  };

  // The fused pairs of some rows, as indices into kept_: [begin, end).
  struct Range {
    int64_t begin = 0;
    int64_t end = 0;
  };
  Range RangeOf(const Rows& job, int64_t first_row) const;

  const DType dtype_;
  const int64_t first_pair_;  // of the run
  std::vector<Pair> kept_;    // all fused pairs of a head, at most 6
};

}  // namespace rope::rotation
