#include <gtest/gtest.h>

#include "billing/rules_order.h"
#include "kit/days.h"
#include "unit/billing/book.h"

namespace songsang::billing {
namespace {

using v1::SalesOrder;

accounts::v1::Account Opened() { return Proto("id: 'A' state: STATE_OPEN kind: KIND_BUSINESS"); }
CreditLine LineOf(const std::string& rest) {
  CreditLine line = Proto(
      "id: 'C' version: 1 account_id: 'A' limit { minor: 1000 currency: 'KRW' } "
      "orders { currency: 'KRW' } receivables { currency: 'KRW' }");
  const CreditLine more = Proto(rest);
  line.MergeFrom(more);
  return line;
}
std::string Of(const std::string& quantity, const std::string& price) {
  return "lines { description: 'x' quantity { " + quantity + " } unit_price { " + price + " } } ";
}
PlaceOrderRequest Request(const std::string& rest) {
  return Proto("account_id: 'A' owner_id: 'kim' currency: 'KRW' " + rest);
}

struct CreditRow {
  const char* line;     // null: none
  const char* account;  // null: unknown
  int64_t total;
  const char* obstacles;
};

TEST(ExposureRule, NamesWhatStandsAgainstTakingMore) {
  const CreditRow rows[] = {
      {"", "state: STATE_OPEN", 1000, ""},
      {"", "state: STATE_OPEN", 1001, "CREDIT_LIMIT"},
      {"orders { minor: 400 currency: 'KRW' } receivables { minor: 500 currency: 'KRW' }", "state: STATE_OPEN", 100,
       ""},
      {"orders { minor: 400 currency: 'KRW' } receivables { minor: 500 currency: 'KRW' }", "state: STATE_OPEN", 101,
       "CREDIT_LIMIT"},
      // Who has more to their credit than they owe may order by as much more.
      {"receivables { minor: -50 currency: 'KRW' }", "state: STATE_OPEN", 1050, ""},
      // What costs nothing takes nothing, also of a line that is over its limit.
      {"receivables { minor: 5000 currency: 'KRW' }", "state: STATE_OPEN", 0, ""},
      {"held: true", "state: STATE_OPEN", 1, "CREDIT_HELD"},
      {"held: true", "state: STATE_PROSPECT", 2000, "ACCOUNT_NOT_OPEN CREDIT_HELD CREDIT_LIMIT"},
      {"limit { minor: 9999 currency: 'USD' }", "state: STATE_OPEN", 1, "CREDIT_CURRENCY"},
      {nullptr, "state: STATE_OPEN", 1, "NO_CREDIT_LINE"},
      {nullptr, "state: STATE_CLOSED", 1, "ACCOUNT_NOT_OPEN NO_CREDIT_LINE"},
      {"", nullptr, 1, "ACCOUNT_NOT_OPEN"},
  };
  for (const CreditRow& row : rows) {
    SCOPED_TRACE(row.obstacles);
    const CreditLine line = LineOf(row.line == nullptr ? "" : row.line);
    const accounts::v1::Account account = Proto(row.account == nullptr ? "" : row.account);
    std::string named;
    for (const auto reason : ObstaclesTo(MoneyOf(row.total, "KRW"), {row.account == nullptr ? nullptr : &account,
                                                                     row.line == nullptr ? nullptr : &line}))
      named += (named.empty() ? "" : " ") + SalesOrder::HoldReason_Name(reason).substr(sizeof("HOLD_REASON_") - 1);
    EXPECT_EQ(named, row.obstacles);
  }
}

TEST(PlaceOrder, RefusesInThisOrder) {
  const auto account = Opened();
  const auto line = LineOf("held: true hold_reason: '연체'");
  const SalesOrder same = Proto("id: 'O'");
  const auto place = [&](const std::string& request, const SalesOrder* key = nullptr) {
    return PlaceOrder({&account, &line}, key, {nullptr}, {{}}, {}, Request(request), ContextOf());
  };
  EXPECT_THAT(place("client_key: 'PO-1' ordered_on: '2027-01-01'", &same), RefusedWith(kOrderClientKeyTaken));
  EXPECT_THAT(place("ordered_on: '2027-01-01' contributions { person_id: 'a' share_ppm: 1 }"),
              RefusedWith(kit::kDayMustNotBeInFuture));
  EXPECT_THAT(place("contributions { person_id: 'a' share_ppm: 500000 } contributions { person_id: 'a' share_ppm: 1 }"),
              RefusedWith(kContributorMustBeNamedOnce));
  EXPECT_THAT(place("contributions { person_id: 'a' share_ppm: 500000 } contributions { person_id: 'b' share_ppm: 1 }"),
              RefusedWith(kContributionsMustBeWhole));
  EXPECT_THAT(place("lines { quantity { units: 0 } }"), RefusedWith(kOrderLineMustBeNamed));
  EXPECT_THAT(place(Of("units: 0", "units: -1")), RefusedWith(kQuantityMustBePositive));
  EXPECT_THAT(place(Of("units: 1", "units: -1")), RefusedWith(kUnitPriceMustNotBeNegative));
  EXPECT_THAT(place(Of("units: 9007199254740991", "units: 9007199254740991")), RefusedWith(kAmountTooLarge));
  EXPECT_THAT(place("lines { description: 'x' quantity { units: 1 } unit_price { units: 10 } discount_minor: 11 }"),
              RefusedWith(kDiscountMustFit));
  EXPECT_THAT(place(Of("units: 9007199254740991", "units: 1")), RefusedWith(kAmountTooLarge));
  EXPECT_THAT(place(Of("units: 1", "units: 9000")), RefusedWith(kCreditMustNotBeHeld));
  const auto free = LineOf("");
  const auto over =
      PlaceOrder({&account, &free}, nullptr, {nullptr}, {{}}, {}, Request(Of("units: 1", "units: 910")), ContextOf());
  ASSERT_THAT(over, RefusedWith(kCreditLimitMustSuffice));
  EXPECT_EQ(over.refusal().Sentence(false),
            "The order of 1001 KRW does not fit: of the limit 1000 KRW, 0 KRW are taken and 1000 KRW left.");
}

TEST(PlaceOrder, ReservesItsTotalInItsOwnEventToTheLastWon) {
  Book book;
  book.Open("A", 1013);
  const auto placed = book.Place(
      Request("lines { description: 'x' quantity { units: 25 scale: 1 } unit_price { units: 33333 scale: 2 } "
              "discount_minor: 3 } lines { description: 'x' quantity { units: 1 } unit_price { units: 100 } tax_kind: "
              "TAX_KIND_EXEMPT }"),
      book.Next());
  // 2.5 × 333.33 = 833.325, cut to 833, less 3; tax 83 of 830.
  ASSERT_THAT(placed, Answers(ContainsProto(R"(
    order { state: STATE_PLACED ordered_on: '2026-11-22' payment_days: 30 supply { minor: 930 } tax { minor: 83 }
            total { minor: 1013 currency: 'KRW' } reserved { minor: 1013 }
            contributions { person_id: 'kim' share_ppm: 1000000 } }
    lines { number: 1 tax_kind: TAX_KIND_TAXABLE supply { minor: 830 } tax { minor: 83 }
            total { minor: 913 } reserved { minor: 913 } discount { minor: 3 } }
    lines { number: 2 tax_kind: TAX_KIND_EXEMPT supply { minor: 100 } total { minor: 100 } reserved { minor: 100 } }
    credit_line { orders { minor: 1013 } })")));
  EXPECT_THAT(book.Place(Request(Of("units: 1", "units: 1")), book.Next()), RefusedWith(kCreditLimitMustSuffice));
}

TEST(PlaceOrder, CallsALineWhatItsProductIsCalled) {
  const auto account = Opened();
  const auto line = LineOf("");
  const Product product = Proto("id: 'p' name: '동백유'");
  const auto request = Request(
      "lines { product_id: 'p' quantity { units: 1 } unit_price { units: 1 } } "
      "lines { product_id: 'p' description: '동백유 (시음)' quantity { units: 1 } "
      "unit_price { units: 1 } }");
  EXPECT_THAT(PlaceOrder({&account, &line}, nullptr, {&product, &product}, {{}, {}}, {}, request, ContextOf()),
              Answers(ContainsProto("lines { description: '동백유' } lines { description: '동백유 (시음)' }")));
}

TEST(PlaceOrder, TakesThePriceThatHoldsWhereTheOrderNamesNone) {
  auto account = Opened();
  account.set_id("A");
  account.set_tier("gold");
  const auto line = LineOf("");
  const Product product = Proto("id: 'p' name: '동백유'");
  const Price price =
      Proto("id: 'P' product_id: 'p' valid_from_on: '2026-01-01' amount { minor: 120 currency: 'KRW' }");
  const PriceList all = Proto("id: 'all' name: '기본'"), gold = Proto("id: 'gold' name: '우수' tier: 'gold'"),
                  own = Proto("id: 'own' name: '한빛' account_id: 'A' valid_from_on: '2026-12-01'"),
                  foreign = Proto("id: 'foreign' name: '남의 것' account_id: 'B'");
  const std::string day = "2026-11-22";
  EXPECT_TRUE(Holds(price, all, "A", "gold", day));
  EXPECT_TRUE(Holds(price, gold, "A", "gold", day));
  EXPECT_FALSE(Holds(price, gold, "A", "silver", day));
  EXPECT_FALSE(Holds(price, own, "A", "gold", day)) << "the list begins later";
  EXPECT_FALSE(Holds(price, foreign, "A", "gold", day));
  EXPECT_FALSE(Holds(price, all, "A", "gold", "2025-12-31"));
  Price dear = price;
  dear.mutable_amount()->set_minor(150);
  Price dollars = price;
  dollars.mutable_amount()->set_currency("USD");
  const auto place = [&](const std::string& lines, std::vector<PriceQuote> holding) {
    return PlaceOrder({&account, &line}, nullptr, {&product}, {std::move(holding)}, {}, Request(lines), ContextOf());
  };
  const std::string unpriced = "lines { product_id: 'p' quantity { units: 2 } }";
  EXPECT_THAT(place(unpriced, {QuoteOf(dear, all, product), QuoteOf(price, gold, product)}),
              Answers(ContainsProto("lines { unit_price { units: 120 } supply { minor: 240 } explanation: '우수 (gold "
                                    "등급), 2026-01-01부터' }")));
  EXPECT_THAT(place("lines { product_id: 'p' quantity { units: 2 } unit_price { units: 7 } }", {}),
              Answers(ContainsProto("lines { unit_price { units: 7 } supply { minor: 14 } explanation: '' }")));
  EXPECT_THAT(place(unpriced, {}), RefusedWith(kOrderLineMustBePriced));
  EXPECT_THAT(place(unpriced, {QuoteOf(dollars, all, product)}), RefusedWith(kOrderLineMustBePriced));
  EXPECT_THAT(place("lines { description: '설치비' quantity { units: 1 } }", {}), RefusedWith(kOrderLineMustBePriced));
}

constexpr char kProposal[] = R"(
  proposal_id: 'P' account_id: 'A' owner_id: 'kim' supply { minor: 900 currency: 'KRW' }
  tax { minor: 91 currency: 'KRW' } total { minor: 991 currency: 'KRW' }
  lines { product_id: 'p' description: '동백유' quantity { units: 3 } unit_price { units: 30001 scale: 2 }
          supply { minor: 900 currency: 'KRW' } tax { minor: 91 currency: 'KRW' } total { minor: 991 currency: 'KRW' } })";

TEST(PlaceOrderFromProposal, CopiesAndComputesNothingAgain) {
  const auto account = Opened();
  const auto line = LineOf("");
  // The tax of 91 is not what the rates would give: it stays as it was accepted.
  EXPECT_THAT(PlaceOrderFromProposal({&account, &line}, nullptr, Proto(kProposal), ContextOf()),
              Answers(ContainsProto(R"(
    order { state: STATE_PLACED proposal_id: 'P' supply { minor: 900 } tax { minor: 91 } total { minor: 991 } }
    lines { description: '동백유' supply { minor: 900 } tax { minor: 91 } reserved { minor: 991 } }
    credit_line { orders { minor: 991 } })")));
}

TEST(PlaceOrderFromProposal, HoldsWhatDoesNotFitWithEveryReason) {
  const accounts::v1::Account prospect = Proto("state: STATE_PROSPECT");
  const auto line = LineOf("orders { minor: 10 currency: 'KRW' }");
  const auto held = PlaceOrderFromProposal({&prospect, &line}, nullptr, Proto(kProposal), ContextOf());
  ASSERT_THAT(held, Answers(ContainsProto(R"(
    order { state: STATE_ON_HOLD hold_reasons: HOLD_REASON_ACCOUNT_NOT_OPEN hold_reasons: HOLD_REASON_CREDIT_LIMIT
            reserved { minor: 0 currency: 'KRW' } })")));
  EXPECT_FALSE(held->has_credit_line());
  EXPECT_EQ(held->order().credit_line_id(), "");
  EXPECT_THAT(PlaceOrderFromProposal({}, nullptr, Proto(kProposal), ContextOf()), Answers(ContainsProto(R"(
    order { hold_reasons: HOLD_REASON_ACCOUNT_NOT_OPEN hold_reasons: HOLD_REASON_NO_CREDIT_LINE })")));
}

TEST(PlaceOrderFromProposal, AnswersTheOrderThereIsAndRefusesOnlyNonsense) {
  const SalesOrder order = Proto("id: 'O' version: 3 state: STATE_CANCELLED");
  EXPECT_THAT(PlaceOrderFromProposal({}, &order, Proto(kProposal), ContextOf()),
              Answers(EqualsProto("order { id: 'O' version: 3 state: STATE_CANCELLED }")));
  const auto with = [](const std::string& more) {
    PlaceOrderFromProposalRequest request = Proto(kProposal);
    const PlaceOrderFromProposalRequest other = Proto(more);
    request.MergeFrom(other);
    return PlaceOrderFromProposal({}, nullptr, request, ContextOf());
  };
  EXPECT_THAT(with("total { minor: 992 currency: 'KRW' }"), RefusedWith(kTotalsMustAddUp));
  EXPECT_THAT(with("tax { minor: 91 currency: 'USD' }"), RefusedWith(kTotalsMustAddUp));
  EXPECT_THAT(with("lines { quantity { units: 0 } }"), RefusedWith(kQuantityMustBePositive));
}

TEST(ReleaseOrder, MeetsTheRuleThatPlacingWouldHaveMet) {
  const auto account = Opened();
  const auto line = LineOf("");
  const SalesOrderLine ordered = Proto("id: 'l' version: 1 order_id: 'O' total { minor: 991 currency: 'KRW' }");
  const SalesOrder held = Proto(
      "id: 'O' version: 1 state: STATE_ON_HOLD hold_reasons: HOLD_REASON_NO_CREDIT_LINE "
      "total { minor: 991 currency: 'KRW' } reserved { currency: 'KRW' }");
  const SalesOrder placed = Proto("state: STATE_PLACED");
  EXPECT_THAT(ReleaseOrder(placed, {}, {&account, &line}, Proto(""), ContextOf()), RefusedWith(kOrderMustBeOnHold));
  EXPECT_THAT(ReleaseOrder(held, {&ordered}, {&account, nullptr}, Proto(""), ContextOf()),
              RefusedWith(kCreditLineMustExist));
  EXPECT_THAT(ReleaseOrder(held, {&ordered}, {nullptr, &line}, Proto(""), ContextOf()),
              RefusedWith(kAccountMustBeOpen));
  const auto released = ReleaseOrder(held, {&ordered}, {&account, &line}, Proto(""), ContextOf());
  ASSERT_THAT(released, Answers(ContainsProto(R"(
    order { state: STATE_PLACED credit_line_id: 'C' reserved { minor: 991 } } lines { reserved { minor: 991 } }
    credit_line { orders { minor: 991 } })")));
  EXPECT_EQ(released->order().hold_reasons_size(), 0);
}

class Shop : public Book {
 public:
  Shop() { Open("A", 1'000'000); }
  std::string Ordered(const std::string& lines = Of("units: 10", "units: 1000") + Of("units: 4", "units: 500")) {
    const auto placed = Place(Request(lines), Next());
    EXPECT_THAT(placed, IsOk());
    return placed->order().id();
  }
  Result<OrderDelivered> Left(const std::string& order, const std::string& rest = "") {
    return Deliver(Proto("order_id: '" + order + "' " + rest), Next());
  }
  std::string Some(const std::string& order, size_t line, const std::string& quantity) const {
    return "lines { order_line_id: '" + LinesOf(order)[line]->id() + "' quantity { " + quantity + " } } ";
  }
};

TEST(DeliverOrder, DeliversAllThatIsLeftOrWhatIsNamed) {
  Shop shop;
  const std::string order = shop.Ordered();
  ASSERT_THAT(shop.Left(order, shop.Some(order, 0, "units: 3")), Answers(ContainsProto(R"(
    order { state: STATE_PLACED } lines { number: 1 delivered { units: 3 } }
    delivery { kind: KIND_OUT delivered_on: '2026-11-22' } delivery_lines { quantity { units: 3 } })")));
  EXPECT_THAT(shop.Left(order, shop.Some(order, 0, "units: 8")), RefusedWith(kQuantityMustBeLeft));
  EXPECT_THAT(shop.Left(order, shop.Some(order, 0, "units: 75 scale: 1")), RefusedWith(kQuantityMustFitLine));
  EXPECT_THAT(shop.Left(order, shop.Some(order, 0, "units: 70 scale: 1") + shop.Some(order, 0, "units: 1")),
              RefusedWith(kLineMustBeNamedOnce));
  EXPECT_THAT(shop.Left(order, "lines { order_line_id: 'other' quantity { units: 1 } }"),
              RefusedWith(kLineMustBeOfOrder));
  EXPECT_THAT(shop.Left(order, shop.Some(order, 0, "units: -1")), RefusedWith(kQuantityMustBePositive));
  ASSERT_THAT(shop.Left(order), Answers(ContainsProto(R"(
    order { state: STATE_DELIVERED } delivery_lines { quantity { units: 7 } } delivery_lines { quantity { units: 4 } })")));
  EXPECT_THAT(shop.Left(order), RefusedWith(kOrderMustBePlaced));
}

TEST(CancelOrder, GivesItsCreditBack) {
  Shop shop;
  const std::string order = shop.Ordered();
  const auto cancel = [&] { return shop.Cancel(Proto("order_id: '" + order + "' reason: '고객 요청'"), shop.Next()); };
  ASSERT_THAT(shop.Left(order, shop.Some(order, 0, "units: 3")), IsOk());
  EXPECT_THAT(cancel(), RefusedWith(kOrderMustBeInvoicedFirst));
  ASSERT_THAT(shop.Issue(Proto("order_id: '" + order + "'"), shop.Next()),
              Answers(ContainsProto("credit_line { orders { minor: 9900 } receivables { minor: 3300 } }")));
  ASSERT_THAT(cancel(), Answers(ContainsProto(R"(
    order { state: STATE_CANCELLED reserved { minor: 0 } cancelled_on: '2026-11-22' cancel_reason: '고객 요청' }
    credit_line { orders { minor: 0 } receivables { minor: 3300 } })")));
  EXPECT_THAT(cancel(), RefusedWith(kOrderMustBeLive));
}

}  // namespace
}  // namespace songsang::billing
