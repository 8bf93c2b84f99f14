// Ids: lower-case UUID text.
#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <string_view>

#include "core/dates.h"
#include "core/hash.h"
#include "songsang/common/v1/values.pb.h"

namespace songsang {

// UUIDv7 layout: 48 bits of milliseconds, the rest from `seed` and `ordinal`. The same whenever it is decided again.
std::string TimeId(Instant now, const Digest& seed, int ordinal);

// UUIDv8 = SHA-256(tenant, kind, system, key): the id of an entity that another system also knows.
// `kind` is `leads.Lead`.
std::string ReferenceId(std::string_view tenant, std::string_view kind, const common::v1::ExternalRef& ref);

// `leads.Lead` for songsang.leads.v1.Lead: how the journal, references and reports name a kind of entity.
std::string KindOf(const google::protobuf::Descriptor* entity);

bool IsUuid(std::string_view text);
// Splits `ext:<system>:<key>`; false if it is not one.
bool ParseExternal(std::string_view text, common::v1::ExternalRef* ref);

}  // namespace songsang
