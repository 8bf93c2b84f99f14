#include "support/server.h"

#include <sys/stat.h>

#include <stdexcept>

namespace songsang {
namespace {

// A machine that is busy with other things takes its time to start one.
constexpr std::chrono::seconds kWithin{180};

// Ends the server once this end of the pipe is closed, be it that the test was killed: in a process that nobody would
// take for the test's child.
FILE* Guard(const std::string& kind, const std::string& folder) {
  const std::string kill = std::string(SONGSANG_CONTROL) + " " + kind + " kill " + folder;
  FILE* guard = popen(("exec 3<&0; (trap '' INT TERM; cat <&3 >/dev/null; " + kill + ") >/dev/null 2>&1 &").c_str(),
                      "we");  // not for what this process starts
  if (guard == nullptr) throw std::runtime_error("no guard can be started");
  return guard;
}

}  // namespace

Server::Server(std::string kind, const std::vector<std::string>& settings) : kind_(std::move(kind)) {
  // PostgreSQL runs as a user of its own where we are root.
  chmod(folder_.path().c_str(), 0711);
  guard_ = Guard(kind_, folder());
  std::vector<std::string> words = {"start", folder(), "0"};
  words.insert(words.end(), settings.begin(), settings.end());
  address_ = Control(words);
  address_.erase(address_.find_last_not_of('\n') + 1);
}

Server::~Server() {
  (void)Process({SONGSANG_CONTROL, kind_, "kill", folder()}).Wait(kWithin);
  if (guard_ != nullptr) pclose(guard_);
}

std::string Server::Control(std::vector<std::string> words) const {
  words.insert(words.begin(), {SONGSANG_CONTROL, kind_});
  const Ran ran = Process(words).Wait(kWithin);
  if (ran.exit_code != 0) throw std::runtime_error(kind_ + ": " + ran.err);
  return ran.out;
}

std::string Server::port() const {
  const size_t begin = address_.rfind(':') + 1;
  return address_.substr(begin, address_.find('/', begin) - begin);
}

}  // namespace songsang
