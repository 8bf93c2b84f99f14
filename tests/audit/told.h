// What a service's journal says, read from its first entry to its last.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "audit/audit.h"
#include "engine/journal.h"

namespace songsang::audit {

// A place in a journal.
struct Place {
  int32_t partition = 0;
  int64_t seq = 0;
  auto operator<=>(const Place&) const = default;
};
std::string ToText(const Place& place);

struct EntityKey {
  std::string kind, tenant, id;
  auto operator<=>(const EntityKey&) const = default;
};
std::string ToText(const EntityKey& key);

// An entity as one event left it. Versions are 1, 2, 3, …
struct Version {
  std::string body;
  Place place;
};

// What of an entry is of use once its payload was read.
struct EntryTold {
  int64_t epoch = 0, recorded_at = 0;
  std::string event_id, type, tenant, actor;
  Digest hash{}, payload_digest{};
  std::string changed;
};

struct Told {
  std::map<EntityKey, std::vector<Version>> entities;
  std::map<Key, std::vector<Place>> requests;
  std::map<Place, EntryTold> entries;
};

// Takes the first difference of a check and service, and leaves the others.
class Findings {
 public:
  Findings(std::string service, Report* report) : service_(std::move(service)), report_(report) {}
  void Add(const char* check, const std::string& what);

 private:
  std::string service_;
  Report* report_;
  std::set<std::string> seen_;
};

Told ReadJournal(const Audited& audited, Findings* findings);

std::unique_ptr<google::protobuf::Message> ParseEntity(const google::protobuf::Descriptor* type,
                                                       const std::string& body);
std::string FieldText(const google::protobuf::Message& message, const char* name);

// Part of Audit: the replica in reporting's store against the journals it was made of, up to where it has come: a
// recomputation of each row, and a rebuild of the whole.
void CheckReplica(const std::vector<Audited>& services, const std::map<std::string, Told>& all, Report* report);

}  // namespace songsang::audit
