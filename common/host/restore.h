// After a database was restored from an older copy: what was published since is taken back, or given up.
#pragma once

#include <functional>
#include <string>

#include "engine/store.h"
#include "engine/stream.h"
#include "host/relay.h"

namespace songsang::host {

inline const Reason kJournalsPart{
    "JOURNALS_PART", Code::kFailedPrecondition,
    "Partition {partition} of {service} has gone on by itself: its entry {seq} is not the one that was published. Only "
    "`songsang journal fork {service}` can go on from here.",
    "{service}의 파티션 {partition}은(는) 이미 따로 진행되었습니다. {seq}번 항목이 발행된 것과 다릅니다. "
    "`songsang journal fork {service}`로만 계속할 수 있습니다."};
inline const Reason kPublishedCut{
    "PUBLISHED_CUT", Code::kFailedPrecondition,
    "Partition {partition} of {service} ends at entry {seq}, and what was published right behind it is no longer kept.",
    "{service} 파티션 {partition}의 마지막 항목은 {seq}번인데, 그 뒤에 발행된 항목이 더 이상 보관되어 있지 않습니다."};

// Hears, partition by partition, what was done.
using Told = std::function<void(const std::string& sentence)>;

// Appends to the journal what was published and is missing in it, and tells the relay where to go on. Nothing is lost
// that had been published. Refused where the journal has gone on by itself.
Status AdoptJournal(engine::Stream& stream, engine::Store& store, const Publication& publication, const Told& told);
// Lets the journal go on without what was published and is not in it, under a new epoch.
Status ForkFromPublished(engine::Stream& stream, engine::Store& store, const Publication& publication,
                         const Told& told);

}  // namespace songsang::host
