#include "unit/reporting/world.h"

#include "adapters/sqlite_store/sqlite_store.h"
#include "core/hash.h"
#include "core/ids.h"
#include "engine/record.h"
#include "engine/tables.h"

namespace songsang::reporting {

World::World() : store_(OpenSqliteMemory("reporting")) {
  tables_ = Schema::Current().tables();
  for (const auto* table : {&engine::HeadTable(), &engine::JournalTable(), &engine::PositionTable()})
    tables_.push_back(table);
  engine::Migration migration;
  EXPECT_TRUE(store_->Migrate(tables_, 1, false, &migration).ok());
  replicator_ = std::make_unique<Replicator>(*store_, Schema::Current(), sources());
  EXPECT_TRUE(replicator_->Begin().ok());
}

void World::Record(const google::protobuf::Message& message, const std::string& changed_id, const std::string& tenant) {
  clock_ += step_;
  const std::string package = message.GetDescriptor()->file()->package();
  const std::string service = package.substr(9, package.rfind('.') - 9);
  auto& journal = journals_[service];
  songsang::v1::JournalEvent event;
  auto& position = *event.mutable_position();
  position.set_service(service);
  position.set_seq(static_cast<int64_t>(journal.size()) + 1);
  if (!journal.empty()) event.set_previous_hash(journal.back().position().hash());
  event.set_event_id(service + "-event-" + std::to_string(position.seq()));
  event.set_tenant(tenant);
  event.set_type(message.GetDescriptor()->full_name());
  event.set_actor("kim");
  event.set_payload(message.SerializeAsString());
  std::string changed;
  for (const auto* entity : engine::EntitiesIn(message)) {
    const auto* id = entity->GetDescriptor()->FindFieldByName("id");
    const std::string& text = entity->GetReflection()->GetStringReference(*entity, id, nullptr);
    if (changed_id.empty() || text == changed_id) changed += (changed.empty() ? "{\"" : ",\"") + text + "\":{}";
  }
  if (!changed.empty()) event.set_changed(changed + "}");
  *event.mutable_recorded_at() = ToTimestamp(Instant{clock_});
  position.set_hash(std::string(AsBytes(Sha256(event.previous_hash() + event.payload()))));
  journal.push_back(std::move(event));
}

Sources World::sources() {
  Sources sources;
  sources.services = FollowedServices();
  sources.partitions = [](const std::string&) { return 1; };
  sources.read = [this](const songsang::v1::Position& after, int limit, std::chrono::milliseconds) {
    const auto& journal = journals_[after.service()];
    std::vector<songsang::v1::JournalEvent> events;
    for (size_t i = static_cast<size_t>(after.seq()); i < journal.size() && static_cast<int>(events.size()) < limit;
         ++i)
      events.push_back(journal[i]);
    return Result(events);
  };
  sources.beat = [this](const std::string& service, int) -> std::optional<Beat> {
    return Beat{static_cast<int64_t>(journals_[service].size()), Instant{clock_ + 2}};
  };
  sources.advanced = [this](const engine::Mark& mark) {
    told.push_back(engine::FormatMarks(std::span<const engine::Mark>(&mark, 1)));
  };
  return sources;
}

Status World::Follow(int at_once) {
  do {
    const auto step = replicator_->Step(at_once);
    if (!step.ok()) return step.refusal();
    // Questions to idle journals are not asked more often than this.
    std::this_thread::sleep_for(std::chrono::milliseconds(6));
  } while (!replicator_->caught_up());
  const auto last = replicator_->Step(at_once);
  if (!last.ok()) return last.refusal();
  return Done{};
}

engine::SqlReader World::ReaderOf(const std::string& tenant) {
  Context context;
  context.caller.tenant = tenant;
  context.today = *Date::Parse("2026-11-22");
  static const engine::Zones zones("Asia/Seoul", {});
  return {*store_, tables_, zones, context, std::chrono::steady_clock::now() + std::chrono::seconds(10)};
}

Result<v1::Figures> World::Ask(const v1::GetFiguresRequest& request, const std::string& tenant) {
  auto reader = ReaderOf(tenant);
  return GetFigures(reader, request);
}

Result<v1::Lineage> World::Lineage(const v1::GetLineageRequest& request, const std::string& tenant) {
  auto reader = ReaderOf(tenant);
  return GetLineage(reader, request);
}

engine::Rows World::Query(const std::string& sql) {
  engine::Rows rows;
  const auto error = store_->Query(sql, {}, std::chrono::steady_clock::now() + std::chrono::seconds(10), &rows);
  EXPECT_TRUE(error.ok()) << error.message;
  return rows;
}

namespace {

std::string RowText(const v1::FigureRow& row) {
  std::string text;
  for (const auto& dimension : row.dimensions()) {
    text += (text.empty() ? "" : " | ") +
            (dimension.state() == v1::DimensionValue::STATE_KNOWN
                 ? dimension.label()
                 : std::string(dimension.state() == v1::DimensionValue::STATE_UNSET ? "-" : "?") + dimension.value());
  }
  for (const auto& value : row.values()) text += (text.empty() ? "" : " | ") + value.value();
  return text;
}

}  // namespace

std::vector<std::string> RowsOf(const v1::Figures& figures) {
  std::vector<std::string> rows;
  for (const auto& row : figures.rows()) rows.push_back(RowText(row));
  return rows;
}

std::string TotalOf(const v1::Figures& figures) { return RowText(figures.total()); }

}  // namespace songsang::reporting
