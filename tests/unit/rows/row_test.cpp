// From entities to rows, and what differs between two of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <variant>

#include "rows/table.h"
#include "unit/rows/entity.h"

namespace songsang::rows {
namespace {

constexpr char kProto[] = R"(
  message Line { string text = 1; int64 amount = 2; Deal.Status status = 3; google.protobuf.Timestamp at = 4; bool done = 5; }
  message Deal {
    option (songsang.v1.table) = { name: "deal" };
    enum Status { STATUS_UNSPECIFIED = 0; STATUS_NEW = 1; STATUS_HANDED_OFF = 2; ODD = 3; }
    string id = 1; int64 version = 2;
    songsang.common.v1.ExternalRef external_ref = 3;
    Status status = 4; string name = 5; optional string nick = 6;
    songsang.common.v1.Money value = 7;
    google.protobuf.Timestamp captured_at = 8;
    int32 count = 9; optional int32 score = 10; bool active = 11; bytes proof = 12;
    repeated string tags = 13; repeated Line lines = 14; map<string, int64> sums = 15; Line first = 16;
    uint64 large = 17; optional Status next = 18; repeated Status past = 19; map<int32, string> names = 20;
  })";

class Row : public testing::Test {
 protected:
  // The column as text: `null`, a number, or the text in quotes.
  std::string Read(const std::string& text, const std::string& column) {
    entity_ = schema_.Make("Deal", text);
    const Table& table = TableOf(schema_.Find("Deal"));
    const Cell cell = ReadColumn(table.columns[static_cast<size_t>(table.Find(column))], *entity_, &owned_);
    switch (cell.kind) {
      case Cell::Kind::kNull:
        return "null";
      case Cell::Kind::kInt:
        return std::to_string(cell.number);
      case Cell::Kind::kText:
        return "'" + std::string(cell.bytes) + "'";
      case Cell::Kind::kBytes:
        return "x'" + std::string(cell.bytes) + "'";
    }
    return "";
  }
  std::string Changed(const std::string& before, const std::string& after) {
    const auto a = schema_.Make("Deal", before);
    const auto b = schema_.Make("Deal", after);
    return ChangedJson(a.get(), *b);
  }

