// The topics of a service as they should be, and who may do what with them.
#pragma once

#include <google/protobuf/descriptor.h>

#include <string>
#include <vector>

#include "engine/stream.h"

namespace songsang::host {

// Entities of a service's package, ordered by name.
std::vector<const google::protobuf::Descriptor*> EntitiesOf(const std::string& service);
// Those whose state is published: `all`, `none`, or `leads.lead,billing.invoice`.
std::vector<const google::protobuf::Descriptor*> PublishedOf(const std::string& service, const std::string& chosen);
// What is wrong with a choice of state topics, or nothing.
std::string CheckStates(const std::string& chosen);

// The topics of a service whose journal has so many partitions.
std::vector<engine::TopicPlan> TopicsOf(const std::string& prefix, const std::string& service, int partitions,
                                        const std::string& states);

}  // namespace songsang::host
