#include <gtest/gtest.h>

#include "kit/copy.h"
#include "kit/days.h"
#include "kit/reach.h"
#include "songsang/billing/v1/catalogue.pb.h"
#include "songsang/leads/v1/lead.pb.h"
#include "support/context.h"
#include "support/proto.h"

namespace songsang::kit {
namespace {

TEST(Copy, PresentSetsAlsoToEmptyAndAbsentKeeps) {
  leads::v1::Lead lead = Proto("id: 'L' version: 3 name: '김하늘' note: 'vip' channel: CHANNEL_WEB");
  CopyWhatIsSet(leads::v1::UpdateLeadRequest(Proto("lead_id: 'L' note: '' company: 'ACME'")), &lead);
  EXPECT_THAT(lead, EqualsProto("id: 'L' version: 3 name: '김하늘' company: 'ACME' channel: CHANNEL_WEB"));
}

TEST(Copy, TakesEveryTypeThatEntitiesHave) {
  billing::v1::Product product = Proto("active: true");
  CopyWhatIsSet(billing::v1::SaveProductRequest(Proto("external_ref { system: 'erp' key: '7' } active: false")),
                &product);
  EXPECT_THAT(product, EqualsProto("external_ref { system: 'erp' key: '7' }"));
}

struct DayRow {
  const char* given;
  v1::Role role;
  int days_ago;  // of occurred_at
  const char* past;
  const char* recent;
};

TEST(Days, WhoMayNameWhich) {
  const char* const kFuture = "DAY_MUST_NOT_BE_IN_FUTURE";
  const char* const kLongAgo = "DAY_MUST_BE_RECENT";
  const DayRow rows[] = {
      {"", v1::ROLE_SALES_REP, 0, "2026-11-22", "2026-11-22"},
      {"2026-11-22", v1::ROLE_SALES_REP, 0, "2026-11-22", "2026-11-22"},
      {"2026-11-23", v1::ROLE_SALES_REP, 0, kFuture, kFuture},
      {"2026-10-22", v1::ROLE_SALES_REP, 0, "2026-10-22", "2026-10-22"},
      {"2026-10-21", v1::ROLE_SALES_REP, 0, "2026-10-21", kLongAgo},
      {"2026-10-21", v1::ROLE_ADMIN, 0, "2026-10-21", kLongAgo},
      {"2016-10-21", v1::ROLE_IMPORTER, 0, "2016-10-21", "2016-10-21"},
      {"2026-11-23", v1::ROLE_IMPORTER, 0, kFuture, "2026-11-23"},
      // The days that occurred_at went back are not granted twice.
      {"", v1::ROLE_SALES_REP, 30, "2026-10-23", "2026-10-23"},
      {"2026-10-22", v1::ROLE_SALES_REP, 30, "2026-10-22", "2026-10-22"},
      {"2026-10-21", v1::ROLE_SALES_REP, 30, "2026-10-21", kLongAgo},
      {"2026-10-24", v1::ROLE_SALES_REP, 30, kFuture, kFuture},
  };
  const auto expect = [](const Result<std::string>& day, const std::string& wanted) {
    if (wanted[0] == 'D') {
      EXPECT_THAT(day, RefusedWith(wanted));
    } else {
      ASSERT_THAT(day, IsOk());
      EXPECT_EQ(*day, wanted);
    }
  };
  for (const DayRow& row : rows) {
    SCOPED_TRACE(std::string(row.given) + " " + v1::Role_Name(row.role) + " " + std::to_string(row.days_ago));
    const Context context = ContextOf({row.role}, row.days_ago);
    expect(PastDay(row.given, "on", context), row.past);
    expect(RecentDay(row.given, "on", context), row.recent);
  }
}

TEST(Days, PeriodsAreClosedAndMayBeOpenEnded) {
  EXPECT_EQ(DayBefore("2024-03-01"), "2024-02-29");
  EXPECT_TRUE(Holds("", "", "2026-01-01"));
  EXPECT_TRUE(Holds("2026-01-01", "2026-01-01", "2026-01-01"));
  EXPECT_FALSE(Holds("2026-01-02", "", "2026-01-01"));
  EXPECT_FALSE(Holds("", "2025-12-31", "2026-01-01"));
  EXPECT_TRUE(Overlap("", "", "", ""));
  EXPECT_TRUE(Overlap("2026-01-01", "2026-01-31", "2026-01-31", ""));
  EXPECT_FALSE(Overlap("2026-01-01", "2026-01-31", "2026-02-01", ""));
  EXPECT_FALSE(Overlap("2026-02-01", "", "", "2026-01-31"));
}

TEST(Reach, IsOneFormHoweverItWasWritten) {
  EXPECT_EQ(NormalPhone("+82 (0)10-1234-5678"), "+8201012345678");
  EXPECT_EQ(NormalPhone("02.123.4567"), "021234567");
  EXPECT_EQ(NormalEmail("  Kim@Example.COM "), "kim@example.com");
  EXPECT_EQ(NormalEmail("  "), "");
}

}  // namespace
}  // namespace songsang::kit
