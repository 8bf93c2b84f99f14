// Minds the time of one service: every entity whose `(timer)` field has fallen due gets its command, once for each due.
// A command that is refused is not fired again until the due changes; what fell due while the system was down fires
// when it is up.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "engine/house.h"
#include "engine/reaction.h"

namespace songsang::engine {

// An entity whose field has fallen due.
struct Due {
  std::string tenant, id;
  Instant at;
  std::unique_ptr<Message> entity;
};
// Up to `limit` entities whose field is due by `now`, earliest first, behind `after` (null: from the first). Entities
// without one are never looked at.
Result<std::vector<Due>> FindDue(Store& store, const google::protobuf::Descriptor* entity, const std::string& field,
                                 Instant now, int limit, const Due* after);

class Timers : public Reaction {
 public:
  explicit Timers(const Reacting& reacting);
  ~Timers() override { Stop(); }

 private:
  std::chrono::milliseconds Round() override;
  bool Taken() override {
    standing_.clear();
    return true;
  }
  Result<bool> Fire(const TimerLine& timer);

  const Reacting reacting_;
  Store& store_;
  // Fired, and still due when last looked at: refused, or a rule that did not move on.
  using Fired = std::tuple<std::string, std::string, int64_t>;  // tenant, id, due
  std::map<const TimerLine*, std::set<Fired>> standing_;
};

}  // namespace songsang::engine
