// Takes back into a journal what was published of it and is missing there, and lets a journal go on without it: for a
// database that was restored from an older copy. The service's server is stopped meanwhile.
#pragma once

#include <vector>

#include "core/result.h"
#include "engine/journal.h"
#include "engine/store.h"

namespace songsang::engine {

inline const Reason kEntryBroken{"ENTRY_BROKEN", Code::kInternal,
                                 "Entry {seq} of partition {partition} is not what its hash says: {detail}.",
                                 "파티션 {partition}의 {seq}번 항목이 해시와 일치하지 않습니다: {detail}."};

// Appends entries behind the journal's last, in order, each proved by its hash; and what they made of entities, requests
// and touches. What a request had been sent with is not published: its id alone tells it from now on.
Status AdoptEntries(Store& store, const std::vector<v1::JournalEvent>& events);

// Where a journal and what was published of it part.
struct Parting {
  v1::Position common;     // the last entry that both have
  v1::Position abandoned;  // the last one that was published
};
// Begins a new epoch above both. What the journal holds behind the common entry moves up behind the fork's own entry, so
// that no sequence ever means two things. Answers the new last position.
Result<v1::Position> ForkJournal(Store& store, const Parting& parting);

}  // namespace songsang::engine
