// L18: proposals have revisions and a last valid day; what is accepted becomes an order with identical totals.
#include <gtest/gtest.h>

#include "acceptance/leads/people.h"
#include "core/clock.h"
#include "songsang/accounts/v1/account.pb.h"
#include "songsang/billing/v1/catalogue.pb.h"
#include "songsang/billing/v1/order.pb.h"
#include "songsang/leads/v1/opportunity.pb.h"
#include "songsang/leads/v1/proposal.pb.h"

namespace songsang {
namespace {

using namespace leads::v1;  // NOLINT: the service under test

// Two products with prices, a client, and an opportunity with that client.
struct Offering : Company {
  Offering() {
    EXPECT_THAT(support.Call<billing::v1::PriceListSaved>("SavePriceList",
                                                          Proto("name: '정가' currency: 'KRW' " + Ref("list"))),
                IsOk());
    for (const auto& [key, won] : {std::pair("oil", 30'033), std::pair("set", 120'000)}) {
      EXPECT_THAT(support.Call<billing::v1::ProductSaved>("SaveProduct", Proto(Is("name", key) + Ref(key))), IsOk());
      Price(key, won);
    }
    const auto registered = rep.Call<accounts::v1::AccountRegistered>(
        "RegisterAccount", Proto("name: '한빛상사' kind: KIND_BUSINESS brn: '220-81-62517'"));
    EXPECT_THAT(registered, IsOk());
    account = registered->account().id();
    const auto opened = rep.Call<OpportunityOpened>(
        "OpenOpportunity", Proto("name: '한빛 명절 선물' " + Is("account_id", account) + Is("owner_id", kim)));
    EXPECT_THAT(opened, IsOk());
    opportunity = opened->opportunity().id();
  }
  static std::string Ref(const std::string& key) { return "external_ref { system: 'erp' key: '" + key + "' } "; }
  void Price(const std::string& product, int won) const {
    EXPECT_THAT(
        support.Call<billing::v1::PriceSet>(
            "SetPrice", Proto("price_list_id: 'ext:erp:list' " + Is("product_id", "ext:erp:" + product) +
                              "valid_from_on: '' amount { currency: 'KRW' minor: " + std::to_string(won) + " }")),
        IsOk());
  }
  std::string InDays(int days) const { return LocalDay(SystemNow(*this)).PlusDays(days).ToIso(); }
  // Three units and a half of oil, twelve sets.
  Called<ProposalDrafted> Draft(const std::string& valid_until, const std::string& rest = "") const {
    return rep.Call<ProposalDrafted>("DraftProposal",
                                     Proto(Is("opportunity_id", opportunity) + Is("account_id", account) +
                                           Is("valid_until", valid_until) + Lines() + rest));
  }
  static std::string Lines() {
    return "lines { product_id: 'ext:erp:oil' quantity { units: 35 scale: 1 } } "
           "lines { product_id: 'ext:erp:set' quantity { units: 12 } } ";
  }
  // Drafted and sent.
  Proposal Sent(const std::string& valid_until) const {
    const auto drafted = Draft(valid_until);
    EXPECT_THAT(drafted, IsOk());
    const auto sent = rep.Call<ProposalSent>("SendProposal", Proto(Named(drafted->proposal())));
    EXPECT_THAT(sent, IsOk());
    return sent->proposal();
  }
  static std::string Named(const Proposal& proposal) { return Is("proposal_id", proposal.id()); }
  Called<ProposalAccepted> Accept(const Proposal& proposal) const {
    return rep.Call<ProposalAccepted>("AcceptProposal", Proto(Named(proposal)));
  }
  Proposal Get(const Proposal& proposal) const {
    const auto answer = rep.Call<Proposal>("GetProposal", Proto(Is("id", proposal.id())));
    EXPECT_THAT(answer, IsOk());
    return *answer;
  }

