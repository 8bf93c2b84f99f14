#include "audit/audit.h"

#include <fmt/format.h>

#include "audit/scan.h"
#include "audit/stream.h"
#include "audit/told.h"
#include "core/ids.h"
#include "engine/tables.h"

namespace songsang::audit {
namespace {

using google::protobuf::Message;

void CheckRequests(const Audited& audited, const Told& told, Findings* findings) {
  std::map<Key, Place> stored;
  findings->Add(
      kRequests, Scan(*audited.store, engine::RequestTable(), [&](const auto& row) {
        stored[{Text(row[0]), Text(row[1]), Text(row[2])}] = {static_cast<int32_t>(Number(row[3])), Number(row[4])};
      }));
  for (const auto& [key, places] : told.requests) {
    if (places.size() > 1)
      findings->Add(kRequests, fmt::format("request {} is in the journal {} times: {} and {}", ToText(key),
                                           places.size(), ToText(places[0]), ToText(places[1])));
    const auto row = stored.find(key);
    if (row == stored.end())
      findings->Add(kRequests, fmt::format("request {}, in the journal at {}, has no row in the request table",
                                           ToText(key), ToText(places[0])));
    else if (row->second != places.back())
      findings->Add(kRequests, fmt::format("request {} is in the journal at {}, but its row says {}", ToText(key),
                                           ToText(places.back()), ToText(row->second)));
  }
  for (const auto& [key, place] : stored)
    if (told.requests.find(key) == told.requests.end())
      findings->Add(kRequests, fmt::format("request {} has a row that says {}, but the journal does not have it",
                                           ToText(key), ToText(place)));
}

std::string RowDifference(const rows::Table& table, const std::vector<engine::Value>& row, const std::string& tenant,
                          const std::string& body) {
  const auto entity = ParseEntity(table.entity, body);
  rows::RowSet wanted;
  wanted.table = &table;
  rows::AppendRow(tenant, *entity, body, &wanted);
  for (size_t i = 0; i < row.size(); ++i)
    if (!Same(wanted.cells[i], row[i]))
      return fmt::format("column {} holds {}, its last event says {}", table.columns[i].name, Shown(row[i]),
                         Shown(wanted.cells[i]));
  return {};
}

void CheckRows(const Audited& audited, const Told& told, Report* report, Findings* findings) {
  std::set<EntityKey> found;
  for (const rows::Table* table : audited.tables) {
    if (!table->entity || table->entity->file()->package() != "songsang." + audited.service + ".v1") continue;
    const std::string kind = KindOf(table->entity);
    const auto id = static_cast<size_t>(table->Find("id"));
    findings->Add(kRows, Scan(*audited.store, *table, [&](const auto& row) {
                    const EntityKey key{kind, Text(row[0]), Text(row[id])};
                    found.insert(key);
                    ++report->entities;
                    const auto versions = told.entities.find(key);
                    if (versions == told.entities.end())
                      return findings->Add(kRows, ToText(key) + " is in its table, but in no event");
                    const std::string what = RowDifference(*table, row, key.tenant, versions->second.back().body);
                    if (!what.empty()) findings->Add(kRows, ToText(key) + ": " + what);
                  }));
  }
  for (const auto& [key, versions] : told.entities)
    if (!found.count(key)) findings->Add(kRows, ToText(key) + " is in the journal, but not in its table");
}

std::string TouchDifference(const std::vector<engine::Value>& row, const Told& told, const EntityKey& key,
                            const Version& version) {
  const auto* type = google::protobuf::DescriptorPool::generated_pool()->FindMessageTypeByName(
      "songsang." + std::string(key.kind).insert(key.kind.find('.'), ".v1"));
  const auto entity = ParseEntity(type, version.body);
  const std::string account = FieldText(*entity, key.kind == "accounts.Account" ? "id" : "account_id");
  const std::string person = FieldText(*entity, key.kind == "workforce.Person" ? "id" : "person_id");
  const Place place{static_cast<int32_t>(Number(row[4])), Number(row[5])};
  if (place != version.place)
    return fmt::format("was made at {}, its touch row says {}", ToText(version.place), ToText(place));
  if (Number(row[6]) != told.entries.at(place).recorded_at) return "has a touch row of another instant";
  if (Text(row[7]) != account || Text(row[8]) != person) return "has a touch row of another account or person";
  return {};
}

void CheckTouches(const Audited& audited, const Told& told, Report* report, Findings* findings) {
  std::set<std::pair<EntityKey, int64_t>> found;
  findings->Add(
      kTouches, Scan(*audited.store, engine::TouchTable(), [&](const auto& row) {
        const EntityKey key{Text(row[1]), Text(row[0]), Text(row[2])};
        const int64_t version = Number(row[3]);
        const std::string name = fmt::format("{} version {} ", ToText(key), version);
        ++report->touches;
        found.insert({key, version});
        const auto versions = told.entities.find(key);
        if (versions == told.entities.end() || version < 1 || version > static_cast<int64_t>(versions->second.size()))
          return findings->Add(kTouches, name + "has a touch row, but no event made it");
        const auto what = TouchDifference(row, told, key, versions->second[static_cast<size_t>(version) - 1]);
        if (!what.empty()) findings->Add(kTouches, name + what);
      }));
  for (const auto& [key, versions] : told.entities)
    for (size_t i = 0; i < versions.size(); ++i)
      if (!found.count({key, static_cast<int64_t>(i) + 1}))
        findings->Add(kTouches, fmt::format("{} version {}, made at {}, has no touch row", ToText(key), i + 1,
                                            ToText(versions[i].place)));
}

// One command of the record against what the journals hold under its id.
std::string Difference(const Key& key, const Attempts& attempts, const std::vector<std::string>& digests) {
  const std::string name = fmt::format("request {} ({})", ToText(key), attempts.method);
  if (attempts.replies_differ) return name + " was acknowledged twice with different answers";
  if (attempts.ok > 0) {
    if (digests.empty()) return name + " was acknowledged, but is not stored";
    if (digests.size() > 1) return fmt::format("{} was acknowledged, but is stored {} times", name, digests.size());
    if (digests[0] != attempts.reply_digest) return name + " was acknowledged with another event than the one stored";
    return {};
  }
  if (digests.size() > 1) return fmt::format("{} is stored {} times", name, digests.size());
  const bool may_be = attempts.unknown > 0 || attempts.unanswered() > 0;
  if (!may_be && !digests.empty()) return name + " was refused, but is stored";
  return {};
}

void CheckAcknowledged(const std::map<std::string, Told>& all, const Record& record, Report* report) {
  std::map<Key, std::vector<std::string>> stored;
  for (const auto& [service, told] : all)
    for (const auto& [key, places] : told.requests)
      for (const Place& place : places) stored[key].push_back(ToHex(AsBytes(told.entries.at(place).payload_digest)));
  Findings findings("client", report);
  static const std::vector<std::string> kNone;
  for (const auto& [key, attempts] : record) {
    ++report->commands;
    ++(attempts.ok > 0 ? report->acknowledged : attempts.refused > 0 ? report->refused : report->unknown);
    const auto found = stored.find(key);
    findings.Add(kAcknowledged, Difference(key, attempts, found == stored.end() ? kNone : found->second));
  }
  // What the system does by itself nobody sends; its ids have a slash, which no client's may have.
  for (const auto& [key, digests] : stored)
    if (key.request_id.find('/') == std::string::npos && record.find(key) == record.end())
      findings.Add(kAcknowledged, "request " + ToText(key) + " is stored, but the client never sent it");
}

}  // namespace

std::string Report::Text() const {
  std::string text = fmt::format(
      "{} commands sent ({} acknowledged, {} refused, {} unknown); {} events, {} entities, {} touch rows, {} mirror "
      "rows, {} replica rows: {}\n",
      commands, acknowledged, refused, unknown, events, entities, touches, mirror_rows, replica_rows,
      clean() ? "nothing differs" : "DIFFERENCES");
  if (published > 0)
    text += fmt::format("published: {} events; read uncommitted, {} and {} repeats; {} states\n", published,
                        read_uncommitted, repeated, states);
  for (const Finding& finding : findings) text += fmt::format("  [{}] {}\n", finding.check, finding.what);
  return text;
}

Report Audit(const std::vector<Audited>& services, const Record& record, const Published* published) {
  Report report;
  std::map<std::string, Told> all;
  for (const Audited& audited : services) {
    Findings findings(audited.service, &report);
    const Told& told = all[audited.service] = ReadJournal(audited, &findings);
    report.events += static_cast<int64_t>(told.entries.size());
    CheckRequests(audited, told, &findings);
    CheckRows(audited, told, &report, &findings);
    CheckTouches(audited, told, &report, &findings);
    if (published != nullptr) CheckStream(audited, told, *published, &report);
  }
  if (!record.empty()) CheckAcknowledged(all, record, &report);
  CheckMirrors(services, all, &report);
  CheckReplica(services, all, &report);
  return report;
}

}  // namespace songsang::audit
