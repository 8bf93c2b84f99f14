#include <gtest/gtest.h>

#include "billing/rules_order.h"
#include "billing/rules_price.h"
#include "billing/rules_tax.h"
#include "core/money.h"
#include "support/proto.h"

namespace songsang::billing {
namespace {

PriceCandidate Of(const char* list, const char* account, const char* tier, const char* list_from, int64_t won) {
  return {"p", "책상", list, list, list_from, account, tier, "2026-01-01", "", MoneyOf(won, "KRW")};
}

TEST(BestPrice, IsTheClientsThenTheTiersThenThatForAllAndTheLatestOfThose) {
  const PriceCandidate all = Of("d", "", "", "", 100), newer = Of("c", "", "", "2026-01-01", 90);
  const PriceCandidate tier = Of("b", "", "a", "", 80), own = Of("a", "hanbit", "", "", 70),
                       same = Of("e", "", "", "", 95);
  const auto best = [](const std::vector<PriceCandidate>& candidates) {
    const auto* one = BestPrice(candidates);
    return one == nullptr ? 0 : one->amount.minor();
  };
  EXPECT_EQ(best({}), 0);
  EXPECT_EQ(best({all}), 100);
  EXPECT_EQ(best({all, newer}), 90);
  EXPECT_EQ(best({newer, all}), 90);
  EXPECT_EQ(best({same, all}), 100) << "of lists of one day, the first by id";
  EXPECT_EQ(best({all, newer, tier}), 80);
  EXPECT_EQ(best({tier, own, newer}), 70);
}

TEST(QuoteLines, PriceEveryLineAndSayWhy) {
  const TaxRates rates = TaxRatesOn({}, "2026-11-22");
  const AskedLine half = Proto("product_id: 'G' quantity { units: 25 scale: 1 }");
  const AskedLine nothing = Proto("product_id: 'X' quantity { units: 1 }");
  const auto lines = QuoteLines({half, nothing}, {{Of("정가", "", "", "", 1001)}, {}}, rates);
  ASSERT_THAT(lines, IsOk());
  EXPECT_THAT(
      (*lines)[0],
      EqualsProto("product_id: 'G' description: '책상' quantity { units: 25 scale: 1 } unit_price { units: 1001 } "
                  "discount { currency: 'KRW' } tax_kind: TAX_KIND_TAXABLE supply { minor: 2502 currency: 'KRW' } "
                  "tax { minor: 250 currency: 'KRW' } total { minor: 2752 currency: 'KRW' } "
                  "explanation: \"기본 단가표 '정가', 2026-01-01부터 적용 단가\""));
  EXPECT_FALSE((*lines)[1].has_total());
  const AskedLine none = Proto("product_id: 'G'");
  EXPECT_THAT(QuoteLines({none}, {{}}, rates), RefusedWith(kQuantityMustBePositive));
}

}  // namespace
}  // namespace songsang::billing
