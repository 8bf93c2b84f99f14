#include <gtest/gtest.h>

#include <optional>

#include "accounts/rules_account.h"
#include "accounts/rules_contact.h"
#include "support/context.h"
#include "support/proto.h"

namespace songsang::accounts {
namespace {

struct RegisterRow {
  const char* holder;  // null: nobody bears the number
  const char* request;
  const char* reason;
  const char* event;
};

TEST(RegisterAccount, Table) {
  const RegisterRow rows[] = {
      // Businesses. Each row puts right what the row above it was refused for.
      {"id: 'X'", "kind: KIND_BUSINESS corporate_no: '1'", "ACCOUNT_MUST_BE_NAMED", ""},
      {"id: 'X'", "kind: KIND_BUSINESS name: '한빛' corporate_no: '1'", "BUSINESS_MUST_HAVE_BRN", ""},
      {"id: 'X'", "kind: KIND_BUSINESS name: '한빛' country: 'KR' corporate_no: '1'", "BUSINESS_MUST_HAVE_BRN", ""},
      {"id: 'X'", "kind: KIND_BUSINESS name: '한빛' brn: '000-00-00000' corporate_no: '1'", "BRN_MUST_BE_VALID", ""},
      {"id: 'X'", "kind: KIND_BUSINESS name: '한빛' brn: '220-81-62517' corporate_no: '1'",
       "CORPORATE_NO_MUST_HAVE_THIRTEEN_DIGITS", ""},
      {"id: 'X'", "kind: KIND_BUSINESS name: '한빛' brn: '220-81-62517'", "ACCOUNT_BRN_TAKEN", ""},
      {nullptr, "kind: KIND_BUSINESS name: '한빛' brn: '220-81-62517' phone: '02-123-4567' email: 'A@B.kr'", "",
       "account { kind: KIND_BUSINESS name: '한빛' country: 'KR' brn: '2208162517' state: STATE_PROSPECT "
       "phone: '021234567' email: 'a@b.kr' }"},
      {nullptr, "kind: KIND_BUSINESS name: '한빛' brn: '2208162517' corporate_no: '110111-0062432' state: STATE_OPEN",
       "", "account { corporate_no: '1101110062432' state: STATE_OPEN }"},
      {nullptr, "kind: KIND_BUSINESS name: '한빛' brn: '2208162517' corporate_no: '110111-0062438'", "",
       "account { corporate_no: '1101110062438' } warnings: 'CORPORATE_NO_CHECK_DIGIT'"},
      // Businesses abroad.
      {nullptr, "kind: KIND_BUSINESS name: 'Acme' country: 'US'", "", "account { country: 'US' }"},
      {nullptr, "kind: KIND_BUSINESS name: 'Acme' country: 'US' tax_id: '12-3456789' employees: 0", "",
       "account { tax_id: '12-3456789' employees: 0 }"},
      {nullptr, "kind: KIND_BUSINESS name: 'Acme' country: 'US' brn: '123-45-67890'", "BRN_MUST_BE_VALID", ""},
      // Persons.
      {nullptr, "kind: KIND_PERSON name: '김하늘' brn: '220-81-62517' corporate_no: '1'", "PERSON_MUST_HAVE_NO_BRN",
       ""},
      {nullptr, "kind: KIND_PERSON name: '김하늘' corporate_no: '1'", "PERSON_MUST_HAVE_NO_BRN", ""},
      {nullptr, "kind: KIND_PERSON name: '김하늘' tax_id: '1'", "PERSON_MUST_HAVE_NO_BRN", ""},
      {nullptr, "kind: KIND_PERSON name: '김하늘'", "", "account { kind: KIND_PERSON name: '김하늘' }"},
  };
  for (const RegisterRow& row : rows) {
    SCOPED_TRACE(row.request);
    const std::optional<Account> holder = row.holder ? std::optional<Account>(Proto(row.holder)) : std::nullopt;
    const auto event = RegisterAccount(holder ? Holders{&*holder} : Holders{}, Proto(row.request), ContextOf());
    if (*row.reason != '\0') {
      EXPECT_THAT(event, RefusedWith(std::string(row.reason)));
    } else {
      ASSERT_THAT(event, Answers(ContainsProto(row.event)));
      EXPECT_EQ(event->warnings_size(), std::string(row.event).find("warnings") == std::string::npos ? 0 : 1);
    }
  }
}

TEST(RegisterAccount, AnImporterMaySayThatTheNumberIsUnknown) {
  const RegisterAccountRequest request = Proto("kind: KIND_BUSINESS name: '한빛' brn_unknown: true");
  EXPECT_THAT(RegisterAccount({}, request, ContextOf()), RefusedWith(kBusinessMustHaveBrn));
  Context importer = ContextOf();
  importer.caller.roles |= 1U << songsang::v1::ROLE_IMPORTER;
  const auto event = RegisterAccount({}, request, importer);
  ASSERT_THAT(event, Answers(ContainsProto("account { country: 'KR' } warnings: 'BRN_UNKNOWN'")));
  EXPECT_THAT(RegisterAccount({}, Proto("kind: KIND_BUSINESS name: '한빛'"), importer),
              RefusedWith(kBusinessMustHaveBrn));
  // It can be worked on without its number; once it has one, it keeps one.
  EXPECT_THAT(UpdateAccount(event->account(), {}, Proto("tier: 'a'"), ContextOf()), IsOk());
  const auto complete = UpdateAccount(event->account(), {}, Proto("brn: '220-81-62517'"), ContextOf());
  ASSERT_THAT(complete, Answers(ContainsProto("account { brn: '2208162517' }")));
  EXPECT_THAT(UpdateAccount(complete->account(), {}, Proto("brn: ''"), ContextOf()), RefusedWith(kBusinessMustHaveBrn));
}

TEST(RegisterAccount, NamesTheHolderOfTheNumber) {
  const Account holder = Proto("id: 'X'");
  const auto event = RegisterAccount({&holder}, Proto("kind: KIND_BUSINESS name: 'A' brn: '2208162517'"), ContextOf());
  ASSERT_THAT(event, RefusedWith(kAccountBrnTaken));
  const std::vector<std::pair<std::string, std::string>> wanted = {{"account_id", "X"}};
  EXPECT_EQ(event.refusal().variables, wanted);
}

struct UpdateRow {
  const char* account;
  const char* request;
  const char* reason;
  const char* after;
};

TEST(UpdateAccount, Table) {
  const Account own = Proto("id: 'A'"), other = Proto("id: 'X'");
  const UpdateRow rows[] = {
      {"id: 'A' kind: KIND_PERSON name: 'K'", "state: STATE_UNSPECIFIED name: ''", "ACCOUNT_MUST_HAVE_STATE", ""},
      {"id: 'A' kind: KIND_PERSON name: 'K'", "name: ''", "ACCOUNT_MUST_BE_NAMED", ""},
      {"id: 'A' kind: KIND_PERSON name: 'K'", "brn: '2208162517'", "PERSON_MUST_HAVE_NO_BRN", ""},
      {"id: 'A' kind: KIND_BUSINESS name: 'K' brn: '2208162517' country: 'KR'", "brn: ''", "BUSINESS_MUST_HAVE_BRN",
       ""},
      {"id: 'A' kind: KIND_BUSINESS name: 'K' brn: '2208162517' country: 'KR'", "country: '' brn: ''",
       "BUSINESS_MUST_HAVE_BRN", ""},
      {"id: 'A' kind: KIND_BUSINESS name: 'K' country: 'KR'", "name: ''", "ACCOUNT_MUST_BE_NAMED", ""},
      {"id: 'A' kind: KIND_BUSINESS name: 'K' brn: '2208162517' country: 'KR'", "brn: '' country: 'JP'", "",
       "id: 'A' kind: KIND_BUSINESS name: 'K' country: 'JP'"},
      {"id: 'A' version: 3 kind: KIND_BUSINESS name: 'K' brn: '2208162517' country: 'KR' tier: 'a'",
       "tier: '' phone: '02-1' annual_revenue { minor: 5 currency: 'KRW' }", "",
       "id: 'A' version: 3 kind: KIND_BUSINESS name: 'K' brn: '2208162517' country: 'KR' phone: '021' "
       "annual_revenue { minor: 5 currency: 'KRW' }"},
  };
  for (const UpdateRow& row : rows) {
    SCOPED_TRACE(std::string(row.account) + " / " + row.request);
    const auto event = UpdateAccount(Proto(row.account), {&own}, Proto(row.request), ContextOf());
    if (*row.reason != '\0') {
      EXPECT_THAT(event, RefusedWith(std::string(row.reason)));
    } else {
      EXPECT_THAT(event, Answers(EqualsProto(std::string("account { ") + row.after + " }")));
    }
  }
  EXPECT_THAT(
      UpdateAccount(Proto("id: 'A' kind: KIND_BUSINESS name: 'K'"), {&other}, Proto("brn: '2208162517'"), ContextOf()),
      RefusedWith(kAccountBrnTaken));
}

TEST(LinkGroup, RefusesInThisOrder) {
  const Account account = Proto("id: 'A'");
  const Account member = Proto("id: 'M' group_id: 'A'");
  const Proto request("account_id: 'A' group_id: 'H'");
  Account head = Proto("id: 'A' kind: KIND_PERSON group_id: 'G'");
  EXPECT_THAT(LinkGroup(account, &head, {&member}, request, ContextOf()), RefusedWith(kGroupHeadMustDiffer));
  head.set_id("H");
  EXPECT_THAT(LinkGroup(account, &head, {&member}, request, ContextOf()), RefusedWith(kGroupHeadMustBeBusiness));
  head.set_kind(Account::KIND_BUSINESS);
  EXPECT_THAT(LinkGroup(account, &head, {&member}, request, ContextOf()), RefusedWith(kGroupHeadMustNotBeMember));
  head.clear_group_id();
  EXPECT_THAT(LinkGroup(account, &head, {&member}, request, ContextOf()), RefusedWith(kGroupMemberMustNotBeHead));
  EXPECT_THAT(LinkGroup(account, &head, {}, request, ContextOf()),
              Answers(EqualsProto("account { id: 'A' group_id: 'H' }")));
  EXPECT_THAT(LinkGroup(Proto("id: 'A' group_id: 'H'"), nullptr, {}, Proto("account_id: 'A'"), ContextOf()),
              Answers(EqualsProto("account { id: 'A' }")));
}

TEST(TransferAccount, KeepsTheUnitUnlessOneIsNamed) {
  const Account account = Proto("id: 'A' owner_id: 'P' unit_id: 'U'");
  EXPECT_THAT(TransferAccount(account, Proto("owner_id: 'Q'"), ContextOf()),
              Answers(EqualsProto("account { id: 'A' owner_id: 'Q' unit_id: 'U' }")));
  EXPECT_THAT(TransferAccount(account, Proto("owner_id: 'Q' unit_id: 'V'"), ContextOf()),
              Answers(EqualsProto("account { id: 'A' owner_id: 'Q' unit_id: 'V' }")));
}

TEST(Contacts, AreAddedAndUpdated) {
  EXPECT_THAT(
      AddContact(Proto("id: 'A'"), Proto("account_id: 'A' name: '이서준' role: '구매' phone: '010-1 2'"), ContextOf()),
      Answers(ContainsProto("contact { account_id: 'A' name: '이서준' role: '구매' phone: '01012' }")));
  EXPECT_THAT(UpdateContact(Proto("id: 'C' name: '이서준'"), Proto("name: ''"), ContextOf()),
              RefusedWith(kContactMustBeNamed));
  EXPECT_THAT(UpdateContact(Proto("id: 'C' account_id: 'A' name: '이서준' role: '구매'"),
                            Proto("contact_id: 'C' role: '' email: 'S@B.kr'"), ContextOf()),
              Answers(EqualsProto("contact { id: 'C' account_id: 'A' name: '이서준' email: 's@b.kr' }")));
}

}  // namespace
}  // namespace songsang::accounts
