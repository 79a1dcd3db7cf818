// Programs run by tests.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace rope::testing {

struct ProgramResult {
  int exit_code = -1;  // -1: it did not exit by itself
  std::string out;     // standard output
  std::string err;     // standard error
};

// Runs build/.../bin/`arguments[0]` to its end with `input` as standard input.
ProgramResult RunProgram(const std::vector<std::string>& arguments, const std::string& input = "");

// The built rope_server, or another program that says "NAME ready on ADDRESS", on a free loopback
// port, with more options. Aborts where it does not start.
class RunningServer {
 public:
  explicit RunningServer(const std::vector<std::string>& options = {},
                         const std::string& program = "rope_server");
  ~RunningServer();
  RunningServer(const RunningServer&) = delete;
  RunningServer& operator=(const RunningServer&) = delete;

  const std::string& address() const { return address_; }
  int pid() const { return process_; }
  void Signal(int signal) const;
  // Waits for its end; the exit code, -1 where a signal ended it.
  int Wait();

 private:
  pid_t process_ = -1;
  std::string address_;
};

}  // namespace rope::testing
