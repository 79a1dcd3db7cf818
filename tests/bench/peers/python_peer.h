// A peer in Python: a program that answers every line of its input with a line.
#pragma once

#include <sys/types.h>

#include <cstdio>
#include <string>

namespace rope::bench {

class PythonPeer {
 public:
  // Starts tests/bench/peers/`script` by the interpreter `python`. Ask fails where it does not run.
  PythonPeer(const std::string& python, const std::string& script);
  ~PythonPeer();  // closes its input, which ends it
  PythonPeer(const PythonPeer&) = delete;
  PythonPeer& operator=(const PythonPeer&) = delete;

  // The number it answers; aborts, with what to install, where there is no answer.
  double Ask(const std::string& question);
  int pid() const { return process_; }

 private:
  std::string command_;
  pid_t process_ = -1;
  FILE* stream_ = nullptr;
};

}  // namespace rope::bench
