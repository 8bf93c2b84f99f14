// B1: orders, taken directly or from an accepted proposal.
#include <gtest/gtest.h>

#include "acceptance/billing/trade.h"
#include "songsang/billing/v1/catalogue.pb.h"

namespace songsang {
namespace {

using namespace billing::v1;  // NOLINT: the service under test

TEST(B1_Orders, AnOrderIsTakenDeliveredAndInvoiced) {
  const Trade trade;
  trade.Open("hanbit", 1'000'000);
  const auto placed = trade.Place(Trade::Order("hanbit", {{10, 1000}, {4, 505}}, "client_key: 'PO-7'"));
  ASSERT_THAT(placed, Answers(ContainsProto(R"(
    order { version: 1 state: STATE_PLACED client_key: 'PO-7' supply { minor: 12020 } tax { minor: 1202 }
            total { minor: 13222 currency: 'KRW' } reserved { minor: 13222 } })")));
  const std::string order = placed->order().id();
  const std::string first = placed->lines(0).id();
  ASSERT_THAT(trade.Deliver(order, "lines { order_line_id: '" + first + "' quantity { units: 6 } }"),
              Answers(ContainsProto("order { state: STATE_PLACED } delivery_lines { quantity { units: 6 } }")));
  // What is not delivered is not invoiced.
  EXPECT_THAT(trade.Issue(order, "lines { order_line_id: '" + first + "' quantity { units: 7 } }"),
              RefusedWith(std::string("QUANTITY_MUST_BE_DELIVERED")));
  ASSERT_THAT(trade.Issue(order), Answers(ContainsProto(R"(
    invoice { supply { minor: 6000 } tax { minor: 600 } total { minor: 6600 } }
    order { state: STATE_PLACED reserved { minor: 6622 } })")));
  ASSERT_THAT(trade.Deliver(order), Answers(ContainsProto("order { state: STATE_DELIVERED }")));
  ASSERT_THAT(trade.Issue(order), Answers(ContainsProto(R"(
    invoice { supply { minor: 6020 } tax { minor: 602 } total { minor: 6622 } }
    order { state: STATE_INVOICED reserved { minor: 0 } })")));
  EXPECT_THAT(trade.Issue(order), RefusedWith(std::string("ORDER_MUST_BE_LIVE")));
  EXPECT_THAT(trade.Cancel(order), RefusedWith(std::string("ORDER_MUST_BE_LIVE")));
  const auto deliveries =
      trade.clerk.Call<ListDeliveriesResponse>("ListDeliveries", Proto("order_id: '" + order + "'"));
  ASSERT_THAT(deliveries, IsOk());
  EXPECT_EQ(deliveries->deliveries_size(), 2);
}

TEST(B1_Orders, AClientsOwnOrderNumberIsTakenOnce) {
  const Trade trade;
  trade.Open("hanbit", 1'000'000);
  trade.Open("saebyeok", 1'000'000);
  const auto placed = trade.Place(Trade::Order("hanbit", {{1, 1000}}, "client_key: 'PO-7'"));
  ASSERT_THAT(placed, IsOk());
  const auto again = trade.Place(Trade::Order("hanbit", {{2, 3000}}, "client_key: 'PO-7'"));
  ASSERT_THAT(again, RefusedWith(std::string("ORDER_CLIENT_KEY_TAKEN")));
  EXPECT_EQ(again.answer().code, Code::kAlreadyExists);
  EXPECT_EQ(again.answer().variables.at("order_id"), placed->order().id());
  EXPECT_THAT(trade.Place(Trade::Order("saebyeok", {{1, 1000}}, "client_key: 'PO-7'")), IsOk());
  EXPECT_THAT(trade.Place(Trade::Order("hanbit", {{1, 1000}}, "client_key: 'PO-8'")), IsOk());
}

TEST(B1_Orders, WithoutAPriceItIsTakenAtTheClientsPriceOfTheDay) {
  const Trade trade;
  trade.Open("hanbit", 1'000'000);
  trade.Open("saebyeok", 1'000'000);
  const auto admin = System::Shared().As({v1::ROLE_ADMIN}, trade.rep.tenant());
  const auto list = [&](const std::string& key, const std::string& name, const std::string& rest) {
    ASSERT_THAT(admin.Call<PriceListSaved>("SavePriceList", Proto("name: '" + name +
                                                                  "' currency: 'KRW' external_ref { "
                                                                  "system: 'test' key: '" +
                                                                  key + "' } " + rest)),
                IsOk());
  };
  ASSERT_THAT(
      admin.Call<ProductSaved>("SaveProduct", Proto("name: '동백유' external_ref { system: 'test' key: 'oil' }")),
      IsOk());
  list("all", "정가", "");
  list("own", "한빛 단가", "account_id: '" + Trade::Id("hanbit") + "'");
  const auto set = [&](const std::string& in, int won, const std::string& from_on) {
    ASSERT_THAT(
        admin.Call<PriceSet>("SetPrice", Proto("price_list_id: 'ext:test:" + in +
                                               "' product_id: 'ext:test:oil' amount { minor: " + std::to_string(won) +
                                               " currency: 'KRW' } valid_from_on: '" + from_on + "'")),
        IsOk());
  };
  set("all", 1000, "");
  set("own", 850, "2026-07-01");
  const auto priced = [&](const std::string& client, const std::string& day, const std::string& rest = "") {
    const auto placed =
        System::Shared()
            .As({v1::ROLE_SALES_REP, v1::ROLE_IMPORTER}, trade.rep.tenant())
            .Call<OrderPlaced>("PlaceOrder",
                               Proto("account_id: '" + Trade::Id(client) + "' currency: 'KRW' ordered_on: '" + day +
                                     "' lines { product_id: 'ext:test:oil' quantity { units: 3 } " + rest + " }"));
    EXPECT_THAT(placed, IsOk());
    return std::to_string(placed->lines(0).unit_price().units()) + " " +
           std::to_string(placed->order().total().minor()) + " " + placed->lines(0).explanation();
  };
  EXPECT_EQ(priced("hanbit", "2026-06-30"), "1000 3300 정가");
  EXPECT_EQ(priced("hanbit", "2026-07-01"), "850 2805 한빛 단가 (거래처 전용), 2026-07-01부터");
  EXPECT_EQ(priced("saebyeok", "2026-07-01"), "1000 3300 정가");
  EXPECT_EQ(priced("hanbit", "2026-07-01", "unit_price { units: 700 }"), "700 2310 ");
  // The list is in won; and what is no longer sold has no price.
  const std::string dollars = "account_id: '" + Trade::Id("hanbit") +
                              "' currency: 'USD' lines { product_id: 'ext:test:oil' quantity { units: 3 } }";
  EXPECT_THAT(trade.Place(dollars), RefusedWith(std::string("ORDER_LINE_MUST_BE_PRICED")));
  ASSERT_THAT(admin.Call<ProductSaved>("SaveProduct", Proto("product_id: 'ext:test:oil' active: false")), IsOk());
  EXPECT_THAT(trade.Place("account_id: '" + Trade::Id("hanbit") +
                          "' currency: 'KRW' lines { product_id: 'ext:test:oil' quantity { units: 3 } }"),
              RefusedWith(std::string("ORDER_LINE_MUST_BE_PRICED")));
}

constexpr char kProposal[] = "11111111-1111-7111-8111-111111111111";

// What the policy asks on an accepted proposal.
std::string FromProposal(const std::string& account) {
  return "proposal_id: '" + std::string(kProposal) + "' account_id: '" + Trade::Id(account) + R"('
    lines { description: '동백유' quantity { units: 3 } unit_price { units: 30033 scale: 2 }
            discount { minor: 1 currency: 'KRW' } supply { minor: 899 currency: 'KRW' }
            tax { minor: 90 currency: 'KRW' } total { minor: 989 currency: 'KRW' } }
    supply { minor: 899 currency: 'KRW' } tax { minor: 90 currency: 'KRW' } total { minor: 989 currency: 'KRW' })";
}

TEST(B1_Orders, AnAcceptedProposalIsHeldWithReasonsUntilItFitsAndIsNeverComputedAgain) {
  const Trade trade;
  trade.Account("hanbit");
  const Client house = System::Shared().As({v1::ROLE_SERVICE}, trade.rep.tenant());
  const auto held = house.Call<OrderPlaced>("PlaceOrderFromProposal", Proto(FromProposal("hanbit")));
  ASSERT_THAT(held, Answers(ContainsProto(R"(
    order { state: STATE_ON_HOLD hold_reasons: HOLD_REASON_NO_CREDIT_LINE supply { minor: 899 } tax { minor: 90 }
            total { minor: 989 } reserved { minor: 0 } })")));
  // The same proposal has one order, whoever asks again.
  EXPECT_THAT(house.Call<OrderPlaced>("PlaceOrderFromProposal", Proto(FromProposal("hanbit"))),
              Answers(ContainsProto("order { id: '" + held->order().id() + "' version: 1 }")));
  const std::string release = "order_id: '" + held->order().id() + "'";
  EXPECT_THAT(trade.clerk.Call<OrderReleased>("ReleaseOrder", Proto(release)),
              RefusedWith(std::string("CREDIT_LINE_MUST_EXIST")));
  EXPECT_THAT(trade.Deliver(held->order().id()), RefusedWith(std::string("ORDER_MUST_BE_PLACED")));
  ASSERT_THAT(trade.importer.Call<CreditLineOpened>("OpenCreditLine", Proto("account_id: '" + Trade::Id("hanbit") +
                                                                            "' limit { minor: 988 currency: 'KRW' }")),
              IsOk());
  EXPECT_THAT(trade.clerk.Call<OrderReleased>("ReleaseOrder", Proto(release)),
              RefusedWith(std::string("CREDIT_LIMIT_MUST_SUFFICE")));
  const std::string line = trade.Exposure("hanbit").credit_line_id();
  ASSERT_THAT(trade.manager.Call<CreditLimitSet>(
                  "SetCreditLimit",
                  Proto("credit_line_id: '" + line + "' limit { minor: 989 currency: 'KRW' } reason: '증액'")),
              IsOk());
  ASSERT_THAT(trade.clerk.Call<OrderReleased>("ReleaseOrder", Proto(release)), Answers(ContainsProto(R"(
    order { state: STATE_PLACED reserved { minor: 989 } } credit_line { orders { minor: 989 } })")));
  EXPECT_THAT(trade.clerk.Call<OrderReleased>("ReleaseOrder", Proto(release)),
              RefusedWith(std::string("ORDER_MUST_BE_ON_HOLD")));
}

TEST(B1_Orders, OnlyWhoIsOpenForTradeBuys) {
  const Trade trade;
  trade.Open("hanbit", 1'000'000);
  ASSERT_THAT(trade.rep.Call<accounts::v1::AccountUpdated>(
                  "UpdateAccount", Proto("account_id: '" + Trade::Id("hanbit") + "' state: STATE_CLOSED")),
              IsOk());
  EXPECT_THAT(trade.Place(Trade::Order("hanbit", {{1, 1000}})), RefusedWith(std::string("ACCOUNT_MUST_BE_OPEN")));
  EXPECT_THAT(trade.Place(Trade::Order("nobody", {{1, 1000}})), RefusedWith(std::string("NOT_FOUND")));
}

}  // namespace
}  // namespace songsang
