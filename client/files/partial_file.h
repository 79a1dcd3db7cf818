// PartialFile: a file that appears under its name only when it is complete.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace rope::client {

// Written under another name in the same folder and renamed by Commit. Movable; not thread-safe.
class PartialFile {
 public:
  // Creates "<path>.part-<process id>". If that is not possible, the status says why: NOT_FOUND,
  // PERMISSION_DENIED, ...
  static absl::StatusOr<PartialFile> Create(const std::string& path);

  // Removes the partial files of all objects, and files that others made beside them whose names
  // start with theirs. For a program that is about to end without destroying its objects.
  // Thread-safe.
  static void RemoveAll();

  PartialFile(PartialFile&& other) noexcept;
  PartialFile& operator=(PartialFile&& other) noexcept;
  // Removes the file if it was not committed.
  ~PartialFile();

  const std::string& path() const { return path_; }
  const std::string& partial_path() const { return partial_path_; }

  // Writes all of `bytes` at byte `offset` (>= 0) of the file. If it fails, the status says why; a
  // part of the bytes may have been written.
  absl::Status WriteAt(int64_t offset, absl::string_view bytes);
  // Gives the file the permissions of the file at `path`, and its owner if that is allowed.
  absl::Status CopyPermissions(const std::string& path);
  // Waits until the bytes are on the disk.
  absl::Status Sync();
  // Renames the file to path() and replaces a file of that name. To be called at most once; nothing
  // may be written afterwards. If it fails, the partial file is removed.
  absl::Status Commit();

 private:
  PartialFile(std::string path, std::string partial_path, int descriptor);

  std::string path_;
  std::string partial_path_;
  int descriptor_ = -1;  // -1: committed or moved from
};

}  // namespace rope::client
