// What these tests run on.
#pragma once

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#define NEEDS_KAFKA() \
  if (std::getenv("SONGSANG_TEST_KAFKA") == nullptr) GTEST_SKIP() << "SONGSANG_TEST_KAFKA names no server"
#define NEEDS_POSTGRES() \
  if (std::getenv("SONGSANG_TEST_POSTGRES") == nullptr) GTEST_SKIP() << "SONGSANG_TEST_POSTGRES names no server"

namespace songsang {

inline std::string Kafka() { return std::getenv("SONGSANG_TEST_KAFKA"); }

}  // namespace songsang
