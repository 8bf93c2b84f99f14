// From the first contact with a lead to money in the bank and a closed month, with the people who do it: the whole story
// of one sale, as a branch manager would tell it. Told three times: with everything in one process, with every service
// in a process of its own, and with these hearing each other through Kafka.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "flow/office.h"
#include "songsang/accounts/v1/account.pb.h"
#include "songsang/accounts/v1/opening.pb.h"
#include "songsang/billing/v1/catalogue.pb.h"
#include "songsang/billing/v1/credit.pb.h"
#include "songsang/billing/v1/delivery.pb.h"
#include "songsang/billing/v1/invoice.pb.h"
#include "songsang/billing/v1/order.pb.h"
#include "songsang/billing/v1/period.pb.h"
#include "songsang/billing/v1/receipt.pb.h"
#include "songsang/billing/v1/tax_service.pb.h"
#include "songsang/leads/v1/hand_off.pb.h"
#include "songsang/leads/v1/lead.pb.h"
#include "songsang/leads/v1/opportunity.pb.h"
#include "songsang/leads/v1/proposal.pb.h"
#include "songsang/leads/v1/qualification.pb.h"
#include "songsang/reporting/v1/report.pb.h"
#include "songsang/training/v1/compliance.pb.h"
#include "songsang/training/v1/curriculum.pb.h"
#include "songsang/training/v1/enrolment.pb.h"
#include "songsang/training/v1/programme.pb.h"
#include "songsang/workforce/v1/employment.pb.h"
#include "songsang/workforce/v1/goal.pb.h"
#include "songsang/workforce/v1/plan.pb.h"
#include "songsang/workforce/v1/statement.pb.h"
#include "songsang/workforce/v1/unit.pb.h"

namespace songsang {
namespace {

using common::v1::CallState;

std::string Is(const std::string& field, const std::string& value) { return field + ": '" + value + "' "; }
std::string Won(const std::string& field, int64_t minor) {
  return field + " { minor: " + std::to_string(minor) + " currency: 'KRW' } ";
}

class Story {
 public:
  explicit Story(Office::Shape shape) : office(shape) {}

