#include "server/engine/schedule/admission.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace rope::engine {

Admission::~Admission() {
  if (gate_ != nullptr) gate_->Leave(amount_);
}

absl::StatusOr<Admission> Gate::Admit(int64_t amount) {
  if (amount > max_) {
    return absl::ResourceExhaustedError(absl::StrCat("the request needs ", amount, " ", what_,
                                                     "; this server allows at most ", max_));
  }
  const MutexLock lock(mutex_);
  if (closed_) return absl::UnavailableError("the server is shutting down");
  if (amount > max_ - inside_) {
    return absl::UnavailableError(absl::StrCat("the server is busy: ", inside_, " of at most ",
                                               max_, " ", what_, " are in use; try again"));
  }
  inside_ += amount;
  return Admission(this, amount);
}

void Gate::Close() {
  const MutexLock lock(mutex_);
  closed_ = true;
}

bool Gate::AwaitEmpty(std::chrono::steady_clock::time_point deadline) {
  MutexLock lock(mutex_);
  while (inside_ != 0) {
    if (!lock.WaitUntil(empty_, deadline)) return inside_ == 0;
  }
  return true;
}

int64_t Gate::inside() const {
  const MutexLock lock(mutex_);
  return inside_;
}

void Gate::Leave(int64_t amount) {
  const MutexLock lock(mutex_);
  inside_ -= amount;
  if (inside_ == 0) empty_.notify_all();
}

}  // namespace rope::engine
