#include "client/files/partial_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace rope::client {
namespace {

absl::Status FileError(absl::string_view action, const std::string& path) {
  return absl::ErrnoToStatus(errno, absl::StrCat("cannot ", action, " ", path));
}

}  // namespace

absl::StatusOr<PartialFile> PartialFile::Create(const std::string& path) {
  std::string partial_path = absl::StrCat(path, ".part-", getpid());
  const int descriptor = open(partial_path.c_str(), O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0666);
  if (descriptor < 0) return FileError("write", path);
  return PartialFile(path, std::move(partial_path), descriptor);
}

PartialFile::PartialFile(std::string path, std::string partial_path, int descriptor)
    : path_(std::move(path)), partial_path_(std::move(partial_path)), descriptor_(descriptor) {}

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
    return status;
  }
  return absl::OkStatus();
}

}  // namespace rope::client
