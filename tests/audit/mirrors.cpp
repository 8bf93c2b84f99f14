#include <fmt/format.h>

#include "audit/scan.h"
#include "audit/stream.h"
#include "core/ids.h"
#include "engine/tables.h"
#include "rows/table.h"

namespace songsang::audit {
namespace {

// How far a mirror has come in each partition.
std::map<int32_t, int64_t> PositionsOf(const Audited& audited, const std::string& follower, Findings* findings) {
  std::map<int32_t, int64_t> positions;
  findings->Add(kMirrors, Scan(*audited.store, engine::PositionTable(), [&](const auto& row) {
                  if (Text(row[0]) == follower) positions[static_cast<int32_t>(Number(row[1]))] = Number(row[3]);
                }));
  return positions;
}

// The last version that a mirror has heard of; null if there is none.
const Version* Heard(const std::vector<Version>& versions, const std::map<int32_t, int64_t>& positions) {
  const Version* last = nullptr;
  for (const Version& version : versions) {
    const auto position = positions.find(version.place.partition);
    if (position != positions.end() && version.place.seq <= position->second) last = &version;
  }
  return last;
}

void CheckMirror(const Audited& audited, const rows::Table& table, const Told& told, Report* report) {
  Findings findings(audited.service, report);
  const std::string kind = KindOf(table.entity);
  const auto positions = PositionsOf(audited, "mirror/" + kind, &findings);
  const auto id = static_cast<size_t>(table.Find("id")), body = static_cast<size_t>(table.Find("body"));
  std::set<EntityKey> found;
  findings.Add(kMirrors, Scan(*audited.store, table, [&](const auto& row) {
                 const EntityKey key{kind, Text(row[0]), Text(row[id])};
                 ++report->mirror_rows;
                 found.insert(key);
                 const auto versions = told.entities.find(key);
                 const Version* heard = versions == told.entities.end() ? nullptr : Heard(versions->second, positions);
                 if (heard == nullptr)
                   findings.Add(kMirrors, ToText(key) + " is mirrored, but in no event up to the mirror's position");
                 else if (heard->body != Text(row[body]))
                   findings.Add(kMirrors,
                                ToText(key) + " is mirrored otherwise than " + ToText(heard->place) + " says");
               }));
  for (auto at = told.entities.lower_bound({kind, "", ""}); at != told.entities.end() && at->first.kind == kind; ++at)
    if (!found.contains(at->first) && Heard(at->second, positions) != nullptr)
      findings.Add(kMirrors, ToText(at->first) + " is not mirrored, though the mirror's position is beyond it");
}

}  // namespace

void CheckMirrors(const std::vector<Audited>& services, const std::map<std::string, Told>& all, Report* report) {
  for (const Audited& audited : services)
    for (const rows::Table* table : audited.tables) {
      if (table->entity == nullptr || table != &rows::MirrorOf(table->entity)) continue;
      const auto told = all.find(std::string(rows::ServiceOf(table->entity)));
      if (told != all.end()) CheckMirror(audited, *table, told->second, report);
    }
}

}  // namespace songsang::audit
