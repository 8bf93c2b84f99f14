#include "audit/told.h"

#include <fmt/format.h>

#include "audit/scan.h"
#include "core/ids.h"
#include "engine/record.h"
#include "engine/tables.h"

namespace songsang::audit {
namespace {

using google::protobuf::Message;

// An entity of an event: the next version of what was there, or what was there.
void TakeEntity(const Message& entity, const engine::JournalEntry& entry, Told* told, Findings* findings) {
  const EntityKey key{KindOf(entity.GetDescriptor()), entry.tenant, FieldText(entity, "id")};
  const Place place{entry.partition, entry.seq};
  const auto* field = entity.GetDescriptor()->FindFieldByName("version");
  const auto version = static_cast<size_t>(entity.GetReflection()->GetInt64(entity, field));
  auto& versions = told->entities[key];
  const std::string at = fmt::format("{}, {}: {} ", ToText(place), entry.type, ToText(key));
  const std::string body = entity.SerializeAsString();
  if (version == versions.size() && version > 0) {
    if (body != versions.back().body)
      findings->Add(kRows, at + fmt::format("has another content under the same version {}", version));
    return;
  }
  if (version != versions.size() + 1)
    findings->Add(kRows, at + fmt::format("goes from version {} to {}", versions.size(), version));
  versions.push_back({body, place});
}

void TakeEntry(const engine::JournalEntry& entry, Told* told, Findings* findings, std::set<std::string>* event_ids,
               int64_t* recorded_at) {
  const Place place{entry.partition, entry.seq};
  if (entry.recorded_at.micros < *recorded_at)
    findings->Add(kOrder, ToText(place) + " was recorded before its predecessor, at " + ToIso(entry.recorded_at));
  *recorded_at = entry.recorded_at.micros;
  if (!event_ids->insert(entry.event_id).second)
    findings->Add(kOrder, ToText(place) + " bears an event id that another bears: " + entry.event_id);
  if (!entry.request_id.empty()) told->requests[{entry.tenant, entry.client, entry.request_id}].push_back(place);
  told->entries[place] = {entry.epoch, entry.recorded_at.micros, entry.event_id, entry.type, entry.tenant, entry.actor,
                          entry.hash,  Sha256(entry.payload),    entry.changed};
  const auto* type = google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(entry.type);
  if (!type) return findings->Add(kRows, ToText(place) + " is of an unknown type: " + entry.type);
  const auto event = ParseEntity(type, entry.payload);
  if (!event) return findings->Add(kRows, ToText(place) + " does not hold a " + entry.type);
  for (const Message* entity : engine::EntitiesIn(*event)) TakeEntity(*entity, entry, told, findings);
}

}  // namespace

std::string ToText(const Place& place) { return fmt::format("partition {} seq {}", place.partition, place.seq); }
std::string ToText(const EntityKey& key) { return fmt::format("{} {} of {}", key.kind, key.id, key.tenant); }

void Findings::Add(const char* check, const std::string& what) {
  if (what.empty() || !seen_.insert(check).second) return;
  report_->findings.push_back({check, service_ + ": " + what});
}

std::unique_ptr<Message> ParseEntity(const google::protobuf::Descriptor* type, const std::string& body) {
  std::unique_ptr<Message> message(google::protobuf::MessageFactory::generated_factory()->GetPrototype(type)->New());
  return message->ParseFromString(body) ? std::move(message) : nullptr;
}

std::string FieldText(const Message& message, const char* name) {
  const auto* field = message.GetDescriptor()->FindFieldByName(name);
  return field ? message.GetReflection()->GetString(message, field) : std::string();
}

Told ReadJournal(const Audited& audited, Findings* findings) {
  Told told;
  std::set<std::string> event_ids;
  std::map<int32_t, int64_t> recorded_at;
  findings->Add(kChain, engine::VerifyJournal(*audited.store, [](int, int64_t) {}));
  findings->Add(kChain, Scan(*audited.store, engine::JournalTable(), [&](const auto& row) {
                  const auto entry = engine::ReadEntry(row);
                  TakeEntry(entry, &told, findings, &event_ids, &recorded_at[entry.partition]);
                }));
  return told;
}

}  // namespace songsang::audit
