// The training service: programmes and their curricula, who takes them and with what result, classes, skills.
#pragma once

#include "engine/service.h"

namespace songsang::training {

engine::Service Training();

// In service_session.cpp.
void AddSessions(engine::Service* service);
// In queries_<noun>.cpp.
void AddProgrammeQueries(engine::Service* service);
void AddSessionQueries(engine::Service* service);
void AddEvaluationQueries(engine::Service* service);
void AddSkillQueries(engine::Service* service);
void AddComplianceQueries(engine::Service* service);

}  // namespace songsang::training
