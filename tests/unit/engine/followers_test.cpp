// Policies and mirrors: what one service does because of what another recorded, once, whatever happens in between.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "engine/parked.h"
#include "songsang/accounts/v1/account.pb.h"
#include "songsang/leads/v1/lead.pb.h"
#include "unit/engine/house.h"

namespace songsang::engine {
namespace {

using accounts::v1::RegisterAccountRequest;
using leads::v1::LeadCaptured;
using leads::v1::LeadUpdated;

constexpr char kCapture[] = "leads.v1.LeadService/CaptureLead";

RegisterAccountRequest Person(const std::string& name) {
  RegisterAccountRequest request;
  request.set_kind(accounts::v1::Account::KIND_PERSON);
  request.set_name(name);
  return request;
}

Commands RegisterOf(const LeadCaptured& event, const Cause& cause) {
  if (event.lead().name() == "nobody") return {};
  Commands commands;
  commands.Add(Person(event.lead().name() + " of " + cause.actor));
  if (event.lead().name() == "twin") commands.Add(Person("twin of " + cause.actor));
  return commands;
}

// A lead called `bug` makes the policy ask for what no account can be.
Commands RenameOf(const LeadUpdated& event, const Cause&) {
  if (event.lead().name() == "nobody") return {};
  return Commands().Add(event.lead().name() == "bug" ? RegisterAccountRequest() : Person(event.lead().name()));
}

House::Options WithPolicy() {
  House::Options options;
  options.change = [](Service* service) {
    if (service->name() != "accounts") return;
    service->Policy("register", RegisterOf);
    service->Policy("rename", RenameOf);
    service->Mirror<leads::v1::Lead>();
  };
  return options;
}

Proto Lead(const std::string& id, const std::string& name) {
  return Proto("request_id: '" + id + "' channel: CHANNEL_WEB name: '" + name + "'");
}

bool Soon(const std::function<bool()>& holds) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!holds() && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  return holds();
}

int64_t Accounts(House& house) { return house.Count("accounts", "SELECT COUNT(*) FROM {}.account"); }

TEST(Policy, AnswersEachEventOnceInTheOrderOfTheJournal) {
  NEEDS_ITS_STORE();
  House house(WithPolicy());
  house.engine().Start({});
  for (const char* name : {"a", "nobody", "twin", "b"})
    ASSERT_THAT(house.Call<LeadCaptured>(kCapture, Lead(name, name)), IsOk());
  ASSERT_TRUE(Soon([&] { return Accounts(house) == 4; }));
  std::string names;
  for (const auto& event : house.Journal("accounts")) {
    accounts::v1::AccountRegistered registered;
    ASSERT_TRUE(registered.ParseFromString(event.payload()));
    names += registered.account().name() + ";";
    EXPECT_EQ(event.actor(), "policy/register");
    EXPECT_EQ(event.client(), "songsang");
    EXPECT_EQ(event.hops(), 1);
    EXPECT_THAT(event.request_id(), testing::StartsWith("evt/"));
  }
  EXPECT_EQ(names, "a of tester;twin of tester;twin of tester;b of tester;");
}

TEST(Policy, HearsAgainWithoutASecondEffectAfterItsPositionWasLost) {
  NEEDS_ITS_STORE();
  House house(WithPolicy());
  house.engine().Start({});
  ASSERT_THAT(house.Call<LeadCaptured>(kCapture, Lead("1", "a")), IsOk());
  ASSERT_TRUE(Soon([&] { return Accounts(house) == 1; }));
  // As if it had been killed before its position was written: everything is heard from the beginning again.
  const auto session = house.gate("accounts").OpenSession();
  ASSERT_TRUE(session->Begin().ok());
  ASSERT_TRUE(session
                  ->Execute("UPDATE " + house.gate("accounts").schema() + ".position SET seq = 0, hash = $1",
                            std::vector<rows::Cell>{rows::Cell::Bytes("")})
                  .ok());
  ASSERT_TRUE(session->Commit({}).ok());
  ASSERT_THAT(house.Call<LeadCaptured>(kCapture, Lead("2", "b")), IsOk());
  ASSERT_TRUE(Soon([&] { return Accounts(house) == 2; }));
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  EXPECT_EQ(Accounts(house), 2);
  EXPECT_EQ(house.Journal("accounts").size(), 2u);
}

TEST(Policy, ParksWhatItCannotAnswerAndWhatFollowsAboutItAndGoesOnWithOthers) {
  NEEDS_ITS_STORE();
  House house(WithPolicy());
  house.engine().Start({});
  const auto stumble = house.Call<LeadCaptured>(kCapture, Lead("1", "nobody"));
  const auto other = house.Call<LeadCaptured>(kCapture, Lead("2", "nobody"));
  ASSERT_THAT(other, IsOk());
  int request = 10;
  const auto rename = [&](const std::string& lead, const std::string& name) {
    const std::string id = "request_id: '" + std::to_string(++request) + "' lead_id: '" + lead + "' name: '";
    ASSERT_THAT(house.Call<LeadUpdated>("leads.v1.LeadService/UpdateLead", Proto(id + name + "'")), IsOk());
  };
  rename(stumble->lead().id(), "bug");
  rename(other->lead().id(), "a");
  rename(stumble->lead().id(), "mended");
  ASSERT_TRUE(Soon([&] { return house.Count("accounts", "SELECT COUNT(*) FROM {}.parked") == 2; }));
  EXPECT_TRUE(Soon([&] { return Accounts(house) == 1; })) << "the other lead is not held up";
  const auto parked = house.Call<v1::ListParkedResponse>("v1.PolicyService/ListParked", Proto("service: 'accounts'"));
  ASSERT_THAT(parked, IsOk());
  ASSERT_EQ(parked->parked_size(), 2);
  EXPECT_EQ(parked->parked(0).follower(), "policy/rename");
  EXPECT_EQ(parked->parked(0).subject_id(), stumble->lead().id());
  EXPECT_EQ(parked->parked(0).reason(), "INVALID_REQUEST");
  EXPECT_EQ(parked->parked(1).reason(), "PARKED_BEHIND");
  const std::string place =
      "service: 'accounts' follower: 'policy/rename' seq: " + std::to_string(parked->parked(0).seq()) + " ";
  const auto release = [&](const std::string& action) {
    return house.Call<v1::ReleaseParkedResponse>("v1.PolicyService/ReleaseParked", Proto(place + "action: " + action));
  };
  // Tried again while the bug is still there, it stays; skipped, it is gone, and what waited is answered.
  ASSERT_THAT(release("ACTION_RETRY"), IsOk());
  ASSERT_TRUE(
      Soon([&] { return house.Count("accounts", "SELECT COUNT(*) FROM {}.parked WHERE release IS NULL") == 2; }));
  EXPECT_EQ(Accounts(house), 1);
  ASSERT_THAT(release("ACTION_SKIP"), IsOk());
  EXPECT_TRUE(Soon([&] { return house.Count("accounts", "SELECT COUNT(*) FROM {}.parked") == 0; }));
  EXPECT_TRUE(Soon([&] { return Accounts(house) == 2; }));
  EXPECT_THAT(release("ACTION_SKIP"), RefusedWith(kNotFound));
}

TEST(Mirror, HoldsTheLastVersionAndIsWaitedFor) {
  NEEDS_ITS_STORE();
  House house(WithPolicy());
  house.engine().Start({});
  const auto captured = house.Call<LeadCaptured>(kCapture, Lead("1", "nobody"));
  ASSERT_THAT(captured, IsOk());
  const auto updated = house.Call<LeadUpdated>(
      "leads.v1.LeadService/UpdateLead",
      Proto("request_id: '2' lead_id: '" + captured->lead().id() + "' name: 'nobody' company: '한빛'"));
  ASSERT_THAT(updated, IsOk());
  As after;
  after.after = updated.outcome().marks;
  ASSERT_THAT(
      house.Call<accounts::v1::ListAccountsResponse>("accounts.v1.AccountService/ListAccounts", Proto(""), after),
      IsOk());
  EXPECT_EQ(house.Count("accounts", "SELECT COUNT(*) FROM {}.leads_lead WHERE version = 2 AND company = '한빛'"), 1);
  EXPECT_EQ(house.Count("accounts", "SELECT COUNT(*) FROM {}.leads_lead"), 1);
}

TEST(Mirror, ReadsAgainWhatItCouldNotWrite) {
  NEEDS_ITS_STORE();
  House house(WithPolicy());
  std::atomic<bool> away{false};
  std::atomic<int> failed{0};
  house.gate("accounts").fails = [&](const std::string& step) -> StoreError {
    if (step != "commit" || !away) return {};
    ++failed;
    away = false;
    return {StoreError::Kind::kAway, "", "the connection was lost"};
  };
  house.engine().Start({});
  ASSERT_THAT(house.Call<LeadCaptured>(kCapture, Lead("1", "nobody")), IsOk());
  ASSERT_TRUE(Soon([&] { return house.Count("accounts", "SELECT COUNT(*) FROM {}.leads_lead") == 1; }));
  away = true;
  ASSERT_THAT(house.Call<LeadCaptured>(kCapture, Lead("2", "nobody")), IsOk());
  ASSERT_TRUE(Soon([&] { return failed == 1; }));
  ASSERT_THAT(house.Call<LeadCaptured>(kCapture, Lead("3", "nobody")), IsOk());
  EXPECT_TRUE(Soon([&] { return house.Count("accounts", "SELECT COUNT(*) FROM {}.leads_lead") == 3; }));
}

}  // namespace
}  // namespace songsang::engine
