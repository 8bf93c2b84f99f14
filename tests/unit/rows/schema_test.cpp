// The plan of a migration: what a renamed field, table or number comes to. (That the statements work is the contract
// suite's.)
#include "rows/schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/rows/entity.h"

namespace songsang::rows {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::vector<std::string> Statements(const SchemaPlan& plan) {
  std::vector<std::string> statements;
  for (const auto& statement : plan.statements) statements.push_back(statement.sql);
  return statements;
}

// A store that was made for the first text, brought to the second.
SchemaPlan Plan(const std::string& before, const std::string& after) {
  const Schema old_schema(before), new_schema(after);
  const Table& old_table = TableOf(old_schema.Find("E"));
  const Table& new_table = TableOf(new_schema.Find("E"));
  Existing existing;
  existing.tables[kRegistry];
  for (const Column& column : old_table.columns) {
    existing.tables[old_table.name].columns[column.name] = SqlType(Dialect::kPostgres, column);
    if (column.path.empty()) continue;
    std::string numbers;
    for (const auto* field : column.path) numbers += (numbers.empty() ? "" : ".") + std::to_string(field->number());
    existing.registry.push_back(
        {old_table.entity->full_name(), numbers, old_table.name, column.name, SqlType(Dialect::kPostgres, column)});
  }
  const std::vector<const Table*> tables = {&new_table};
  return PlanSchema(Dialect::kPostgres, "leads", tables, existing);
}

std::string Entity(const std::string& name, const std::string& fields) {
  return "message E { option (songsang.v1.table) = { name: '" + name + "' }; string id = 1; int64 version = 2; " +
         fields + " }";
}

TEST(SchemaPlan, WhatIsThereNeedsNothing) {
  EXPECT_THAT(Statements(Plan(Entity("e", "string a = 3;"), Entity("e", "string a = 3;"))), IsEmpty());
}

TEST(SchemaPlan, ARenamedFieldIsARename) {
  const auto statements = Statements(Plan(Entity("e", "string a = 3;"), Entity("e", "string b = 3;")));
  EXPECT_THAT(statements, ElementsAre("ALTER TABLE \"leads\".\"e\" RENAME COLUMN \"a\" TO \"b\"",
                                      AllOf(HasSubstr("schema_registry"), HasSubstr("'3', 'e', 'b'"))));
}

TEST(SchemaPlan, ARenamedMoneyRenamesItsParts) {
  const auto statements =
      Statements(Plan(Entity("e", "songsang.common.v1.Money a = 3;"), Entity("e", "songsang.common.v1.Money b = 3;")));
  EXPECT_THAT(statements, Contains("ALTER TABLE \"leads\".\"e\" RENAME COLUMN \"a_minor\" TO \"b_minor\""));
  EXPECT_THAT(statements, Contains("ALTER TABLE \"leads\".\"e\" RENAME COLUMN \"a_currency\" TO \"b_currency\""));
}

TEST(SchemaPlan, ANewNumberIsANewColumn) {
  const auto statements = Statements(Plan(Entity("e", "string a = 3;"), Entity("e", "string b = 4;")));
  EXPECT_THAT(statements, Contains("ALTER TABLE \"leads\".\"e\" ADD COLUMN \"b\" text COLLATE \"C\""));
  EXPECT_THAT(statements, Not(Contains(HasSubstr("DROP"))));
  EXPECT_THAT(statements, Not(Contains(HasSubstr("RENAME"))));
}

TEST(SchemaPlan, ARenamedTableIsARename) {
  const auto statements = Statements(Plan(Entity("e", "string a = 3;"), Entity("f", "string a = 3;")));
  ASSERT_FALSE(statements.empty());
  EXPECT_EQ(statements[0], "ALTER TABLE \"leads\".\"e\" RENAME TO \"f\"");
  EXPECT_THAT(statements, Not(Contains(HasSubstr("CREATE TABLE"))));
}

TEST(SchemaPlan, AnotherTypeUnderTheSameNameIsRefused) {
  const SchemaPlan plan = Plan(Entity("e", "string a = 3;"), Entity("e", "int64 a = 3;"));
  EXPECT_THAT(plan.refusal, HasSubstr("column a of table e is text"));
  EXPECT_THAT(plan.statements, IsEmpty());
}

TEST(SchemaPlan, TruthIsASmallNumber) {
  const auto statements = Statements(Plan(Entity("e", ""), Entity("e", "bool a = 3;")));
  EXPECT_THAT(statements, Contains("ALTER TABLE \"leads\".\"e\" ADD COLUMN \"a\" smallint NOT NULL DEFAULT 0"));
}

// So that a look-up by it, ordered by id, need not sort, nor walk the whole table in the order of ids.
TEST(SchemaPlan, AnIndexBeginsWithTheTenantAndEndsWithTheId) {
  Table table;
  table.columns = {{"tenant", Type::kText, false, {}}, {"id", Type::kText, false, {}}, {"a", Type::kText, true, {}}};
  table.key = {"tenant", "id"};
  EXPECT_THAT(IndexColumns(table, {"", {"a"}, false, ""}), ElementsAre("tenant", "a", "id"));
  EXPECT_THAT(IndexColumns(table, {"", {"a"}, true, ""}), ElementsAre("tenant", "a"));
}

TEST(SchemaPlan, TheLevelIsTheNewestFieldsRelease) {
  const Schema schema(Entity("e", "string a = 3 [(songsang.v1.since) = 4]; string b = 5 [(songsang.v1.since) = 2];"));
  const std::vector<const Table*> tables = {&TableOf(schema.Find("E"))};
  EXPECT_EQ(SchemaLevel(tables), 4);
  EXPECT_EQ(SchemaLevel({}), 1);
}

}  // namespace
}  // namespace songsang::rows
