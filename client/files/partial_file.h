// PartialFile: a file that is there under its own name only when it is complete.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rope::client {

class PartialFile {
 public:
  // Creates "<path>.part-<process>" beside `path`.
  static absl::StatusOr<PartialFile> Create(const std::string& path);

  PartialFile(PartialFile&& other) noexcept;
  PartialFile& operator=(PartialFile&& other) noexcept;
  // Removes what was not committed.
  ~PartialFile();

  const std::string& path() const { return path_; }
  const std::string& partial_path() const { return partial_path_; }

  absl::Status WriteAt(int64_t offset, absl::string_view bytes);
  // Renames to path(), replacing what is there.
  absl::Status Commit();

 private:
  PartialFile(std::string path, std::string partial_path, int descriptor);

  std::string path_;
  std::string partial_path_;
  int descriptor_ = -1;
};

}  // namespace rope::client
