// The journal as it is written and read on: in order, chained, never silently another one.
#include "engine/journal.h"

#include <algorithm>
#include <thread>

#include "songsang/leads/v1/lead.pb.h"
#include "unit/engine/house.h"

namespace songsang::engine {
namespace {

using leads::v1::Lead;
using leads::v1::LeadCaptured;

constexpr char kCapture[] = "leads.v1.LeadService/CaptureLead";

Proto Named(const std::string& request_id) {
  return Proto("request_id: '" + request_id + "' channel: CHANNEL_WEB name: 'x'");
}

class Journal : public ::testing::Test {
 protected:
  void SetUp() override {
    NEEDS_ITS_STORE();
    house = std::make_unique<House>();
  }
  void Capture(const std::string& request_id) {
    ASSERT_THAT(house->Call<LeadCaptured>(kCapture, Named(request_id)), IsOk());
  }
  std::unique_ptr<House> house;
};

TEST_F(Journal, OfANewerReleaseIsLeftAlone) {
  Capture("before");
  Store& store = *house->engine().StoreOf("leads");
  const auto set_level = [&](const std::string& level) {
    auto session = store.OpenSession();
    ASSERT_TRUE(session->Begin().ok());
    ASSERT_TRUE(session->Execute("UPDATE " + store.schema() + ".head SET schema_level = " + level, {}).ok());
    ASSERT_TRUE(session->Commit({}).ok());
  };
  set_level("99");
  EXPECT_THAT(house->Call<LeadCaptured>(kCapture, Named("after")), RefusedWith(kUnavailable));
  set_level("1");
  EXPECT_EQ(house->Journal("leads").size(), 1u);
}

TEST_F(Journal, IsGaplessAndChained) {
  for (int i = 0; i < 5; ++i) Capture(std::to_string(i));
  const auto events = house->Journal("leads");
  ASSERT_EQ(events.size(), 5u);
  for (size_t i = 0; i < events.size(); ++i) {
    EXPECT_EQ(events[i].position().seq(), static_cast<int64_t>(i) + 1);
    EXPECT_EQ(events[i].previous_hash(), i == 0 ? std::string(32, '\0') : events[i - 1].position().hash());
    EXPECT_EQ(events[i].type(), "songsang.leads.v1.LeadCaptured");
    EXPECT_EQ(events[i].subject_type(), "leads.Lead");
  }
  int64_t entries = 0;
  EXPECT_EQ(VerifyJournal(house->gate("leads"), [&](int, int64_t count) { entries += count; }), "");
  EXPECT_EQ(entries, 5);
}

TEST_F(Journal, RecordedAtNeverGoesBack) {
  for (int i = 0; i < 6; ++i) {
    house->gate("leads").clock_shift = (i % 2 == 0 ? 0 : -3'600'000'000LL);
    Capture(std::to_string(i));
  }
  const auto events = house->Journal("leads");
  for (size_t i = 1; i < events.size(); ++i)
    EXPECT_LE(FromTimestamp(events[i - 1].recorded_at()), FromTimestamp(events[i].recorded_at())) << i;
}

TEST_F(Journal, AForkIsFoundAndNothingIsSkipped) {
  for (int i = 0; i < 4; ++i) Capture(std::to_string(i));
  v1::Position cursor = house->Journal("leads")[1].position();
  const auto on = house->engine().ReadJournal(cursor, 10, std::chrono::milliseconds(0));
  ASSERT_THAT(on, IsOk());
  EXPECT_EQ(on->size(), 2u);
  v1::Position other = cursor;
  other.set_hash(std::string(32, 'x'));
  EXPECT_THAT(house->engine().ReadJournal(other, 10, std::chrono::milliseconds(0)), RefusedWith(kJournalForked));
  v1::Position beyond = cursor;
  beyond.set_seq(40);
  EXPECT_THAT(house->engine().ReadJournal(beyond, 10, std::chrono::milliseconds(0)), RefusedWith(kJournalForked))
      << "the journal is shorter than what was read before: restored from a backup";
}

TEST_F(Journal, ReadingOnWaitsForTheNextEvent) {
  Capture("first");
  const v1::Position cursor = house->Journal("leads").back().position();
  const auto nothing = house->engine().ReadJournal(cursor, 10, std::chrono::milliseconds(50));
  ASSERT_THAT(nothing, IsOk());
  EXPECT_TRUE(nothing->empty());
  auto next =
      std::async(std::launch::async, [&] { return house->engine().ReadJournal(cursor, 10, std::chrono::seconds(10)); });
  Capture("second");
  const auto events = next.get();
  ASSERT_THAT(events, IsOk());
  ASSERT_EQ(events->size(), 1u);
  EXPECT_EQ(events->at(0).request_id(), "second");
}

TEST_F(Journal, AReaderThatLagsIsWaitedFor) {
  Capture("first");
  const Mark mark{"leads", 0, 0, 1};
  // Workforce stands for a service that keeps what follows from leads.
  house->engine().Follows("workforce", "leads");
  const auto ask = [&](std::chrono::milliseconds within) {
    return house->Send("workforce.v1.PersonService/ListPersons", Proto(""), As{.within = within, .after = {mark}});
  };
  EXPECT_THAT(Answered<Lead>(ask(std::chrono::milliseconds(50)).get()), RefusedWith(kNotYetVisible));
  auto waiting = ask(std::chrono::seconds(10));
  EXPECT_EQ(waiting.wait_for(std::chrono::milliseconds(50)), std::future_status::timeout);
  house->engine().Advanced("workforce", mark);
  EXPECT_TRUE(waiting.get().ok());
  EXPECT_TRUE(ask(std::chrono::milliseconds(50)).get().ok()) << "it has come that far";
  EXPECT_TRUE(
      house->Send("accounts.v1.AccountService/ListAccounts", Proto(""), As{.after = {{"leads", 0, 0, 9}}}).get().ok())
      << "accounts follow no leads, so there is nothing to wait for";
}

TEST_F(Journal, OwnWritesAreSeenAtOnce) {
  const auto captured = house->Call<LeadCaptured>(kCapture, Named("first"));
  const auto got = house->Call<Lead>("leads.v1.LeadService/GetLead", Proto("id: '" + captured->lead().id() + "'"),
                                     As{.after = captured.outcome().marks});
  EXPECT_THAT(got, Answers(EqualsProto(captured->lead())));
}

TEST_F(Journal, TwoTenantsAreOneChainAndKnowNothingOfEachOther) {
  const auto mine = house->Call<LeadCaptured>(kCapture, Named("a"), As{.tenant = "acme"});
  ASSERT_THAT(house->Call<LeadCaptured>(kCapture, Named("a"), As{.tenant = "other"}), IsOk());
  EXPECT_EQ(house->Journal("leads").size(), 2u);
  EXPECT_THAT(house->Call<Lead>("leads.v1.LeadService/GetLead", Proto("id: '" + mine->lead().id() + "'"),
                                As{.tenant = "other"}),
              RefusedWith(kNotFound));
  const auto list =
      house->Call<leads::v1::ListLeadsResponse>("leads.v1.LeadService/ListLeads", Proto(""), As{.tenant = "other"});
  ASSERT_EQ(list->leads_size(), 1);
  EXPECT_NE(list->leads(0).id(), mine->lead().id());
}

}  // namespace
}  // namespace songsang::engine
