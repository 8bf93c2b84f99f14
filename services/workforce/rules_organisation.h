// How the units and members of a day become the tree that is answered.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "songsang/workforce/v1/unit.pb.h"

namespace songsang::workforce {

using namespace v1;  // NOLINT: a service's rules speak of its own messages

using MembersByUnit = std::map<std::string, std::vector<Organisation::Member>>;

// The units from the root down, each before those below it, in the given order among neighbours. With `region`, only
// units of it and those above them; with `unit_id`, only that unit and what is below.
Organisation ArrangeOrganisation(const std::vector<Organisation::Node>& units, const MembersByUnit& members,
                                 const GetOrganisationRequest& request);

}  // namespace songsang::workforce
