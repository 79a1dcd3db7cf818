// Tests run programs with these.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace rope::testing {

struct ProgramResult {
  int exit_code = -1;  // -1: a signal ended it
  std::string out;     // standard output
  std::string err;     // standard error
};

// Runs the program bin/`arguments[0]` of this build to its end. `input` is its standard input.
ProgramResult RunProgram(const std::vector<std::string>& arguments, const std::string& input = "");

// Runs rope_server, or another program of this build, on a free loopback port. The program must
// accept the option --listen ADDRESS and print "NAME ready on ADDRESS". Aborts if it does not
// start. Not thread-safe.
class RunningServer {
 public:
  // `options` come after --listen.
  explicit RunningServer(const std::vector<std::string>& options = {},
                         const std::string& program = "rope_server");
  // Kills the program if it still runs.
  ~RunningServer();
  RunningServer(const RunningServer&) = delete;
  RunningServer& operator=(const RunningServer&) = delete;

  const std::string& address() const { return address_; }
  int pid() const { return process_; }
  // Sends a signal to the program.
  void Signal(int signal) const;
  // Waits for the end of the program. Returns its exit code, or -1 if a signal ended it.
  int Wait();

 private:
  pid_t process_ = -1;
  std::string address_;
};

}  // namespace rope::testing
