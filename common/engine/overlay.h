// The identity map of one batch: what was read from the store, overlaid with what the batch has recorded since. It
// lives for one batch only.
#pragma once

#include <deque>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/service.h"
#include "engine/store.h"

namespace songsang::engine {

// An entity as the batch sees it.
struct Slot {
  const rows::Table* table = nullptr;
  std::string tenant, id;
  const Message* current = nullptr;      // null: there is none
  std::shared_ptr<const Message> owner;  // keeps `current` alive
  std::string body;                      // its bytes, where recorded in this batch
};

class Overlay {
 public:
  // What the store answered to a look-up.
  void Load(const Lookup& lookup, const Bodies& bodies);
  bool Knows(const Lookup& lookup) const;

  // Only after the look-up was loaded.
  const Message* Get(const Lookup& by_id) const;
  std::vector<const Message*> List(const Lookup& lookup) const;

  // Takes the entity as it now stands.
  void Put(const rows::Table& table, const std::string& tenant, const Message& entity,
           std::shared_ptr<const Message> owner, std::string body);

  // What was put since a mark can be taken back, as if it had never been decided.
  size_t Mark() const { return puts_.size(); }
  void RevertTo(size_t mark);
  // The entities put since a mark, each once, in the order first put; their last state.
  std::vector<const Slot*> PutSince(size_t mark) const;

 private:
  // A slot, and what it held before.
  struct Step {
    Slot* slot;
    const Message* current;
    std::shared_ptr<const Message> owner;
    std::string body;
  };
  Slot* Find(const rows::Table& table, const std::string& tenant, const std::string& id);
  const Slot* Find(const rows::Table& table, const std::string& tenant, const std::string& id) const;

  std::unordered_map<std::string, Slot> slots_;
  std::unordered_map<std::string, std::vector<std::string>> lists_;  // look-up -> ids in the store
  std::vector<Step> puts_;
};

// The look-up that a name stands for in a service's store. Empty `table` where the columns are not of a declared index.
Lookup ToLookup(const Named& named, const std::string& tenant, std::string_view service);
Lookup ById(const rows::Table& table, const std::string& tenant, const std::string& id);

}  // namespace songsang::engine
