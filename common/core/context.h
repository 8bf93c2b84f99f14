// What a rule may know besides the entities and the request: who calls, and what time it is.
#pragma once

#include <cstdint>
#include <string>

#include "core/dates.h"
#include "core/ids.h"
#include "songsang/v1/options.pb.h"

namespace songsang {

// Who calls, as the token says.
struct Caller {
  std::string tenant;
  std::string actor;   // the token's subject
  std::string client;  // the application (`azp`)
  uint32_t roles = 0;  // bit (1 << Role)

  bool Has(v1::Role role) const { return (roles >> role & 1) != 0; }
};

struct Context {
  Caller caller;
  // When it is recorded.
  Instant now;
  // When it happened: the request's `occurred_at`, else now.
  Instant when;
  // The day of `when` in the tenant's time zone.
  Date today;
  // What new ids derive from: the identity of the request.
  Digest seed{};

  // A fresh id, in the order asked for the same whenever the command is decided again.
  std::string NewId() const { return TimeId(now, seed, ordinal_++); }

  // The id of the entity that `request` creates: computed from its external reference, else fresh.
  template <class Entity, class Request>
  std::string NewId(const Request& request) const {
    return request.has_external_ref() ? ReferenceId(caller.tenant, KindOf(Entity::descriptor()), request.external_ref())
                                      : NewId();
  }

 private:
  mutable int ordinal_ = 0;
};

}  // namespace songsang
