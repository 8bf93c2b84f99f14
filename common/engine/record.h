// Record: the only write in the system. An event that a rule decided becomes versions of its entities, a journal entry
// and its touches; the overlay then shows it to the commands behind it in the batch.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/context.h"
#include "core/result.h"
#include "engine/journal.h"
#include "engine/overlay.h"

namespace songsang::engine {

using Invariants = std::vector<std::pair<std::string, Invariant>>;

// An entity that an event changed, for the touch index.
struct Touch {
  std::string kind, id, account_id, person_id;
  int64_t version = 0;
};

Touch TouchOf(const Message& entity);
void AppendTouch(const JournalEntry& entry, const Touch& touch, rows::RowSet* touches);

struct Recorded {
  bool changed = false;  // false: nothing differs from what was there, so nothing is written
  std::shared_ptr<const std::string> payload;
  JournalEntry entry;  // without place, request and hash: the lane fills them in
  std::vector<Touch> touches;
};

// Numbers the versions of the event's entities, checks the invariants, puts the entities into the overlay. Refused
// with EXTERNAL_REF_TAKEN, EVENT_TOO_LARGE or INTERNAL; the overlay is then as before.
Result<Recorded> Record(std::unique_ptr<Message> event, const Context& context, const Invariants& invariants,
                        Overlay* overlay);

// The entities in an event: messages with a table, singular or repeated, at the top level.
std::vector<const Message*> EntitiesIn(const Message& event);

}  // namespace songsang::engine
