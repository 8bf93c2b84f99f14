// The methods that this binary knows, by name: for whoever calls without generated code.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/grpc_client/client.h"

namespace songsang::methods {

// Every method of every Songsang service whose messages are linked in, by full name.
std::vector<const google::protobuf::MethodDescriptor*> All();
// By full name (`songsang.leads.v1.LeadService/CaptureLead`), or by as much of its end as names it alone
// (`LeadService/CaptureLead`, `CaptureLead`, `leads.CaptureLead`). Null if none is, or several are.
const google::protobuf::MethodDescriptor* Find(std::string_view name);
// Those that `name` may mean; if none, those it resembles.
std::vector<const google::protobuf::MethodDescriptor*> Meant(std::string_view name);
std::vector<const google::protobuf::MethodDescriptor*> Resembling(std::string_view name);

// `songsang.leads.v1.LeadService/CaptureLead`
std::string NameOf(const google::protobuf::MethodDescriptor& method);
// `leads`
std::string ServiceOf(std::string_view method_name);
// A command records something: its request bears a request_id.
bool IsCommand(const google::protobuf::MethodDescriptor& method);
std::unique_ptr<google::protobuf::Message> NewRequest(const google::protobuf::MethodDescriptor& method);
std::unique_ptr<google::protobuf::Message> NewReply(const google::protobuf::MethodDescriptor& method);

}  // namespace songsang::methods
