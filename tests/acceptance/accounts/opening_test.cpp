// A2: a client is opened with papers, a credit assessment and somebody else's approval, before the first sale on credit.
#include <gtest/gtest.h>

#include "core/dates.h"
#include "songsang/accounts/v1/account.pb.h"
#include "songsang/accounts/v1/opening.pb.h"
#include "songsang/billing/v1/assessment.pb.h"
#include "songsang/billing/v1/credit.pb.h"
#include "songsang/billing/v1/delivery.pb.h"
#include "songsang/billing/v1/invoice.pb.h"
#include "songsang/billing/v1/order.pb.h"
#include "support/system.h"

namespace songsang {
namespace {

using namespace accounts::v1;  // NOLINT: the service under test
using billing::v1::CreditAssessment;
using billing::v1::OrderPlaced;

constexpr char kHash[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

class Opening {
 public:
  explicit Opening(const std::string& facts = "founded_year: 2010 capital { minor: 300000000 currency: 'KRW' }",
                   const std::string& account = "kind: KIND_BUSINESS brn: '220-81-62517'") {
    const auto registered = rep.Call<AccountRegistered>("RegisterAccount", Proto("name: '한빛상사' " + account));
    EXPECT_THAT(registered, IsOk());
    account_id = registered->account().id();
    const auto submitted = rep.Call<OpeningSubmitted>(
        "SubmitOpening",
        Proto("account_id: '" + account_id + "' requested_limit { minor: 50000000 currency: 'KRW' } " + facts));
    EXPECT_THAT(submitted, IsOk());
    id = submitted->opening().id();
  }
  // One of the tenant, who calls under this subject.
  Client Caller(const std::string& subject, v1::Role role) const {
    token::Claims claims;
    claims.subject = subject;
    claims.client = "crm";
    claims.tenant = tenant;
    claims.roles = 1u << role;
    return System::Shared().As(claims);
  }
  // Once billing has found what the client is worth, and accounts has heard of it.
  AccountOpening Assessed() const { return Assessed(id); }
  AccountOpening Assessed(const std::string& opening_id) const {
    AccountOpening opening;
    EXPECT_TRUE(Eventually([&] {
      const auto got = rep.Call<AccountOpening>("GetAccountOpening", Proto("id: '" + opening_id + "'"));
      if (got.ok()) opening = *got;
      return opening.state() == AccountOpening::STATE_ASSESSED;
    }));
    return opening;
  }
  Called<OpeningDocumentAttached> Attach(const char* kind) const {
    return rep.Call<OpeningDocumentAttached>("AttachOpeningDocument",
                                             Proto("opening_id: '" + id + "' kind: " + kind + " sha256: '" + kHash +
                                                   "' media_type: 'application/pdf' name: '서류.pdf'"));
  }
  void AttachAll() const {
    for (const char* kind : {"KIND_BUSINESS_REGISTRATION", "KIND_BANKBOOK", "KIND_TRADE_AGREEMENT"})
      EXPECT_THAT(Attach(kind), IsOk());
  }
  Called<AccountOpened> Open(const Client& by, const std::string& more = "") const {
    return by.Call<AccountOpened>("OpenAccount", Proto("opening_id: '" + id + "' " + more));
  }
  Called<OrderPlaced> Order(int64_t price, const std::string& more = "") const {
    return rep.Call<OrderPlaced>("PlaceOrder",
                                 Proto("account_id: '" + account_id +
                                       "' currency: 'KRW' lines { description: '자재' quantity { units: 1 } "
                                       "unit_price { units: " +
                                       std::to_string(price) + " } } " + more));
  }

  const std::string tenant = System::FreshTenant();
  const Client rep = Caller("kim", v1::ROLE_SALES_REP);
  const Client manager = Caller("lee", v1::ROLE_BRANCH_MANAGER);
  std::string account_id, id;
};

TEST(A2_NewClientOpening, CheckPapersAndApprovalBeforeTheFirstSaleOnCredit) {
  const Opening opening;
  // Before: nothing is sold, whether somebody calls them a client or not.
  EXPECT_THAT(opening.Order(1000000), RefusedWith(std::string("ACCOUNT_MUST_BE_OPEN")));
  ASSERT_THAT(opening.rep.Call<AccountUpdated>("UpdateAccount",
                                               Proto("account_id: '" + opening.account_id + "' state: STATE_OPEN")),
              IsOk());
  EXPECT_THAT(opening.Order(1000000), RefusedWith(std::string("CREDIT_LINE_MUST_EXIST")));
  // And nobody passes the assessment by giving the credit themselves.
  for (const v1::Role role :
       {v1::ROLE_SALES_REP, v1::ROLE_RECEIVABLES_CLERK, v1::ROLE_BRANCH_MANAGER, v1::ROLE_EXECUTIVE})
    EXPECT_THAT(opening.Caller("han", role)
                    .Call<billing::v1::CreditLineOpened>(
                        "OpenCreditLine",
                        Proto("account_id: '" + opening.account_id + "' limit { minor: 35000000 currency: 'KRW' }")),
                RefusedWith(std::string("PERMISSION_DENIED")));

  // Billing has assessed by itself: 16 years 30 points, 300 million 22, no history 20.
  const AccountOpening assessed = opening.Assessed();
  EXPECT_THAT(assessed, ContainsProto("state: STATE_ASSESSED asked_by: 'kim' score: 72 grade: 'B' "
                                      "proposed_limit { minor: 35000000 currency: 'KRW' }"));
  const auto assessment =
      opening.rep.Call<CreditAssessment>("GetCreditAssessment", Proto("id: '" + assessed.assessment_id() + "'"));
  ASSERT_THAT(assessment, Answers(ContainsProto("opening_id: '" + opening.id + "' criteria_number: 1 score: 72")));
  EXPECT_EQ(assessment->lines_size(), 4);

  // The papers are asked for by name.
  const auto missing = opening.Open(opening.manager);
  ASSERT_THAT(missing, RefusedWith(std::string("OPENING_DOCUMENTS_MUST_BE_COMPLETE")));
  EXPECT_EQ(missing.answer().variables.at("missing"), "business_registration, bankbook, trade_agreement");
  opening.AttachAll();
  EXPECT_THAT(opening.Attach("KIND_BANKBOOK"), Answers(ContainsProto("document { version: 1 }")));
  EXPECT_THAT(opening.Order(1000000), RefusedWith(std::string("CREDIT_LINE_MUST_EXIST")));

  // Never the asker, whatever else they are.
  EXPECT_THAT(opening.Open(opening.rep), RefusedWith(std::string("PERMISSION_DENIED")));
  EXPECT_THAT(opening.Open(opening.Caller("kim", v1::ROLE_BRANCH_MANAGER)),
              RefusedWith(std::string("APPROVER_MUST_BE_ANOTHER")));
  ASSERT_THAT(opening.Open(opening.manager),
              Answers(ContainsProto("opening { state: STATE_OPENED decided_by: 'lee' limit { minor: 35000000 currency: "
                                    "'KRW' } } account { id: '" +
                                    opening.account_id + "' state: STATE_OPEN }")));
  EXPECT_THAT(opening.Open(opening.manager), RefusedWith(std::string("OPENING_MUST_BE_UNDECIDED")));

  // From now on, within the limit (33,000,000 with its tax is beyond it).
  EXPECT_THAT(opening.rep.Call<billing::v1::GetExposureResponse>("GetExposure",
                                                                 Proto("account_id: '" + opening.account_id + "'")),
              Answers(ContainsProto("limit { minor: 35000000 currency: 'KRW' }")));
  EXPECT_THAT(opening.Order(33000000), RefusedWith(std::string("CREDIT_LIMIT_MUST_SUFFICE")));
  EXPECT_THAT(opening.Order(1000000), IsOk());
}

TEST(A2_NewClientOpening, APoorClientIsOfALowGradeAndGetsNoCreditWithoutAnExecutive) {
  const Opening opening("founded_year: 2026");
  EXPECT_THAT(opening.Assessed(),
              ContainsProto("state: STATE_ASSESSED score: 20 grade: 'D' proposed_limit { currency: 'KRW' }"));
  opening.AttachAll();
  const std::string more = "limit { minor: 1000000 currency: 'KRW' } reason: '모회사 보증서 확보'";
  EXPECT_THAT(opening.Open(opening.manager, more), RefusedWith(std::string("LIMIT_MUST_NOT_EXCEED_PROPOSAL")));
  EXPECT_THAT(opening.Open(opening.Caller("park", v1::ROLE_EXECUTIVE), more),
              Answers(ContainsProto("opening { limit { minor: 1000000 } reason: '모회사 보증서 확보' }")));
}

TEST(A2_NewClientOpening, HowAClientPaysCountsWhenItIsAssessedAgain) {
  const Opening opening;
  const std::string today = opening.Assessed().submitted_on();
  const std::string day = Date::Parse(today)->PlusDays(-25).ToIso(), due = Date::Parse(today)->PlusDays(-20).ToIso();
  opening.AttachAll();
  ASSERT_THAT(opening.Open(opening.manager), IsOk());
  const auto placed = opening.Order(1000000, "ordered_on: '" + day + "'");
  ASSERT_THAT(placed, IsOk());
  const Client clerk = opening.Caller("choi", v1::ROLE_RECEIVABLES_CLERK);
  const std::string order = "order_id: '" + placed->order().id() + "' ";
  ASSERT_THAT(clerk.Call<billing::v1::OrderDelivered>("DeliverOrder", Proto(order + "delivered_on: '" + day + "'")),
              IsOk());
  ASSERT_THAT(clerk.Call<billing::v1::InvoiceIssued>("IssueInvoice",
                                                     Proto(order + "issued_on: '" + day + "' due_on: '" + due + "'")),
              IsOk());
  EXPECT_THAT(
      clerk.Call<billing::v1::PaymentHistory>("GetPaymentHistory", Proto("account_id: '" + opening.account_id + "'")),
      Answers(ContainsProto("receivables: 1 overdue: 1 oldest_overdue_days: 20 "
                            "overdue_amounts { minor: 1100000 currency: 'KRW' }")));
  EXPECT_THAT(clerk.Call<billing::v1::PaymentHistory>(
                  "GetPaymentHistory", Proto("account_id: '" + opening.account_id + "' as_of: '" + due + "'")),
              Answers(ContainsProto("receivables: 1 overdue: 0 oldest_overdue_days: 0")));
  const auto assessed = clerk.Call<billing::v1::CreditAssessed>(
      "AssessCredit",
      Proto("account_id: '" + opening.account_id + "' requested_limit { minor: 50000000 currency: 'KRW' }"));
  ASSERT_THAT(assessed, Answers(ContainsProto("assessment { score: 20 grade: 'D' }")));
  EXPECT_EQ(assessed->assessment().lines(2).explanation_ko(), "채권 1건 중 1건 연체(최장 20일): 40점 만점에 20점");
}

TEST(A2_NewClientOpening, RefusedItMayBeAskedAgain) {
  const Opening opening;
  const auto submit = [&] {
    return opening.rep.Call<OpeningSubmitted>(
        "SubmitOpening",
        Proto("account_id: '" + opening.account_id + "' requested_limit { minor: 10000000 currency: 'KRW' }"));
  };
  EXPECT_THAT(submit(), RefusedWith(std::string("OPENING_MUST_BE_ONE")));
  ASSERT_THAT(opening.manager.Call<OpeningRefused>("RefuseOpening",
                                                   Proto("opening_id: '" + opening.id + "' reason: '담보 부족'")),
              Answers(ContainsProto("opening { state: STATE_REFUSED decided_by: 'lee' reason: '담보 부족' }")));
  EXPECT_THAT(opening.Attach("KIND_BANKBOOK"), RefusedWith(std::string("OPENING_MUST_BE_UNDECIDED")));
  EXPECT_THAT(submit(), IsOk());
}

TEST(A2_NewClientOpening, CriteriaAndChecklistsAreDatedData) {
  const Opening opening;
  opening.Assessed();
  const Client executive = opening.Caller("park", v1::ROLE_EXECUTIVE);
  ASSERT_THAT(
      executive.Call<billing::v1::CreditCriteriaDefined>(
          "DefineCreditCriteria",
          Proto("currency: 'KRW' years { at_least: 1 points: 100 } capital { points: 0 } overdue_days { points: 0 } "
                "refuse_from_overdue_days: 30 grades { grade: '불가' } "
                "grades { grade: '가' min_score: 100 share_bp: 10000 most: 1000000000 }")),
      Answers(ContainsProto("criteria { number: 2 }")));
  ASSERT_THAT(executive.Call<OpeningChecklistDefined>("DefineOpeningChecklist",
                                                      Proto("account_kind: KIND_BUSINESS documents: KIND_BANKBOOK")),
              Answers(ContainsProto("checklist { number: 2 }")));
  // What was submitted before keeps what it was assessed by, and its list.
  EXPECT_THAT(opening.Assessed(),
              ContainsProto("grade: 'B' required_documents: KIND_BUSINESS_REGISTRATION "
                            "required_documents: KIND_BANKBOOK required_documents: KIND_TRADE_AGREEMENT"));
  const auto other = opening.rep.Call<AccountRegistered>(
      "RegisterAccount", Proto("kind: KIND_BUSINESS name: '두루' brn: '124-81-00998' founded_year: 2020"));
  ASSERT_THAT(other, IsOk());
  const auto submitted = opening.rep.Call<OpeningSubmitted>(
      "SubmitOpening",
      Proto("account_id: '" + other->account().id() + "' requested_limit { minor: 10000000 currency: 'KRW' }"));
  ASSERT_THAT(submitted, IsOk());
  EXPECT_EQ(submitted->opening().required_documents_size(), 1);
  EXPECT_THAT(opening.Assessed(submitted->opening().id()),
              ContainsProto("score: 100 grade: '가' proposed_limit { minor: 10000000 }"));
  EXPECT_THAT(executive.Call<billing::v1::FindCreditCriteriaResponse>("FindCreditCriteria",
                                                                      Proto("currency: 'KRW' as_of: '2026-01-01'")),
              Answers(ContainsProto("criteria { number: 1 }")));
}

}  // namespace
}  // namespace songsang
