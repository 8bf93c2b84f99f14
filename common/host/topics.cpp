#include "host/topics.h"

#include <fmt/format.h>
#include <google/protobuf/descriptor_database.h>

#include <algorithm>
#include <set>

#include "engine/published.h"
#include "rows/table.h"

namespace songsang::host {
namespace {

namespace pb = google::protobuf;

constexpr int kStatePartitions = 3;
constexpr char kWeekMs[] = "604800000", kMonthMs[] = "2592000000";

std::string NameOf(const pb::Descriptor* entity) {
  return std::string(rows::ServiceOf(entity)) + "." + rows::TableOf(entity).name;
}

std::set<std::string> Listed(const std::string& chosen) {
  std::set<std::string> names;
  for (size_t begin = 0; begin < chosen.size();) {
    const size_t end = std::min(chosen.find(',', begin), chosen.size());
    names.insert(chosen.substr(begin, end - begin));
    begin = end + 1;
  }
  return names;
}

}  // namespace

std::vector<const pb::Descriptor*> EntitiesOf(const std::string& service) {
  std::vector<std::string> files;
  pb::DescriptorPool::internal_generated_database()->FindAllFileNames(&files);
  std::vector<const pb::Descriptor*> entities;
  for (const std::string& name : files) {
    if (!name.starts_with("songsang/")) continue;
    const auto* file = pb::DescriptorPool::generated_pool()->FindFileByName(name);
    for (int i = 0; i < file->message_type_count(); ++i)
      if (const auto* type = file->message_type(i); rows::IsEntity(type) && rows::ServiceOf(type) == service)
        entities.push_back(type);
  }
  std::sort(entities.begin(), entities.end(), [](const auto* a, const auto* b) { return NameOf(a) < NameOf(b); });
  return entities;
}

std::vector<const pb::Descriptor*> PublishedOf(const std::string& service, const std::string& chosen) {
  auto entities = EntitiesOf(service);
  if (chosen == "all") return entities;
  const auto names = Listed(chosen);
  std::erase_if(entities, [&names](const auto* entity) { return !names.contains(NameOf(entity)); });
  return entities;
}

std::string CheckStates(const std::string& chosen) {
  if (chosen == "all" || chosen == "none") return "";
  for (const std::string& name : Listed(chosen)) {
    const auto entities = EntitiesOf(name.substr(0, name.find('.')));
    if (std::none_of(entities.begin(), entities.end(), [&name](const auto* entity) { return NameOf(entity) == name; }))
      return fmt::format("there is no entity \"{}\": all, none, or names such as leads.lead,billing.invoice", name);
  }
  return "";
}

std::vector<engine::TopicPlan> TopicsOf(const std::string& prefix, const std::string& service, int partitions,
                                        const std::string& states) {
  std::vector<engine::TopicPlan> plans;
  // Whoever falls behind more than a month reads the journal itself (EventService/ReadEvents).
  plans.push_back(
      {engine::EventsTopic(prefix, service),
       partitions,
       {{"cleanup.policy", "delete"}, {"retention.ms", kMonthMs}, {"message.timestamp.type", "CreateTime"}}});
  plans.push_back(
      {engine::RelayTopic(prefix, service),
       1,
       {{"cleanup.policy", "compact"}, {"segment.bytes", "16777216"}, {"min.cleanable.dirty.ratio", "0.1"}}});
  // Every version stays for a week before only the last is kept; whoever reads within a week misses no deletion.
  for (const auto* entity : PublishedOf(service, states))
    plans.push_back({engine::StateTopic(prefix, entity),
                     kStatePartitions,
                     {{"cleanup.policy", "compact"},
                      {"min.compaction.lag.ms", kWeekMs},
                      {"delete.retention.ms", kWeekMs},
                      {"message.timestamp.type", "CreateTime"}}});
  return plans;
}

}  // namespace songsang::host
