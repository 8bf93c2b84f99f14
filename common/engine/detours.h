// What a command may need of elsewhere on its way to the lane: the answer of a query that it gathers, and, where it refers
// to what another service recorded a moment ago, that the mirror comes so far.
#pragma once

#include <functional>
#include <memory>

#include "engine/catalogue.h"
#include "engine/engine.h"
#include "engine/marks.h"
#include "engine/pool.h"
#include "engine/zones.h"

namespace songsang::engine {

using Continue = std::function<void(std::unique_ptr<Call>)>;

class Detours {
 public:
  Detours(Engine* engine, const Catalogue& catalogue, const Zones& zones, Pool& pool, Waiting& waiting,
          const Surroundings& world)
      : engine_(engine), catalogue_(catalogue), zones_(zones), pool_(pool), waiting_(waiting), world_(world) {}

  // Goes on once what the service shows of other journals has come as far as the call's marks; a service's own journal
  // is visible as soon as it is committed.
  void WhenSeen(std::unique_ptr<Call> call, Continue then);
  // Asks the query that the command's method gathers, here or of another process, and goes on with its reply.
  void Gather(std::unique_ptr<Call> call, Continue then);
  // Sends the command off; where it is refused because a mirror does not show an entity yet, once more, when the mirror
  // has come up to what that entity's service has recorded by then.
  void SendPatiently(std::unique_ptr<Call> call, Continue send);

 private:
  void SendAgain(std::unique_ptr<Call> call, const std::string& service, Outcome first, const Continue& send);

  Engine* engine_;
  const Catalogue& catalogue_;
  const Zones& zones_;
  Pool& pool_;
  Waiting& waiting_;
  const Surroundings& world_;
};

}  // namespace songsang::engine
