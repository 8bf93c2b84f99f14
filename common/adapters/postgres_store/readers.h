// Reading connections, made when needed, closed when idle.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "adapters/postgres_store/pipe.h"

namespace songsang::postgres_store {

class Readers {
 public:
  Readers(std::string url, std::string schema) : url_(std::move(url)), schema_(std::move(schema)) {}

  StoreError Query(const std::string& sql, std::span<const rows::Cell> parameters, steady_clock::time_point deadline,
                   engine::Rows* rows);

 private:
  struct Idle {
    std::unique_ptr<Pipe> pipe;
    steady_clock::time_point since;
  };
  std::unique_ptr<Pipe> Take(steady_clock::time_point deadline, std::string* error);
  // Null gives the place back alone.
  void Give(std::unique_ptr<Pipe> pipe);

  const std::string url_, schema_;
  std::mutex mutex_;
  std::condition_variable free_;
  std::vector<Idle> idle_;
  size_t readers_ = 0;
};

}  // namespace songsang::postgres_store
