// WorkQueue: the threads on which the server computes, and the tasks that wait for them.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "server/engine/schedule/mutex.h"

namespace rope::engine {

// Thread-safe. The number of tasks is not bounded. RopeEngine bounds the calls instead (see
// admission.h), so an admitted call always finds room here.
class WorkQueue {
 public:
  // Starts `threads` (>= 1) threads. They have the lowest priority of the process.
  explicit WorkQueue(int threads);
  // Runs every task that was pushed, then stops the threads. Tasks may still push tasks until
  // then; REQUIRES that nobody else does.
  ~WorkQueue();

  WorkQueue(const WorkQueue&) = delete;
  WorkQueue& operator=(const WorkQueue&) = delete;

  // Runs `task` later on one of the threads. Tasks start in the order in which they were pushed.
  // `task` must not throw. Returns at once.
  void Push(std::function<void()> task);

 private:
  void RunTasks();

  Mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> tasks_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace rope::engine
