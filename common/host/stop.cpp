#include "host/stop.h"

#include <malloc.h>
#include <netdb.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sysexits.h>
#include <unistd.h>

#include <atomic>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <mutex>
#include <thread>

#include "host/log.h"

namespace songsang::host {

namespace {

std::atomic<int> asked{0};

sigset_t Ends() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&set, signal);
  return set;
}

// Wakes early when told to end.
class Alarm {
 public:
  // False once ended.
  bool Sleep(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex_);
    return !wake_.wait_for(lock, time, [&] { return ended_; });
  }
  void End() {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    wake_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  bool ended_ = false;
};

// Whether a new connection is greeted: an HTTP/2 server speaks first, by its settings.
bool IsGreeted(const std::string& address, std::chrono::milliseconds within) {
  const size_t colon = address.rfind(':');
  std::string host = address.substr(0, colon);
  if (host == "0.0.0.0" || host == "[::]" || host == "*") host = "127.0.0.1";
  if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), address.substr(colon + 1).c_str(), &hints, &found) != 0) return false;
  const int socket = ::socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  bool greeted = false;
  if (socket >= 0) {
    (void)connect(socket, found->ai_addr, found->ai_addrlen);
    pollfd wait{socket, POLLOUT, 0};
    static constexpr char kPreface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0";
    if (poll(&wait, 1, static_cast<int>(within.count())) == 1 &&
        send(socket, kPreface, sizeof(kPreface), MSG_NOSIGNAL) == sizeof(kPreface)) {
      wait.events = POLLIN;
      char byte = 0;
      greeted = poll(&wait, 1, static_cast<int>(within.count())) == 1 && recv(socket, &byte, 1, 0) == 1;
    }
    close(socket);
  }
  freeaddrinfo(found);
  return greeted;
}

}  // namespace

struct Signals::Impl {
  std::mutex mutex;
  std::condition_variable came;
  std::thread thread;
  bool ended = false;
  std::chrono::steady_clock::time_point first;

  void Take() {
    const sigset_t set = Ends();
    for (;;) {
      int signal = 0;
      if (sigwait(&set, &signal) != 0) continue;
      const std::lock_guard lock(mutex);
      if (ended) return;
      const auto now = std::chrono::steady_clock::now();
      // A terminal and a supervisor may both pass the same wish on: only a later one is another.
      if (asked.exchange(signal) == 0) first = now;
      if (now - first > std::chrono::seconds(1)) {
        Log(Level::kWarn, "asked twice: ending at once");
        _exit(128 + signal);
      }
      came.notify_all();
    }
  }
};

Signals::Signals() : impl_(std::make_unique<Impl>()) {
  signal(SIGPIPE, SIG_IGN);
  const sigset_t set = Ends();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  impl_->thread = std::thread([impl = impl_.get()] { impl->Take(); });
}

Signals::~Signals() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->ended = true;
  }
  pthread_kill(impl_->thread.native_handle(), SIGTERM);
  impl_->thread.join();
}

int Signals::Wait() {
  std::unique_lock lock(impl_->mutex);
  impl_->came.wait(lock, [] { return asked.load() != 0; });
  return asked;
}

bool StopAsked() { return asked.load() != 0; }

void RaiseFileLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  (void)setrlimit(RLIMIT_NOFILE, &limit);
}

struct Watchdog::Impl {
  std::string address;
  std::function<std::string()> stopped, trouble;
  std::string said_stopped, said_trouble;
  int missed = 0;
  Alarm alarm;
  std::thread thread;

  void Watch() {
    for (int64_t seconds = 1; alarm.Sleep(std::chrono::seconds(1)); ++seconds) {
      HearParts();
      if (!address.empty() && seconds % 15 == 0) TryDoor();
      // What a burst has freed goes back to the system, so that an idle process stays small.
      if (seconds % 30 == 0) malloc_trim(0);
    }
  }

  void HearParts() {
    if (const std::string why = stopped(); why != said_stopped) {
      Log(Level::kError, "a part of the system stopped by itself", {{"why", why}});
      said_stopped = why;
    }
    if (const std::string what = trouble(); what != said_trouble) {
      if (what.empty())
        Log(Level::kInfo, "what waited goes on");
      else
        Log(Level::kWarn, "a part of the system waits; calls are answered meanwhile", {{"what", what}});
      said_trouble = what;
    }
  }

  void TryDoor() {
    missed = IsGreeted(address, std::chrono::seconds(5)) ? 0 : missed + 1;
    if (missed == 0) return;
    Log(Level::kWarn, "the door did not greet a new connection", {{"address", address}, {"times", int64_t{missed}}});
    if (missed < 4) return;
    Log(Level::kError, "the door is deaf: ending, so that the process is started again", {{"address", address}});
    _exit(EX_SOFTWARE);
  }
};

Watchdog::Watchdog(std::string address, std::function<std::string()> stopped, std::function<std::string()> trouble)
    : impl_(std::make_unique<Impl>()) {
  impl_->address = std::move(address);
  impl_->stopped = std::move(stopped);
  impl_->trouble = std::move(trouble);
  impl_->thread = std::thread([impl = impl_.get()] { impl->Watch(); });
}

Watchdog::~Watchdog() {
  impl_->alarm.End();
  impl_->thread.join();
}

struct Deadline::Impl {
  Alarm alarm;
  std::thread thread;
};

Deadline::Deadline(std::chrono::seconds within, const char* what) : impl_(std::make_unique<Impl>()) {
  impl_->thread = std::thread([impl = impl_.get(), within, what] {
    if (!impl->alarm.Sleep(within)) return;
    Log(Level::kError, "not done in time: ending at once", {{"what", what}, {"seconds", int64_t{within.count()}}});
    _exit(EX_SOFTWARE);
  });
}

Deadline::~Deadline() {
  impl_->alarm.End();
  impl_->thread.join();
}

}  // namespace songsang::host
