// What others' BI reads: exports and state topics fit together under load; readers that nobody here wrote come to the
// figures of the reports; and the journal gives the same records without Kafka.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <set>

#include "streams/bi_world.h"
#include "streams/journal_reader.h"

namespace songsang {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

class Bi : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (HasServers()) world_ = new BiWorld();
  }
  static void TearDownTestSuite() {
    delete world_;
    world_ = nullptr;
  }
  void SetUp() override {
    if (world_ == nullptr) GTEST_SKIP() << "SONGSANG_TEST_KAFKA and SONGSANG_TEST_POSTGRES name no servers";
  }
  static StateTable Table(const std::string& file) {
    StateTable table;
    table.Load(ReadStates(ReadFile(file)));
    return table;
  }
  static std::string PositionsOf(const std::string& file) {
    const std::string text = ReadFile(file), key = "\"position\":\"";
    const size_t begin = text.find(key) + key.size();
    return text.substr(begin, text.find('"', begin) - begin);
  }
  // The rows of a report, without its heading.
  static std::multiset<std::string> Report(std::vector<std::string> words) {
    words.insert(words.begin(), "report");
    words.insert(words.end(), {"-o", "csv", "--tenant", "acme", "--after", world_->heads()});
    const Ran ran = world_->Songsang(words);
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    auto rows = Lines(ran.out);
    for (auto row = rows.begin(); row != rows.end();)
      row = row->find("won_value") != std::string::npos || row->find("leads") != std::string::npos ? rows.erase(row)
                                                                                                   : std::next(row);
    return rows;
  }
  static std::multiset<std::string> Lines(const std::string& text) {
    std::multiset<std::string> lines;
    for (size_t begin = 0; begin < text.size();) {
      const size_t end = std::min(text.find('\n', begin), text.size());
      if (end > begin) lines.insert(text.substr(begin, end - begin));
      begin = end + 1;
    }
    return lines;
  }
  static std::string Readers() {
    const char* folder = std::getenv("SONGSANG_TEST_READERS");
    return folder == nullptr ? "" : folder;
  }
  // DuckDB's rows, over what kcat read.
  static std::multiset<std::string> Query(const std::string& entity, bool committed, const std::string& select) {
    const std::string sql =
        "CREATE VIEW t AS SELECT * FROM read_ndjson_auto('" + world_->Topic(entity, committed) +
        "', sample_size = -1) QUALIFY row_number() OVER (PARTITION BY tenant, id ORDER BY event_epoch DESC, event_seq "
        "DESC) = 1; " +
        select;
    const Ran ran = RunProgram({"/usr/bin/python3", "tests/streams/readers/query.py"},
                               {{"PYTHONPATH", Readers() + "/python"}}, sql);
    EXPECT_EQ(ran.exit_code, 0) << ran.err;
    return Lines(ran.out);
  }

  static BiWorld* world_;
};
BiWorld* Bi::world_ = nullptr;

TEST_F(Bi, AnExportReadOnFromTheTopicIsALaterExport) {
  for (const std::string& entity : BiWorld::Entities()) {
    StateTable table = Table(world_->Middle(entity) + ".ndjson");
    const StateTable end = Table(world_->End(entity) + ".ndjson");
    const auto records = ReadStates(ReadFile(world_->Topic(entity)));
    const size_t behind = table.ReadOn(records, ReadPositions(PositionsOf(world_->Middle(entity) + ".positions.json")));
    EXPECT_EQ(table.DifferenceTo(end), "") << entity;
    if (entity == "leads.opportunity_cycle") continue;
    EXPECT_GT(end.size(), 10u) << entity;
    EXPECT_GT(behind, 0u) << entity;
    EXPECT_GT(records.size(), behind) << entity;
    // It was needed: what had been exported is not all there is.
    EXPECT_NE(Table(world_->Middle(entity) + ".ndjson").DifferenceTo(end), "") << entity;
  }
}

TEST_F(Bi, TheTopicAloneIsTheTableToo) {
  for (const std::string& entity : BiWorld::Entities())
    EXPECT_EQ(Table(world_->Topic(entity)).DifferenceTo(Table(world_->End(entity) + ".ndjson")), "") << entity;
}

TEST_F(Bi, UncommittedRecordsAreRepeatsOfCommittedOnes) {
  for (const std::string& entity : BiWorld::Entities()) {
    const auto all = Lines(ReadFile(world_->Topic(entity, false)));
    const auto committed = Lines(ReadFile(world_->Topic(entity)));
    EXPECT_EQ(std::set<std::string>(all.begin(), all.end()), std::set<std::string>(committed.begin(), committed.end()));
    // Whoever reads what is committed reads each record once.
    EXPECT_EQ(committed.size(), (std::set<std::string>(committed.begin(), committed.end()).size())) << entity;
    RecordProperty(entity + " aborted", static_cast<int>(all.size() - committed.size()));
    std::printf("%s: %zu records, %zu of them repeats that were aborted\n", entity.c_str(), all.size(),
                all.size() - committed.size());
  }
}

