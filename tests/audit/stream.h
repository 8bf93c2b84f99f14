// Whether what a service published is what its journal says.
#pragma once

#include "audit/told.h"

namespace songsang::audit {

// Part of Audit. Of the events topic: every entry once, in order, without a hole, as the journal holds it; and the same
// once more for a reader who also sees what was aborted, and drops what he has had. Of each state topic: the last record
// of a key is what the journal made of the entity. Of the relay's own: the journal's last entry.
void CheckStream(const Audited& audited, const Told& told, const Published& published, Report* report);

// Part of Audit: copies of other services' entities against the journals they were made of, up to where they have come.
void CheckMirrors(const std::vector<Audited>& services, const std::map<std::string, Told>& all, Report* report);

}  // namespace songsang::audit
