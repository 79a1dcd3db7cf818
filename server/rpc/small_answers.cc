#include "server/rpc/small_answers.h"

#include <utility>

namespace rope::server {
namespace {

constexpr int64_t kOverhead = 512;  // containers, and their places in them

}  // namespace

std::shared_ptr<const SmallAnswer> SmallAnswers::Find(absl::string_view request) {
  const engine::MutexLock lock(mutex_);
  const auto* const found = answers_.Find(request);
  if (found == nullptr) return nullptr;
  ++hits_;
  return *found;
}

int64_t SmallAnswers::hits() const {
  const engine::MutexLock lock(mutex_);
  return hits_;
}

void SmallAnswers::Keep(std::string request, SmallAnswer answer) {
  int64_t charge = kOverhead + static_cast<int64_t>(request.size() + answer.header.size());
  for (const AnswerPiece& piece : answer.pieces) {
    charge += static_cast<int64_t>(sizeof piece + piece.frame.size());
  }
  auto kept = std::make_shared<const SmallAnswer>(std::move(answer));
  const engine::MutexLock lock(mutex_);
  answers_.Insert(std::move(request), std::move(kept), charge);
}

}  // namespace rope::server
