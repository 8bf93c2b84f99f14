// The accounts service: businesses and persons we sell to, and the people we know there.
#pragma once

#include "engine/service.h"

namespace songsang::accounts {

engine::Service Accounts();

}  // namespace songsang::accounts
