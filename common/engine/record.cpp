#include "engine/record.h"

#include <unordered_map>

#include "core/ids.h"
#include "engine/reasons.h"

namespace songsang::engine {
namespace pb = google::protobuf;
namespace {

constexpr size_t kMostEntities = 500;
constexpr size_t kMostBytes = 256 * 1024;
// Event ids come from the same seed as the ids a rule asks for, under an ordinal that no rule reaches.
constexpr int kEventOrdinal = 1'000'000;

// Which fields of a message are read again and again; found once a type.
struct EntityFields {
  const rows::Table* table = nullptr;
  std::string kind;
  const pb::FieldDescriptor* id = nullptr;
  const pb::FieldDescriptor* version = nullptr;
  const pb::FieldDescriptor* account = nullptr;
  const pb::FieldDescriptor* person = nullptr;
};

const EntityFields& FieldsOf(const pb::Descriptor* entity) {
  thread_local std::unordered_map<const pb::Descriptor*, EntityFields> known;
  auto [place, fresh] = known.try_emplace(entity);
  if (fresh) {
    EntityFields& fields = place->second;
    fields.table = &rows::TableOf(entity);
    fields.kind = KindOf(entity);
    fields.id = entity->FindFieldByName("id");
    fields.version = entity->FindFieldByName("version");
    fields.account = fields.kind == "accounts.Account" ? fields.id : entity->FindFieldByName("account_id");
    fields.person = fields.kind == "workforce.Person" ? fields.id : entity->FindFieldByName("person_id");
  }
  return place->second;
}

const std::vector<const pb::FieldDescriptor*>& EntityFieldsOf(const pb::Descriptor* event) {
  thread_local std::unordered_map<const pb::Descriptor*, std::vector<const pb::FieldDescriptor*>> known;
  auto [place, fresh] = known.try_emplace(event);
  for (int i = 0; fresh && i < event->field_count(); ++i) {
    const auto* field = event->field(i);
    if (field->message_type() && !field->is_map() && rows::IsEntity(field->message_type()))
      place->second.push_back(field);
  }
  return place->second;
}

std::string Text(const Message& message, const pb::FieldDescriptor* field) {
  return field ? message.GetReflection()->GetString(message, field) : std::string();
}

std::vector<Message*> MutableEntities(Message* event) {
  std::vector<Message*> entities;
  const auto* reflection = event->GetReflection();
  for (const auto* field : EntityFieldsOf(event->GetDescriptor())) {
    if (!field->is_repeated()) {
      if (reflection->HasField(*event, field)) entities.push_back(reflection->MutableMessage(event, field));
      continue;
    }
    for (int i = 0; i < reflection->FieldSize(*event, field); ++i)
      entities.push_back(reflection->MutableRepeatedMessage(event, field, i));
  }
  return entities;
}

// An entity of the event beside what stood before it.
struct Step {
  Message* after;
  const Message* before;
  const EntityFields* fields;
  std::string body;
};

Refusal Internal(const std::string& detail) { return kInternal.With("detail", detail); }

// Gives the entity its next version if it differs from `before`; no step where it does not.
Result<bool> Number(const Context& context, const Overlay& overlay, Message* entity, Step* step) {
  const EntityFields& fields = FieldsOf(entity->GetDescriptor());
  const auto* reflection = entity->GetReflection();
  const std::string id = Text(*entity, fields.id);
  const int64_t version = reflection->GetInt64(*entity, fields.version);
  if (id.empty()) return Internal("an entity of the event has no id");
  const Slot* slot = overlay.At(*fields.table, context.caller.tenant, id);
  const Message* before = slot == nullptr ? nullptr : slot->current;
  if (version == 0 && before) return kExternalRefTaken.With("kind", fields.kind).With("id", id);
  if (version > 0) {
    if (!before || reflection->GetInt64(*before, fields.version) != version)
      return Internal("an entity of the event was not changed from what was loaded");
    if (before->SerializeAsString() == entity->SerializeAsString()) return false;
  }
  reflection->SetInt64(entity, fields.version, version + 1);
  *step = {entity, before, &fields, entity->SerializeAsString()};
  return true;
}

// What the event made of each entity it did not carry unchanged. Where it carries one alone there is no doubt which.
std::string ChangedOf(const std::vector<Step>& steps, bool alone) {
  std::string changed;
  for (const Step& step : steps) {
    if (!step.before && alone) continue;
    changed += changed.empty() ? "{" : ",";
    changed += "\"" + Text(*step.after, step.fields->id) +
               "\":" + (step.before ? rows::ChangedJson(step.before, *step.after) : "{}");
  }
  return changed.empty() ? changed : changed + "}";
}

std::string Broken(const Message& event, const std::vector<Step>& steps, const Invariants& invariants) {
  std::vector<Change> changes;
  for (const Step& step : steps) changes.push_back({step.before, step.after});
  for (const auto& [name, invariant] : invariants) {
    const std::string what = invariant(event, changes);
    if (!what.empty()) return name + ": " + what;
  }
  return {};
}

}  // namespace

Touch TouchOf(const Message& entity) {
  const EntityFields& fields = FieldsOf(entity.GetDescriptor());
  return {fields.kind, Text(entity, fields.id), Text(entity, fields.account), Text(entity, fields.person),
          entity.GetReflection()->GetInt64(entity, fields.version)};
}

void AppendTouch(const JournalEntry& entry, const Touch& touch, rows::RowSet* touches) {
  using rows::Cell;
  const auto optional = [](const std::string& text) { return text.empty() ? Cell::Null() : Cell::Text(text); };
  for (const Cell& cell : {Cell::Text(entry.tenant), Cell::Text(touch.kind), Cell::Text(touch.id),
                           Cell::Int(touch.version), Cell::Int(entry.partition), Cell::Int(entry.seq),
                           Cell::Int(entry.recorded_at.micros), optional(touch.account_id), optional(touch.person_id)})
    touches->cells.push_back(cell);
}

std::vector<const Message*> EntitiesIn(const Message& event) {
  std::vector<const Message*> entities;
  for (Message* entity : MutableEntities(const_cast<Message*>(&event))) entities.push_back(entity);
  return entities;
}

Result<Recorded> Record(std::unique_ptr<Message> decided, const Context& context, const Invariants& invariants,
                        Overlay* overlay) {
  std::shared_ptr<Message> event = std::move(decided);
  std::vector<Step> steps;
  const auto entities = MutableEntities(event.get());
  for (Message* entity : entities) {
    Step step;
    const auto numbered = Number(context, *overlay, entity, &step);
    if (!numbered.ok()) return numbered.refusal();
    if (*numbered) steps.push_back(std::move(step));
  }
  Recorded recorded;
  recorded.payload = std::make_shared<const std::string>(event->SerializeAsString());
  if (entities.size() > kMostEntities || recorded.payload->size() > kMostBytes)
    return kEventTooLarge.With("size", std::to_string(recorded.payload->size()))
        .With("entities", std::to_string(entities.size()));
  recorded.changed = entities.empty() || !steps.empty();
  if (!recorded.changed) return recorded;
  if (!invariants.empty()) {
    const std::string broken = Broken(*event, steps, invariants);
    if (!broken.empty()) return Internal(broken);
  }
  JournalEntry& entry = recorded.entry;
  entry.event_id = TimeId(context.now, context.seed, kEventOrdinal);
  entry.type = event->GetDescriptor()->full_name();
  entry.changed = ChangedOf(steps, entities.size() == 1);
  if (!entities.empty()) {
    const EntityFields& subject = FieldsOf(entities[0]->GetDescriptor());
    entry.subject_type = subject.kind;
    entry.subject_id = Text(*entities[0], subject.id);
    entry.subject_version = entities[0]->GetReflection()->GetInt64(*entities[0], subject.version);
  }
  for (Step& step : steps) {
    recorded.touches.push_back(TouchOf(*step.after));
    overlay->Put(*step.fields->table, context.caller.tenant, *step.after, event, std::move(step.body));
  }
  return recorded;
}

}  // namespace songsang::engine
