#include "core/dates.h"
#include "leads/leads.h"
#include "leads/rules_follow_up.h"

namespace songsang::leads {
namespace {

constexpr int kMost = 5'000;

// What a lead or opportunity that has ended still bears is nobody's to do.
constexpr char kOverdueSql[] = R"sql(
SELECT f.body FROM follow_up f
LEFT JOIN lead l ON l.id = f.lead_id
LEFT JOIN opportunity o ON o.id = f.opportunity_id
WHERE f.state = 'planned' AND f.due_at < :at AND (:owner_id = '' OR f.owner_id = :owner_id)
  AND (l.status IN ('new', 'working', 'qualified') OR o.status = 'open')
ORDER BY f.due_at, f.id
LIMIT 5001)sql";

Result<ListOverdueFollowUpsResponse> ListOverdueFollowUps(engine::Reader& reader,
                                                          const ListOverdueFollowUpsRequest& request) {
  const Instant at = request.has_as_of() ? FromTimestamp(request.as_of()) : reader.context().now;
  const auto rows = reader.Run(kOverdueSql, request, {{"at", at.micros}});
  if (!rows.ok()) return rows.refusal();
  if (rows->rows.size() > kMost) return kOverdueMustBeNarrowed.With("most", std::to_string(kMost)).At("owner_id");
  ListOverdueFollowUpsResponse response;
  for (const auto& row : rows->rows)
    if (const auto* body = std::get_if<std::string>(&row[0])) response.add_follow_ups()->ParseFromString(*body);
  return response;
}

}  // namespace

void AddFollowUpQueries(engine::Service* service) { service->Query<ListOverdueFollowUpsRequest>(ListOverdueFollowUps); }

}  // namespace songsang::leads
