#include "support/process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

extern char** environ;

namespace songsang {

namespace {

std::vector<std::string> Merged(const std::map<std::string, std::string>& environment) {
  std::vector<std::string> merged;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    if (!environment.contains(text.substr(0, text.find('=')))) merged.push_back(text);
  }
  for (const auto& [name, value] : environment)
    if (!value.empty()) merged.push_back(name + "=" + value);
  return merged;
}

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (auto& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

int Remaining(std::chrono::steady_clock::time_point until) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
  return static_cast<int>(std::max<int64_t>(0, left.count()));
}

}  // namespace

Process::Process(const std::vector<std::string>& command, const std::map<std::string, std::string>& environment,
                 const std::string& input) {
  auto arguments = command;
  auto variables = Merged(environment);
  const auto argv = Pointers(arguments);
  const auto envp = Pointers(variables);
  FILE* given = std::tmpfile();
  std::fwrite(input.data(), 1, input.size(), given);
  std::rewind(given);
  int out[2], err[2];
  if (pipe2(out, O_CLOEXEC) != 0 || pipe2(err, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  pid_ = fork();
  if (pid_ == 0) {
    dup2(fileno(given), STDIN_FILENO);
    dup2(out[1], STDOUT_FILENO);
    dup2(err[1], STDERR_FILENO);
    setpgid(0, 0);
    execvpe(argv[0], argv.data(), envp.data());
    _exit(127);
  }
  std::fclose(given);
  close(out[1]);
  close(err[1]);
  out_ = out[0];
  err_ = err[0];
}

Process::~Process() {
  if (!ended_) {
    kill(pid_, SIGKILL);
    Reap(true);
  }
  close(out_);
  close(err_);
}

void Process::Read(int timeout_ms) {
  pollfd ready[2] = {{out_, POLLIN, 0}, {err_, POLLIN, 0}};
  if (poll(ready, 2, timeout_ms) <= 0) return;
  for (int i = 0; i < 2; ++i) {
    if (ready[i].revents == 0) continue;
    char buffer[65536];
    const ssize_t count = read(ready[i].fd, buffer, sizeof(buffer));
    if (count > 0) (i == 0 ? ran_.out : ran_.err).append(buffer, static_cast<size_t>(count));
  }
}

void Process::Reap(bool wait) {
  int status = 0;
  if (ended_ || waitpid(pid_, &status, wait ? 0 : WNOHANG) != pid_) return;
  ended_ = true;
  ran_.exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

std::string Process::WaitForLine(const std::string& part, std::chrono::seconds within) {
  const auto until = std::chrono::steady_clock::now() + within;
  for (;;) {
    const size_t found = ran_.out.find(part);
    const size_t end = found == std::string::npos ? found : ran_.out.find('\n', found);
    if (end != std::string::npos) {
      const size_t begin = ran_.out.rfind('\n', found);
      return ran_.out.substr(begin == std::string::npos ? 0 : begin + 1,
                             end - (begin == std::string::npos ? 0 : begin + 1));
    }
    if (!running() || Remaining(until) == 0) return "";
    Read(std::min(100, Remaining(until)));
  }
}

void Process::Signal(int signal) { kill(pid_, signal); }

bool Process::running() {
  Reap(false);
  return !ended_;
}

Ran Process::Wait(std::chrono::seconds within) {
  const auto until = std::chrono::steady_clock::now() + within;
  while (running() && Remaining(until) > 0) Read(std::min(20, Remaining(until)));
  if (!ended_) {
    kill(pid_, SIGKILL);
    Reap(true);
    ran_.err += "\n(killed by the test: it did not end in time)\n";
  }
  for (size_t before = 1, now = 0; before != now;) {
    before = ran_.out.size() + ran_.err.size();
    Read(0);
    now = ran_.out.size() + ran_.err.size();
  }
  return ran_;
}

Ran RunProgram(const std::vector<std::string>& command, const std::map<std::string, std::string>& environment,
               const std::string& input) {
  return Process(command, environment, input).Wait(std::chrono::seconds(60));
}

TemporaryFolder::TemporaryFolder() {
  path_ = (std::filesystem::temp_directory_path() / "songsang-test-XXXXXX").string();
  if (mkdtemp(path_.data()) == nullptr) throw std::runtime_error("no temporary folder " + path_);
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace songsang
