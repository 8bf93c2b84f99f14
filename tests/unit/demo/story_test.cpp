#include "songsang/demo/story.h"

#include <gmock/gmock.h>
#include <google/protobuf/empty.pb.h>
#include <google/protobuf/unknown_field_set.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "kit/brn.h"
#include "songsang/billing/v1/invoice.pb.h"
#include "songsang/billing/v1/order.pb.h"
#include "songsang/billing/v1/receipt.pb.h"
#include "songsang/demo/words.h"
#include "songsang/leads/v1/lead.pb.h"
#include "songsang/leads/v1/opportunity.pb.h"
#include "songsang/workforce/v1/employment.pb.h"
#include "support/proto.h"

namespace songsang::demo {
namespace {

StorySettings Year() {
  StorySettings settings;
  settings.from = Date::Of(2025, 11, 1);
  settings.leads = 400;
  return settings;
}

// What the system might have answered.
Learnt Answers() {
  Learnt learnt;
  for (const char* key : {"plan", "curriculum", "opening-n001"}) learnt.ids[key] = std::string("id-of-") + key;
  for (int i = 0; i < 60; ++i) {
    training::v1::Enrolment& enrolment = learnt.enrolments.emplace_back();
    enrolment.set_id("enrolment-" + std::to_string(i));
    enrolment.set_person_id("person-" + std::to_string(i));
    enrolment.set_enrolled_on(i % 2 == 0 ? "2023-05-15" : "2026-01-05");
  }
  return learnt;
}

// All chapters, one after another.
std::vector<v1::BatchItem> Tell(const StorySettings& settings) {
  std::vector<v1::BatchItem> items;
  for (const Chapter& chapter : TellStory(settings).chapters)
    for (auto& item : chapter.tell(Answers())) items.push_back(std::move(item));
  return items;
}

std::string Bytes(const std::vector<v1::BatchItem>& items) {
  std::string bytes;
  for (const auto& item : items) bytes += item.SerializeAsString();
  return bytes;
}

std::map<std::string, int> Counted(const std::vector<v1::BatchItem>& items) {
  std::map<std::string, int> counted;
  for (const auto& item : items) ++counted[item.method().substr(item.method().find('/') + 1)];
  return counted;
}

template <class Request, class Each>
void ForEach(const std::vector<v1::BatchItem>& items, const std::string& command, Each each) {
  Request request;
  for (const auto& item : items)
    if (item.method().ends_with("/" + command) && request.ParseFromString(item.request())) each(request);
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
    // It is field 1 of every command.
    google::protobuf::Empty request;
    ASSERT_TRUE(request.ParseFromString(item.request()));
    const auto& fields = request.GetReflection()->GetUnknownFields(request);
    ASSERT_GT(fields.field_count(), 0);
    ASSERT_EQ(fields.field(0).number(), 1);
    const std::string id = fields.field(0).length_delimited();
    EXPECT_LE(id.size(), 64U);
    EXPECT_EQ(id.find('/'), std::string::npos) << id;
    EXPECT_TRUE(ids.insert(id).second) << id;
  }
}

TEST(Story, TellsOfAllThatACompanyDoes) {
  StorySettings year = Year();
  year.leads = 1'000;
  const auto counted = Counted(Tell(year));
  for (const auto& [command, least] : std::map<std::string, int>{{"HirePerson", 100},
                                                                 {"TransferPerson", 3},
                                                                 {"ResignPerson", 3},
                                                                 {"SetGoal", 100},
                                                                 {"AssignPlan", 60},
                                                                 {"SettleStatement", 60},
                                                                 {"CompleteItem", 100},
                                                                 {"RecordEvaluation", 80},
                                                                 {"SubmitOpening", 6},
                                                                 {"OpenAccount", 4},
                                                                 {"OpenCreditLine", 110},
                                                                 {"PlaceOrder", 60},
                                                                 {"IssueInvoice", 60},
                                                                 {"AcceptReturn", 1},
                                                                 {"CommitAllocation", 40},
                                                                 {"HardClose", 100}}) {
    ASSERT_TRUE(counted.contains(command)) << command;
    EXPECT_GE(counted.at(command), least) << command;
  }
}

TEST(Story, NothingHappensAfterItsEnd) {
  const Date end = EndOf(Year());
  EXPECT_EQ(end, Date::Of(2026, 11, 1));
  const auto items = Tell(Year());
  int closed = 0;
  const auto is_before = [&](const std::string& day) { EXPECT_LT(*Date::Parse(day), end); };
  ForEach<leads::v1::CaptureLeadRequest>(items, "CaptureLead", [&](const auto& r) { is_before(r.occurred_on()); });
  ForEach<leads::v1::CloseOpportunityRequest>(items, "CloseOpportunity", [&](const auto& r) {
    is_before(r.closed_on());
    ++closed;
  });
  ForEach<billing::v1::IssueInvoiceRequest>(items, "IssueInvoice", [&](const auto& r) { is_before(r.issued_on()); });
  ForEach<billing::v1::RecordReceiptRequest>(items, "RecordReceipt",
                                             [&](const auto& r) { is_before(r.received_on()); });
  ForEach<workforce::v1::ResignPersonRequest>(items, "ResignPerson", [&](const auto& r) { is_before(r.last_on()); });
  EXPECT_GT(closed, 100);
}

// Numbers are given in the order of invoicing, so that they run with the days.
TEST(Story, InvoicesAreIssuedDayByDay) {
  std::string last;
  ForEach<billing::v1::IssueInvoiceRequest>(Tell(Year()), "IssueInvoice", [&](const auto& request) {
    EXPECT_LE(last, request.issued_on());
    last = request.issued_on();
  });
}

// Nobody who left sells on.
TEST(Story, OrdersAreOfThoseWhoAreThere) {
  const auto items = Tell(Year());
  std::map<std::string, std::string> left;
  ForEach<workforce::v1::ResignPersonRequest>(items, "ResignPerson",
                                              [&](const auto& r) { left[r.person_id()] = r.last_on(); });
  EXPECT_EQ(left.size(), 3U);
  ForEach<leads::v1::OpenOpportunityRequest>(items, "OpenOpportunity", [&](const auto& r) {
    if (left.contains(r.owner_id())) {
      EXPECT_LE(r.opened_on(), left[r.owner_id()]);
    }
  });
}

TEST(Story, ThePagesAreAboutSomebody) {
  const Story story = TellStory(Year());
  for (const Chapter& chapter : story.chapters) (void)chapter.tell(Answers());
  const Cast cast = story.cast();
  EXPECT_EQ(cast.branch_name, "강남지점");
  EXPECT_FALSE(cast.rep_name.empty());
  EXPECT_LT(cast.month, "2026-10");
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
