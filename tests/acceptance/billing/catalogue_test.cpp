// Products and prices, the part of B21 that everything else builds on: which price holds on which day.
#include <gtest/gtest.h>

#include "songsang/accounts/v1/account.pb.h"
#include "songsang/billing/v1/catalogue.pb.h"
#include "support/system.h"

namespace songsang {
namespace {

using namespace billing::v1;  // NOLINT: the service under test

class Catalogue {
 public:
  Catalogue() {
    for (const char* key : {"gtx", "mg"})
      EXPECT_THAT(clerk.Call<ProductSaved>("SaveProduct", Proto(std::string("name: '") + key + "' " + Ref(key))),
                  IsOk());
    EXPECT_THAT(clerk.Call<PriceListSaved>("SavePriceList", Proto("name: '정가' currency: 'KRW' " + Ref("list"))),
                IsOk());
  }
  static std::string Ref(const std::string& key) { return "external_ref { system: 'erp' key: '" + key + "' }"; }
  Called<PriceSet> Set(const std::string& product, int won, const std::string& rest = "") const {
    return clerk.Call<PriceSet>("SetPrice",
                                Proto("price_list_id: 'ext:erp:list' product_id: 'ext:erp:" + product +
                                      "' amount { minor: " + std::to_string(won) + " currency: 'KRW' } " + rest));
  }
  // `gtx 1000, mg 50`
  std::string Quote(const std::string& request) const {
    const auto quotes = clerk.Call<QuotePricesResponse>("QuotePrices", Proto(request));
    EXPECT_THAT(quotes, IsOk());
    std::string text;
    for (const auto& quote : quotes->quotes())
      text += (text.empty() ? "" : ", ") + quote.product_name() + " " + std::to_string(quote.amount().minor());
    return text;
  }

