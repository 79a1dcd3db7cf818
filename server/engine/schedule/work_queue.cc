#include "server/engine/schedule/work_queue.h"

#include <sys/resource.h>
#include <unistd.h>

#include <utility>

namespace rope::engine {
namespace {

constexpr int kNiceness = 19;

// Computing is for whoever has nothing shorter to do: the transport's threads, which answer health
// checks and cached tables, go first. In Linux a thread has a priority of its own.
void YieldToOthers() { (void)setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kNiceness); }

}  // namespace

WorkQueue::WorkQueue(int threads) {
  for (int i = 0; i < threads; ++i) threads_.emplace_back([this] { RunTasks(); });
}

WorkQueue::~WorkQueue() {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

void WorkQueue::Push(std::function<void()> task) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    tasks_.push_back(std::move(task));
  }
  changed_.notify_one();
}

void WorkQueue::RunTasks() {
  YieldToOthers();
  while (true) {
    std::function<void()> task;  // destroyed before the next is taken, without the lock
    {
      std::unique_lock<std::mutex> lock(mutex_);
      changed_.wait(lock, [this] { return stopping_ || !tasks_.empty(); });
      if (tasks_.empty()) return;
      task = std::move(tasks_.front());
      tasks_.pop_front();
    }
    task();
  }
}

}  // namespace rope::engine
