// What accounts does when others' things happen: openings hear of their assessment, clients of leavers find a successor.
#pragma once

#include "core/commands.h"
#include "songsang/accounts/v1/hand_over.pb.h"
#include "songsang/billing/v1/assessment.pb.h"
#include "songsang/workforce/v1/employment.pb.h"

namespace songsang::accounts {

Commands NoteAssessmentOf(const billing::v1::CreditAssessed& event, const Cause& cause);
Commands HandOverWorkOf(const workforce::v1::PersonResigned& event, const Cause& cause);

// Timer.
v1::StepWorkHandOverRequest StepWorkHandOverOf(const v1::WorkHandOver& hand_over);

}  // namespace songsang::accounts
