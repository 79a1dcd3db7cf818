// PipedFile: standard output in place of a file, for `--out -`.
#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace rope::ropectl {

// The formats of tables need a file, because sizes or places are known at the end only. So a table
// is written to a temporary folder and then copied. As long as the object lives, what this program
// prints to standard output goes to standard error. Not thread-safe; one object per process.
class PipedFile {
 public:
  // Makes the folder, in TMPDIR or /tmp. `ending` is that of the file: ".npz".
  static absl::StatusOr<std::unique_ptr<PipedFile>> Create(const std::string& ending);
  // Removes the folder with all that is in it.
  ~PipedFile();
  PipedFile(const PipedFile&) = delete;
  PipedFile& operator=(const PipedFile&) = delete;

  // The file to write.
  const std::string& path() const { return path_; }
  // Copies the file to what was standard output. UNAVAILABLE, with the reason, if that fails.
  absl::Status Send();

 private:
  PipedFile(std::string folder, const std::string& ending, int output);

  const std::string folder_;
  const std::string path_;
  const int output_;  // the descriptor that was standard output
};

}  // namespace rope::ropectl
