// Proto files that callers meet though no message of ours is in them: error details and the health service.
#pragma once

#include <google/protobuf/descriptor.h>

namespace songsang::grpc_door {

// Those, above everything that is linked in.
const google::protobuf::DescriptorPool& KnownFiles();

}  // namespace songsang::grpc_door
