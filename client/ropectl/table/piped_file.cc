#include "client/ropectl/table/piped_file.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace rope::ropectl {
namespace {

constexpr size_t kPieceBytes = 1 << 20;

absl::Status OutputError() {
  return absl::UnavailableError(
      absl::StrCat("cannot write to standard output: ",
                   std::error_code(errno, std::generic_category()).message()));
}

}  // namespace

absl::StatusOr<std::unique_ptr<PipedFile>> PipedFile::Create(const std::string& ending) {
  std::error_code error;
  std::string folder =
      absl::StrCat(std::filesystem::temp_directory_path(error).string(), "/ropectl-XXXXXX");
  if (error || mkdtemp(folder.data()) == nullptr) {
    return absl::UnavailableError("cannot make a temporary folder for --out -");
  }
  const int output = dup(STDOUT_FILENO);
  if (output < 0 || dup2(STDERR_FILENO, STDOUT_FILENO) < 0) return OutputError();
  return std::unique_ptr<PipedFile>(new PipedFile(std::move(folder), ending, output));
}

PipedFile::PipedFile(std::string folder, const std::string& ending, int output)
    : folder_(std::move(folder)), path_(absl::StrCat(folder_, "/table", ending)), output_(output) {}

PipedFile::~PipedFile() {
  close(output_);
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

absl::Status PipedFile::Send() {
  std::ifstream file(path_, std::ios::binary);
  std::vector<char> piece(kPieceBytes);
  while (file.read(piece.data(), static_cast<std::streamsize>(piece.size())) || file.gcount() > 0) {
    const char* at = piece.data();
    auto left = static_cast<size_t>(file.gcount());
    while (left > 0) {
      const ssize_t written = write(output_, at, left);
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return OutputError();
      at += written;
      left -= static_cast<size_t>(written);
    }
  }
  return absl::OkStatus();
}

}  // namespace rope::ropectl
