// Sends the commands of a file's rows in batches, several under way at once, and learns what became of each row.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "adapters/grpc_client/client.h"
#include "songsang/import/csv.h"
#include "songsang/import/mapping.h"
#include "songsang/import/requests.h"
#include "songsang/v1/engine.pb.h"

namespace songsang::importer {

// BatchService/Execute, called from several threads. The reply is ExecuteResponse's bytes.
using Execute = std::function<client::Answer(const v1::ExecuteRequest& request, bool validate_only)>;

// Why something of a row was not done, as the error file tells it.
struct Refused {
  int64_t line = 0;
  std::string step, field, column, reason, sentence;
  const std::vector<std::string>* cells = nullptr;  // the row as it was read
};

struct Counts {
  int64_t rows = 0, commands = 0;
  // Rows: with something newly recorded; with nothing new, because all was there; to which no step applies; with
  // something refused.
  int64_t imported = 0, already = 0, idle = 0, refused = 0;
  // Commands whose entity was there under its external reference, recorded by another command than this one; and
  // commands recorded before with other content (or by another person), which stay as they were.
  int64_t taken = 0, differing = 0;
  // Dry run: rows that rest on others of the same run, and so can only be judged once those are recorded.
  int64_t unjudged = 0;
};

struct RunSettings {
  bool dry_run = false;
  bool korean = false;
  int in_flight = 4;                            // batches under way at once
  int batch_items = 500;                        // commands a batch; a row's commands are never divided
  std::chrono::milliseconds patience{120'000};  // how long a server that answered before may stay away
  std::chrono::milliseconds first_patience{5'000};
  std::chrono::milliseconds pause{200};  // before the first retry; then twice as long each time, up to 5 s
};

class Importer {
 public:
  Importer(const Mapping& mapping, RunSettings settings, Execute execute, std::function<void(const Refused&)> refuse);
  ~Importer();
  Importer(const Importer&) = delete;
  Importer& operator=(const Importer&) = delete;

  // Takes a row; sends a batch when one is full. False once the run is over: `failure` says why.
  bool Add(CsvRow row);
  // Sends what is left and waits for all.
  bool Finish();

  const Counts& counts() const { return counts_; }
  // Why the run cannot go on: the server stayed away, or does not let this caller do it.
  const std::optional<client::Answer>& failure() const { return failure_; }

 private:
  struct Item;
  struct Row;
  struct Batch;
  struct Sent;

  void Launch();
  // Waits for the oldest batch under way and takes in its results.
  void Land();
  void Take(Batch& batch, const v1::ExecuteResponse& response);
  void TakeItem(Item& item, const v1::BatchResult& result);
  void Conclude(Row& row);
  bool RestsOnThisRun(const Command& command) const;
  void Remember(const Command& command);
  Sent Send(const v1::ExecuteRequest& request, bool answered_before) const;
  void Refuse(Row& row, const Step* step, std::string field, std::string reason, std::string sentence);

  const Mapping& mapping_;
  const RunSettings settings_;
  const Execute execute_;
  const std::function<void(const Refused&)> refuse_;
  RequestMaker maker_;
  std::unique_ptr<Batch> next_;
  std::deque<std::unique_ptr<Batch>> under_way_;
  int64_t launched_ = 0, landed_ = 0;
  // `once` keys: the number of the batch that brings the command; and those refused, with the line that brought them.
  std::unordered_map<std::string, int64_t> once_;
  std::unordered_map<std::string, int64_t> once_refused_;
  std::unordered_set<std::string> made_here_;  // dry run: what this run would create or change
  Counts counts_;
  std::optional<client::Answer> failure_;
};

}  // namespace songsang::importer
