// WorkQueue: the fixed threads on which everything is computed.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace rope::engine {

// Thread-safe. The queue itself has no bound: whoever pushes is bounded by an admission
// (RopeEngine), so that what was admitted always finds room.
class WorkQueue {
 public:
  // Starts `threads` (>= 1) threads.
  explicit WorkQueue(int threads);
  // Runs what was pushed, then joins. Nobody may push any more.
  ~WorkQueue();

  WorkQueue(const WorkQueue&) = delete;
  WorkQueue& operator=(const WorkQueue&) = delete;

  // Runs `task` later on one of the threads, in the order of pushing. Never blocks on a task.
  void Push(std::function<void()> task);

 private:
  void RunTasks();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> tasks_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace rope::engine
