// Programs of our own, started and ended.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

namespace songsang::chaos {

class Process {
 public:
  // What it says goes to `log`, appended. It ends with this process.
  Process(const std::vector<std::string>& words, const std::string& log);
  ~Process();  // Kill()
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  bool Runs();
  void Signal(int signal);
  // SIGKILL, and gone when it returns.
  void Kill();
  // The exit code; -1 if it had to be killed after this time.
  int Await(std::chrono::seconds within);

 private:
  void Reap(bool wait);

  pid_t pid_ = -1;
  bool ended_ = false;
  int code_ = -1;
};

int FreePort();

}  // namespace songsang::chaos
