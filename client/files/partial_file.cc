#include "client/files/partial_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <mutex>
#include <set>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace rope::client {
namespace {

absl::Status FileError(absl::string_view action, const std::string& path) {
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot ", action, " ", path));
}

// The partial files of all objects.
class LivePaths {
 public:
  void Add(const std::string& path) {
    const std::lock_guard<std::mutex> lock(mutex_);
    paths_.insert(path);
  }
  void Remove(const std::string& path) {
    const std::lock_guard<std::mutex> lock(mutex_);
    paths_.erase(path);
  }
  std::set<std::string> All() {
    const std::lock_guard<std::mutex> lock(mutex_);
    return paths_;
  }

 private:
  std::mutex mutex_;
  std::set<std::string> paths_;
};

// Never destroyed: RemoveAll may run while the program ends.
LivePaths& Live() {
  static LivePaths& live = *new LivePaths;
  return live;
}

}  // namespace

void PartialFile::RemoveAll() {
  namespace fs = std::filesystem;
  for (const fs::path path : Live().All()) {
    std::error_code ignored;
    const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
    for (const fs::directory_entry& entry : fs::directory_iterator(folder, ignored)) {
      if (absl::StartsWith(entry.path().filename().string(), path.filename().string())) {
        fs::remove(entry.path(), ignored);
      }
    }
  }
}

absl::StatusOr<PartialFile> PartialFile::Create(const std::string& path) {
  std::string partial_path = absl::StrCat(path, ".part-", getpid());
  const int descriptor = open(partial_path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0666);
  if (descriptor < 0) return FileError("write", path);
  return PartialFile(path, std::move(partial_path), descriptor);
}

PartialFile::PartialFile(std::string path, std::string partial_path, int descriptor)
    : path_(std::move(path)), partial_path_(std::move(partial_path)), descriptor_(descriptor) {
  Live().Add(partial_path_);
}

PartialFile::PartialFile(PartialFile&& other) noexcept
    : path_(std::move(other.path_)),
      partial_path_(std::move(other.partial_path_)),
      descriptor_(std::exchange(other.descriptor_, -1)) {}

PartialFile& PartialFile::operator=(PartialFile&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(partial_path_, other.partial_path_);
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

PartialFile::~PartialFile() {
  if (descriptor_ < 0) return;
  close(descriptor_);
  unlink(partial_path_.c_str());
  Live().Remove(partial_path_);
}

absl::Status PartialFile::WriteAt(int64_t offset, absl::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = pwrite(descriptor_, bytes.data(), bytes.size(), offset);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return FileError("write", path_);
    bytes.remove_prefix(static_cast<size_t>(written));
    offset += written;
  }
  return absl::OkStatus();
}

absl::Status PartialFile::CopyPermissions(const std::string& path) {
  struct stat other = {};
  if (stat(path.c_str(), &other) != 0) return FileError("read", path);
  // Only root may give a file to somebody else. This comes first, because it clears some bits.
  if (fchown(descriptor_, other.st_uid, other.st_gid) != 0 && errno != EPERM) {
    return FileError("write", path_);
  }
  if (fchmod(descriptor_, other.st_mode & 07777) != 0) return FileError("write", path_);
  return absl::OkStatus();
}

absl::Status PartialFile::Sync() {
  return fsync(descriptor_) == 0 ? absl::OkStatus() : FileError("write", path_);
}

absl::Status PartialFile::Commit() {
  // Some errors of earlier writes are reported by close.
  if (close(std::exchange(descriptor_, -1)) != 0 ||
      std::rename(partial_path_.c_str(), path_.c_str()) != 0) {
    absl::Status status = FileError("finish", path_);
    unlink(partial_path_.c_str());
    Live().Remove(partial_path_);
    return status;
  }
  Live().Remove(partial_path_);
  return absl::OkStatus();
}

}  // namespace rope::client
