// What time it is: the machine's clock, or ahead of it where a test rehearses what time brings.
#pragma once

#include "core/dates.h"

namespace songsang::engine {

Instant Now();
// Forward only, for the whole process, and for tests: what is recorded from now on bears the later time.
void MoveClockAhead(int64_t micros);
int64_t ClockAheadMicros();

}  // namespace songsang::engine
