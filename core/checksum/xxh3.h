// XXH3-64 (seed 0), the checksum of tensors: libxxhash's, by the instructions of this host where
// the library chooses between them. From the caches that is 2.5 times as fast as SSE2; the value is
// the same on every host.
#pragma once

#include <cstddef>
#include <cstdint>

struct XXH3_state_s;

namespace rope {

// Of `size` bytes. Thread-safe.
uint64_t Xxh3(const void* data, size_t size);

// The same of bytes that come in pieces. Not thread-safe.
class Xxh3Stream {
 public:
  Xxh3Stream();
  ~Xxh3Stream();
  Xxh3Stream(const Xxh3Stream&) = delete;
  Xxh3Stream& operator=(const Xxh3Stream&) = delete;

  void Add(const void* data, size_t size);
  uint64_t Hash() const;  // of what was added since the last Reset
  void Reset();

 private:
  XXH3_state_s* const state_;
};

}  // namespace rope
