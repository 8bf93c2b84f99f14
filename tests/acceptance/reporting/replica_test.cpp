// The replica of a running system: quick to show what was recorded, and equal to a rebuild, byte for byte.
#include "reporting/replica.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <thread>

#include "reporting/rebuild.h"
#include "songsang/leads/v1/lead.pb.h"
#include "songsang/reporting/v1/report.pb.h"
#include "support/system.h"

namespace songsang {
namespace {

using leads::v1::LeadCaptured;
using reporting::v1::Figures;

reporting::Sources SourcesOf(engine::Engine& engine) {
  return reporting::SourcesOf(engine, [&engine](const v1::Position& after, int limit, std::chrono::milliseconds wait) {
    return engine.ReadJournal(after, limit, wait);
  });
}

TEST(R1_Replica, EqualsARebuildByteForByte) {
  System system;
  const Client client = system.As({v1::ROLE_ADMIN});
  for (int i = 0; i < 50; ++i) {
    const auto captured = client.Call<LeadCaptured>("CaptureLead", Proto("name: '김하늘' channel: CHANNEL_PHONE"));
    ASSERT_THAT(captured, IsOk());
    if (i % 3 == 0) {
      leads::v1::UpdateLeadRequest update = Proto("source: 'fair'");
      update.set_lead_id(captured->lead().id());
      ASSERT_THAT(client.Call<leads::v1::LeadUpdated>("UpdateLead", update), IsOk());
    }
  }
  ASSERT_THAT(client.Call<Figures>("GetFigures", Proto("metrics: 'leads'")), IsOk());
  auto* store = system.engine().StoreOf("reporting");
  const auto before = reporting::DigestOf(*store);
  ASSERT_TRUE(before.ok());
  EXPECT_EQ(before->rows, 2 * (50 + 17));

  // The follower goes on beside it, and finds nothing new.
  const auto rebuilt = reporting::Rebuild(*store, SourcesOf(system.engine()), true);
  ASSERT_TRUE(rebuilt.ok()) << rebuilt.refusal().Sentence(false);
  EXPECT_EQ(rebuilt->events, 67);
  EXPECT_TRUE(rebuilt->different.empty());
  EXPECT_EQ(rebuilt->after.all, before->all);

  // Switched twice over, it is what a migration would have made, and goes on.
  for (int i = 0; i < 2; ++i) {
    const auto switched = reporting::Rebuild(*store, SourcesOf(system.engine()));
    ASSERT_TRUE(switched.ok()) << switched.refusal().Sentence(false);
    EXPECT_TRUE(switched->switched);
    EXPECT_EQ(switched->after.all, before->all);
  }
  std::string what;
  EXPECT_TRUE(store->IsMigrated(system.engine().TablesOf("reporting"), &what)) << what;
  ASSERT_THAT(client.Call<LeadCaptured>("CaptureLead", Proto("name: 'b' channel: CHANNEL_WEB")), IsOk());
  const auto figures = client.Call<Figures>("GetFigures", Proto("metrics: 'leads'"));
  ASSERT_THAT(figures, IsOk());
  EXPECT_EQ(figures->total().values(0).value(), "51");
}

TEST(R1_Replica, IsTheSameAfterARestartInTheMiddle) {
  System system;
  const Client before = system.As({v1::ROLE_ADMIN});
  ASSERT_THAT(before.Call<LeadCaptured>("CaptureLead", Proto("name: 'a' channel: CHANNEL_WEB")), IsOk());
  system.Restart();
  const Client client = system.As({v1::ROLE_ADMIN}, before.tenant());
  ASSERT_THAT(client.Call<LeadCaptured>("CaptureLead", Proto("name: 'b' channel: CHANNEL_WEB")), IsOk());
  const auto figures = client.Call<Figures>("GetFigures", Proto("metrics: 'leads'"));
  ASSERT_THAT(figures, IsOk());
  EXPECT_EQ(figures->total().values(0).value(), "2");
}

// From the reply of a command to the report that shows it, while others write.
TEST(R1_Replica, ShowsWhatWasRecordedAtOnce) {
  const Client writer = System::Shared().As({v1::ROLE_ADMIN});
  std::atomic<bool> done{false};
  std::thread noise([&] {
    const Client other = System::Shared().As({v1::ROLE_ADMIN});
    while (!done) other.Call<LeadCaptured>("CaptureLead", Proto("name: 'noise' channel: CHANNEL_WEB"));
  });
  std::vector<int64_t> waits;
  for (int i = 1; i <= 50; ++i) {
    ASSERT_THAT(writer.Call<LeadCaptured>("CaptureLead", Proto("name: 'a' channel: CHANNEL_WEB")), IsOk());
    const auto recorded = std::chrono::steady_clock::now();
    const auto figures = writer.Call<Figures>("GetFigures", Proto("metrics: 'leads'"));
    ASSERT_THAT(figures, IsOk());
    EXPECT_EQ(figures->total().values(0).value(), std::to_string(i));
    waits.push_back(
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - recorded).count());
  }
  done = true;
  noise.join();
  std::sort(waits.begin(), waits.end());
  RecordProperty("median_ms", static_cast<int>(waits[25]));
  RecordProperty("p98_ms", static_cast<int>(waits[48]));
  std::printf("commit to visible: median %d ms, p98 %d ms\n", static_cast<int>(waits[25]), static_cast<int>(waits[48]));
  EXPECT_LT(waits[25], 1000);
}

}  // namespace
}  // namespace songsang
