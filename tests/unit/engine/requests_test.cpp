// A request id names one effect, however often it is sent.
#include "songsang/leads/v1/lead.pb.h"
#include "songsang/leads/v1/opportunity.pb.h"
#include "unit/engine/house.h"

namespace songsang::engine {
namespace {

using leads::v1::Lead;
using leads::v1::LeadAssigned;
using leads::v1::LeadCaptured;
using leads::v1::LeadUpdated;

constexpr char kCapture[] = "leads.v1.LeadService/CaptureLead";
constexpr char kUpdate[] = "leads.v1.LeadService/UpdateLead";

Proto Named(const std::string& request_id, const std::string& name) {
  return Proto("request_id: '" + request_id + "' channel: CHANNEL_WEB name: '" + name + "'");
}

class Requests : public ::testing::Test {
 protected:
  void SetUp() override {
    NEEDS_ITS_STORE();
    house = std::make_unique<House>();
  }
  std::unique_ptr<House> house;
};

TEST_F(Requests, SentAgainAnswersTheSameAndRecordsNothing) {
  const auto first = house->Call<LeadCaptured>(kCapture, Named("one", "김하늘"));
  const auto again = house->Call<LeadCaptured>(kCapture, Named("one", "김하늘"));
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(again, IsOk());
  EXPECT_FALSE(first.outcome().replayed);
  EXPECT_TRUE(again.outcome().replayed);
  EXPECT_EQ(*first.outcome().reply, *again.outcome().reply);
  EXPECT_EQ(FormatMarks(first.outcome().marks), FormatMarks(again.outcome().marks));
  EXPECT_EQ(house->Count("leads", "SELECT count(*) FROM {}.journal"), 1);
  EXPECT_EQ(house->Count("leads", "SELECT count(*) FROM {}.lead"), 1);
}

TEST_F(Requests, AnotherBodyUnderTheSameIdIsRefused) {
  ASSERT_THAT(house->Call<LeadCaptured>(kCapture, Named("one", "김하늘")), IsOk());
  EXPECT_THAT(house->Call<LeadCaptured>(kCapture, Named("one", "이바다")), RefusedWith(kRequestIdReused));
  EXPECT_EQ(house->Count("leads", "SELECT count(*) FROM {}.journal"), 1);
}

TEST_F(Requests, AnotherMethodUnderTheSameIdIsRefused) {
  const auto lead = house->Call<LeadCaptured>(kCapture, Named("one", "김하늘"));
  EXPECT_THAT(
      house->Call<LeadUpdated>(kUpdate, Proto("request_id: 'one' note: 'x' lead_id: '" + lead->lead().id() + "'")),
      RefusedWith(kRequestIdReused));
}

TEST_F(Requests, AnotherActorUnderTheSameIdIsRefused) {
  ASSERT_THAT(house->Call<LeadCaptured>(kCapture, Named("one", "김하늘")), IsOk());
  EXPECT_THAT(house->Call<LeadCaptured>(kCapture, Named("one", "김하늘"), As{.actor = "somebody else"}),
              RefusedWith(kRequestIdReused));
}

TEST_F(Requests, IdsAreEachClientsOwnAndEachTenantsOwn) {
  const auto mine = house->Call<LeadCaptured>(kCapture, Named("one", "김하늘"));
  const auto of_other_client = house->Call<LeadCaptured>(kCapture, Named("one", "김하늘"), As{.client = "import"});
  const auto of_other_tenant = house->Call<LeadCaptured>(kCapture, Named("one", "김하늘"), As{.tenant = "other"});
  ASSERT_THAT(of_other_client, IsOk());
  ASSERT_THAT(of_other_tenant, IsOk());
  EXPECT_FALSE(of_other_client.outcome().replayed);
  EXPECT_FALSE(of_other_tenant.outcome().replayed);
  EXPECT_NE(mine->lead().id(), of_other_client->lead().id());
  EXPECT_NE(mine->lead().id(), of_other_tenant->lead().id());
  EXPECT_NE(of_other_client->lead().id(), of_other_tenant->lead().id());
}

TEST_F(Requests, TheSameIdTwiceInOneBatchIsDecidedOnce) {
  std::future<Outcome> first, again, other;
  house->InOneBatch("leads", [&] {
    first = house->Send(kCapture, Named("twin", "김하늘"));
    again = house->Send(kCapture, Named("twin", "김하늘"));
    other = house->Send(kCapture, Named("twin", "이바다"));
  });
  const Answered<LeadCaptured> a(first.get()), b(again.get()), c(other.get());
  ASSERT_THAT(a, IsOk());
  ASSERT_THAT(b, IsOk());
  EXPECT_FALSE(a.outcome().replayed);
  EXPECT_TRUE(b.outcome().replayed);
  EXPECT_EQ(a->lead().id(), b->lead().id());
  EXPECT_THAT(c, RefusedWith(kRequestIdReused));
  EXPECT_EQ(house->Count("leads", "SELECT count(*) FROM {}.lead WHERE tenant = 'acme'"), 1);
  EXPECT_EQ(house->gate("leads").counts.last_batch, 3);
}

TEST_F(Requests, ARefusalDoesNotUseAnIdUp) {
  EXPECT_THAT(house->Call<LeadCaptured>(kCapture, Proto("request_id: 'one' channel: CHANNEL_WEB")),
              RefusedWith("LEAD_MUST_BE_IDENTIFIABLE"));
  EXPECT_THAT(house->Call<LeadCaptured>(kCapture, Named("one", "김하늘")), IsOk());
}

TEST_F(Requests, ADryRunAnswersTheEventAndWritesNothing) {
  const auto dry = house->Call<LeadCaptured>(kCapture, Named("one", "김하늘"), As{.validate_only = true});
  ASSERT_THAT(dry, IsOk());
  EXPECT_EQ(dry->lead().version(), 1);
  EXPECT_EQ(house->Count("leads", "SELECT count(*) FROM {}.journal"), 0);
  EXPECT_EQ(house->Count("leads", "SELECT count(*) FROM {}.request"), 0);
  const auto real = house->Call<LeadCaptured>(kCapture, Named("one", "이바다"));
  ASSERT_THAT(real, IsOk()) << "the dry run has not used the id up";
  EXPECT_FALSE(real.outcome().replayed);
}

TEST_F(Requests, ADryRunIsNotSeenByItsNeighboursInTheBatch) {
  std::future<Outcome> dry, after;
  const auto lead = house->Call<LeadCaptured>(kCapture, Named("lead", "김하늘"));
  const std::string id = lead->lead().id();
  house->InOneBatch("leads", [&] {
    dry = house->Send(kUpdate, Proto("request_id: 'dry' note: 'dry' lead_id: '" + id + "'"), As{.validate_only = true});
    after = house->Send(kUpdate, Proto("request_id: 'real' campaign: 'autumn' lead_id: '" + id + "'"));
  });
  const Answered<LeadUpdated> first(dry.get()), second(after.get());
  ASSERT_THAT(first, Answers(ContainsProto("lead { version: 2 note: 'dry' }")));
  ASSERT_THAT(second, Answers(ContainsProto("lead { version: 2 campaign: 'autumn' }")));
  EXPECT_EQ(second->lead().note(), "");
}

TEST_F(Requests, AStaleVersionIsAborted) {
  const auto lead = house->Call<LeadCaptured>(kCapture, Named("lead", "김하늘"));
  const std::string id = lead->lead().id();
  const auto update = [&](const std::string& request_id, int expected) {
    return house->Call<LeadUpdated>(
        kUpdate, Proto("request_id: '" + request_id + "' expected_version: " + std::to_string(expected) + " note: '" +
                       request_id + "' lead_id: '" + id + "'"));
  };
  EXPECT_THAT(update("a", 1), IsOk());
  const auto stale = update("b", 1);
  ASSERT_THAT(stale, RefusedWith(kStaleVersion));
  EXPECT_EQ(stale.outcome().refusal->reason->code, Code::kAborted);
  EXPECT_THAT(update("c", 2), IsOk());
}

TEST_F(Requests, OfTwoWhoExpectTheSameVersionInOneBatchOneIsAborted) {
  const auto lead = house->Call<LeadCaptured>(kCapture, Named("lead", "김하늘"));
  const std::string id = lead->lead().id();
  std::future<Outcome> first, second;
  house->InOneBatch("leads", [&] {
    first = house->Send(kUpdate, Proto("request_id: 'a' expected_version: 1 note: 'a' lead_id: '" + id + "'"));
    second = house->Send(kUpdate, Proto("request_id: 'b' expected_version: 1 note: 'b' lead_id: '" + id + "'"));
  });
  EXPECT_THAT(Answered<LeadUpdated>(first.get()), IsOk());
  EXPECT_THAT(Answered<LeadUpdated>(second.get()), RefusedWith(kStaleVersion));
}

TEST_F(Requests, AnExternalReferenceIsCreatedOnceAndFoundByItself) {
  const auto lead = house->Call<LeadCaptured>(
      kCapture, Proto("request_id: 'a' channel: CHANNEL_WEB external_ref { system: 'olist' key: 'K1' }"));
  ASSERT_THAT(lead, IsOk());
  EXPECT_THAT(house->Call<LeadCaptured>(
                  kCapture, Proto("request_id: 'b' channel: CHANNEL_WEB external_ref { system: 'olist' key: 'K1' }")),
              RefusedWith(kExternalRefTaken));
  EXPECT_THAT(house->Call<LeadUpdated>(kUpdate, Proto("request_id: 'c' lead_id: 'ext:olist:K1' note: 'found'")),
              Answers(ContainsProto("lead { version: 2 note: 'found' }")));
  EXPECT_THAT(house->Call<Lead>("leads.v1.LeadService/GetLead", Proto("id: 'ext:olist:K1'")),
              Answers(ContainsProto("note: 'found'")));
  const auto elsewhere = house->Call<LeadCaptured>(
      kCapture, Proto("request_id: 'a' channel: CHANNEL_WEB external_ref { system: 'olist' key: 'K1' }"),
      As{.tenant = "other"});
  ASSERT_THAT(elsewhere, IsOk());
  EXPECT_NE(elsewhere->lead().id(), lead->lead().id());
}

TEST_F(Requests, TwoCreationsOfOneReferenceInOneBatchAreOne) {
  std::future<Outcome> first, second;
  house->InOneBatch("leads", [&] {
    first = house->Send(kCapture, Proto("request_id: 'a' channel: CHANNEL_WEB external_ref { system: 's' key: 'k' }"));
    second = house->Send(kCapture, Proto("request_id: 'b' channel: CHANNEL_WEB external_ref { system: 's' key: 'k' }"));
  });
  EXPECT_THAT(Answered<LeadCaptured>(first.get()), IsOk());
  EXPECT_THAT(Answered<LeadCaptured>(second.get()), RefusedWith(kExternalRefTaken));
}

TEST_F(Requests, ACommandThatChangesNothingRecordsNothing) {
  const auto lead = house->Call<LeadCaptured>(kCapture, Named("lead", "김하늘"));
  const auto same = house->Call<LeadUpdated>(
      kUpdate, Proto("request_id: 'same' name: '김하늘' lead_id: '" + lead->lead().id() + "'"));
  ASSERT_THAT(same, IsOk());
  EXPECT_EQ(same->lead().version(), 1);
  EXPECT_EQ(house->Count("leads", "SELECT count(*) FROM {}.journal"), 1);
  EXPECT_EQ(house->Count("leads", "SELECT count(*) FROM {}.request"), 1) << "an id that recorded nothing is not kept";
}

TEST_F(Requests, WhatIsReferredToMustExist) {
  EXPECT_THAT(house->Call<LeadUpdated>(kUpdate, Proto("request_id: 'a' note: 'x' lead_id: "
                                                      "'01935c00-0000-7000-8000-000000000000'")),
              RefusedWith(kNotFound));
  const auto lead = house->Call<LeadCaptured>(kCapture, Named("lead", "김하늘"));
  EXPECT_THAT(house->Call<LeadUpdated>(kUpdate, Proto("request_id: 'a' note: 'x' lead_id: '" + lead->lead().id() + "'"),
                                       As{.tenant = "other"}),
              RefusedWith(kNotFound))
      << "another tenant's lead is as if it did not exist";
}

}  // namespace
}  // namespace songsang::engine
