// The real binary, as a person meets it in a shell.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "support/process.h"

namespace songsang {

// A folder of its own, a server in it, and commands that are pointed at that server.
class Shell : public ::testing::Test {
 protected:
  Ran Songsang(std::vector<std::string> arguments, const std::string& input = "") {
    arguments.insert(arguments.begin(), SONGSANG_BINARY);
    return RunProgram(arguments, Environment(), input);
  }
  std::unique_ptr<Process> Start(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), SONGSANG_BINARY);
    return std::make_unique<Process>(arguments, Environment());
  }
  // Serves on a free port; afterwards `address` is where.
  std::unique_ptr<Process> Serve(const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = {"serve", "--listen", "127.0.0.1:0", "--log-format", "json"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    auto server = Start(arguments);
    const std::string line = server->WaitForLine("\"msg\":\"serving\"");
    const std::string key = "\"address\":\"";
    const size_t begin = line.find(key);
    if (begin == std::string::npos) {
      const Ran ran = server->Wait(std::chrono::seconds(1));
      ADD_FAILURE() << "the server does not start:\n" << ran.out << ran.err;
      return server;
    }
    address = line.substr(begin + key.size(), line.find('"', begin + key.size()) - begin - key.size());
    return server;
  }
  Ran Stop(Process& server) {
    server.Signal(15);
    return server.Wait();
  }

  const std::string& home() const { return folder_.path(); }
  std::string address = "127.0.0.1:1";

 private:
  std::map<std::string, std::string> Environment() const {
    return {{"SONGSANG_HOME", home()}, {"SONGSANG_ADDRESS", address}, {"LANG", "C.UTF-8"},   {"LC_ALL", ""},
            {"SONGSANG_STORE", ""},    {"SONGSANG_TOKEN", ""},        {"SONGSANG_LANG", ""}, {"SONGSANG_TENANT", ""}};
  }
  TemporaryFolder folder_;
};

MATCHER_P(Says, part, "says " + ::testing::PrintToString(part)) {
  *result_listener << "exit " << arg.exit_code << "\n--- out\n" << arg.out << "--- err\n" << arg.err;
  return (arg.out + arg.err).find(part) != std::string::npos;
}
MATCHER_P(Exits, code, "exits with " + ::testing::PrintToString(code)) {
  *result_listener << "exit " << arg.exit_code << "\n--- out\n" << arg.out << "--- err\n" << arg.err;
  return arg.exit_code == code;
}

}  // namespace songsang
