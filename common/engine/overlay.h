// The identity map of one batch: what was read from the store, overlaid with what the batch has recorded since. It
// lives for one batch only.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
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

  // Null where the batch has not asked for it yet.
  const Slot* At(const rows::Table& table, const std::string& tenant, const std::string& id) const;
  // Only after the look-up was loaded.
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
  // What may match a look-up, by id: what the store answered and what the batch has put. A slot that was moved away, or
  // whose move was taken back, stays: whoever lists looks at what it holds now.
  using Candidates = std::map<std::string_view, const Slot*>;

  Slot* Find(const rows::Table& table, const std::string& tenant, const std::string& id);
  void Note(const Slot& slot, const Message& entity);
  void Note(const std::vector<int>& columns, const Slot& slot, const Message& entity);

  std::unordered_map<std::string, Slot> slots_;
  std::unordered_map<std::string, Candidates> loaded_;  // by look-up
  std::unordered_map<std::string, Candidates> put_;     // by look-up, of the columns that were ever listed by
  std::unordered_map<const rows::Table*, std::vector<std::vector<int>>> listed_;
  std::vector<Step> puts_;
};

// The look-up that a name stands for in a service's store. Empty `table` where the columns are not of a declared index.
Lookup ToLookup(const Named& named, const std::string& tenant, std::string_view service);
// What tells one look-up from another.
std::string LookupKey(const Lookup& lookup);
Lookup ById(const rows::Table& table, const std::string& tenant, const std::string& id);

}  // namespace songsang::engine