  void TheBranchOpensAndKnowsWhatItSells() {
    branch = head.Call<workforce::v1::UnitOpened>(
                     "OpenUnit", Proto("kind: KIND_BRANCH name: '서울 지점' region: '서울' opened_on: '2020-01-01'"))
                 .unit()
                 .id();
    supplier = clerk
                   .Call<billing::v1::BusinessPlaceSaved>(
                       "SaveBusinessPlace", Proto("name: '송상물산' brn: '220-81-62517' representative: '왕건' "
                                                  "issuer_code: '41000001'"))
                   .business_place()
                   .id();
    list = support.Call<billing::v1::PriceListSaved>("SavePriceList", Proto("name: '정가' currency: 'KRW'"))
               .price_list()
               .id();
    oil = Sells("참기름", 30'000);
    gift = Sells("명절 선물세트", 120'000);
  }

  void WhoIsHiredIsTrained() {
    const auto programme = trainer.Call<training::v1::ProgrammeOpened>(
        "OpenProgramme", Proto("name: '신입 오리엔테이션' kind: KIND_ORIENTATION method: METHOD_CLASS mandatory: true "
                               "due_days: 14 enrolling: ENROLLING_AUTOMATIC audience_role: 'sales_rep' "
                               "offered_from_on: '2020-01-01'"));
    orientation = programme.programme().id();
    const auto drafted = trainer.Call<training::v1::CurriculumDrafted>(
        "DraftCurriculum", Proto(Is("programme_id", orientation) + "items { key: 'product' name: '제품 교육' }"));
    head.Call<training::v1::CurriculumApproved>("ApproveCurriculum",
                                                Proto(Is("curriculum_id", drafted.curriculum().id())));
    kim = Hired("김하늘", "kim");
    lee = Hired("이도윤", "lee");
    std::string enrolment;
    ASSERT_TRUE(Eventually([&] {
      const auto taken =
          trainer.Try<training::v1::ListEnrolmentsResponse>("ListEnrolments", Proto(Is("person_id", kim)));
      if (taken.ok() && taken->enrolments_size() == 1) enrolment = taken->enrolments(0).id();
      return !enrolment.empty();
    })) << "the hire enrols by itself";
    trainer.Call<training::v1::ItemCompleted>("CompleteItem",
                                              Proto(Is("enrolment_id", enrolment) + "item_key: 'product'"));
    const auto compliance =
        trainer.Call<training::v1::GetComplianceResponse>("GetCompliance", Proto(Is("programme_id", orientation)));
    ASSERT_EQ(compliance.programmes_size(), 1);
    EXPECT_EQ(compliance.programmes(0).audience(), 2);
    EXPECT_EQ(compliance.programmes(0).completed(), 1);
    EXPECT_EQ(compliance.programmes(0).compliance_bp(), 5000);
  }

  void TheRepHasAGoalAndAPlan() {
    head.Call<workforce::v1::GoalSet>("SetGoal", Proto("metric: 'revenue' currency: 'KRW' period: '" + year +
                                                       "' amount: 365000000 " + Is("person_id", kim)));
    const auto tree = head.Call<workforce::v1::GoalTree>(
        "GetGoalTree", Proto("metric: 'revenue' currency: 'KRW' year: '" + year + "' " + Is("person_id", kim)));
    int64_t months = 0;
    for (const auto& month : tree.months()) months += month.amount();
    EXPECT_EQ(months, 365'000'000) << "months add up to the year, to the won";
    const auto plan = head.Call<workforce::v1::CompensationPlanDefined>(
        "DefineCompensationPlan", Proto("key: 'standard' name: '표준' terms { basis: BASIS_INVOICE currency: 'KRW' "
                                        "tiers { rate { units: 4 scale: 2 } } }"));
    head.Call<workforce::v1::PlanAssigned>("AssignPlan",
                                           Proto(Is("person_id", kim) + Is("plan_id", plan.compensation_plan().id()) +
                                                 Is("from_on", year + "-" + month + "-01")));
  }

  void ALeadIsJudgedAndHandedOver() {
    const auto lead = rep.Call<leads::v1::LeadCaptured>(
        "CaptureLead", Proto("company: '한빛상사' name: '박서연' phone: '010-2345-6789' channel: CHANNEL_PHONE " +
                             Is("owner_id", lee) + Is("unit_id", branch)));
    const std::string named = Is("lead_id", lead.lead().id());
    EXPECT_THAT(rep.Try<leads::v1::LeadQualified>("QualifyLead", Proto(named)),
                RefusedWith(std::string("LEAD_MUST_MEET_CRITERIA")));
    std::string answers;
    for (const char* criterion : {"need", "authority", "timing", "budget"})
      answers += "answers { " + Is("criterion", criterion) + "verdict: VERDICT_MET answer: '확인' } ";
    rep.Call<leads::v1::QualificationAnswered>("AnswerQualification", Proto(named + answers));
    rep.Call<leads::v1::LeadQualified>("QualifyLead", Proto(named));
    const auto offered = rep.Call<leads::v1::HandOffOffered>("OfferHandOff", Proto(named + Is("to_id", kim)));
    const auto accepted = rep.Call<leads::v1::HandOffAccepted>(
        "AcceptHandOff", Proto(Is("hand_off_id", offered.hand_off().id()) + "name: '한빛 명절 선물'"));
    EXPECT_EQ(accepted.opportunity().owner_id(), kim);
    opportunity = accepted.opportunity().id();
    EXPECT_THAT(rep.Try<leads::v1::HandOffAccepted>("AcceptHandOff", Proto(Is("hand_off_id", offered.hand_off().id()))),
                RefusedWith(std::string("HAND_OFF_MUST_BE_OFFERED")))
        << "ownership changes once";
  }

  void TheClientIsOpenedWithCredit() {
    account =
        rep.Call<accounts::v1::AccountRegistered>(
               "RegisterAccount", Proto("kind: KIND_BUSINESS name: '한빛상사' brn: '124-81-00998' region: '서울' " +
                                        Is("owner_id", kim) + Is("unit_id", branch)))
            .account()
            .id();
    const auto opening = rep.Call<accounts::v1::OpeningSubmitted>(
        "SubmitOpening", Proto(Is("account_id", account) + Won("requested_limit", 5'000'000) + "founded_year: 2010 " +
                               Won("capital", 300'000'000)));
    const std::string named = Is("opening_id", opening.opening().id());
    for (const char* kind : {"KIND_BUSINESS_REGISTRATION", "KIND_BANKBOOK", "KIND_TRADE_AGREEMENT"})
      rep.Call<accounts::v1::OpeningDocumentAttached>(
          "AttachOpeningDocument", Proto(named + "kind: " + kind +
                                         " media_type: 'application/pdf' name: '서류.pdf' "
                                         "sha256: "
                                         "'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'"));
    ASSERT_TRUE(Eventually([&] {
      const auto got =
          rep.Try<accounts::v1::AccountOpening>("GetAccountOpening", Proto(Is("id", opening.opening().id())));
      return got.ok() && got->state() == accounts::v1::AccountOpening::STATE_ASSESSED;
    })) << "billing assesses the client by itself";
    head.Call<accounts::v1::AccountOpened>("OpenAccount", Proto(named));
    ASSERT_TRUE(Eventually([&] { return Exposure().limit().minor() == 3'500'000; })) << "billing opens the credit line";
  }

  void AnOfferBecomesAnOrderWithinItsCredit() {
    const auto drafted = rep.Call<leads::v1::ProposalDrafted>(
        "DraftProposal",
        Proto(Is("opportunity_id", opportunity) + Is("account_id", account) + Is("valid_until", year + "-12-31") +
              "lines { " + Is("product_id", oil) + "quantity { units: 20 } } lines { " + Is("product_id", gift) +
              "quantity { units: 10 } }"));
    const std::string named = Is("proposal_id", drafted.proposal().id());
    EXPECT_EQ(drafted.proposal().supply().minor(), 1'800'000);
    rep.Call<leads::v1::ProposalSent>("SendProposal", Proto(named));
    rep.Call<leads::v1::ProposalAccepted>("AcceptProposal", Proto(named));
    ASSERT_TRUE(Eventually([&] {
      const auto noted = rep.Try<leads::v1::Proposal>("GetProposal", Proto(Is("id", drafted.proposal().id())));
      if (noted.ok()) order = noted->order_id();
      return !order.empty();
    })) << "the order comes of the accepted proposal, and is noted on it";
    const auto placed = rep.Call<billing::v1::SalesOrder>("GetSalesOrder", Proto(Is("id", order)));
    EXPECT_EQ(placed.total().minor(), drafted.proposal().total().minor());
    EXPECT_EQ(placed.state(), billing::v1::SalesOrder::STATE_PLACED);
    EXPECT_EQ(Exposure().exposure().minor(), 1'980'000);
    rep.Call<leads::v1::OpportunityClosed>(
        "CloseOpportunity", Proto(Is("opportunity_id", opportunity) + "outcome: OUTCOME_WON reason: 'best_fit'"));
  }

  void WhatWasDeliveredIsInvoicedAndTheAuthorityHearsOfIt() {
    clerk.Call<billing::v1::OrderDelivered>("DeliverOrder", Proto(Is("order_id", order)));
    invoice = clerk.Call<billing::v1::InvoiceIssued>("IssueInvoice",
                                                     Proto(Is("order_id", order) + Is("business_place_id", supplier)));
    EXPECT_EQ(invoice.invoice().total().minor(), 1'980'000);
    ASSERT_EQ(invoice.tax_invoices_size(), 1);
    EXPECT_EQ(Exposure().exposure().minor(), 1'980'000) << "what was reserved for the order is owed now";
    ExpectTransmitted(invoice.tax_invoices(0).id());
  }

  void TheClientPaysAPart() {
    const auto receipt = clerk.Call<billing::v1::ReceiptRecorded>(
        "RecordReceipt",
        Proto(Is("account_id", account) + "means: MEANS_BANK_TRANSFER payer: '한빛상사' " + Won("amount", 1'000'000)));
    clerk.Call<billing::v1::ReceiptAllocated>("CommitAllocation", Proto(Is("receipt_id", receipt.receipt().id())));
    EXPECT_EQ(Exposure().exposure().minor(), 980'000);
  }

  void SomeComesBackAndEverythingThatHangsOnItTurns() {
    std::string line;
    for (const auto& one : invoice.lines())
      if (one.product_id() == gift) line = one.id();
    const auto returned = clerk.Call<billing::v1::ReturnAccepted>(
        "AcceptReturn", Proto(Is("invoice_id", invoice.invoice().id()) + "reason: '포장 파손' lines { " +
                              Is("invoice_line_id", line) + "quantity { units: 2 } }"));
    EXPECT_EQ(Exposure().exposure().minor(), 980'000 - 264'000);
    ASSERT_EQ(returned.tax_invoices_size(), 1);
    ExpectTransmitted(returned.tax_invoices(0).id());
    EXPECT_EQ(office.authority().Taken().size(), 2u) << "the invoice and its amendment, each once";
  }

  // The month is not over, so that nothing is settled yet; what it comes to is known to the won.
  void WhatTheRepWillBePaidExplainsItself() {
    const std::string asked = Is("person_id", kim) + Is("month", year + "-" + month);
    workforce::v1::StatementExplained explained;
    ASSERT_TRUE(Eventually([&] {
      const auto answer = head.Try<workforce::v1::StatementExplained>("ExplainStatement", Proto(asked));
      if (answer.ok()) explained = *answer;
      return Commission(explained) == 62'400;
    })) << "4 % of the 1,800,000 won sold less the 240,000 returned, not "
        << Commission(explained);
    for (const auto& line : explained.lines()) {
      EXPECT_FALSE(line.ko().empty());
      EXPECT_TRUE(line.kind() == workforce::v1::StatementLine::KIND_BASE || !line.document_number().empty())
          << "leads to its invoice or return: " << line.ko();
    }
  }

  void TheMonthBeforeIsClosedForGood() {
    const std::string before = Date::Parse(year + "-" + month + "-01")->PlusDays(-1).ToIso().substr(0, 7);
    const auto soft = head.Call<billing::v1::PeriodSoftClosed>(
        "SoftClose", Proto("ledger: LEDGER_COLLECTIONS " + Is("month", before)));
    const std::string named = Is("period_id", soft.period().id());
    const auto computed = head.Call<billing::v1::ClosingResult>("ComputeClosing", Proto(named));
    const auto recorded = head.Call<billing::v1::ClosingRecorded>("RecordClosing", Proto(named));
    EXPECT_EQ(recorded.period().hash(), computed.hash()) << "computed twice, it is the same";
    head.Call<billing::v1::PeriodHardClosed>("HardClose", Proto(named));
    EXPECT_THAT(head.Try<billing::v1::ReceiptRecorded>(
                    "RecordReceipt",
                    Proto(Is("account_id", account) + "means: MEANS_BANK_TRANSFER " +
                          Is("received_on", before + "-15") + Is("posted_on", before + "-15") + Won("amount", 1'000))),
                RefusedWith(std::string("PERIOD_MUST_BE_OPEN")));
  }

  void TheFiguresTellIt() {
    const auto figures = head.Call<reporting::v1::Figures>(
        "GetFigures", Proto("metrics: 'lead_wins' metrics: 'won_value' dimensions: 'rep'"));
    ASSERT_EQ(figures.rows_size(), 1);
    EXPECT_EQ(figures.rows(0).dimensions(0).label(), "김하늘");
    EXPECT_EQ(figures.total().values(0).value(), "1");
    EXPECT_EQ(figures.total().values(1).value(), "1800000");
  }

  void WhoLeavesHandsOver() {
    const auto resigned = head.Call<workforce::v1::PersonResigned>(
        "ResignPerson", Proto(Is("person_id", kim) + Is("successor_id", lee) + Is("last_on", today)));
    ASSERT_TRUE(Eventually([&] {
      const auto client = rep.Try<accounts::v1::Account>("GetAccount", Proto(Is("id", account)));
      return client.ok() && client->owner_id() == lee;
    })) << "the client is the successor's";
    ASSERT_TRUE(Eventually([&] {
      const auto parts = head.Try<workforce::v1::ListHandOverPartsResponse>(
          "ListHandOverParts", Proto(Is("hand_over_id", resigned.hand_over().id())));
      if (!parts.ok() || parts->hand_over_parts_size() == 0) return false;
      for (const auto& part : parts->hand_over_parts())
        if (part.state() != workforce::v1::HandOver::STATE_DONE) return false;
      return true;
    })) << "every service says that it has handed over";
  }

 private:
  std::string Sells(const std::string& name, int64_t won) const {
    const std::string product =
        support.Call<billing::v1::ProductSaved>("SaveProduct", Proto(Is("name", name))).product().id();
    support.Call<billing::v1::PriceSet>("SetPrice", Proto(Is("price_list_id", list) + Is("product_id", product) +
                                                          "valid_from_on: '' " + Won("amount", won)));
    return product;
  }
  std::string Hired(const std::string& name, const std::string& subject) const {
    return head
        .Call<workforce::v1::PersonHired>(
            "HirePerson",
            Proto(Is("name", name) + Is("login_subject", subject) + Is("unit_id", branch) +
                  "role: 'sales_rep' from_on: '" + year + "-" + month + "-01' " + Won("base_pay", 3'000'000)))
        .person()
        .id();
  }
  billing::v1::GetExposureResponse Exposure() const {
    const auto exposure = clerk.Try<billing::v1::GetExposureResponse>("GetExposure", Proto(Is("account_id", account)));
    return exposure.ok() ? *exposure : billing::v1::GetExposureResponse();
  }
  static int64_t Commission(const workforce::v1::StatementExplained& explained) {
    int64_t commission = 0;
    for (const auto& line : explained.lines())
      if (line.kind() != workforce::v1::StatementLine::KIND_BASE) commission += line.amount().minor();
    return commission;
  }
  void ExpectTransmitted(const std::string& id) const {
    EXPECT_TRUE(Eventually([&] {
      const auto sent = clerk.Try<billing::v1::TaxInvoice>("GetTaxInvoice", Proto(Is("id", id)));
      return sent.ok() && sent->transmission().state() == CallState::STATE_DONE;
    })) << "the tax authority has it";
  }

  const Office office;
  const Colleague rep = office.As("kim", {v1::ROLE_SALES_REP});
  const Colleague support = office.As("seo", {v1::ROLE_SALES_SUPPORT});
  const Colleague clerk = office.As("choi", {v1::ROLE_RECEIVABLES_CLERK});
  const Colleague trainer = office.As("jung", {v1::ROLE_TRAINER});
  const Colleague head =
      office.As("park", {v1::ROLE_BRANCH_MANAGER, v1::ROLE_SALES_MANAGER, v1::ROLE_EXECUTIVE, v1::ROLE_IMPORTER});

  const std::string today = BucketOf(Date(static_cast<int32_t>((std::time(nullptr) + 9 * 3600) / 86400)), Bucket::kDay);
  const std::string year = today.substr(0, 4), month = today.substr(5, 2);
  std::string branch, supplier, list, oil, gift, orientation, kim, lee, opportunity, account, order;
  billing::v1::InvoiceIssued invoice;
};

void Tell(Office::Shape shape) {
  Story story(shape);
  using Chapter = void (Story::*)();
  for (const Chapter chapter :
       {&Story::TheBranchOpensAndKnowsWhatItSells, &Story::WhoIsHiredIsTrained, &Story::TheRepHasAGoalAndAPlan,
        &Story::ALeadIsJudgedAndHandedOver, &Story::TheClientIsOpenedWithCredit,
        &Story::AnOfferBecomesAnOrderWithinItsCredit, &Story::WhatWasDeliveredIsInvoicedAndTheAuthorityHearsOfIt,
        &Story::TheClientPaysAPart, &Story::SomeComesBackAndEverythingThatHangsOnItTurns,
        &Story::WhatTheRepWillBePaidExplainsItself, &Story::TheMonthBeforeIsClosedForGood, &Story::TheFiguresTellIt,
        &Story::WhoLeavesHandsOver}) {
    (story.*chapter)();
    if (testing::Test::HasFailure()) return;
  }
}

TEST(Story, OfOneSaleInOneProcess) { Tell(Office::Shape::kOneProcess); }

TEST(Story, OfOneSaleWithEveryServiceInAProcessOfItsOwn) { Tell(Office::Shape::kAProcessEach); }

TEST(Story, OfOneSaleWithEveryServiceHearingTheOthersThroughKafka) {
  if (std::getenv("SONGSANG_TEST_KAFKA") == nullptr) GTEST_SKIP() << "SONGSANG_TEST_KAFKA names no Kafka";
  Tell(Office::Shape::kStreams);
}

}  // namespace
}  // namespace songsang
