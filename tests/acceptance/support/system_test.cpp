// The test system itself: that clients are who they say, tenants are apart, and what is stopped comes up again.
#include "support/system.h"

#include <gtest/gtest.h>

#include "engine/reasons.h"
#include "songsang/leads/v1/lead.pb.h"
#include "songsang/reporting/v1/report.pb.h"

namespace songsang {
namespace {

using leads::v1::Lead;
using leads::v1::LeadCaptured;
using leads::v1::ListLeadsResponse;
using ::testing::Not;
using ::testing::SizeIs;

TEST(TestSystem, AnswersClientsThroughItsDoor) {
  const Client rep = System::Shared().As({v1::ROLE_SALES_REP});
  const auto captured =
      rep.Call<LeadCaptured>("LeadService/CaptureLead", Proto("name: '김하늘' channel: CHANNEL_PHONE"));
  ASSERT_THAT(captured, Answers(ContainsProto("lead { name: '김하늘' status: STATUS_NEW version: 1 }")));
  EXPECT_THAT(rep.Call<Lead>("GetLead", Proto("id: '" + captured->lead().id() + "'")),
              Answers(EqualsProto(captured->lead())));
}

TEST(TestSystem, TenantsAreApart) {
  const Client one = System::Shared().As({v1::ROLE_SALES_REP});
  const Client other = System::Shared().As({v1::ROLE_SALES_REP});
  const auto captured = one.Call<LeadCaptured>("CaptureLead", Proto("name: 'A' channel: CHANNEL_WEB"));
  ASSERT_THAT(captured, IsOk());
  EXPECT_THAT(other.Call<Lead>("GetLead", Proto("id: '" + captured->lead().id() + "'")),
              RefusedWith(engine::kNotFound));
}

TEST(TestSystem, RefusalsComeWithReasonFieldsAndLanguage) {
  const Client rep = System::Shared().As({v1::ROLE_SALES_REP});
  const auto refused =
      rep.Call<LeadCaptured>("CaptureLead", Proto("name: 'A' occurred_on: 'soon'"), With{.language = "ko"});
  ASSERT_THAT(refused, RefusedWith(engine::kInvalidRequest));
  EXPECT_THAT(refused.answer().fields, SizeIs(2));
  EXPECT_THAT(refused.answer().localized, ::testing::HasSubstr("요청"));
  EXPECT_EQ(refused.answer().domain, "songsang.leads");
  const Client trainer = System::Shared().As({v1::ROLE_TRAINER});
  EXPECT_THAT(trainer.Call<LeadCaptured>("CaptureLead", Proto("name: 'A'")), RefusedWith(engine::kPermissionDenied));
}

TEST(TestSystem, DryRunsRecordNothing) {
  const Client rep = System::Shared().As({v1::ROLE_SALES_REP});
  EXPECT_THAT(
      rep.Call<LeadCaptured>("CaptureLead", Proto("name: 'A' channel: CHANNEL_WEB"), With{.validate_only = true}),
      IsOk());
  EXPECT_THAT(rep.Call<ListLeadsResponse>("ListLeads", Proto("")), Answers(EqualsProto("")));
}

TEST(TestSystem, ReportsSeeWhatTheTenantHasSeen) {
  const Client admin = System::Shared().As({v1::ROLE_ADMIN});
  ASSERT_THAT(admin.Call<LeadCaptured>("CaptureLead", Proto("name: 'A' channel: CHANNEL_WEB")), IsOk());
  const auto figures = admin.Call<reporting::v1::Figures>("GetFigures", Proto("metrics: 'leads'"));
  ASSERT_THAT(figures, IsOk());
  EXPECT_EQ(figures->total().values(0).value(), "1");
}

TEST(TestSystem, ComesUpAgainOnTheSameStore) {
  if (TestStore() == "memory") GTEST_SKIP() << "nothing is kept in memory";
  System system;
  std::string id;
  {
    const Client rep = system.As({v1::ROLE_SALES_REP}, "kept");
    const auto captured = rep.Call<LeadCaptured>("CaptureLead", Proto("name: 'A' channel: CHANNEL_WEB"));
    ASSERT_THAT(captured, IsOk());
    id = captured->lead().id();
  }
  system.Restart();
  const Client rep = system.As({v1::ROLE_SALES_REP}, "kept");
  EXPECT_THAT(rep.Call<Lead>("GetLead", Proto("id: '" + id + "'")), IsOk());
}

}  // namespace
}  // namespace songsang
