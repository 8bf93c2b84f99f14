// From request to entity.
#pragma once

#include <google/protobuf/message.h>

namespace songsang::kit {

// Copies every field that the request sets into the entity's field of the same name and type, where it has one. An
// `optional` field of the request sets also when it is present and empty, and keeps when absent: that is how updates
// are asked for.
void CopyWhatIsSet(const google::protobuf::Message& request, google::protobuf::Message* entity);

}  // namespace songsang::kit
