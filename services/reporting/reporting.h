// Reporting: figures over all services, from a versioned replica of their journals.
//
// A process that hosts it runs a Follower (follower.h) on its store; `songsang rebuild` calls Rebuild (rebuild.h).
#pragma once

#include "engine/service.h"

namespace songsang::reporting {

engine::Service Reporting();

}  // namespace songsang::reporting
