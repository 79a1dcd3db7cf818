// What the machine itself can do: the limits that results are held against.
#pragma once

#include <cstddef>
#include <cstdint>

namespace rope::bench {

// Memory as a server has it after its first minutes: mapped, touched, in huge pages where the
// system has them.
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

// Fills memory with the widest non-temporal stores of the host (on other processors than x86-64,
// with memset). `to` is aligned to 64 bytes, `bytes` a multiple of 64.
void FillPastCaches(std::byte* to, size_t bytes);

// Multiplies and adds in registers, on `threads` threads at once, each `count` times eight vectors.
void MultiplyAndAdd(int threads, int64_t count);

}  // namespace rope::bench
