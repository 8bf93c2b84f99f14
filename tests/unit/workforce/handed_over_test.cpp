#include <gtest/gtest.h>

#include "support/proto.h"
#include "workforce/policies.h"

namespace songsang::workforce {
namespace {

TEST(NoteHandedOver, IsSaidWithTheLastStepOnly) {
  const Proto running("work_hand_over { hand_over_id: 'H' state: STATE_RUNNING moved: 200 }");
  const Proto done("work_hand_over { hand_over_id: 'H' state: STATE_DONE moved: 210 }");
  EXPECT_TRUE(NoteAccountsHandedOver(running, Cause()).empty());
  EXPECT_TRUE(NoteLeadsHandedOver(running, Cause()).empty());
  const auto accounts = NoteAccountsHandedOver(done, Cause()), leads = NoteLeadsHandedOver(done, Cause());
  ASSERT_EQ(accounts.size(), 1u);
  EXPECT_THAT(accounts[0],
              EqualsProto(v1::NoteHandedOverRequest(Proto("hand_over_id: 'H' service: 'accounts' moved: 210"))));
  ASSERT_EQ(leads.size(), 1u);
  EXPECT_THAT(leads[0], EqualsProto(v1::NoteHandedOverRequest(Proto("hand_over_id: 'H' service: 'leads' moved: 210"))));
}

}  // namespace
}  // namespace songsang::workforce
