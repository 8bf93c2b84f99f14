// What the demo's people, clients and products are called.
#pragma once

#include <string>
#include <vector>

#include "songsang/demo/chance.h"

namespace songsang::demo {

struct BranchWords {
  const char* key;
  const char* name;
  const char* region;
  int weight;  // how much of the market is there
};
struct ProductWords {
  const char* key;
  const char* name;
  const char* category;
  int64_t price;  // KRW
  int weight;     // how often it is asked for
  int win;        // chance of a win, of a thousand, on top of the rest
};
struct OriginWords {
  const char* channel;  // LeadService's channel
  const char* source;   // as its sender names it; empty: nobody wrote it down
  const char* campaign;
  int weight;
  int fit;  // of a thousand leads, how many are worth handing over
};

const std::vector<BranchWords>& Branches();
const std::vector<ProductWords>& Products();
const std::vector<OriginWords>& Origins();
const std::vector<const char*>& Industries();

std::string PersonName(Chance* chance);
// `㈜한빛전자`; never the same for two numbers under 300.
std::string CompanyName(int number);

}  // namespace songsang::demo
