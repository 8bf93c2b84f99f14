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

}  // namespace
}  // namespace songsang::billing
