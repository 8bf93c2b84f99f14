#include <gtest/gtest.h>

#include <deque>

#include "billing/rules_price.h"
#include "billing/rules_product.h"
#include "support/context.h"
#include "support/proto.h"

namespace songsang::billing {
namespace {

TEST(SaveProduct, CreatesAndChanges) {
  const Product product = Proto("id: 'G' version: 1 name: 'GTX Pro' category: 'GTX' active: true");
  EXPECT_THAT(SaveProduct(nullptr, Proto("category: 'GTX'"), ContextOf()), RefusedWith(kProductMustBeNamed));
  EXPECT_THAT(SaveProduct(nullptr, Proto("external_ref { system: 'crm' key: 'GTX Pro' } name: 'GTX Pro'"), ContextOf()),
              Answers(ContainsProto("product { name: 'GTX Pro' active: true external_ref { key: 'GTX Pro' } }")));
  EXPECT_THAT(SaveProduct(&product, Proto("external_ref { system: 'a' key: 'b' } name: ''"), ContextOf()),
              RefusedWith(kExternalRefMustStay));
  EXPECT_THAT(SaveProduct(&product, Proto("name: ''"), ContextOf()), RefusedWith(kProductMustBeNamed));
  EXPECT_THAT(SaveProduct(&product, Proto("active: false"), ContextOf()),
              Answers(EqualsProto("product { id: 'G' version: 1 name: 'GTX Pro' category: 'GTX' }")));
}

TEST(SavePriceList, RefusesInThisOrder) {
  const PriceList list = Proto("id: 'L' name: '정가' currency: 'KRW' valid_from_on: '2026-01-01'");
  EXPECT_THAT(SavePriceList(&list, Proto("external_ref { system: 'a' key: 'b' } name: ''"), ContextOf()),
              RefusedWith(kExternalRefMustStay));
  EXPECT_THAT(SavePriceList(nullptr, Proto("currency: ''"), ContextOf()), RefusedWith(kPriceListMustBeNamed));
  EXPECT_THAT(SavePriceList(nullptr, Proto("name: '정가'"), ContextOf()), RefusedWith(kPriceListMustHaveCurrency));
  EXPECT_THAT(SavePriceList(&list, Proto("currency: 'USD' valid_to_on: '2025-01-01'"), ContextOf()),
              RefusedWith(kPriceListCurrencyMustStay));
  EXPECT_THAT(SavePriceList(&list, Proto("valid_to_on: '2025-12-31'"), ContextOf()),
              RefusedWith(kPeriodMustNotEndBeforeItBegins));
  EXPECT_THAT(SavePriceList(&list, Proto("valid_to_on: '2026-12-31'"), ContextOf()),
              Answers(EqualsProto("price_list { id: 'L' name: '정가' currency: 'KRW' valid_from_on: '2026-01-01' "
                                  "valid_to_on: '2026-12-31' }")));
  EXPECT_THAT(SavePriceList(nullptr, Proto("name: '정가' currency: 'KRW'"), ContextOf()),
              Answers(ContainsProto("price_list { name: '정가' currency: 'KRW' }")));
}

TEST(SetPrice, RefusesInThisOrder) {
  const PriceList list = Proto("id: 'L' currency: 'KRW' valid_from_on: '2026-01-01' valid_to_on: '2026-12-31'");
  const auto set = [&](const char* request) { return SetPrice(list, Proto(""), {}, Proto(request), ContextOf()); };
  EXPECT_THAT(set("amount { minor: -1 currency: 'USD' } valid_from_on: '2027-01-01' valid_to_on: '2026-01-01'"),
              RefusedWith(kPriceMustNotBeNegative));
  EXPECT_THAT(set("amount { minor: 1 currency: 'USD' } valid_from_on: '2027-01-01' valid_to_on: '2026-01-01'"),
              RefusedWith(kPriceMustBeInListCurrency));
  EXPECT_THAT(set("amount { minor: 1 currency: 'KRW' } valid_from_on: '2027-01-01' valid_to_on: '2026-01-01'"),
              RefusedWith(kPeriodMustNotEndBeforeItBegins));
  EXPECT_THAT(set("amount { minor: 1 currency: 'KRW' } valid_from_on: '2027-01-01'"),
              RefusedWith(kPriceMustLieWithinList));
  EXPECT_THAT(set("amount { minor: 1 currency: 'KRW' } valid_from_on: '2025-12-31'"),
              RefusedWith(kPriceMustLieWithinList));
  EXPECT_THAT(set("amount { minor: 0 currency: 'KRW' } valid_from_on: '2026-12-31'"), IsOk());
  EXPECT_THAT(set("amount { minor: 0 currency: 'KRW' } valid_from_on: ''"), IsOk());
}

struct PriceRow {
  std::vector<const char*> prices;
  const char* request;
  const char* price;
  const char* ended;  // null: none
};

TEST(SetPrice, FollowsThePriceBefore) {
  const PriceRow rows[] = {
      {{}, "", "valid_from_on: '2026-11-22'", nullptr},
      {{}, "valid_from_on: ''", "", nullptr},
      {{"id: 'a' version: 1"}, "", "valid_from_on: '2026-11-22'", "id: 'a' version: 1 valid_to_on: '2026-11-21'"},
      {{"id: 'a' valid_from_on: '2026-01-01'"},
       "valid_from_on: '2026-03-01' valid_to_on: '2026-03-31'",
       "valid_from_on: '2026-03-01' valid_to_on: '2026-03-31'",
       "id: 'a' valid_from_on: '2026-01-01' valid_to_on: '2026-02-28'"},
      // One that is over by then is left alone.
      {{"id: 'a' valid_to_on: '2026-02-28'"}, "valid_from_on: '2026-03-01'", "valid_from_on: '2026-03-01'", nullptr},
      // One that begins later stays, and ends this one.
      {{"id: 'a'", "id: 'b' valid_from_on: '2026-12-01'", "id: 'c' valid_from_on: '2027-01-01'"},
       "valid_from_on: '2026-03-01'",
       "valid_from_on: '2026-03-01' valid_to_on: '2026-11-30'",
       "id: 'a' valid_to_on: '2026-02-28'"},
      {{"id: 'b' valid_from_on: '2026-12-01'"},
       "valid_from_on: '2026-03-01' valid_to_on: '2026-04-01'",
       "valid_from_on: '2026-03-01' valid_to_on: '2026-04-01'",
       nullptr},
      {{"id: 'b' valid_from_on: '2026-12-01'"}, "valid_from_on: ''", "valid_to_on: '2026-11-30'", nullptr},
      // One that began the same day is corrected.
      {{"id: 'a' version: 4 valid_from_on: '2026-03-01' valid_to_on: '2026-05-01'"},
       "valid_from_on: '2026-03-01'",
       "id: 'a' version: 4 valid_from_on: '2026-03-01'",
       nullptr},
      {{"id: 'a' version: 4"}, "valid_from_on: ''", "id: 'a' version: 4", nullptr},
  };
  for (const PriceRow& row : rows) {
    SCOPED_TRACE(std::string(row.request) + " over " + std::to_string(row.prices.size()));
    std::deque<Price> kept;
    std::vector<const Price*> prices;
    for (const char* price : row.prices) prices.push_back(&kept.emplace_back(Proto(price)));
    const auto event = SetPrice(Proto("currency: 'KRW'"), Proto(""), prices,
                                Proto(std::string("amount { minor: 9 currency: 'KRW' } ") + row.request), ContextOf());
    ASSERT_THAT(event, IsOk());
    Price price = event->price();
    if (std::string(row.price).find("id:") == std::string::npos) price.clear_id();
    EXPECT_THAT(price, EqualsProto(std::string("amount { minor: 9 currency: 'KRW' } ") + row.price));
    ASSERT_EQ(event->has_ended(), row.ended != nullptr);
    if (row.ended != nullptr) {
      EXPECT_THAT(event->ended(), EqualsProto(row.ended));
    }
  }
}

struct QuoteRow {
  const char* asked;
  const char* quoted;  // without amounts where no price holds
};

TEST(QuoteLine, TheClientsOwnListThenWhatBeganLatest) {
  std::vector<PriceQuote> holding(5);
  const char* const kHolding[] = {
      "price_id: '1' price_list_name: '정가' product_id: 'P' product_name: '동백유' amount { minor: 1000 currency: "
      "'KRW' }",
      "price_id: '2' price_list_name: '여름' product_id: 'P' product_name: '동백유' amount { minor: 900 currency: "
      "'KRW' } "
      "valid_from_on: '2026-06-01' valid_to_on: '2026-08-31'",
      "price_id: '3' price_list_name: '정가' product_id: 'Q' product_name: '참기름' amount { minor: 70 currency: 'KRW' "
      "} "
      "valid_from_on: '2026-06-01'",
      "price_id: '4' price_list_name: '한빛' product_id: 'Q' product_name: '참기름' amount { minor: 80 currency: 'KRW' "
      "} "
      "valid_from_on: '2025-01-01' account_id: 'A'",
      "price_id: '5' price_list_name: 'USD' product_id: 'R' product_name: 'oil' amount { minor: 1999 currency: 'USD' "
      "}"};
  for (size_t i = 0; i < holding.size(); ++i) holding[i] = Proto(kHolding[i]);
  const QuoteRow rows[] = {
      {"product_id: 'P' quantity { units: 3 }",
       "unit_price { units: 900 } supply { minor: 2700 currency: 'KRW' } description: '동백유' "
       "explanation: '여름, 2026-06-01부터, 2026-08-31까지'"},
      {"product_id: 'Q' quantity { units: 3 }",
       "unit_price { units: 80 } supply { minor: 240 } explanation: '한빛 (거래처 전용), 2025-01-01부터'"},
      // What is finer than a won is cut off.
      {"product_id: 'Q' quantity { units: 1999 scale: 3 }", "supply { minor: 159 }"},
      {"product_id: 'R' quantity { units: 5 scale: 1 }", "unit_price { units: 1999 scale: 2 } supply { minor: 999 }"},
      {"product_id: 'S' quantity { units: 1 }", nullptr},
  };
  for (const QuoteRow& row : rows) {
    SCOPED_TRACE(row.asked);
    const auto quoted = QuoteLine(Proto(row.asked), holding);
    ASSERT_THAT(quoted, IsOk());
    EXPECT_EQ(quoted->has_supply(), row.quoted != nullptr);
    if (row.quoted == nullptr) continue;
    EXPECT_THAT(*quoted, ContainsProto(row.quoted));
  }
  EXPECT_THAT(QuoteLine(Proto("product_id: 'P' quantity { units: 0 }"), holding),
              RefusedWith(std::string("QUANTITY_MUST_BE_POSITIVE")));
  EXPECT_THAT(QuoteLine(Proto("product_id: 'P' quantity { units: 9007199254740991 }"), holding),
              RefusedWith(std::string("AMOUNT_TOO_LARGE")));
}

}  // namespace
}  // namespace songsang::billing
