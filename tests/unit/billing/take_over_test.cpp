#include <gtest/gtest.h>

#include "billing/rules_take_over.h"
#include "kit/days.h"
#include "support/context.h"
#include "support/proto.h"

namespace songsang::billing {
namespace {

TakeOverLineRequest Request(const std::string& rest) {
  return Proto("document { system: 'old' key: '7' } happened_on: '2010-12-01' currency: 'GBP' " + rest);
}
Context Importing() { return ContextOf({songsang::v1::ROLE_IMPORTER}); }

TEST(TakeOverLine, RefusesInThisOrder) {
  const Invoice own = Proto("id: 'i' entry_id: 'e' total { currency: 'GBP' }");
  const SalesReturn dollars = Proto("id: 'r' total { currency: 'USD' }");
  const auto take = [&](const std::string& rest, const Invoice* invoice = nullptr, const SalesReturn* back = nullptr) {
    return TakeOverLine(nullptr, invoice, back, Request(rest), Importing());
  };
  EXPECT_THAT(TakeOverLine(nullptr, nullptr, nullptr, Request(""), ContextOf()), RefusedWith(kit::kDayMustBeRecent));
  EXPECT_THAT(take("unit_price { units: -1 }"), RefusedWith(kUnitPriceMustNotBeNegative));
  EXPECT_THAT(take("quantity { units: 1 }"), RefusedWith(kAmountMustNotBeZero));
  EXPECT_THAT(take("unit_price { units: 1 }"), RefusedWith(kAmountMustNotBeZero));
  EXPECT_THAT(take("quantity { units: 9007199254740991 } unit_price { units: 9007199254740991 }"),
              RefusedWith(kAmountTooLarge));
  EXPECT_THAT(take("quantity { units: 1 } unit_price { units: 1 }", &own), RefusedWith(kOrderLineMustBeNamed));
  const std::string line = "description: 'd' quantity { units: 1 } unit_price { units: 1 }";
  EXPECT_THAT(take(line, &own), RefusedWith(kDocumentMustBeTakenOver));
  EXPECT_THAT(take(line, nullptr, &dollars), RefusedWith(kDocumentCurrencyMustStay));
}

TEST(TakeOverLine, MakesItsDocumentOrJoinsIt) {
  const Product product = Proto("id: 'p' name: 'LANTERN'");
  const auto first = TakeOverLine(&product, nullptr, nullptr,
                                  Request("account_id: 'A' product_id: 'p' quantity { units: 6 } "
                                          "unit_price { units: 2555 scale: 3 }"),
                                  Importing());
  ASSERT_THAT(first, Answers(ContainsProto(R"(
    invoice { number: 'old:7' account_id: 'A' issued_on: '2010-12-01' supply { minor: 1533 } total { minor: 1533 } }
    line { product_id: 'p' description: 'LANTERN' quantity { units: 6 } unit_price { units: 2555 scale: 3 }
           supply { minor: 1533 currency: 'GBP' } })")));
  EXPECT_FALSE(first->has_sales_return());
  Invoice standing = first->invoice();
  standing.set_version(1);
  EXPECT_THAT(TakeOverLine(nullptr, &standing, nullptr,
                           Request("description: 'x' quantity { units: 1 } unit_price { units: 1 }"), Importing()),
              Answers(ContainsProto("invoice { version: 1 supply { minor: 1633 } } line { supply { minor: 100 } }")));
}

TEST(TakeOverLine, TakesWhatIsBelowZeroForAReturn) {
  const auto back =
      TakeOverLine(nullptr, nullptr, nullptr,
                   Request("description: 'x' quantity { units: -25 scale: 1 } unit_price { units: 3 }"), Importing());
  ASSERT_THAT(back, Answers(ContainsProto(R"(
    sales_return { number: 'old:7' returned_on: '2010-12-01' supply { minor: 750 } }
    return_line { quantity { units: 25 scale: 1 } supply { minor: 750 } })")));
  EXPECT_FALSE(back->has_invoice());
}

}  // namespace
}  // namespace songsang::billing
