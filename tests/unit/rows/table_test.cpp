// From descriptors to tables.
#include "rows/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "unit/rows/entity.h"

namespace songsang::rows {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

std::vector<std::string> Names(const Table& table) {
  std::vector<std::string> names;
  for (const Column& column : table.columns) names.push_back(column.name);
  return names;
}

// What TableOf says of a wrong entity.
std::string Complaint(const std::string& proto) {
  const Schema schema(proto);
  try {
    TableOf(schema.Find("E"));
  } catch (const std::logic_error& error) {
    return error.what();
  }
  return "";
}

constexpr char kHead[] = "string id = 1; int64 version = 2; ";

TEST(Table, FollowsFromTheDescriptor) {
  const Schema schema(R"(
    message Line { string text = 1; }
    message Deal {
      option (songsang.v1.table) = { name: "deal" index { fields: "owner_id" } index { fields: "value.currency" fields: "status" }
                                     index { fields: "brn" unique: true reason: "BRN_MUST_BE_UNIQUE" } };
      enum Status { STATUS_UNSPECIFIED = 0; STATUS_NEW = 1; }
      string id = 1; int64 version = 2;
      songsang.common.v1.ExternalRef external_ref = 3;
      Status status = 4; string owner_id = 5; string brn = 6;
      songsang.common.v1.Money value = 7;
      google.protobuf.Timestamp captured_at = 8;
      int32 count = 9; optional int32 score = 10; bool active = 11; bytes proof = 12;
      repeated string tags = 13; repeated Line lines = 14; map<string, int64> sums = 15; Line first = 16;
    })");
  const Table& table = TableOf(schema.Find("Deal"));
  EXPECT_EQ(table.name, "deal");
  EXPECT_THAT(Names(table), ElementsAre("tenant", "id", "version", "external_ref_system", "external_ref_key", "status",
                                        "owner_id", "brn", "value_minor", "value_currency", "captured_at", "count",
                                        "score", "active", "proof", "tags", "lines", "sums", "first", "body"));
  EXPECT_THAT(table.key, ElementsAre("tenant", "id"));
  EXPECT_TRUE(table.upsert);
  EXPECT_EQ(table.entity, schema.Find("Deal"));
  const auto column = [&](const char* name) { return table.columns[static_cast<size_t>(table.Find(name))]; };
  EXPECT_FALSE(column("id").nullable);
  EXPECT_FALSE(column("version").nullable);
  EXPECT_TRUE(column("status").nullable);
  EXPECT_FALSE(column("count").nullable);
  EXPECT_TRUE(column("score").nullable);
  EXPECT_TRUE(column("value_minor").nullable);
  EXPECT_EQ(column("value_minor").type, Type::kInt);
  EXPECT_EQ(column("captured_at").type, Type::kInt);
  EXPECT_EQ(column("proof").type, Type::kBytes);
  EXPECT_EQ(column("lines").type, Type::kText);
  EXPECT_EQ(table.Find("nothing"), -1);
  ASSERT_EQ(table.indexes.size(), 3U);
  EXPECT_EQ(table.indexes[0].name, "deal_by_owner_id");
  EXPECT_EQ(table.indexes[1].name, "deal_by_value_currency_status");
  EXPECT_THAT(table.indexes[1].columns, ElementsAre("value_currency", "status"));
  EXPECT_TRUE(table.indexes[2].unique);
  EXPECT_EQ(table.indexes[2].reason, "BRN_MUST_BE_UNIQUE");
  EXPECT_EQ(&table, &TableOf(schema.Find("Deal"))) << "made once";
  EXPECT_FALSE(IsEntity(schema.Find("Line")));
}

TEST(Table, SaysWhatIsWrong) {
  const auto entity = [](const std::string& option, const std::string& fields) {
    return "message E { option (songsang.v1.table) = { " + option + " }; " + fields + " }";
  };
  const std::string head = kHead;
  EXPECT_EQ(Complaint(entity("name: 'thing'", head)), "");
  EXPECT_THAT(Complaint("message E { string id = 1; }"), HasSubstr("no `option"));
  EXPECT_THAT(Complaint(entity("name: 'Thing'", head)), HasSubstr("snake_case"));
  EXPECT_THAT(Complaint(entity("name: ''", head)), HasSubstr("snake_case"));
  EXPECT_THAT(Complaint(entity("name: 'order'", head)), HasSubstr("word of SQL"));
  EXPECT_THAT(Complaint(entity("name: 'deal'", head + " string order = 3;")), HasSubstr("word of SQL"));
  EXPECT_THAT(Complaint(entity("name: 'journal'", head)), HasSubstr("table of the engine"));
  EXPECT_THAT(Complaint(entity("name: 'thing'", "string key = 1; int64 version = 2;")), HasSubstr("`string id = 1`"));
  EXPECT_THAT(Complaint(entity("name: 'thing'", "string id = 1; int32 version = 2;")), HasSubstr("int64 version"));
  EXPECT_THAT(Complaint(entity("name: 'thing' index { fields: 'owner' }", head)), HasSubstr("`owner`"));
  EXPECT_THAT(Complaint(entity("name: 'thing' index { }", head)), HasSubstr("without fields"));
  EXPECT_THAT(Complaint(entity("name: 'thing' index { fields: 'a' unique: true }", head + "string a = 3;")),
              HasSubstr("names no `reason`"));
  EXPECT_THAT(Complaint(entity("name: 'thing'", head + "double rate = 3;")), HasSubstr("never floats"));
  EXPECT_THAT(Complaint(entity("name: 'thing'", head + "string tenant = 3;")),
              HasSubstr("two columns are named `tenant`"));
  EXPECT_THAT(Complaint(entity("name: 'thing'", head + "songsang.common.v1.Money a = 3; int64 a_minor = 4;")),
              HasSubstr("two columns are named `a_minor`"));
  EXPECT_THAT(Complaint(entity("name: 'thing'", head + "string event_type = 3;")), HasSubstr("reserved"));
  EXPECT_THAT(Complaint(entity("name: 'thing'", head + "bool deleted = 3;")), HasSubstr("reserved"));
}

TEST(Table, AnEntityNeverContainsAnEntity) {
  const std::string inner =
      "message Inner { option (songsang.v1.table) = { name: 'inside' }; string id = 1; int64 version = 2; } "
      "message Wrap { Inner inner = 1; Wrap again = 2; } ";
  const std::string outer =
      "message E { option (songsang.v1.table) = { name: 'outside' }; string id = 1; int64 version = 2; ";
  EXPECT_THAT(Complaint(inner + outer + "Inner inner = 3; }"), HasSubstr("refers to another by its id"));
  EXPECT_THAT(Complaint(inner + outer + "repeated Wrap wraps = 3; }"), HasSubstr("songsang.test.v1.Inner"));
}

}  // namespace
}  // namespace songsang::rows
