#include "engine/overlay.h"

#include <algorithm>
#include <set>

namespace songsang::engine {
namespace {

std::string SlotKey(const rows::Table& table, const std::string& tenant, const std::string& id) {
  std::string key;
  key.reserve(table.name.size() + tenant.size() + id.size() + 2);
  return key.append(table.name).append(1, '\n').append(tenant).append(1, '\n').append(id);
}

// The look-up by these columns that finds the entity; empty where it has no value for one of them.
Lookup LookupOf(const std::vector<int>& columns, const Slot& slot, const Message& entity) {
  Lookup lookup{slot.table, slot.tenant, columns, {}};
  std::deque<std::string> owned;
  for (const int column : columns) {
    const auto cell = rows::ReadColumn(slot.table->columns[static_cast<size_t>(column)], entity, &owned);
    if (cell.kind != rows::Cell::Kind::kText) return {};
    lookup.values.emplace_back(cell.bytes);
  }
  return lookup;
}

const std::string& IdOf(const rows::Table& table, const Message& entity) {
  static const std::string kNone;
  const auto* field = table.entity->FindFieldByNumber(1);
  return field ? entity.GetReflection()->GetStringReference(entity, field, nullptr) : kNone;
}

bool IsById(const Lookup& lookup) {
  return lookup.columns.size() == 1 && lookup.table->columns[static_cast<size_t>(lookup.columns[0])].name == "id";
}

bool Matches(const Lookup& lookup, const Message& entity) {
  std::deque<std::string> owned;
  for (size_t i = 0; i < lookup.columns.size(); ++i) {
    const auto cell = rows::ReadColumn(lookup.table->columns[static_cast<size_t>(lookup.columns[i])], entity, &owned);
    if (cell.kind != rows::Cell::Kind::kText || cell.bytes != lookup.values[i]) return false;
  }
  return true;
}

std::unique_ptr<Message> Parse(const rows::Table& table, const std::string& body) {
  auto* factory = google::protobuf::MessageFactory::generated_factory();
  std::unique_ptr<Message> entity(factory->GetPrototype(table.entity)->New());
  return entity->ParseFromString(body) ? std::move(entity) : nullptr;
}

}  // namespace

std::string LookupKey(const Lookup& lookup) {
  std::string key = lookup.table->name + '\n' + lookup.tenant;
  for (size_t i = 0; i < lookup.columns.size(); ++i)
    key.append(1, '\n').append(std::to_string(lookup.columns[i])).append(1, '=').append(lookup.values[i]);
  return key;
}

void Overlay::Load(const Lookup& lookup, const Bodies& bodies) {
  if (IsById(lookup)) {
    Find(*lookup.table, lookup.tenant, lookup.values[0]);
  } else {
    auto& listed = listed_[lookup.table];
    if (std::find(listed.begin(), listed.end(), lookup.columns) == listed.end()) {
      listed.push_back(lookup.columns);
      for (const Step& put : puts_) {
        if (put.slot->table != lookup.table) continue;
        if (put.current != nullptr) Note(lookup.columns, *put.slot, *put.current);
        if (put.slot->current != nullptr) Note(lookup.columns, *put.slot, *put.slot->current);
      }
    }
  }
  Candidates* candidates = IsById(lookup) ? nullptr : &loaded_[LookupKey(lookup)];
  for (const std::string& body : bodies) {
    std::shared_ptr<const Message> entity = Parse(*lookup.table, body);
    if (!entity) continue;
    Slot* slot = Find(*lookup.table, lookup.tenant, IdOf(*lookup.table, *entity));
    if (candidates != nullptr) candidates->emplace(slot->id, slot);
    // What the batch has recorded is newer than what the store answers.
    if (slot->owner == nullptr) {
      slot->current = entity.get();
      slot->owner = std::move(entity);
    }
  }
}

bool Overlay::Knows(const Lookup& lookup) const {
  if (IsById(lookup)) return At(*lookup.table, lookup.tenant, lookup.values[0]) != nullptr;
  return loaded_.count(LookupKey(lookup)) != 0;
}

std::vector<const Message*> Overlay::List(const Lookup& lookup) const {
  const std::string key = LookupKey(lookup);
  Candidates candidates;
  for (const auto* kind : {&loaded_, &put_})
    if (const auto found = kind->find(key); found != kind->end())
      candidates.insert(found->second.begin(), found->second.end());
  std::vector<const Message*> list;
  for (const auto& [id, slot] : candidates)
    if (slot->current && Matches(lookup, *slot->current)) list.push_back(slot->current);
  return list;
}

void Overlay::Put(const rows::Table& table, const std::string& tenant, const Message& entity,
                  std::shared_ptr<const Message> owner, std::string body) {
  Slot* slot = Find(table, tenant, IdOf(table, entity));
  puts_.push_back({slot, slot->current, std::move(slot->owner), std::move(slot->body)});
  slot->current = &entity;
  slot->owner = std::move(owner);
  slot->body = std::move(body);
  Note(*slot, entity);
}

void Overlay::Note(const Slot& slot, const Message& entity) {
  const auto listed = listed_.find(slot.table);
  if (listed == listed_.end()) return;
  for (const auto& columns : listed->second) Note(columns, slot, entity);
}

void Overlay::Note(const std::vector<int>& columns, const Slot& slot, const Message& entity) {
  if (const Lookup lookup = LookupOf(columns, slot, entity); lookup.table != nullptr)
    put_[LookupKey(lookup)].emplace(slot.id, &slot);
}

void Overlay::RevertTo(size_t mark) {
  while (puts_.size() > mark) {
    Step& step = puts_.back();
    step.slot->current = step.current;
    step.slot->owner = std::move(step.owner);
    step.slot->body = std::move(step.body);
    puts_.pop_back();
  }
}

std::vector<const Slot*> Overlay::PutSince(size_t mark) const {
  std::vector<const Slot*> changed;
  std::set<const Slot*> seen;
  for (size_t i = mark; i < puts_.size(); ++i)
    if (seen.insert(puts_[i].slot).second) changed.push_back(puts_[i].slot);
  return changed;
}

Slot* Overlay::Find(const rows::Table& table, const std::string& tenant, const std::string& id) {
  auto [place, fresh] = slots_.try_emplace(SlotKey(table, tenant, id));
  if (fresh) {
    place->second.table = &table;
    place->second.tenant = tenant;
    place->second.id = id;
  }
  return &place->second;
}

const Slot* Overlay::At(const rows::Table& table, const std::string& tenant, const std::string& id) const {
  const auto place = slots_.find(SlotKey(table, tenant, id));
  return place == slots_.end() ? nullptr : &place->second;
}

Lookup ToLookup(const Named& named, const std::string& tenant, std::string_view service) {
  const rows::Table& table = rows::TableIn(service, named.entity);
  Lookup lookup;
  const bool declared = (named.columns.size() == 1 && named.columns[0] == "id") ||
                        std::any_of(table.indexes.begin(), table.indexes.end(), [&](const rows::Index& index) {
                          return !index.timer && index.columns.size() >= named.columns.size() &&
                                 std::equal(named.columns.begin(), named.columns.end(), index.columns.begin());
                        });
  if (!declared) return lookup;
  lookup.table = &table;
  lookup.tenant = tenant;
  lookup.values = named.values;
  for (const std::string& column : named.columns) lookup.columns.push_back(table.Find(column));
  return lookup;
}

Lookup ById(const rows::Table& table, const std::string& tenant, const std::string& id) {
  return {&table, tenant, {table.Find("id")}, {id}};
}

}  // namespace songsang::engine
