#include "server/engine/schedule/admission.h"

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace rope::engine {

Admission::~Admission() {
  if (gate_ != nullptr) gate_->Leave(amount_);
}

absl::StatusOr<Admission> Gate::Admit(int64_t amount) {
  if (amount > most_) {
    return absl::ResourceExhaustedError(
        absl::StrCat(amount, " ", what_, " are needed; this server has room for ", most_));
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  if (closed_) return absl::UnavailableError("the server is shutting down");
  if (amount > most_ - inside_) {
    return absl::UnavailableError(absl::StrCat("the server is busy: ", inside_, " of at most ",
                                               most_, " ", what_, "; try again"));
  }
  inside_ += amount;
  return Admission(this, amount);
}

void Gate::Close() {
  const std::lock_guard<std::mutex> lock(mutex_);
  closed_ = true;
}

bool Gate::AwaitEmpty(std::chrono::steady_clock::time_point deadline) {
  std::unique_lock<std::mutex> lock(mutex_);
  return empty_.wait_until(lock, deadline, [this] { return inside_ == 0; });
}

int64_t Gate::inside() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return inside_;
}

void Gate::Leave(int64_t amount) {
  const std::lock_guard<std::mutex> lock(mutex_);
  inside_ -= amount;
  if (inside_ == 0) empty_.notify_all();
}

}  // namespace rope::engine
