#include "engine/export.h"

#include <fmt/format.h>

#include "core/hash.h"
#include "core/ids.h"
#include "core/text.h"
#include "engine/published.h"
#include "engine/reasons.h"

namespace songsang::engine {
namespace {

const Reason kEntityUnknown("ENTITY_UNKNOWN", Code::kInvalidArgument, "There is no entity {entity} here.",
                            "여기에는 {entity} 엔터티가 없습니다.");
const Reason kExportTokenInvalid("EXPORT_TOKEN_INVALID", Code::kInvalidArgument,
                                 "The page token is not one that this export answered.",
                                 "이 내보내기에서 발급한 페이지 토큰이 아닙니다.");

constexpr int kPage = 1'000;
// A page ends before it grows beyond what every client takes.
constexpr size_t kMostBytes = 2 << 20;
constexpr std::chrono::seconds kPatience{30};

const rows::Table* TableNamed(const Engine& engine, const std::string& service, const std::string& table) {
  for (const auto* candidate : engine.TablesOf(service))
    if (candidate->entity != nullptr && candidate->name == table && rows::ServiceOf(candidate->entity) == service)
      return candidate;
  return nullptr;
}

// The last row of the page before: tenant and id, which no tenant's name can blur.
std::string TokenOf(const std::string& tenant, const std::string& id) { return ToHex(tenant + '\0' + id); }

std::string Text(const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text == nullptr ? std::string() : *text;
}

// An entity, and the entry that made it what it is.
std::string StateOfRow(const std::string& service, const rows::Table& table, const std::vector<Value>& row) {
  const std::unique_ptr<google::protobuf::Message> entity(
      google::protobuf::MessageFactory::generated_factory()->GetPrototype(table.entity)->New());
  entity->ParseFromString(Text(row[2]));
  JournalEntry entry;
  entry.tenant = Text(row[0]);
  entry.partition = static_cast<int32_t>(std::get<int64_t>(row[3]));
  entry.epoch = std::get<int64_t>(row[4]);
  entry.seq = std::get<int64_t>(row[5]);
  entry.event_id = Text(row[6]);
  entry.type = Text(row[7]);
  entry.actor = Text(row[8]);
  entry.recorded_at.micros = std::get<int64_t>(row[9]);
  entry.changed = Text(row[10]);
  return StateJsonOf(ToEvent(service, entry, {}), *entity);
}

std::string Sql(const std::string& schema, const std::string& table, bool own_only, int limit) {
  return fmt::format(
      "SELECT t.tenant, t.id, t.body, j.partition, j.epoch, j.seq, j.event_id, j.type, j.actor, j.recorded_at, "
      "j.changed FROM {0}.{1} t JOIN {0}.touch u ON u.tenant = t.tenant AND u.type = $1 AND u.entity_id = t.id AND "
      "u.version = t.version JOIN {0}.journal j ON j.partition = u.partition AND j.seq = u.seq WHERE {2}(t.tenant, "
      "t.id) > ($2, $3) ORDER BY t.tenant, t.id LIMIT {3}",
      schema, table, own_only ? "t.tenant = $4 AND " : "", limit);
}

}  // namespace

Result<v1::ExportStateResponse> ExportState(Engine& engine, const Caller& caller,
                                            const v1::ExportStateRequest& request) {
  const size_t dot = request.entity().find('.');
  const std::string service = request.entity().substr(0, dot);
  Store* store = engine.StoreOf(service);
  const auto* table = store == nullptr || dot == std::string::npos
                          ? nullptr
                          : TableNamed(engine, service, request.entity().substr(dot + 1));
  if (table == nullptr) return kEntityUnknown.At("entity").With("entity", request.entity());
  const std::string after = FromHex(request.page_token());
  const size_t end = after.find('\0');
  if (!request.page_token().empty() && (end != after.rfind('\0') || end == std::string::npos || !IsUtf8(after)))
    return kExportTokenInvalid.At("page_token");
  v1::ExportStateResponse response;
  if (request.page_token().empty()) {
    auto heads = engine.Heads(service);
    if (!heads.ok()) return heads.refusal();
    for (auto& head : *heads) *response.add_positions() = std::move(head);
  }
  const bool own_only = !caller.Has(v1::ROLE_SERVICE);
  const int limit = request.page_size() == 0 ? kPage : request.page_size();
  const std::string kind = KindOf(table->entity);
  const std::string tenant = end == std::string::npos ? "" : after.substr(0, end);
  const std::string id = end == std::string::npos ? "" : after.substr(end + 1);
  std::vector<rows::Cell> cells = {rows::Cell::Text(kind), rows::Cell::Text(tenant), rows::Cell::Text(id)};
  if (own_only) cells.push_back(rows::Cell::Text(caller.tenant));
  Rows rows;
  const auto error = store->Query(Sql(store->schema(), table->name, own_only, limit + 1), cells,
                                  std::chrono::steady_clock::now() + kPatience, &rows);
  if (!error.ok()) return kUnavailable.With("detail", error.message);
  size_t bytes = 0;
  for (size_t i = 0; i < rows.rows.size(); ++i) {
    if (static_cast<int>(i) == limit || bytes > kMostBytes) {
      response.set_next_page_token(TokenOf(Text(rows.rows[i - 1][0]), Text(rows.rows[i - 1][1])));
      break;
    }
    response.add_states_json(StateOfRow(service, *table, rows.rows[i]));
    bytes += response.states_json().rbegin()->size();
  }
  return response;
}

}  // namespace songsang::engine
