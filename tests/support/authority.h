// The stand-in for the tax authority as a process, which can be killed and comes back on the same port with what it had.
#pragma once

#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "support/process.h"

namespace songsang {

class AuthorityProcess {
 public:
  // `program` is the songsang binary; `manners` is how it misbehaves, empty for not at all.
  AuthorityProcess(std::string program, std::string manners, int silence_ms = 1000)
      : program_(std::move(program)), manners_(std::move(manners)), silence_(std::to_string(silence_ms)) {
    Start("0");
  }
  void Kill() {
    process_->Signal(SIGKILL);
    process_->Wait();
  }
  void Restart() {
    Kill();
    Start(url.substr(url.rfind(':') + 1));
  }
  // What it took: idempotency key and approval number of each, as it wrote them down.
  std::vector<std::pair<std::string, std::string>> Taken() const {
    std::vector<std::pair<std::string, std::string>> taken;
    std::ifstream in(folder_.path() + "/kept/taken.tsv");
    for (std::string line; std::getline(in, line);) {
      const size_t first = line.find('\t');
      taken.emplace_back(line.substr(0, first), line.substr(first + 1, line.find('\t', first + 1) - first - 1));
    }
    return taken;
  }

  std::string url;

 private:
  void Start(const std::string& port) {
    std::vector<std::string> command = {program_, "authority", "--port", port, "--folder", folder_.path() + "/kept"};
    if (!manners_.empty()) command.insert(command.end(), {"--manner", manners_, "--silence-ms", silence_});
    process_ = std::make_unique<Process>(command);
    const std::string line = process_->WaitForLine("http://");
    url = line.substr(std::min(line.find("http://"), line.size()));
    ASSERT_FALSE(url.empty());
  }

  const std::string program_, manners_, silence_;
  TemporaryFolder folder_;
  std::unique_ptr<Process> process_;
};

}  // namespace songsang
