#include "server/engine/schedule/work_queue.h"

#include <sys/resource.h>
#include <unistd.h>

#include <utility>

namespace rope::engine {
namespace {

// The highest value of nice(2), which is the lowest priority.
constexpr int kNiceness = 19;

// Lowers the priority of the calling thread. gRPC's threads answer health checks and cached tables,
// which is short work, so they run before the threads that compute. On Linux PRIO_PROCESS with a
// thread's id changes that thread alone.
void YieldToOthers() { (void)setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kNiceness); }

}  // namespace

WorkQueue::WorkQueue(int threads) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { RunTasks(); });
}

WorkQueue::~WorkQueue() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void WorkQueue::Push(std::function<void()> task) {
  {
    const MutexLock lock(mutex_);
    tasks_.push_back(std::move(task));
  }
  changed_.notify_one();
}

void WorkQueue::RunTasks() {
  YieldToOthers();
  while (true) {
    std::function<void()> task;  // destroyed without the lock, before the next task is taken
    {
      MutexLock lock(mutex_);
      while (!stopping_ && tasks_.empty()) lock.Wait(changed_);
      if (tasks_.empty()) return;
      task = std::move(tasks_.front());
      tasks_.pop_front();
    }
    task();
  }
}

}  // namespace rope::engine
