#include "tests/bench/peers/python_peer.h"

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <iostream>

#include "tests/testing/paths.h"

namespace rope::bench {

PythonPeer::PythonPeer(const std::string& python, const std::string& script)
    : command_(python + " " ROPE_SOURCE_DIR "/tests/bench/peers/" + script) {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) std::abort();
  process_ = fork();
  if (process_ == 0) {
    dup2(ends[1], STDIN_FILENO);
    dup2(ends[1], STDOUT_FILENO);
    const std::string path = ROPE_SOURCE_DIR "/tests/bench/peers/" + script;
    execlp(python.c_str(), python.c_str(), path.c_str(), nullptr);
    _exit(127);
  }
  close(ends[1]);
  stream_ = fdopen(ends[0], "r+");
  if (process_ < 0 || stream_ == nullptr) std::abort();
}

PythonPeer::~PythonPeer() {
  std::fclose(stream_);
  waitpid(process_, nullptr, 0);
}

double PythonPeer::Ask(const std::string& question) {
  std::array<char, 256> answer{};
  std::fprintf(stream_, "%s\n", question.c_str());
  std::fflush(stream_);
  if (std::fgets(answer.data(), answer.size(), stream_) == nullptr) {
    std::cerr << "rope_bench: " << command_
              << " gave no answer; it needs the packages named in its first lines\n";
    std::exit(1);
  }
  return std::strtod(answer.data(), nullptr);
}

}  // namespace rope::bench
