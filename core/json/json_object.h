// JsonObject: the members of a JSON object, in order, each found by its name in constant time.
//
// Plain data: copies are deep, and values are as thread-safe as an int.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"

namespace rope {

class JsonValue;
struct JsonMember;

class JsonObject {
 public:
  using Members = std::vector<JsonMember>;

  JsonObject();
  JsonObject(const JsonObject& other);
  JsonObject(JsonObject&& other) noexcept;
  JsonObject& operator=(const JsonObject& other);
  JsonObject& operator=(JsonObject&& other) noexcept;
  ~JsonObject();
  // REQUIRES that no two members have the same name.
  explicit JsonObject(Members members);

  size_t size() const;
  bool empty() const;
  Members::const_iterator begin() const;
  Members::const_iterator end() const;
  const JsonMember& operator[](size_t i) const;
  // These two are for changes of the values. Names must stay unchanged.
  Members::iterator begin();
  Members::iterator end();

  // The member of that name; null if there is none.
  const JsonMember* Find(absl::string_view key) const;
  // Adds a member at the end. REQUIRES that there is none of that name.
  void Append(JsonMember member);
  // Removes the member, if it is there. Linear in the number of members.
  void Erase(absl::string_view key);
  void SortByKey();

 private:
  // Hash of a name -> place in members_. Two names with one hash would need a second look, and
  // then every look-up goes through all members.
  struct Index {
    absl::flat_hash_map<size_t, uint32_t> places;
    bool has_collision = false;
  };

  void Remember(size_t place);
  void MakeIndex();

  Members members_;
  std::unique_ptr<Index> index_;  // null: so few members that a search is faster
};

}  // namespace rope