TEST_F(Bi, DuckDbCountsAsTheReportsDo) {
  if (!std::filesystem::exists(Readers() + "/python/duckdb")) GTEST_SKIP() << "SONGSANG_TEST_READERS holds no DuckDB";
  const auto channels = Report({"--metrics", "leads", "--by", "channel"});
  const auto months = Report({"--metrics", "leads", "--by", "month"});
  const auto won = Report({"--metrics", "won_value", "--by", "month"});
  EXPECT_EQ(channels.size(), 5u);
  EXPECT_GT(won.size(), 3u);
  auto leads = channels;
  leads.insert(months.begin(), months.end());
  for (const bool committed : {true, false}) {
    EXPECT_EQ(Query("leads.lead", committed,
                    "SELECT channel, count(*) FROM t WHERE tenant = 'acme' AND NOT deleted GROUP BY 1 UNION ALL "
                    "SELECT strftime(occurred_on::DATE, '%Y-%m'), count(*) FROM t WHERE tenant = 'acme' AND NOT "
                    "deleted GROUP BY 1"),
              leads);
    EXPECT_EQ(Query("leads.opportunity", committed,
                    "SELECT strftime(closed_on::DATE, '%Y-%m'), sum(value_minor), value_currency FROM t WHERE "
                    "tenant = 'acme' AND status = 'won' AND NOT deleted GROUP BY ALL"),
              won);
  }
}

TEST_F(Bi, KafkajsBuildsTheSameTable) {
  if (!std::filesystem::exists(Readers() + "/node_modules/kafkajs") ||
      RunProgram({"sh", "-c", "command -v node"}).exit_code != 0)
    GTEST_SKIP() << "SONGSANG_TEST_READERS holds no kafkajs, or there is no node";
  const Ran ran = RunProgram(
      {"node", "tests/streams/readers/table.js", std::getenv("SONGSANG_TEST_KAFKA"), world_->TopicName("leads.lead")},
      {{"NODE_PATH", Readers() + "/node_modules"}});
  ASSERT_EQ(ran.exit_code, 0) << ran.err;
  StateTable table;
  table.Load(ReadStates(ran.out));
  EXPECT_EQ(table.DifferenceTo(Table(world_->End("leads.lead") + ".ndjson")), "");
}

TEST_F(Bi, RecordsAreShapedAsPromised) {
  const std::string leads = ReadFile(world_->Topic("leads.lead"));
  ASSERT_FALSE(leads.empty());
  for (const std::string& line : Lines(leads)) {
    ASSERT_THAT(line, ContainsRegex("^\\{\"tenant\":\"acme\",\"id\":\"[0-9a-f-]{36}\",\"version\":[0-9]+,"
                                    "\"deleted\":false,"));
    ASSERT_THAT(line, HasSubstr("\"campaign\":null"));
    ASSERT_THAT(line, HasSubstr("\"status\":\"new\""));
    ASSERT_THAT(line, HasSubstr("\"name\":\"김하늘 \\\""));
    ASSERT_THAT(line, HasSubstr("\"note\":\"둘째 줄\\n셋째\\t줄\""));
    ASSERT_THAT(line, ContainsRegex("\"event_time\":\"2[0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\\.[0-9]{6}Z\""));
    ASSERT_THAT(line, Not(HasSubstr("UNSPECIFIED")));
  }
  EXPECT_THAT(leads, HasSubstr("\"event_changed\":[\"company\"]"));
  EXPECT_THAT(ReadFile(world_->Topic("leads.opportunity")),
              ContainsRegex("\"value_minor\":1[0-9]{6},\"value_currency\":\"KRW\""));
}

TEST_F(Bi, TheJournalGivesTheSameRecordsWithoutKafka) {
  const auto door = world_->As({v1::ROLE_ANALYST}, "acme");
  std::multiset<std::string> states;
  for (int partition = 0; partition < 2; ++partition) {
    v1::ReadEventsRequest request;
    request.mutable_after()->set_service("leads");
    request.mutable_after()->set_partition(partition);
    request.set_format(v1::ReadEventsRequest::FORMAT_STATE_JSON);
    request.set_limit(500);
    for (;;) {
      const auto answer = door->Call("songsang.v1.EventService/ReadEvents", request.SerializeAsString());
      v1::ReadEventsResponse response;
      ASSERT_TRUE(answer.ok() && response.ParseFromString(answer.reply)) << answer.Explain();
      for (const auto& event : response.events()) states.insert(event.states_json().begin(), event.states_json().end());
      if (response.position().seq() == request.after().seq()) break;
      *request.mutable_after() = response.position();
    }
  }
  std::multiset<std::string> published;
  for (const std::string& entity : BiWorld::Entities()) published.merge(Lines(ReadFile(world_->Topic(entity))));
  EXPECT_EQ(states, published);
}

}  // namespace
}  // namespace songsang
