// Imports into the shared system, as `songsang import` makes them, and what they left in the journals.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

#include "songsang/import/import.h"
#include "support/process.h"
#include "support/system.h"

namespace songsang {

class Importing : public ::testing::Test {
 protected:
  struct Done {
    int exit_code = -1;
    std::string out, err;
    std::string refused;  // the error file's text; empty where there is none
  };

  std::string Path(const std::string& name) const { return folder_.path() + "/" + name; }
  // Writes a file of this test's folder; answers its path.
  std::string Write(const std::string& name, const std::string& text) const;
  Done Import(const std::string& file, const std::string& mapping, bool dry_run = false,
              const std::function<void(importer::ImportOptions*)>& change = nullptr) const;
  // How many events of each type (`LeadCaptured`) the tenant has.
  std::map<std::string, int> Events() const;
  // The shipped data's folder; skips the test, visibly, where it is absent.
  static std::string DataFolder();
  static std::string ReadAll(const std::string& path);

  const Client client_ = System::Shared().As({v1::ROLE_IMPORTER, v1::ROLE_ADMIN});

 private:
  TemporaryFolder folder_;
};

}  // namespace songsang
