#include "core/json/json_object.h"

#include <algorithm>
#include <utility>

#include "absl/hash/hash.h"
#include "core/json/json_value.h"

namespace rope {
namespace {

// Objects with fewer members have no index.
constexpr size_t kIndexed = 24;

size_t HashOf(absl::string_view key) { return absl::Hash<absl::string_view>()(key); }

}  // namespace

JsonObject::JsonObject() = default;
JsonObject::JsonObject(const JsonObject& other)
    : members_(other.members_),
      index_(other.index_ != nullptr ? std::make_unique<Index>(*other.index_) : nullptr) {}
JsonObject::JsonObject(JsonObject&& other) noexcept = default;
JsonObject& JsonObject::operator=(const JsonObject& other) {
  if (this != &other) *this = JsonObject(other);
  return *this;
}
JsonObject& JsonObject::operator=(JsonObject&& other) noexcept = default;
JsonObject::~JsonObject() = default;
JsonObject::JsonObject(Members members) : members_(std::move(members)) { MakeIndex(); }

size_t JsonObject::size() const { return members_.size(); }
bool JsonObject::empty() const { return members_.empty(); }
JsonObject::Members::const_iterator JsonObject::begin() const { return members_.begin(); }
JsonObject::Members::const_iterator JsonObject::end() const { return members_.end(); }
JsonObject::Members::iterator JsonObject::begin() { return members_.begin(); }
JsonObject::Members::iterator JsonObject::end() { return members_.end(); }
const JsonMember& JsonObject::operator[](size_t i) const { return members_[i]; }

const JsonMember* JsonObject::Find(absl::string_view key) const {
  if (index_ != nullptr && !index_->has_collision) {
    const auto found = index_->places.find(HashOf(key));
    if (found == index_->places.end()) return nullptr;
    const JsonMember& member = members_[found->second];
    return member.key == key ? &member : nullptr;
  }
  const auto found = std::find_if(members_.begin(), members_.end(),
                                  [&](const JsonMember& member) { return member.key == key; });
  return found != members_.end() ? &*found : nullptr;
}

void JsonObject::Append(JsonMember member) {
  members_.push_back(std::move(member));
  if (index_ != nullptr) {
    Remember(members_.size() - 1);
  } else if (members_.size() >= kIndexed) {
    MakeIndex();
  }
}

void JsonObject::Erase(absl::string_view key) {
  const JsonMember* member = Find(key);
  if (member == nullptr) return;
  members_.erase(members_.begin() + (member - members_.data()));
  MakeIndex();
}

void JsonObject::SortByKey() {
  std::sort(members_.begin(), members_.end(),
            [](const JsonMember& a, const JsonMember& b) { return a.key < b.key; });
  MakeIndex();
}

void JsonObject::Remember(size_t place) {
  const bool is_new =
      index_->places.emplace(HashOf(members_[place].key), static_cast<uint32_t>(place)).second;
  if (!is_new) index_->has_collision = true;
}

void JsonObject::MakeIndex() {
  index_.reset();
  if (members_.size() < kIndexed) return;
  index_ = std::make_unique<Index>();
  index_->places.reserve(members_.size());
  for (size_t place = 0; place < members_.size(); ++place) Remember(place);
}

}  // namespace rope
