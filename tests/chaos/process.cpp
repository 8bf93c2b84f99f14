#include "chaos/process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>
#include <thread>

namespace songsang::chaos {

Process::Process(const std::vector<std::string>& words, const std::string& log) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const int out = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (out < 0) throw std::runtime_error("the log " + log + " cannot be written");
  pid_ = fork();
  if (pid_ < 0) throw std::runtime_error("no process can be started");
  if (pid_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(out, 1);
    dup2(out, 2);
    execv(arguments[0], arguments.data());
    _exit(127);
  }
  close(out);
}

Process::~Process() { Kill(); }

void Process::Reap(bool wait) {
  int status = 0;
  if (ended_ || waitpid(pid_, &status, wait ? 0 : WNOHANG) != pid_) return;
  ended_ = true;
  code_ = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool Process::Runs() {
  Reap(false);
  return !ended_;
}

void Process::Signal(int signal) {
  if (Runs()) kill(pid_, signal);
}

void Process::Kill() {
  Signal(SIGKILL);
  Reap(true);
}

int Process::Await(std::chrono::seconds within) {
  const auto deadline = std::chrono::steady_clock::now() + within;
  while (Runs() && std::chrono::steady_clock::now() < deadline)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  if (Runs()) {
    Kill();
    return -1;
  }
  return code_;
}

int FreePort() {
  const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool bound = bind(listener, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                     getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  close(listener);
  if (!bound) throw std::runtime_error("no free port");
  return ntohs(address.sin_port);
}

}  // namespace songsang::chaos
