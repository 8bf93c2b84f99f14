// The leads service: leads, hand-offs, opportunities, sales processes.
#pragma once

#include "engine/service.h"

namespace songsang::leads {

engine::Service Leads();

}  // namespace songsang::leads
