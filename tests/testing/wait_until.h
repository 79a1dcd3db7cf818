// Waiting for what happens on other threads.
#pragma once

#include <chrono>
#include <functional>
#include <thread>

namespace rope::testing {

// True as soon as `condition` holds; false where it does not within half a minute, which is far
// more than anything waited for needs, under a sanitizer on a busy machine too.
inline bool WaitUntil(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

}  // namespace rope::testing
