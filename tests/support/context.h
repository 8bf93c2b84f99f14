// Contexts for tests of rules: it is noon in Seoul on 22 November 2026, unless a test says otherwise.
#pragma once

#include <initializer_list>
#include <string>

#include "core/context.h"

namespace songsang {

inline Context ContextOf(std::initializer_list<v1::Role> roles = {v1::ROLE_SALES_REP}, int days_ago = 0) {
  Context context;
  context.caller.tenant = "acme";
  context.caller.actor = "kim";
  context.caller.client = "test";
  for (const v1::Role role : roles) context.caller.roles |= 1u << role;
  context.now = *ParseInstant("2026-11-22T03:00:00Z");
  context.when = Instant{context.now.micros - days_ago * int64_t{86'400'000'000}};
  context.today = Date::Of(2026, 11, 22).PlusDays(-days_ago);
  context.seed = Sha256("test");
  return context;
}

}  // namespace songsang
