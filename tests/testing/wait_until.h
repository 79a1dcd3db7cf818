// Waits for something that happens on another thread.
#pragma once

#include <chrono>
#include <functional>
#include <thread>

namespace rope::testing {

// Returns true as soon as `condition` holds, and false if it does not hold within half a minute.
// That is far more than any test needs, even under a sanitizer on a busy machine.
inline bool WaitUntil(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  return true;
}

}  // namespace rope::testing
