#include "engine/published.h"

#include <algorithm>
#include <charconv>

#include "core/hash.h"
#include "engine/record.h"
#include "rows/json.h"
#include "rows/state.h"
#include "rows/table.h"

namespace songsang::engine {
namespace {

namespace pb = google::protobuf;

std::string IdOf(const pb::Message& entity) {
  return entity.GetReflection()->GetString(entity, entity.GetDescriptor()->FindFieldByNumber(1));
}

int64_t NumberOf(std::string_view text) {
  int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// One header of an event's record: how it is written, how it is read back.
struct Attribute {
  const char* name;
  std::string (*write)(const v1::JournalEvent& event);
  void (*read)(std::string text, v1::JournalEvent* event);
};

// CloudEvents 1.0: attribute names are lower-case letters and digits.
const Attribute kAttributes[] = {
    {"ce_id", [](const v1::JournalEvent& e) { return e.event_id(); },
     [](std::string text, v1::JournalEvent* e) { e->set_event_id(std::move(text)); }},
    {"ce_type", [](const v1::JournalEvent& e) { return e.type(); },
     [](std::string text, v1::JournalEvent* e) { e->set_type(std::move(text)); }},
    {"ce_subject", [](const v1::JournalEvent& e) { return e.subject_id(); },
     [](std::string text, v1::JournalEvent* e) { e->set_subject_id(std::move(text)); }},
    {"ce_time", [](const v1::JournalEvent& e) { return ToIso(FromTimestamp(e.recorded_at())); },
     [](std::string text, v1::JournalEvent* e) {
       if (const auto instant = ParseInstant(text)) *e->mutable_recorded_at() = ToTimestamp(*instant);
     }},
    {"ce_tenant", [](const v1::JournalEvent& e) { return e.tenant(); },
     [](std::string text, v1::JournalEvent* e) { e->set_tenant(std::move(text)); }},
    {"ce_epoch", [](const v1::JournalEvent& e) { return std::to_string(e.position().epoch()); },
     [](std::string text, v1::JournalEvent* e) { e->mutable_position()->set_epoch(NumberOf(text)); }},
    {"ce_seq", [](const v1::JournalEvent& e) { return std::to_string(e.position().seq()); },
     [](std::string text, v1::JournalEvent* e) { e->mutable_position()->set_seq(NumberOf(text)); }},
    {"ce_hash", [](const v1::JournalEvent& e) { return ToHex(e.position().hash()); },
     [](std::string text, v1::JournalEvent* e) { e->mutable_position()->set_hash(FromHex(text)); }},
    {"ce_previoushash", [](const v1::JournalEvent& e) { return ToHex(e.previous_hash()); },
     [](std::string text, v1::JournalEvent* e) { e->set_previous_hash(FromHex(text)); }},
    {"ce_subjecttype", [](const v1::JournalEvent& e) { return e.subject_type(); },
     [](std::string text, v1::JournalEvent* e) { e->set_subject_type(std::move(text)); }},
    {"ce_subjectversion", [](const v1::JournalEvent& e) { return std::to_string(e.subject_version()); },
     [](std::string text, v1::JournalEvent* e) { e->set_subject_version(NumberOf(text)); }},
    {"ce_actor", [](const v1::JournalEvent& e) { return e.actor(); },
     [](std::string text, v1::JournalEvent* e) { e->set_actor(std::move(text)); }},
    {"ce_client", [](const v1::JournalEvent& e) { return e.client(); },
     [](std::string text, v1::JournalEvent* e) { e->set_client(std::move(text)); }},
    {"ce_requestid", [](const v1::JournalEvent& e) { return e.request_id(); },
     [](std::string text, v1::JournalEvent* e) { e->set_request_id(std::move(text)); }},
    {"ce_traceparent", [](const v1::JournalEvent& e) { return e.trace(); },
     [](std::string text, v1::JournalEvent* e) { e->set_trace(std::move(text)); }},
    {"ce_hops", [](const v1::JournalEvent& e) { return std::to_string(e.hops()); },
     [](std::string text, v1::JournalEvent* e) { e->set_hops(static_cast<int32_t>(NumberOf(text))); }},
    {"ce_changed", [](const v1::JournalEvent& e) { return e.changed(); },
     [](std::string text, v1::JournalEvent* e) { e->set_changed(std::move(text)); }},
};

}  // namespace

std::vector<const pb::Message*> EntitiesWritten(const v1::JournalEvent& event, const pb::Message& payload) {
  std::vector<const pb::Message*> entities = EntitiesIn(payload);
  if (entities.size() > 1)
    std::erase_if(entities, [&event](const pb::Message* entity) {
      return event.changed().find("\"" + IdOf(*entity) + "\":") == std::string::npos;
    });
  return entities;
}

std::unique_ptr<pb::Message> PayloadOf(const v1::JournalEvent& event) {
  const auto* type = pb::DescriptorPool::generated_pool()->FindMessageTypeByName(event.type());
  if (type == nullptr) return nullptr;
  std::unique_ptr<pb::Message> payload(pb::MessageFactory::generated_factory()->GetPrototype(type)->New());
  return payload->ParseFromString(event.payload()) ? std::move(payload) : nullptr;
}

std::string EventsTopic(const std::string& prefix, const std::string& service) {
  return prefix + service + ".events.v1";
}
std::string RelayTopic(const std::string& prefix, const std::string& service) { return prefix + service + ".relay.v1"; }
std::string StateTopic(const std::string& prefix, const pb::Descriptor* entity) {
  std::string name = rows::TableOf(entity).name;
  std::replace(name.begin(), name.end(), '_', '-');
  return prefix + std::string(rows::ServiceOf(entity)) + "." + name + ".state.v1";
}

StreamRecord EventRecord(const std::string& prefix, const v1::JournalEvent& event) {
  StreamRecord record;
  record.topic = EventsTopic(prefix, event.position().service());
  record.partition = event.position().partition();
  record.key = event.tenant() + "/" + event.subject_id();
  record.value = event.payload();
  record.at = FromTimestamp(event.recorded_at());
  record.headers = {{"ce_specversion", "1.0"},
                    {"ce_source", "/songsang/" + event.position().service()},
                    {"content-type", "application/protobuf"}};
  for (const Attribute& attribute : kAttributes)
    if (std::string text = attribute.write(event); !text.empty())
      record.headers.emplace_back(attribute.name, std::move(text));
  return record;
}

std::optional<v1::JournalEvent> ReadEventRecord(const std::string& service, const StreamRecord& record) {
  v1::JournalEvent event;
  event.mutable_position()->set_service(service);
  event.mutable_position()->set_partition(record.partition);
  for (const auto& [name, value] : record.headers)
    for (const Attribute& attribute : kAttributes)
      if (name == attribute.name) attribute.read(value, &event);
  if (event.position().seq() <= 0 || event.position().hash().empty() || event.type().empty() || !record.value)
    return std::nullopt;
  event.set_payload(*record.value);
  return event;
}

std::string StateJsonOf(const v1::JournalEvent& event, const pb::Message& entity) {
  const auto& position = event.position();
  return rows::StateJson(
      entity, {event.tenant(), event.event_id(), event.type(), event.actor(), position.epoch(), position.seq(),
               position.partition(), FromTimestamp(event.recorded_at()), event.changed()});
}

StreamRecord StateRecord(const std::string& prefix, const v1::JournalEvent& event, const pb::Message& entity) {
  StreamRecord record;
  record.topic = StateTopic(prefix, entity.GetDescriptor());
  record.key = event.tenant() + "/" + IdOf(entity);
  record.at = FromTimestamp(event.recorded_at());
  record.value = StateJsonOf(event, entity);
  record.headers = {{"content-type", "application/json"}};
  return record;
}

}  // namespace songsang::engine