  Client clerk = System::Shared().As({v1::ROLE_SALES_SUPPORT});
};

TEST(B21_Catalogue, OnEveryDayOnePriceHolds) {
  const Catalogue catalogue;
  ASSERT_THAT(catalogue.Set("gtx", 1000, "valid_from_on: ''"), IsOk());
  ASSERT_THAT(catalogue.Set("gtx", 1300, "valid_from_on: '2026-07-01'"),
              Answers(ContainsProto("ended { amount { minor: 1000 } valid_to_on: '2026-06-30' }")));
  // One that comes between the two ends where the later one begins.
  ASSERT_THAT(catalogue.Set("gtx", 1100, "valid_from_on: '2026-04-01'"),
              Answers(ContainsProto("price { valid_to_on: '2026-06-30' } ended { valid_to_on: '2026-03-31' }")));
  ASSERT_THAT(catalogue.Set("mg", 50, "valid_from_on: '2026-01-01' valid_to_on: '2026-04-30'"), IsOk());
  EXPECT_EQ(catalogue.Quote("as_of: '2025-12-31'"), "gtx 1000");
  EXPECT_EQ(catalogue.Quote("as_of: '2026-03-31'"), "gtx 1000, mg 50");
  EXPECT_EQ(catalogue.Quote("as_of: '2026-04-01'"), "gtx 1100, mg 50");
  EXPECT_EQ(catalogue.Quote("as_of: '2026-06-30'"), "gtx 1100");
  EXPECT_EQ(catalogue.Quote("as_of: '2026-07-01'"), "gtx 1300");
  EXPECT_EQ(catalogue.Quote("as_of: '2026-04-01' product_id: 'ext:erp:mg'"), "mg 50");
  EXPECT_EQ(catalogue.Quote("as_of: '2026-04-01' price_list_id: 'ext:erp:other'"), "");
}

TEST(B21_Catalogue, WhatIsNoLongerSoldHasNoQuoteButKeepsItsPrices) {
  const Catalogue catalogue;
  ASSERT_THAT(catalogue.Set("gtx", 1000), IsOk());
  EXPECT_EQ(catalogue.Quote(""), "gtx 1000");
  ASSERT_THAT(catalogue.clerk.Call<ProductSaved>("SaveProduct", Proto("product_id: 'ext:erp:gtx' active: false")),
              Answers(ContainsProto("product { version: 2 name: 'gtx' }")));
  EXPECT_EQ(catalogue.Quote(""), "");
  const auto prices = catalogue.clerk.Call<ListPricesResponse>("ListPrices", Proto("product_id: 'ext:erp:gtx'"));
  ASSERT_THAT(prices, IsOk());
  EXPECT_EQ(prices->prices_size(), 1);
}

TEST(B21_Catalogue, APriceSpeaksItsListsCurrency) {
  const Catalogue catalogue;
  EXPECT_THAT(
      catalogue.clerk.Call<PriceSet>("SetPrice", Proto("price_list_id: 'ext:erp:list' product_id: 'ext:erp:gtx' "
                                                       "amount { minor: 100 currency: 'USD' }")),
      RefusedWith(std::string("PRICE_MUST_BE_IN_LIST_CURRENCY")));
  EXPECT_THAT(catalogue.Set("gtx", -1), RefusedWith(std::string("PRICE_MUST_NOT_BE_NEGATIVE")));
  EXPECT_THAT(catalogue.Set("nothing", 1), RefusedWith(std::string("NOT_FOUND")));
  EXPECT_THAT(
      catalogue.clerk.Call<PriceListSaved>("SavePriceList", Proto("price_list_id: 'ext:erp:list' currency: 'USD'")),
      RefusedWith(std::string("PRICE_LIST_CURRENCY_MUST_STAY")));
  // The same external reference is the same product.
  EXPECT_THAT(catalogue.clerk.Call<ProductSaved>("SaveProduct", Proto("name: 'twice' " + Catalogue::Ref("gtx"))),
              RefusedWith(std::string("EXTERNAL_REF_TAKEN")));
}

TEST(B21_Catalogue, AClientsOwnListHoldsForThatClient) {
  const Catalogue catalogue;
  ASSERT_THAT(catalogue.Set("gtx", 1000, "valid_from_on: ''"), IsOk());
  const std::string client = "account_id: '01935c00-0000-7000-8000-0000000000c1' ";
  ASSERT_THAT(catalogue.clerk.Call<PriceListSaved>(
                  "SavePriceList", Proto("name: '한빛' currency: 'KRW' " + client + Catalogue::Ref("hanbit"))),
              IsOk());
  ASSERT_THAT(
      catalogue.clerk.Call<PriceSet>("SetPrice", Proto("price_list_id: 'ext:erp:hanbit' product_id: 'ext:erp:gtx' "
                                                       "amount { minor: 850 currency: 'KRW' } "
                                                       "valid_from_on: '2026-07-01'")),
      IsOk());
  EXPECT_EQ(catalogue.Quote("as_of: '2026-07-01'"), "gtx 1000");
  EXPECT_EQ(catalogue.Quote("as_of: '2026-07-01' " + client), "gtx 1000, gtx 850");
  const auto line = [&](const std::string& asked) {
    const auto quoted = catalogue.clerk.Call<QuotePricesResponse>(
        "QuotePrices", Proto(asked + " lines { product_id: 'ext:erp:gtx' quantity { units: 3 } } "
                                     "lines { product_id: 'ext:erp:mg' quantity { units: 1 } }"));
    EXPECT_THAT(quoted, IsOk());
    EXPECT_EQ(quoted->lines_size(), 2);
    EXPECT_FALSE(quoted->lines(1).has_total()) << "no price holds";
    return quoted->lines(0);
  };
  EXPECT_THAT(line("as_of: '2026-07-01' " + client),
              ContainsProto("unit_price { units: 850 } supply { minor: 2550 } tax { minor: 255 } total { minor: 2805 } "
                            "explanation: '한빛 (거래처 전용), 2026-07-01부터'"));
  // Before it began, and for anybody else, the list price holds.
  EXPECT_THAT(line("as_of: '2026-06-30' " + client), ContainsProto("unit_price { units: 1000 } explanation: '정가'"));
  EXPECT_THAT(line("as_of: '2026-07-01'"), ContainsProto("total { minor: 3300 }"));
}

TEST(B21_Catalogue, AClientIsQuotedItsOwnListThenItsTiersThenTheOneForAll) {
  const Catalogue catalogue;
  const auto list = [&](const std::string& key, const std::string& rest) {
    ASSERT_THAT(catalogue.clerk.Call<PriceListSaved>(
                    "SavePriceList", Proto("name: '" + key + "' currency: 'KRW' " + Catalogue::Ref(key) + rest)),
                IsOk());
  };
  const Client rep = System::Shared().As({v1::ROLE_SALES_REP}, catalogue.clerk.tenant());
  for (const std::string key : {"hanbit", "daehan", "sewon"})
    ASSERT_THAT(rep.Call<accounts::v1::AccountRegistered>(
                    "RegisterAccount", Proto("kind: KIND_BUSINESS country: 'US' state: STATE_OPEN name: '" + key +
                                             "' " + Catalogue::Ref(key) + (key == "sewon" ? "" : " tier: 'a'"))),
                IsOk());
  list("own", " account_id: 'ext:erp:hanbit'");
  list("tier", " tier: 'a'");
  const auto set = [&](const std::string& in, int won, const std::string& rest = "") {
    ASSERT_THAT(catalogue.clerk.Call<PriceSet>(
                    "SetPrice", Proto("price_list_id: 'ext:erp:" + in + "' product_id: 'ext:erp:gtx' amount { minor: " +
                                      std::to_string(won) + " currency: 'KRW' } " + rest)),
                IsOk());
  };
  set("list", 1000, "valid_from_on: ''");
  set("tier", 900, "valid_from_on: '2026-03-01'");
  set("own", 800, "valid_from_on: '2026-06-01'");
  const auto quote = [&](const std::string& client, const std::string& day) {
    const auto quoted = catalogue.clerk.Call<QuotePricesResponse>(
        "QuotePrices", Proto("as_of: '" + day + "' account_id: 'ext:erp:" + client +
                             "' lines { product_id: 'ext:erp:gtx' quantity { units: 3 } }"));
    EXPECT_THAT(quoted, IsOk());
    const auto& line = quoted->lines(0);
    return std::to_string(line.total().minor()) + " " + line.explanation();
  };
  EXPECT_EQ(quote("hanbit", "2026-02-28"), "3300 정가");
  EXPECT_EQ(quote("hanbit", "2026-03-01"), "2970 tier (a 등급), 2026-03-01부터");
  EXPECT_EQ(quote("hanbit", "2026-06-01"), "2640 own (거래처 전용), 2026-06-01부터");
  EXPECT_EQ(quote("daehan", "2026-06-01"), "2970 tier (a 등급), 2026-03-01부터");
  EXPECT_EQ(quote("sewon", "2026-06-01"), "3300 정가");
}

}  // namespace
}  // namespace songsang
