#include "server/rpc/embeddings/small_answers.h"

#include <utility>

namespace rope::server {
namespace {

// Bytes of a kept answer besides its strings and chunks: the nodes of the containers that hold it.
constexpr int64_t kOverhead = 512;

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
  for (const RememberedChunk& chunk : answer.chunks) {
    charge += static_cast<int64_t>(sizeof chunk + chunk.frame.size());
  }
  auto kept = std::make_shared<const SmallAnswer>(std::move(answer));
  const engine::MutexLock lock(mutex_);
  answers_.Insert(std::move(request), std::move(kept), charge);
}

}  // namespace rope::server
