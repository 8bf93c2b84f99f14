// Migrations: additive, repeatable, printed before they run.
#include "contract/stores.h"
#include "songsang/common/v1/values.pb.h"

namespace songsang::contract {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

class Migrate : public StoreTest {
 protected:
  static std::vector<const rows::Table*> With(const rows::Table& things) {
    auto tables = Tables();
    tables.back() = &things;
    return tables;
  }
  engine::Migration Run(const rows::Table& things, bool dry_run = false) {
    engine::Migration migration;
    EXPECT_THAT(store_->Migrate(With(things), 2, dry_run, &migration), Ok());
    return migration;
  }
};
INSTANTIATE_TEST_SUITE_P(Stores, Migrate, testing::Values("sqlite", "postgres"),
                         [](const auto& info) { return info.param; });

class MigrateOnPostgres : public Migrate {};
INSTANTIATE_TEST_SUITE_P(Stores, MigrateOnPostgres, testing::Values("postgres"),
                         [](const auto& info) { return info.param; });

rows::Table Wider() {
  rows::Table table = MakeThings();
  table.columns.push_back({"email", rows::Type::kText, true, {}});
  table.columns.push_back({"score", rows::Type::kInt, false, {}});
  table.indexes.push_back({"thing_by_email", {"email"}, true, "EMAIL_MUST_BE_UNIQUE"});
  table.indexes.push_back({"thing_by_score", {"score"}, false, ""});
  return table;
}

TEST_P(Migrate, TwiceIsOnce) {
  std::string what;
  EXPECT_TRUE(store_->IsMigrated(Tables(), &what)) << what;
  const engine::Migration again = Run(Things());
  EXPECT_THAT(again.statements, IsEmpty());
  EXPECT_EQ(again.level_before, 1);
  EXPECT_EQ(again.level_after, 1);
}

TEST_P(Migrate, AddsColumnsAndIndexesToWhatIsThere) {
  ASSERT_THAT(Save({{"1", 1, "one", "A"}}), Ok());
  const rows::Table wider = Wider();
  std::string what;
  EXPECT_FALSE(store_->IsMigrated(With(wider), &what));
  EXPECT_THAT(what, HasSubstr("email"));
  const engine::Migration dry = Run(wider, true);
  EXPECT_THAT(dry.statements, Contains(HasSubstr("ADD COLUMN \"email\"")));
  EXPECT_FALSE(store_->IsMigrated(With(wider), &what)) << "a dry run changes nothing";
  EXPECT_EQ(Run(wider).statements, dry.statements);
  EXPECT_TRUE(store_->IsMigrated(With(wider), &what)) << what;
  EXPECT_THAT(Run(wider).statements, IsEmpty());
  EXPECT_EQ(Count("SELECT score FROM " + store_->schema() + ".thing WHERE id = '1'"), 0);

  // The new index is enforced, under its name, and lets values be swapped.
  auto session = store_->OpenSession();
  const auto save = [&](std::vector<std::pair<std::string, std::string>> emails) {
    RowSet set;
    set.table = &wider;
    for (auto& [id, email] : emails) {
      RowSet row = ThingRows({{id, 1, id}}, wider);
      row.cells[8] = Cell::Text(set.Own(email));
      row.cells[9] = Cell::Int(7);
      for (Cell& cell : row.cells) {
        if (cell.kind == Cell::Kind::kText) cell.bytes = set.Own(std::string(cell.bytes));
        if (cell.kind == Cell::Kind::kBytes) cell.bytes = set.Own(std::string(cell.bytes));
        set.cells.push_back(cell);
      }
    }
    StoreError error = session->Begin();
    return error.ok() ? session->Commit({&set, 1}) : error;
  };
  EXPECT_THAT(save({{"5", "a@x"}, {"6", "b@x"}}), Ok());
  EXPECT_THAT(save({{"5", "b@x"}, {"6", "a@x"}}), Ok());
  const StoreError error = save({{"7", "a@x"}});
  EXPECT_THAT(error, Fails(Kind::kPoison));
  EXPECT_EQ(error.constraint, "thing_by_email");
}

// A table as if of the message ExternalRef, whose fields are called what we like.
rows::Table Renamed(const std::string& table_name, const std::string& column) {
  const auto* message = common::v1::ExternalRef::descriptor();
  rows::Table table;
  table.name = table_name;
  table.entity = message;
  table.upsert = true;
  table.key = {"tenant", "id"};
  table.columns = {{"tenant", rows::Type::kText, false, {}},
                   {"id", rows::Type::kText, false, {message->FindFieldByName("system")}},
                   {column, rows::Type::kText, true, {message->FindFieldByName("key")}},
                   {"body", rows::Type::kBytes, false, {}}};
  table.indexes = {{table_name + "_by_" + column, {column}, true, "MUST_BE_UNIQUE"}};
  return table;
}

TEST_P(Migrate, ARenamedFieldKeepsItsValuesAndItsConstraint) {
  const rows::Table before = Renamed("shop", "code"), column = Renamed("shop", "sign"),
                    table = Renamed("store", "sign");
  const auto save = [&](const rows::Table& into, const std::string& id, const std::string& value) {
    RowSet set;
    set.table = &into;
    set.cells = {Cell::Text(kTenant), Cell::Text(id), Cell::Text(value), Cell::Bytes("b")};
    auto session = store_->OpenSession();
    const StoreError error = session->Begin();
    return error.ok() ? session->Commit({&set, 1}) : error;
  };
  Run(before);
  ASSERT_THAT(save(before, "1", "A"), Ok());
  EXPECT_THAT(Run(column).statements, Contains(HasSubstr("RENAME COLUMN \"code\" TO \"sign\"")));
  EXPECT_EQ(Text("SELECT sign FROM " + store_->schema() + ".shop WHERE id = '1'"), "A");
  EXPECT_EQ(save(column, "2", "A").constraint, "shop_by_sign");
  EXPECT_THAT(Run(column).statements, IsEmpty());
  EXPECT_THAT(Run(table).statements, Contains(HasSubstr("RENAME TO \"store\"")));
  EXPECT_EQ(Text("SELECT sign FROM " + store_->schema() + ".store WHERE id = '1'"), "A");
  EXPECT_EQ(save(table, "2", "A").constraint, "store_by_sign");
  EXPECT_THAT(save(table, "2", "B"), Ok());
  EXPECT_THAT(Run(table).statements, IsEmpty());
}

TEST_P(Migrate, AnOlderProgramWritesOnBesideNewColumns) {
  Run(Wider());
  EXPECT_THAT(Save({{"1", 1, "one", "A"}}), Ok());
  EXPECT_EQ(Count("SELECT score FROM " + store_->schema() + ".thing WHERE id = '1'"), 0);
}

TEST_P(Migrate, ADryRunOnNothingPrintsEverything) {
  store_.reset();
  if (!postgres()) std::filesystem::remove(folder_ / "store.db");
  schema_ += "_fresh";
  std::string error;
  store_ = Open(&error);
  ASSERT_NE(store_, nullptr) << error;
  std::string what;
  EXPECT_FALSE(store_->IsMigrated(Tables(), &what));
  EXPECT_FALSE(what.empty());
  const engine::Migration dry = Run(Things(), true);
  EXPECT_EQ(dry.level_before, 0);
  EXPECT_EQ(dry.level_after, 1);
  EXPECT_THAT(dry.statements, Contains(HasSubstr("CREATE TABLE")));
  EXPECT_FALSE(store_->IsMigrated(Tables(), &what));
  EXPECT_EQ(Run(Things()).statements, dry.statements);
  EXPECT_TRUE(store_->IsMigrated(Tables(), &what)) << what;
}

TEST_P(Migrate, PartitionsAreFixedAtInstall) {
  engine::Migration migration;
  const StoreError error = store_->Migrate(Tables(), 3, false, &migration);
  EXPECT_FALSE(error.ok());
  EXPECT_THAT(error.message, HasSubstr("2 partitions"));
  EXPECT_EQ(store_->partitions(), 2);
}

TEST_P(Migrate, AColumnOfAnotherTypeIsRefused) {
  rows::Table other = MakeThings();
  other.columns[3].type = rows::Type::kInt;
  engine::Migration migration;
  const StoreError error = store_->Migrate(With(other), 2, false, &migration);
  EXPECT_FALSE(error.ok());
  EXPECT_THAT(error.message, HasSubstr("column name of table thing"));
}

TEST_P(MigrateOnPostgres, SegmentsAreKeptTwoAheadAndAMissingOneIsTheStoresFault) {
  const auto segments = [&] {
    return Server::Get()->Run("SELECT count(*) FROM pg_inherits WHERE inhparent = '" + schema_ + ".journal'::regclass");
  };
  EXPECT_EQ(segments(), "3");
  auto session = store_->OpenSession();
  Opening opening;
  ASSERT_THAT(session->BeginLane(0, {}, {}, &opening), Ok());
  ASSERT_THAT(session->Commit(Entries(0, 10'000'000, 1, "r")), Ok());
  Run(Things());
  EXPECT_EQ(segments(), "4");
  ASSERT_THAT(session->BeginLane(0, {}, {}, &opening), Ok());
  EXPECT_EQ(opening.last_seq, 10'000'000);
  EXPECT_THAT(session->Commit(Entries(0, 40'000'000, 1, "r")), Fails(Kind::kAway));
}

TEST_P(MigrateOnPostgres, AnIndexLeftHalfMadeIsMadeAnew) {
  ASSERT_THAT(Save({{"1", 1, "same", "A"}, {"2", 1, "same", "B"}}), Ok());
  rows::Table unique = MakeThings();
  unique.indexes.push_back({"thing_by_name", {"name"}, true, "NAME_MUST_BE_UNIQUE"});
  engine::Migration migration;
  EXPECT_FALSE(store_->Migrate(With(unique), 2, false, &migration).ok()) << "two hold the same name";
  ASSERT_THAT(Save({{"2", 2, "other", "B"}}), Ok());
  EXPECT_THAT(Run(unique).statements, Contains(HasSubstr("DROP INDEX")));
  std::string what;
  EXPECT_TRUE(store_->IsMigrated(With(unique), &what)) << what;
}

TEST_P(Migrate, HeadsBearTheServersIdentity) {
  const std::string system = Text("SELECT system FROM " + store_->schema() + ".head WHERE partition = 1");
  EXPECT_FALSE(system.empty());
  EXPECT_EQ(Count("SELECT count(DISTINCT system) FROM " + store_->schema() + ".head"), 1);
  if (postgres()) {
    EXPECT_EQ(system, Server::Get()->Run("SELECT system_identifier FROM pg_control_system()"));
    EXPECT_GE(Count("SELECT timeline FROM " + store_->schema() + ".head WHERE partition = 0"), 1);
  }
}

}  // namespace
}  // namespace songsang::contract
