#include "support/proto.h"

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include "songsang/common/v1/values.pb.h"

namespace songsang {
namespace {

using common::v1::Money;
using ::testing::Not;

const Reason kMustBeRich("SUPPORT_TEST_MUST_BE_RICH", Code::kFailedPrecondition, "{who} must be rich.",
                         "{who}은(는) 부유해야 합니다.");

Result<Money> Buy(const Money& money) {
  if (money.minor() < 100) return kMustBeRich.With("who", "Kim");
  return money;
}

TEST(Proto, BecomesWhateverMessageIsWanted) {
  EXPECT_THAT(Buy(Proto("minor: 100 currency: 'KRW'")), Answers(EqualsProto("minor: 100 currency: 'KRW'")));
  EXPECT_THAT(Buy(Proto("minor: 100 currency: 'KRW'")), Answers(ContainsProto("minor: 100")));
  EXPECT_THAT(Buy(Proto("minor: 100")), IsOk());
}

TEST(Proto, SaysWhatIsWrongWithTheText) {
  EXPECT_NONFATAL_FAILURE(Buy(Proto("miner: 100")), "no field named \"miner\"");
}

TEST(EqualsProto, NamesTheDifference) {
  const Money money = Proto("minor: 1 currency: 'KRW'");
  EXPECT_THAT(money, Not(EqualsProto("minor: 1")));
  EXPECT_NONFATAL_FAILURE(EXPECT_THAT(money, EqualsProto("minor: 2 currency: 'KRW'")), "modified: minor: 2 -> 1");
  EXPECT_THAT(money, EqualsProto(money));
}

TEST(RefusedWith, TakesTheReasonOrItsName) {
  EXPECT_THAT(Buy(Proto("minor: 1")), RefusedWith(kMustBeRich));
  EXPECT_THAT(Buy(Proto("minor: 1")), RefusedWith("SUPPORT_TEST_MUST_BE_RICH"));
  EXPECT_THAT(Buy(Proto("minor: 1")), Not(IsOk()));
  EXPECT_NONFATAL_FAILURE(EXPECT_THAT(Buy(Proto("minor: 1")), IsOk()), "Kim must be rich.");
}

}  // namespace
}  // namespace songsang
