// What training does when others' things happen: who is hired or moves is enrolled where the audience has them.
#pragma once

#include "core/commands.h"
#include "songsang/workforce/v1/employment.pb.h"

namespace songsang::training {

Commands EnrolHired(const workforce::v1::PersonHired& event, const Cause& cause);
Commands EnrolMoved(const workforce::v1::PersonMoved& event, const Cause& cause);

}  // namespace songsang::training
