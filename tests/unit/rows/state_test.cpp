// An entity's state as others' BI takes it.
#include "rows/state.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/rows/entity.h"

namespace songsang::rows {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr char kProto[] = R"(
  message Deal {
    option (songsang.v1.table) = { name: "deal" };
    enum Status { STATUS_UNSPECIFIED = 0; STATUS_HANDED_OFF = 1; }
    string id = 1; int64 version = 2; Status status = 3; string name = 4;
    songsang.common.v1.Money value = 5; google.protobuf.Timestamp captured_at = 6;
    optional int32 score = 7; bool active = 8; repeated string tags = 9;
  })";

class State : public testing::Test {
 protected:
  std::string Json(const std::string& entity, const std::string& changed = "") {
    const StateOf state = {"acme", "e-1", "songsang.leads.v1.DealMade",   "kim",  2,
                           48211,  3,     Instant{1'700'000'000'000'001}, changed};
    return StateJson(*schema_.Make("Deal", entity), state);
  }
  Schema schema_{kProto};
};

TEST_F(State, HoldsEveryColumnAlwaysAndTheEventBehindIt) {
  EXPECT_EQ(Json("id: 'd-1' version: 7"),
            R"({"tenant":"acme","id":"d-1","version":7,"deleted":false,"status":null,"name":null,"value_minor":null,)"
            R"("value_currency":null,"captured_at":null,"score":null,"active":false,"tags":null,"event_id":"e-1",)"
            R"("event_type":"songsang.leads.v1.DealMade","event_partition":3,"event_seq":48211,"event_epoch":2,)"
            R"("event_time":"2023-11-14T22:13:20.000001Z","event_actor":"kim","event_changed":[]})");
}

TEST_F(State, WritesNumbersAsNumbersEnumsInLowerCaseAndInstantsInIso) {
  const std::string json = Json(
      "id: 'd' version: 1 status: STATUS_HANDED_OFF name: '김 \"하늘\"' value { minor: 1200000 currency: 'KRW' } "
      "captured_at { seconds: 0 nanos: 440000000 } score: 0 active: true");
  EXPECT_THAT(json,
              HasSubstr(R"("status":"handed_off","name":"김 \"하늘\"","value_minor":1200000,"value_currency":"KRW",)"
                        R"("captured_at":"1970-01-01T00:00:00.440000Z","score":0,"active":true)"));
}

TEST_F(State, KeepsAListAsTextSoThatTheRecordIsFlat) {
  EXPECT_THAT(Json("id: 'd' version: 1 tags: 'a' tags: 'b'"), HasSubstr(R"("tags":"[\"a\",\"b\"]")"));
}

TEST_F(State, NamesWhatTheEventChangedOfThisEntityAlone) {
  const std::string changed =
      R"({"a":{"name":["x","y"]},"d-1":{"status":[null,"new"],"tags":[["a]\"}"],[]],"value":[{"minor":1},null]},"e":{}})";
  EXPECT_THAT(Json("id: 'd-1' version: 2", changed), HasSubstr(R"("event_changed":["status","tags","value"]})"));
  EXPECT_THAT(ChangedNames(changed, "a"), ElementsAre("name"));
  EXPECT_THAT(ChangedNames(changed, "e"), IsEmpty());
  EXPECT_THAT(ChangedNames(changed, "none"), IsEmpty());
  EXPECT_THAT(ChangedNames("", "a"), IsEmpty());
}

}  // namespace
}  // namespace songsang::rows
