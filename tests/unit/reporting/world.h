// A replica over journals that a test writes by hand, in an SQLite store of its own.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/result.h"
#include "engine/reader.h"
#include "engine/store.h"
#include "reporting/follower.h"
#include "reporting/queries.h"
#include "support/proto.h"

namespace songsang::reporting {

inline constexpr const char* kTenant = "acme";

class World {
 public:
  World();

  // Appends an event to the journal of its service, a second after the last one. It wrote all entities that it holds, or
  // only the one of this id.
  void Record(const google::protobuf::Message& event, const std::string& changed_id = "",
              const std::string& tenant = kTenant);
  // Several events of one batch: they bear the same instant.
  void SameInstant() { step_ = 0; }
  void NextInstant() { step_ = 1'000'000; }
  Instant now() const { return Instant{clock_}; }

  Sources sources();
  // Follows the journals until nothing is left.
  Status Follow(int at_once = 1000);

  Result<v1::Figures> Ask(const v1::GetFiguresRequest& request, const std::string& tenant = kTenant);
  Result<v1::Lineage> Lineage(const v1::GetLineageRequest& request, const std::string& tenant = kTenant);
  engine::Rows Query(const std::string& sql);

  engine::Store& store() { return *store_; }
  std::vector<songsang::v1::JournalEvent>& journal(const std::string& service) { return journals_[service]; }
  // The follower that goes on from call to call.
  Replicator& replicator() { return *replicator_; }
  std::vector<std::string> told;  // what Advanced was called with

 private:
  engine::SqlReader ReaderOf(const std::string& tenant);

  std::shared_ptr<engine::Store> store_;
  std::map<std::string, std::vector<songsang::v1::JournalEvent>> journals_;
  std::unique_ptr<Replicator> replicator_;
  std::vector<const rows::Table*> tables_;
  int64_t clock_ = 1'700'000'000'000'000;
  int64_t step_ = 1'000'000;
};

// A row as text: `social | 3 | 12.50`; unset is `-`, unknown is `?`, nothing to tell is ``.
std::vector<std::string> RowsOf(const v1::Figures& figures);
std::string TotalOf(const v1::Figures& figures);

}  // namespace songsang::reporting
