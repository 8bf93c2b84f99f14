// How a query's text is sent: the engine's prelude before it, its parameters numbered.
#include "engine/reader.h"
#include "songsang/leads/v1/lead.pb.h"
#include "unit/engine/house.h"

namespace songsang::engine {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Query : public ::testing::Test {
 protected:
  Composed Composing(const std::string& sql, bool known_on = false) { return Compose(sql, "main", tables, known_on); }
  const std::vector<const rows::Table*> tables{&rows::TableOf(leads::v1::Lead::descriptor())};
};

TEST_F(Query, ParametersAreNumberedInTheOrderTheyFirstStand) {
  const Composed composed = Composing("SELECT id FROM lead WHERE source = :source AND id > :id AND note <> :source");
  EXPECT_THAT(composed.parameters, ElementsAre("@tenant", "source", "id"));
  EXPECT_THAT(composed.sql, HasSubstr("source = $2 AND id > $3 AND note <> $2"));
}

TEST_F(Query, OnlyTheCallersTenantIsThere) {
  const Composed composed = Composing("SELECT id FROM lead");
  EXPECT_THAT(composed.sql, HasSubstr("FROM main.lead WHERE tenant = $1"));
}

TEST_F(Query, ItsOwnCommonTablesFollowTheEngines) {
  const Composed composed = Composing("WITH won AS (SELECT id FROM lead) SELECT id FROM won WHERE id = :id");
  EXPECT_THAT(composed.sql, HasSubstr("WITH RECURSIVE lead AS NOT MATERIALIZED"));
  EXPECT_THAT(composed.sql, HasSubstr("),won AS (SELECT id FROM lead) SELECT id FROM won WHERE id = $2"));
}

TEST_F(Query, WhatNamesNoTableIsSentAsItStands) {
  const Composed composed = Composing("SELECT :a, ':b', 'it''s lead'", true);
  EXPECT_THAT(composed.parameters, ElementsAre("a"));
  EXPECT_EQ(composed.sql, "SELECT $1, ':b', 'it''s lead'");
}

}  // namespace
}  // namespace songsang::engine
