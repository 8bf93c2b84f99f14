// The accounts service: businesses and persons we sell to, how they become clients, and the people we know there.
#pragma once

#include "engine/service.h"

namespace songsang::accounts {

engine::Service Accounts();

}  // namespace songsang::accounts
