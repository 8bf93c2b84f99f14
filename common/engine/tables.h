// The engine's own tables, in every service's store beside its entities.
#pragma once

#include "rows/table.h"

namespace songsang::engine {

// head(partition, epoch, schema_level, system, timeline): only a lock, never updated by a lane.
const rows::Table& HeadTable();
// journal(partition, epoch, seq, event_id, tenant, type, subject_type, subject_id, subject_version, actor, client,
//         request_id, trace, hops, recorded_at, payload, changed, hash); key (partition, seq), ranged by seq.
const rows::Table& JournalTable();
// request(tenant, client, request_id, partition, seq, hash); key (tenant, client, request_id).
const rows::Table& RequestTable();
// touch(tenant, type, entity_id, version, partition, seq, recorded_at, account_id, person_id);
// key (tenant, type, entity_id, version), index (tenant, type, recorded_at). `type` is `leads.Lead`.
const rows::Table& TouchTable();
// tenant(tenant, partition): where a tenant's commands go; written at its first command.
const rows::Table& TenantTable();
// position(follower, partition, epoch, seq, hash, recorded_at): how far a follower has come; key (follower, partition).
const rows::Table& PositionTable();
// lease(name, holder, until): which replica of a service does what only one should; key (name).
const rows::Table& LeaseTable();
// What a policy stumbled over, and what waits behind it.
const rows::Table& ParkedTable();

}  // namespace songsang::engine
