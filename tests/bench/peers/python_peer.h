// A peer in Python: a program that answers every line of its input with one line.
#pragma once

#include <sys/types.h>

#include <cstdio>
#include <string>

namespace rope::bench {

class PythonPeer {
 public:
  // Starts tests/bench/peers/`script` with the interpreter `python`. If it does not run, Ask exits.
  PythonPeer(const std::string& python, const std::string& script);
  // Closes the program's input, which ends it, and waits for it.
  ~PythonPeer();
  PythonPeer(const PythonPeer&) = delete;
  PythonPeer& operator=(const PythonPeer&) = delete;

  // Sends a line and returns the number in the answer. Without an answer this exits with a message
  // that says what to install.
  double Ask(const std::string& question);
  int pid() const { return process_; }

 private:
  std::string command_;
  pid_t process_ = -1;
  FILE* stream_ = nullptr;
};

}  // namespace rope::bench
