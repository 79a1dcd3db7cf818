// What the machine itself can do: the limits with which results are compared.
#pragma once

#include <cstddef>
#include <cstdint>

namespace rope::bench {

// Memory like that of a server after its first minutes: mapped, touched, in huge pages if the
// system allows them.
class RecycledMemory {
 public:
  explicit RecycledMemory(size_t bytes);
  ~RecycledMemory();
  RecycledMemory(const RecycledMemory&) = delete;
  RecycledMemory& operator=(const RecycledMemory&) = delete;

  std::byte* data() const { return data_; }

 private:
  std::byte* data_;
  size_t bytes_;
};

// Fills memory with the widest non-temporal stores of the host; with memset on processors other
// than x86-64. REQUIRES that `to` is aligned to 64 bytes and `bytes` is a multiple of 64.
void FillPastCaches(std::byte* to, size_t bytes);

// Multiplies and adds in registers, without memory: on each of `threads` threads `count` times
// eight vectors.
void MultiplyAndAdd(int threads, int64_t count);

}  // namespace rope::bench
