#include "songsang/demo/story.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "kit/brn.h"
#include "songsang/demo/words.h"
#include "songsang/leads/v1/lead.pb.h"
#include "songsang/leads/v1/opportunity.pb.h"
#include "support/proto.h"

namespace songsang::demo {
namespace {

StorySettings Year() {
  StorySettings settings;
  settings.from = Date::Of(2025, 11, 1);
  settings.leads = 400;
  return settings;
}

std::string Bytes(const std::vector<v1::BatchItem>& items) {
  std::string bytes;
  for (const auto& item : items) bytes += item.SerializeAsString();
  return bytes;
}

TEST(Story, IsTheSameEveryTime) {
  EXPECT_EQ(Bytes(Tell(Year())), Bytes(Tell(Year())));
  StorySettings other = Year();
  other.seed = 2;
  EXPECT_NE(Bytes(Tell(Year())), Bytes(Tell(other)));
}

TEST(Story, EveryCommandHasItsOwnRequestId) {
  std::set<std::string> ids;
  for (const auto& item : Tell(Year())) {
    leads::v1::CaptureLeadRequest request;  // request_id is field 1 of every command
    ASSERT_TRUE(request.ParseFromString(item.request()) || !request.request_id().empty());
    EXPECT_LE(request.request_id().size(), 64U);
    EXPECT_TRUE(ids.insert(request.request_id()).second) << request.request_id();
  }
}

TEST(Story, NothingHappensAfterItsEnd) {
  const Date end = EndOf(Year());
  EXPECT_EQ(end, Date::Of(2026, 11, 1));
  int closed = 0;
  for (const auto& item : Tell(Year())) {
    leads::v1::CaptureLeadRequest capture;
    leads::v1::CloseOpportunityRequest close;
    if (item.method().ends_with("/CaptureLead") && capture.ParseFromString(item.request())) {
      EXPECT_LT(*Date::Parse(capture.occurred_on()), end);
    }
    if (item.method().ends_with("/CloseOpportunity") && close.ParseFromString(item.request())) {
      EXPECT_LT(*Date::Parse(close.closed_on()), end);
      ++closed;
    }
  }
  EXPECT_GT(closed, 100);
}

TEST(Story, BusinessNumbersHoldAndNamesDiffer) {
  std::set<std::string> numbers, names;
  for (int i = 1; i < 300; ++i) {
    const auto brn = kit::NormalBrn(MadeUpBrn(i), "brn");
    ASSERT_THAT(brn, IsOk());
    EXPECT_TRUE(numbers.insert(*brn).second);
    EXPECT_TRUE(names.insert(CompanyName(i)).second) << CompanyName(i);
  }
}

}  // namespace
}  // namespace songsang::demo
