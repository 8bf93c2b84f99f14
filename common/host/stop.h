// When to end. Signals are blocked in every thread and taken by one that waits for them, since nothing but setting a
// flag is safe in a handler.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

namespace songsang::host {

// Blocks SIGTERM, SIGINT and SIGHUP, ignores SIGPIPE, and takes what comes in a thread of its own: the first asks to
// stop, the second ends the process at once. Call before any other thread runs.
class Signals {
 public:
  Signals();
  ~Signals();
  // Waits until asked to stop; the signal's number.
  int Wait();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};
// Whether a signal has asked this process to stop.
bool StopAsked();

// As many open files as the system allows: a listener that once runs out of them never accepts again.
void RaiseFileLimit();

// Opens a connection to the process's own door every 15 seconds, and ends the process after a minute without an
// answer: what supervises it starts it again, which an open but deaf port would never make it do.
//
// Also says, when it changes, what part of the system has stopped by itself, and what another waits for.
class Watchdog {
 public:
  // Without an address, the door is not watched.
  Watchdog(std::string address, std::function<std::string()> stopped, std::function<std::string()> trouble);
  ~Watchdog();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

// Ends the process if it is not destroyed in time.
class Deadline {
 public:
  Deadline(std::chrono::seconds within, const char* what);
  ~Deadline();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace songsang::host
