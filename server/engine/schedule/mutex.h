// Mutex and MutexLock: std::mutex with annotations that Clang checks.
//
// A member that is declared ABSL_GUARDED_BY(mutex_) may only be used while mutex_ is locked. A
// function that is declared ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) may only be called while mutex_
// is locked. Clang reports every violation with -Wthread-safety; other compilers ignore the
// annotations. std::mutex itself has no annotations in libstdc++, and absl::Mutex is no
// alternative: the thread sanitizer cannot see into Debian's build of Abseil.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

#include "absl/base/thread_annotations.h"

namespace rope::engine {

// Only MutexLock locks it.
class ABSL_LOCKABLE Mutex {
 private:
  friend class MutexLock;
  std::mutex mutex_;
};

// Locks a mutex until the end of the scope, or until Unlock. Only the thread that created it may
// use it.
class ABSL_SCOPED_LOCKABLE MutexLock {
 public:
  explicit MutexLock(Mutex& mutex) ABSL_EXCLUSIVE_LOCK_FUNCTION(mutex) : lock_(mutex.mutex_) {}
  ~MutexLock() ABSL_UNLOCK_FUNCTION() = default;
  MutexLock(const MutexLock&) = delete;
  MutexLock& operator=(const MutexLock&) = delete;

  // Unlocks before the end of the scope, for example to call back without the lock.
  void Unlock() ABSL_UNLOCK_FUNCTION() { lock_.unlock(); }

  // Unlocks while it waits for `changed`, and locks again before it returns. It may return without
  // a notification: call it in a loop that tests the condition. Clang checks the condition of a
  // loop, but not a lambda with the condition.
  void Wait(std::condition_variable& changed) { changed.wait(lock_); }

  // Like Wait; returns false when `deadline` has passed.
  bool WaitUntil(std::condition_variable& changed, std::chrono::steady_clock::time_point deadline) {
    return changed.wait_until(lock_, deadline) == std::cv_status::no_timeout;
  }

 private:
  std::unique_lock<std::mutex> lock_;
};

}  // namespace rope::engine
