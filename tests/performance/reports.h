// The same hot report, computed and answered again, in turns, through the door.
#pragma once

#include "performance/load.h"

namespace songsang::performance {

struct Reports {
  double kept_p50_ms = 0, kept_p99_ms = 0, computed_p50_ms = 0, computed_p99_ms = 0;
  int asked = 0, cached = 0;
};
// Of a tenant with so many leads, while another captures `writes` a second. Throws where the two answers differ.
Reports KeptAndComputed(const Options& options, int leads, int writes);

}  // namespace songsang::performance
