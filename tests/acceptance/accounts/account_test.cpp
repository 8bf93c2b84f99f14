// A1 and A3: the register of clients, and its upkeep.
#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "core/dates.h"
#include "songsang/accounts/v1/account.pb.h"
#include "support/system.h"

namespace songsang {
namespace {

using namespace accounts::v1;  // NOLINT: the service under test

constexpr char kBusiness[] = "kind: KIND_BUSINESS name: '한빛상사' brn: '220-81-62517'";

Client Rep() { return System::Shared().As({v1::ROLE_SALES_REP}); }

Client Caller(const std::string& actor, const std::string& tenant) {
  token::Claims claims;
  claims.subject = actor;
  claims.client = "crm";
  claims.tenant = tenant;
  claims.roles = 1u << v1::ROLE_SALES_REP;
  return System::Shared().As(claims);
}

TEST(A1_ClientRegister, ABusinessHasAValidNumber) {
  const Client rep = Rep();
  const auto registered = rep.Call<AccountRegistered>("RegisterAccount", Proto(kBusiness));
  ASSERT_THAT(registered,
              Answers(ContainsProto("account { version: 1 kind: KIND_BUSINESS name: '한빛상사' country: 'KR' "
                                    "brn: '2208162517' state: STATE_PROSPECT }")));
  const auto get = rep.Call<Account>("GetAccount", Proto("id: '" + registered->account().id() + "'"));
  EXPECT_THAT(get, Answers(EqualsProto(registered->account())));
  // However it is written, the number is found again.
  const auto found = rep.Call<ListAccountsResponse>("ListAccounts", Proto("brn: '2208162517'"));
  ASSERT_THAT(found, IsOk());
  EXPECT_EQ(found->accounts_size(), 1);
}

TEST(A1_ClientRegister, WrongNumbersAreRefused) {
  const Client rep = Rep();
  for (const char* brn : {"000-00-00000", "123-45-67890", "220-81-6251", "abc"}) {
    SCOPED_TRACE(brn);
    const auto refused = rep.Call<AccountRegistered>(
        "RegisterAccount", Proto(std::string("kind: KIND_BUSINESS name: 'A' brn: '") + brn + "'"));
    ASSERT_THAT(refused, RefusedWith(std::string("BRN_MUST_BE_VALID")));
    EXPECT_EQ(refused.answer().code, Code::kInvalidArgument);
    ASSERT_EQ(refused.answer().fields.size(), 1u);
    EXPECT_EQ(refused.answer().fields[0].field, "brn");
  }
  const auto list = rep.Call<ListAccountsResponse>("ListAccounts", Proto(""));
  ASSERT_THAT(list, IsOk());
  EXPECT_EQ(list->accounts_size(), 0);
}

TEST(A1_ClientRegister, TheKindDecidesWhatIsRequired) {
  const Client rep = Rep();
  const auto call = [&](const char* request) { return rep.Call<AccountRegistered>("RegisterAccount", Proto(request)); };
  EXPECT_THAT(call("name: 'A'"), RefusedWith(std::string("INVALID_REQUEST")));
  EXPECT_THAT(call("kind: KIND_PERSON"), RefusedWith(std::string("INVALID_REQUEST")));
  EXPECT_THAT(call("kind: KIND_BUSINESS name: 'A'"), RefusedWith(std::string("BUSINESS_MUST_HAVE_BRN")));
  EXPECT_THAT(call("kind: KIND_PERSON name: '김하늘' brn: '220-81-62517'"),
              RefusedWith(std::string("PERSON_MUST_HAVE_NO_BRN")));
  EXPECT_THAT(call("kind: KIND_PERSON name: '김하늘' phone: '010-1234-5678'"),
              Answers(ContainsProto("account { kind: KIND_PERSON phone: '01012345678' }")));
  // Two persons of one name are two persons, and neither has a number to be unique.
  EXPECT_THAT(call("kind: KIND_PERSON name: '김하늘'"), IsOk());
  EXPECT_THAT(call("kind: KIND_BUSINESS name: 'Acme Corporation' country: 'US' tax_id: '12-3456789'"), IsOk());
  EXPECT_THAT(call("kind: KIND_BUSINESS name: 'Betasoloin' country: 'US'"), IsOk());
}

TEST(A1_ClientRegister, OneAccountPerNumber) {
  const Client rep = Rep();
  const auto first = rep.Call<AccountRegistered>("RegisterAccount", Proto(kBusiness));
  ASSERT_THAT(first, IsOk());
  const auto second =
      rep.Call<AccountRegistered>("RegisterAccount", Proto("kind: KIND_BUSINESS name: '다른 이름' brn: '2208162517'"));
  ASSERT_THAT(second, RefusedWith(std::string("ACCOUNT_BRN_TAKEN")));
  EXPECT_EQ(second.answer().code, Code::kAlreadyExists);
  EXPECT_EQ(second.answer().variables.at("account_id"), first->account().id());
  const auto other =
      rep.Call<AccountRegistered>("RegisterAccount", Proto("kind: KIND_BUSINESS name: '두루' brn: '124-81-00998'"));
  ASSERT_THAT(other, IsOk());
  EXPECT_THAT(rep.Call<AccountUpdated>("UpdateAccount",
                                       Proto("brn: '220-81-62517' account_id: '" + other->account().id() + "'")),
              RefusedWith(std::string("ACCOUNT_BRN_TAKEN")));
  // Another tenant has its own register.
  EXPECT_THAT(Rep().Call<AccountRegistered>("RegisterAccount", Proto(kBusiness)), IsOk());
}

TEST(A1_ClientRegister, OfManyAtOnceWithOneNumberOneIsRegistered) {
  const Client rep = Rep();
  std::atomic<int> registered{0}, taken{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i)
    threads.emplace_back([&] {
      const auto called = rep.Call<AccountRegistered>("RegisterAccount", Proto(kBusiness));
      if (called.ok()) ++registered;
      if (called.answer().reason == "ACCOUNT_BRN_TAKEN") ++taken;
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(registered, 1);
  EXPECT_EQ(taken, 15);
}

TEST(A1_ClientRegister, GroupsAreOneLevelDeep) {
  const Client rep = Rep();
  const auto account = [&](const char* key) {
    ASSERT_THAT(rep.Call<AccountRegistered>(
                    "RegisterAccount", Proto(std::string("kind: KIND_BUSINESS name: 'N' country: 'US' external_ref { "
                                                         "system: 'crm' key: '") +
                                             key + "' }")),
                IsOk());
  };
  account("head");
  account("member");
  account("third");
  const auto link = [&](const std::string& member, const std::string& head) {
    return rep.Call<GroupLinked>("LinkGroup",
                                 Proto("account_id: 'ext:crm:" + member + "' group_id: 'ext:crm:" + head + "'"));
  };
  EXPECT_THAT(link("member", "head"), IsOk());
  EXPECT_THAT(link("head", "head"), RefusedWith(std::string("GROUP_HEAD_MUST_DIFFER")));
  EXPECT_THAT(link("third", "member"), RefusedWith(std::string("GROUP_HEAD_MUST_NOT_BE_MEMBER")));
  EXPECT_THAT(link("head", "third"), RefusedWith(std::string("GROUP_MEMBER_MUST_NOT_BE_HEAD")));
  EXPECT_THAT(link("third", "nobody"), RefusedWith(std::string("NOT_FOUND")));
  const auto members = rep.Call<ListAccountsResponse>("ListAccounts", Proto("group_id: 'ext:crm:head'"));
  ASSERT_THAT(members, IsOk());
  EXPECT_EQ(members->accounts_size(), 1);
  EXPECT_THAT(rep.Call<GroupLinked>("LinkGroup", Proto("account_id: 'ext:crm:member'")), IsOk());
}

TEST(A3_ClientUpkeep, EveryChangeKeepsOldValueWhoAndWhen) {
  const Client kim = Caller("kim", System::FreshTenant());
  const Client lee = Caller("lee", kim.tenant());
  const auto registered = kim.Call<AccountRegistered>(
      "RegisterAccount", Proto(std::string(kBusiness) + " phone: '02-1234-5678' tier: 'b'"));
  ASSERT_THAT(registered, IsOk());
  const std::string named = "account_id: '" + registered->account().id() + "' ";
  ASSERT_THAT(lee.Call<AccountUpdated>("UpdateAccount", Proto(named + "phone: '02-8765-4321' tier: ''")), IsOk());
  ASSERT_THAT(kim.Call<AccountUpdated>("UpdateAccount", Proto(named + "name: '한빛 주식회사'")), IsOk());

  const auto history = kim.Call<AccountHistory>("GetAccountHistory", Proto("id: '" + registered->account().id() + "'"));
  ASSERT_THAT(history, IsOk());
  ASSERT_EQ(history->revisions_size(), 3);
  EXPECT_THAT(history->revisions(0),
              ContainsProto("version: 3 actor: 'kim' client: 'crm' event_type: 'songsang.accounts.v1.AccountUpdated' "
                            "changes { field: 'name' old_value: '\"한빛상사\"' new_value: '\"한빛 주식회사\"' }"));
  EXPECT_THAT(history->revisions(1),
              ContainsProto("version: 2 actor: 'lee' "
                            "changes { field: 'phone' old_value: '\"0212345678\"' new_value: '\"0287654321\"' } "
                            "changes { field: 'tier' old_value: '\"b\"' }"));
  EXPECT_THAT(history->revisions(2), ContainsProto("version: 1 actor: 'kim'"));
  for (int i = 1; i < 3; ++i)
    EXPECT_GT(FromTimestamp(history->revisions(i - 1).recorded_at()),
              FromTimestamp(history->revisions(i).recorded_at()));
  // What nobody changed makes no version.
  ASSERT_THAT(kim.Call<AccountUpdated>("UpdateAccount", Proto(named + "name: '한빛 주식회사'")),
              Answers(ContainsProto("account { version: 3 }")));
}

TEST(A3_ClientUpkeep, OfTwoWhoEditWhatTheyReadOneIsTold) {
  const Client rep = Rep();
  const auto registered = rep.Call<AccountRegistered>("RegisterAccount", Proto(kBusiness));
  ASSERT_THAT(registered, IsOk());
  std::atomic<int> done{0}, stale{0};
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&, i] {
      const auto called = rep.Call<AccountUpdated>(
          "UpdateAccount", Proto("expected_version: 1 account_id: '" + registered->account().id() +
                                 "' region: 'region " + std::to_string(i) + "'"));
      if (called.ok()) ++done;
      if (called.answer().code == Code::kAborted && called.answer().reason == "STALE_VERSION") ++stale;
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(done, 1);
  EXPECT_EQ(stale, 7);
  const auto account = rep.Call<Account>("GetAccount", Proto("id: '" + registered->account().id() + "'"));
  EXPECT_THAT(account, Answers(ContainsProto("version: 2")));
}

TEST(A3_ClientUpkeep, ContactsTooKeepTheirHistory) {
  const Client rep = Rep();
  const auto registered = rep.Call<AccountRegistered>("RegisterAccount", Proto(kBusiness));
  ASSERT_THAT(registered, IsOk());
  const auto added = rep.Call<ContactAdded>(
      "AddContact",
      Proto("name: '이서준' role: '구매' email: 'Seo@Hanbit.kr' account_id: '" + registered->account().id() + "'"));
  ASSERT_THAT(added, Answers(ContainsProto("contact { name: '이서준' email: 'seo@hanbit.kr' }")));
  ASSERT_THAT(
      rep.Call<ContactUpdated>("UpdateContact", Proto("role: '구매 팀장' contact_id: '" + added->contact().id() + "'")),
      IsOk());
  const auto history = rep.Call<ContactHistory>("GetContactHistory", Proto("id: '" + added->contact().id() + "'"));
  ASSERT_THAT(history, IsOk());
  ASSERT_EQ(history->revisions_size(), 2);
  EXPECT_THAT(history->revisions(0), ContainsProto("changes { field: 'role' old_value: '\"구매\"' }"));
  const auto found = rep.Call<ListContactsResponse>("ListContacts", Proto("email: 'seo@hanbit.kr'"));
  ASSERT_THAT(found, IsOk());
  EXPECT_EQ(found->contacts_size(), 1);
  EXPECT_THAT(
      rep.Call<ContactAdded>("AddContact", Proto("name: 'X' account_id: '01935c00-0000-7000-8000-000000000001'")),
      RefusedWith(std::string("NOT_FOUND")));
}

}  // namespace
}  // namespace songsang
