// EndSignals: the signals that end the server, SIGTERM and SIGINT.
//
// They are blocked in every thread and one thread waits for them, so nothing runs in a signal
// handler.
#pragma once

#include <csignal>

namespace rope::server {

// Not thread-safe; one object per process.
class EndSignals {
 public:
  // Blocks the signals in this thread and in all threads that it starts later. Create it before any
  // other thread.
  EndSignals();

  // Waits for the first signal and returns its number. From then on another signal ends the process
  // at once with exit code 1, for an operator who does not want to wait for running calls.
  int Wait() const;

 private:
  sigset_t signals_;
};

}  // namespace rope::server
