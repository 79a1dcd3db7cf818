#include "tests/testing/subprocess.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "absl/strings/str_cat.h"
#include "tests/testing/paths.h"

extern char** environ;

namespace rope::testing {
namespace {

// A new file, which the destructor removes.
class ScratchFile {
 public:
  explicit ScratchFile(const std::string& content = "") {
    char name[] = "/tmp/rope-test-XXXXXX";
    const int descriptor = mkstemp(name);
    path_ = name;
    close(descriptor);
    std::ofstream(path_, std::ios::binary) << content;
  }
  ~ScratchFile() { unlink(path_.c_str()); }
  ScratchFile(const ScratchFile&) = delete;
  ScratchFile& operator=(const ScratchFile&) = delete;

  const std::string& path() const { return path_; }
  std::string Read() const {
    std::ifstream file(path_, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  }

 private:
  std::string path_;
};

int ExitCode(int status) { return WIFEXITED(status) ? WEXITSTATUS(status) : -1; }

pid_t Spawn(const std::vector<std::string>& arguments, const std::string& in,
            const std::string& out, const std::string& err) {
  std::vector<std::string> words = arguments;
  words[0] = absl::StrCat(ROPE_BINARY_DIR, "/bin/", arguments[0]);
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 0, in.c_str(), O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&files, 1, out.c_str(), O_WRONLY | O_TRUNC, 0);
  posix_spawn_file_actions_addopen(&files, 2, err.c_str(), O_WRONLY | O_TRUNC, 0);
  pid_t process = -1;
  const int error = posix_spawn(&process, argv[0], &files, nullptr, argv.data(), environ);
  posix_spawn_file_actions_destroy(&files);
  if (error != 0) {
    std::fprintf(stderr, "cannot run %s\n", argv[0]);
    std::abort();
  }
  return process;
}

}  // namespace

ProgramResult RunProgram(const std::vector<std::string>& arguments, const std::string& input) {
  const ScratchFile in(input);
  const ScratchFile out;
  const ScratchFile err;
  const pid_t process = Spawn(arguments, in.path(), out.path(), err.path());
  int status = 0;
  waitpid(process, &status, 0);
  return {ExitCode(status), out.Read(), err.Read()};
}

RunningServer::RunningServer(const std::vector<std::string>& options, const std::string& program) {
  std::vector<std::string> arguments = {program, "--listen", "127.0.0.1:0"};
  arguments.insert(arguments.end(), options.begin(), options.end());
  const ScratchFile out;
  process_ = Spawn(arguments, "/dev/null", out.path(), "/dev/null");
  const std::string ready = program + " ready on ";
  for (int i = 0; i < 600 && address_.empty(); ++i) {
    usleep(50000);
    const std::string text = out.Read();
    if (text.rfind(ready, 0) == 0 && text.back() == '\n') {
      address_ = text.substr(ready.size(), text.size() - ready.size() - 1);
    }
  }
  if (address_.empty()) {
    std::fprintf(stderr, "%s did not become ready\n", program.c_str());
    std::abort();
  }
}

RunningServer::~RunningServer() {
  if (process_ < 0) return;
  kill(process_, SIGKILL);
  Wait();
}

void RunningServer::Signal(int signal) const { kill(process_, signal); }

int RunningServer::Wait() {
  int status = 0;
  waitpid(process_, &status, 0);
  process_ = -1;
  return ExitCode(status);
}

}  // namespace rope::testing
