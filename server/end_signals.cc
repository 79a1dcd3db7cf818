#include "server/end_signals.h"

#include <unistd.h>

#include <thread>

namespace rope::server {

EndSignals::EndSignals() {
  sigemptyset(&signals_);
  sigaddset(&signals_, SIGTERM);
  sigaddset(&signals_, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
}

int EndSignals::Wait() const {
  int first = 0;
  sigwait(&signals_, &first);
  std::thread([signals = signals_] {
    int second = 0;
    sigwait(&signals, &second);
    _exit(1);
  }).detach();
  return first;
}

}  // namespace rope::server