  std::string kim = Person("김하늘");
  std::string account, opportunity;
};

TEST(L18_Proposals, AreSentViewedAndAccepted) {
  const Offering company;
  const auto drafted = company.Draft(company.InDays(14));
  // 3.5 × 30,033 = 105,115.5: the half won is cut off.
  ASSERT_THAT(drafted, Answers(ContainsProto(R"(
    proposal { revision: 1 state: STATE_DRAFT supply { minor: 1545115 currency: 'KRW' } tax { minor: 154511 }
               total { minor: 1699626 } }
    lines { number: 1 description: 'oil' unit_price { units: 30033 } supply { minor: 105115 } tax { minor: 10511 }
            total { minor: 115626 } explanation: '정가' }
    lines { number: 2 description: 'set' supply { minor: 1440000 } tax { minor: 144000 } total { minor: 1584000 } })")));
  const Proto named(Offering::Named(drafted->proposal()));
  EXPECT_THAT(company.Accept(drafted->proposal()), RefusedWith(std::string("PROPOSAL_MUST_BE_OPEN")));
  EXPECT_THAT(company.rep.Call<ProposalViewed>("NoteProposalViewed", named),
              RefusedWith(std::string("PROPOSAL_MUST_BE_SENT")));
  ASSERT_THAT(company.rep.Call<ProposalSent>("SendProposal", named), IsOk());
  ASSERT_THAT(company.rep.Call<ProposalViewed>("NoteProposalViewed", named),
              Answers(ContainsProto("proposal { state: STATE_VIEWED }")));
  EXPECT_THAT(company.rep.Call<ProposalViewed>("NoteProposalViewed", named), IsOk());
  EXPECT_EQ(company.Events("ProposalViewed", drafted->proposal().id()), 1);
  const auto accepted = company.Accept(drafted->proposal());
  ASSERT_THAT(accepted, Answers(ContainsProto("proposal { state: STATE_ACCEPTED } "
                                              "opportunity { value { minor: 1545115 currency: 'KRW' } }")));
  EXPECT_EQ(accepted->opportunity().proposal_id(), drafted->proposal().id());
  EXPECT_THAT(company.Accept(drafted->proposal()), RefusedWith(std::string("PROPOSAL_MUST_BE_OPEN")));
  EXPECT_THAT(company.Draft(company.InDays(14)), RefusedWith(std::string("OPPORTUNITY_MUST_NOT_BE_AGREED")));
}

TEST(L18_Proposals, AcceptedTheyBecomeAnOrderWithIdenticalTotals) {
  const Offering company;
  const Proposal sent = company.Sent(company.InDays(14));
  // Prices that change meanwhile change nothing that was offered.
  company.Price("oil", 99'999);
  ASSERT_THAT(company.Accept(sent), IsOk());
  ASSERT_TRUE(Eventually([&] { return !company.Get(sent).order_id().empty(); }, std::chrono::seconds(10)));
  const std::string order_id = company.Get(sent).order_id();
  const auto order = company.rep.Call<billing::v1::SalesOrder>("GetSalesOrder", Proto(Is("id", order_id)));
  ASSERT_THAT(order, IsOk());
  EXPECT_THAT(order->supply(), EqualsProto(sent.supply()));
  EXPECT_THAT(order->tax(), EqualsProto(sent.tax()));
  EXPECT_THAT(order->total(), EqualsProto(sent.total()));
  EXPECT_EQ(order->proposal_id(), sent.id());
  EXPECT_EQ(order->account_id(), company.account);
  EXPECT_EQ(order->owner_id(), company.kim);
  EXPECT_EQ(order->state(), billing::v1::SalesOrder::STATE_ON_HOLD) << "nobody has given the client credit yet";
  // Line by line, too.
  const auto offered =
      company.rep.Call<ListProposalLinesResponse>("ListProposalLines", Proto(Is("proposal_id", sent.id())));
  const auto ordered = company.rep.Call<billing::v1::ListSalesOrderLinesResponse>("ListSalesOrderLines",
                                                                                  Proto(Is("order_id", order_id)));
  ASSERT_THAT(offered, IsOk());
  ASSERT_THAT(ordered, IsOk());
  ASSERT_EQ(ordered->sales_order_lines_size(), 2);
  for (const auto& line : offered->proposal_lines())
    for (const auto& other : ordered->sales_order_lines())
      if (other.number() == line.number()) {
        EXPECT_EQ(other.product_id(), line.product_id());
        EXPECT_THAT(other.quantity(), EqualsProto(line.quantity()));
        EXPECT_THAT(other.unit_price(), EqualsProto(line.unit_price()));
        EXPECT_THAT(other.total(), EqualsProto(line.total()));
      }
  const auto deal = company.rep.Call<Opportunity>("GetOpportunity", Proto(Is("id", company.opportunity)));
  EXPECT_THAT(deal, Answers(ContainsProto(Is("order_id", order_id))));
  EXPECT_EQ(company.Events("OrderNoted", sent.id()), 1);
}

TEST(L18_Proposals, ExpiredTheyCannotBeAccepted) {
  const Offering company;
  const Proposal sent = company.Sent(company.InDays(1)), answered = company.Sent(company.InDays(1));
  ASSERT_THAT(
      company.rep.Call<ProposalDeclined>("DeclineProposal", Proto(Offering::Named(answered) + "reason: '가격'")),
      IsOk());
  // The whole last day is in time.
  MoveTo(company, {StartOfDay(*Date::Parse(sent.valid_until())).micros + int64_t{23} * 3'600'000'000});
  EXPECT_EQ(company.Get(sent).state(), Proposal::STATE_SENT);
  MoveTo(company, FromTimestamp(sent.expires_at()));
  ASSERT_TRUE(Eventually([&] { return company.Get(sent).state() == Proposal::STATE_EXPIRED; }));
  EXPECT_THAT(company.Accept(sent), RefusedWith(std::string("PROPOSAL_MUST_BE_OPEN")));
  EXPECT_EQ(company.Events("ProposalExpired", sent.id()), 1);
  EXPECT_EQ(company.Get(answered).state(), Proposal::STATE_DECLINED) << "what was answered stays answered";
  // A draft that waited too long is not sent, and nothing is offered until yesterday.
  EXPECT_THAT(company.Draft(company.InDays(-1)), RefusedWith(std::string("PROPOSAL_MUST_BE_VALID_FOR_A_TIME")));
}

TEST(L18_Proposals, ARevisionTakesThePlaceOfTheOneBefore) {
  const Offering company;
  const Proposal first = company.Sent(company.InDays(7));
  company.Price("oil", 28'000);
  const auto revised = company.rep.Call<ProposalRevised>(
      "ReviseProposal", Proto(Offering::Named(first) + Is("account_id", company.account) +
                              Is("valid_until", company.InDays(30)) + Offering::Lines()));
  ASSERT_THAT(revised, Answers(ContainsProto("proposal { revision: 2 state: STATE_DRAFT supply { minor: 1538000 } } "
                                             "superseded { revision: 1 state: STATE_SUPERSEDED }")));
  EXPECT_EQ(revised->proposal().series_id(), first.series_id());
  EXPECT_THAT(company.Accept(first), RefusedWith(std::string("PROPOSAL_MUST_BE_OPEN")));
  EXPECT_THAT(company.rep.Call<ProposalRevised>("ReviseProposal",
                                                Proto(Offering::Named(first) + Is("account_id", company.account) +
                                                      Is("valid_until", company.InDays(30)) + Offering::Lines())),
              RefusedWith(std::string("PROPOSAL_MUST_BE_REVISABLE")));
  // What was offered first can be read as it was.
  EXPECT_THAT(company.Get(first).total(), EqualsProto(first.total()));
  const auto series =
      company.rep.Call<ListProposalsResponse>("ListProposals", Proto(Is("series_id", first.series_id())));
  ASSERT_THAT(series, IsOk());
  EXPECT_EQ(series->proposals_size(), 2);
  ASSERT_THAT(company.rep.Call<ProposalSent>("SendProposal", Proto(Offering::Named(revised->proposal()))), IsOk());
  EXPECT_THAT(company.Accept(revised->proposal()), IsOk());
}

TEST(L18_Proposals, ThePricesAreTheClientsAndThereMustBeOne) {
  const Offering company;
  ASSERT_THAT(company.support.Call<billing::v1::PriceListSaved>(
                  "SavePriceList", Proto("name: '한빛 전용' currency: 'KRW' " + Is("account_id", company.account) +
                                         Offering::Ref("own"))),
              IsOk());
  ASSERT_THAT(company.support.Call<billing::v1::PriceSet>(
                  "SetPrice", Proto("price_list_id: 'ext:erp:own' product_id: 'ext:erp:oil' valid_from_on: '' "
                                    "amount { minor: 25000 currency: 'KRW' }")),
              IsOk());
  EXPECT_THAT(
      company.Draft(company.InDays(7)),
      Answers(ContainsProto("lines { unit_price { units: 25000 } explanation: '한빛 전용 (거래처 전용)' } lines { }")));
  ASSERT_THAT(
      company.support.Call<billing::v1::ProductSaved>("SaveProduct", Proto("name: 'new' " + Offering::Ref("new"))),
      IsOk());
  EXPECT_THAT(company.Draft(company.InDays(7), "lines { product_id: 'ext:erp:new' quantity { units: 1 } }"),
              RefusedWith(std::string("PROPOSAL_LINE_MUST_HAVE_PRICE")));
  // A refusal of the question is the refusal of the command.
  EXPECT_THAT(company.Draft(company.InDays(7), "lines { product_id: 'ext:erp:oil' quantity { units: 0 } }"),
              RefusedWith(std::string("QUANTITY_MUST_BE_POSITIVE")));
  EXPECT_THAT(company.rep.Call<ProposalDrafted>("DraftProposal",
                                                Proto(Is("opportunity_id", company.opportunity) +
                                                      Is("valid_until", company.InDays(7)) + Offering::Lines())),
              RefusedWith(std::string("PROPOSAL_MUST_BE_FOR_CLIENT")));
}

}  // namespace
}  // namespace songsang
