// The leads service: leads, their qualification, assignment and hand-off, follow-ups, opportunities, sales processes and
// proposals.
#pragma once

#include "engine/service.h"

namespace songsang::leads {

engine::Service Leads();

// In queries_process.cpp and queries_follow_up.cpp.
void AddProcessQueries(engine::Service* service);
void AddFollowUpQueries(engine::Service* service);

// In reads.cpp: the commands that read more than what their request names.
void AddAssignments(engine::Service* service);
void AddHandOffs(engine::Service* service);
void AddWorkHandOvers(engine::Service* service);

}  // namespace songsang::leads
