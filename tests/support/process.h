// Programs, run as a person or a supervisor would: with arguments, an environment, signals.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <map>
#include <ostream>
#include <string>
#include <vector>

namespace songsang {

struct Ran {
  int exit_code = -1;  // 128 + signal where one ended it
  std::string out, err;
};
// How a failed test shows it: in full, by the matcher that failed.
inline void PrintTo(const Ran& ran, std::ostream* stream) { *stream << "exit " << ran.exit_code; }

// A program under way. Killed, if it still runs, when this ends.
class Process {
 public:
  // `environment` is added to the test's own; an empty value takes a variable away.
  Process(const std::vector<std::string>& command, const std::map<std::string, std::string>& environment = {},
          const std::string& input = "");
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // Waits until a line of standard output holds this, and answers the line; empty if the program ended or time passed.
  std::string WaitForLine(const std::string& part, std::chrono::seconds within = std::chrono::seconds(30));
  void Signal(int signal);
  // Waits for the end, and answers all it said.
  Ran Wait(std::chrono::seconds within = std::chrono::seconds(30));
  bool running();
  pid_t pid() const { return pid_; }

 private:
  void Read(int timeout_ms);
  void Reap(bool wait);

  pid_t pid_ = -1;
  int out_ = -1, err_ = -1;
  Ran ran_;
  bool ended_ = false;
};

Ran RunProgram(const std::vector<std::string>& command, const std::map<std::string, std::string>& environment = {},
               const std::string& input = "");

// A folder that goes with the test.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace songsang