  Schema schema_{kProto};
  std::unique_ptr<google::protobuf::Message> entity_;
  std::deque<std::string> owned_;
};

TEST_F(Row, ReadsTextAndEnums) {
  EXPECT_EQ(Read("name: '송상'", "name"), "'송상'");
  EXPECT_EQ(Read("", "name"), "null");
  EXPECT_EQ(Read("nick: ''", "nick"), "null");
  EXPECT_EQ(Read("status: STATUS_HANDED_OFF", "status"), "'handed_off'");
  EXPECT_EQ(Read("", "status"), "null");
  EXPECT_EQ(Read("status: ODD", "status"), "'odd'");
  EXPECT_EQ(Read("next: STATUS_NEW", "next"), "'new'");
  EXPECT_EQ(Read("", "next"), "null");
  EXPECT_EQ(Read("proof: '\\x00\\xff'", "proof"), std::string("x'\0\xff'", 5));
  entity_ = schema_.Make("Deal", "");
  entity_->GetReflection()->SetEnumValue(entity_.get(), entity_->GetDescriptor()->FindFieldByName("status"), 77);
  const Table& table = TableOf(schema_.Find("Deal"));
  EXPECT_EQ(ReadColumn(table.columns[static_cast<size_t>(table.Find("status"))], *entity_, &owned_).bytes, "77")
      << "a newer release's value";
}

TEST_F(Row, ReadsNumbersAndTimes) {
  EXPECT_EQ(Read("", "count"), "0");
  EXPECT_EQ(Read("count: -5", "count"), "-5");
  EXPECT_EQ(Read("", "score"), "null");
  EXPECT_EQ(Read("score: 0", "score"), "0");
  EXPECT_EQ(Read("active: true", "active"), "1");
  EXPECT_EQ(Read("", "active"), "0");
  EXPECT_EQ(Read("version: 9223372036854775807", "version"), "9223372036854775807");
  EXPECT_EQ(Read("captured_at { seconds: 1700000000 nanos: 123456789 }", "captured_at"), "1700000000123456");
  EXPECT_EQ(Read("captured_at { }", "captured_at"), "0");
  EXPECT_EQ(Read("", "captured_at"), "null");
}

TEST_F(Row, ReadsThePartsOfInlinedMessages) {
  EXPECT_EQ(Read("value { minor: -100 currency: 'KRW' }", "value_minor"), "-100");
  EXPECT_EQ(Read("value { minor: -100 currency: 'KRW' }", "value_currency"), "'KRW'");
  EXPECT_EQ(Read("value { currency: 'KRW' }", "value_minor"), "0");
  EXPECT_EQ(Read("", "value_minor"), "null");
  EXPECT_EQ(Read("", "value_currency"), "null");
  EXPECT_EQ(Read("external_ref { system: 'erp' key: '7' }", "external_ref_key"), "'7'");
}

TEST_F(Row, ReadsWhatIsNestedAsJson) {
  EXPECT_EQ(Read("tags: 'a\"b' tags: '줄\\n' tags: '\\001'", "tags"), "'[\"a\\\"b\",\"줄\\n\",\"\\u0001\"]'");
  EXPECT_EQ(Read("", "tags"), "null");
  EXPECT_EQ(Read("first { text: 'x' amount: 9007199254740993 status: STATUS_NEW at { seconds: 1 } }", "first"),
            "'{\"text\":\"x\",\"amount\":9007199254740993,\"status\":\"new\",\"at\":\"1970-01-01T00:00:01.000000Z\"}'");
  EXPECT_EQ(Read("first { }", "first"), "'{}'");
  EXPECT_EQ(Read("", "first"), "null");
  EXPECT_EQ(Read("lines { done: true } lines { }", "lines"), "'[{\"done\":true},{}]'");
  EXPECT_EQ(Read("sums { key: 'b' value: 2 } sums { key: 'a' value: 1 }", "sums"), "'{\"a\":1,\"b\":2}'");
  EXPECT_EQ(Read("names { key: 10 value: 'x' } names { key: 9 }", "names"), "'{\"10\":\"x\",\"9\":null}'");
  EXPECT_EQ(Read("past: STATUS_NEW past: ODD", "past"), "'[\"new\",\"odd\"]'");
}

TEST_F(Row, AppendsInTheOrderOfTheTablesColumnsWithoutCopies) {
  const Table& table = TableOf(schema_.Find("Deal"));
  RowSet set;
  set.table = &table;
  const auto entity = schema_.Make("Deal", "id: 'i' version: 3 name: 'n'");
  const std::string tenant = "acme", body = "bytes";
  AppendRow(tenant, *entity, body, &set);
  AppendRow(tenant, *entity, body, &set);
  ASSERT_EQ(set.rows(), 2U);
  ASSERT_EQ(set.cells.size(), 2 * table.columns.size());
  EXPECT_EQ(set.cells[0].bytes.data(), tenant.data());
  EXPECT_EQ(set.cells[1].bytes, "i");
  EXPECT_EQ(set.cells[2].number, 3);
  const auto* field = entity->GetDescriptor()->FindFieldByName("name");
  std::string scratch;
  EXPECT_EQ(set.cells[static_cast<size_t>(table.Find("name"))].bytes.data(),
            entity->GetReflection()->GetStringReference(*entity, field, &scratch).data());
  EXPECT_EQ(set.cells[table.columns.size() - 1].bytes.data(), body.data());
  EXPECT_EQ(set.cells[table.columns.size() - 1].kind, Cell::Kind::kBytes);
  EXPECT_TRUE(set.owned.empty());
}

TEST_F(Row, ChangedNamesWhatDiffers) {
  EXPECT_EQ(Changed("id: 'a' version: 1 name: 'x'", "id: 'b' version: 2 name: 'x'"), "{}");
  EXPECT_EQ(Changed("name: 'x' status: STATUS_NEW count: 5", "name: 'y' status: STATUS_HANDED_OFF"),
            R"({"status":["new","handed_off"],"name":["x","y"],"count":[5,0]})");
  EXPECT_EQ(Changed("name: 'x'", ""), R"({"name":["x",null]})");
  EXPECT_EQ(Changed("score: 0", ""), R"({"score":[0,null]})");
  EXPECT_EQ(Changed("active: true", "active: true score: 0"), R"({"score":[null,0]})");
  EXPECT_EQ(Changed("nick: ''", ""), "{}") << "both are null to whoever reads";
  EXPECT_EQ(Changed("value { minor: 1 currency: 'KRW' }", "value { minor: 0 currency: 'KRW' }"),
            R"({"value":[{"minor":1,"currency":"KRW"},{"minor":0,"currency":"KRW"}]})");
  EXPECT_EQ(Changed("value { minor: 1 currency: 'KRW' }", "value { minor: 1 currency: 'KRW' }"), "{}");
  EXPECT_EQ(Changed("", "value { currency: 'KRW' } tags: 'a'"),
            R"({"value":[null,{"minor":0,"currency":"KRW"}],"tags":[null,["a"]]})");
  EXPECT_EQ(Changed("tags: 'a' first { }", ""), R"({"tags":[["a"],null],"first":[{},null]})");
  EXPECT_EQ(Changed("proof: 'a'", "proof: 'abcd'"), R"({"proof":["YQ==","YWJjZA=="]})");
  EXPECT_EQ(Changed("captured_at { seconds: 1 }", "captured_at { seconds: 2 }"),
            R"({"captured_at":["1970-01-01T00:00:01.000000Z","1970-01-01T00:00:02.000000Z"]})");
}

TEST_F(Row, ChangedOfANewEntityIsWhatIsSet) {
  const auto after = schema_.Make("Deal", "id: 'a' version: 1 name: '김\"' count: 0 active: true score: 0 tags: 'x'");
  EXPECT_EQ(ChangedJson(nullptr, *after),
            R"({"name":[null,"김\""],"score":[null,0],"active":[null,true],"tags":[null,["x"]]})");
  EXPECT_EQ(ChangedJson(nullptr, *schema_.Make("Deal", "id: 'a' version: 1")), "{}");
}

}  // namespace
}  // namespace songsang::rows
