// What waits before a lane: turns, limits, deadlines, and the end.
#include <thread>

#include "songsang/leads/v1/lead.pb.h"
#include "unit/engine/house.h"

namespace songsang::engine {
namespace {

using leads::v1::LeadCaptured;

constexpr char kCapture[] = "leads.v1.LeadService/CaptureLead";

Proto Named(const std::string& request_id) {
  return Proto("request_id: '" + request_id + "' channel: CHANNEL_WEB name: 'x'");
}

TEST(Admission, ExpiredCommandsAreDroppedUndecided) {
  NEEDS_ITS_STORE();
  House house;
  std::future<Outcome> late, in_time;
  house.InOneBatch("leads", [&] {
    late = house.Send(kCapture, Named("late"), As{.within = std::chrono::milliseconds(20)});
    in_time = house.Send(kCapture, Named("in-time"));
    std::this_thread::sleep_for(std::chrono::milliseconds(60));
  });
  EXPECT_THAT(Answered<LeadCaptured>(late.get()), RefusedWith(kDeadlineExceeded));
  EXPECT_THAT(Answered<LeadCaptured>(in_time.get()), IsOk());
  EXPECT_EQ(house.Count("leads", "SELECT count(*) FROM {}.lead WHERE tenant = 'acme'"), 1);
}

TEST(Admission, CancelledCommandsAreDroppedUndecided) {
  NEEDS_ITS_STORE();
  House house;
  std::atomic<bool> gone{false};
  std::future<Outcome> sent;
  house.InOneBatch("leads", [&] {
    sent = house.Send(kCapture, Named("gone"), As{.cancelled = [&] { return gone.load(); }});
    gone = true;
  });
  EXPECT_THAT(Answered<LeadCaptured>(sent.get()), RefusedWith(kCancelled));
  EXPECT_EQ(house.Count("leads", "SELECT count(*) FROM {}.lead WHERE tenant = 'acme'"), 0);
}

TEST(Admission, OverloadIsPushedBackAtOnce) {
  NEEDS_ITS_STORE();
  House::Options options;
  options.settings.queue_commands = 8;
  House house(options);
  std::vector<std::future<Outcome>> sent;
  house.InOneBatch("leads", [&] {
    for (int i = 0; i < 12; ++i) sent.push_back(house.Send(kCapture, Named("c" + std::to_string(i))));
    for (size_t i = 8; i < 12; ++i) {
      ASSERT_EQ(sent[i].wait_for(std::chrono::seconds(0)), std::future_status::ready) << "refused without waiting";
      const Answered<LeadCaptured> refused(sent[i].get());
      EXPECT_THAT(refused, RefusedWith(kOverloaded));
      EXPECT_GT(refused.outcome().refusal->retry_after_ms.value_or(0), 0);
    }
  });
  for (size_t i = 0; i < 8; ++i) EXPECT_THAT(Answered<LeadCaptured>(sent[i].get()), IsOk()) << i;
}

TEST(Admission, FlowsTakeTurns) {
  NEEDS_ITS_STORE();
  House house;
  std::vector<std::future<Outcome>> flood;
  std::future<Outcome> single;
  house.InOneBatch("leads", [&] {
    for (int i = 0; i < 600; ++i) flood.push_back(house.Send(kCapture, Named("f" + std::to_string(i)), As{.flow = 1}));
    single = house.Send(kCapture, Named("single"), As{.flow = 2});
  });
  const Outcome answered = single.get();
  ASSERT_TRUE(answered.ok());
  EXPECT_LE(answered.marks.at(0).seq, 4) << "it did not wait behind the flood";
  for (auto& each : flood) EXPECT_TRUE(each.get().ok());
  EXPECT_EQ(house.Count("leads", "SELECT count(*) FROM {}.lead WHERE tenant = 'acme'"), 601);
}

TEST(Admission, TheCommandsOfOneFlowKeepTheirOrder) {
  NEEDS_ITS_STORE();
  House house;
  std::vector<std::future<Outcome>> sent;
  for (int i = 0; i < 300; ++i) sent.push_back(house.Send(kCapture, Named("c" + std::to_string(i)), As{.flow = 7}));
  // The first ones may find their tenant not yet placed; from then on the order is the caller's.
  sent.front().get();
  int64_t last = 0;
  std::vector<std::future<Outcome>> ordered;
  for (int i = 0; i < 300; ++i) ordered.push_back(house.Send(kCapture, Named("o" + std::to_string(i)), As{.flow = 8}));
  for (auto& each : ordered) {
    const Outcome outcome = each.get();
    ASSERT_TRUE(outcome.ok());
    EXPECT_GT(outcome.marks.at(0).seq, last);
    last = outcome.marks.at(0).seq;
  }
}

TEST(Stopping, DrainAnswersEverythingThatWaits) {
  NEEDS_ITS_STORE();
  House house;
  std::vector<std::future<Outcome>> sent;
  house.InOneBatch("leads", [&] {
    for (int i = 0; i < 2'000; ++i) sent.push_back(house.Send(kCapture, Named("c" + std::to_string(i))));
  });
  house.engine().Stop();
  int stored = 0;
  for (auto& each : sent) {
    ASSERT_EQ(each.wait_for(std::chrono::seconds(0)), std::future_status::ready);
    stored += each.get().ok() ? 1 : 0;
  }
  EXPECT_EQ(stored, 2'000) << "ten seconds are enough for what waited";
  EXPECT_EQ(house.Count("leads", "SELECT count(*) FROM {}.lead WHERE tenant = 'acme'"), stored);
  EXPECT_THAT(Answered<LeadCaptured>(house.Send(kCapture, Named("after")).get()), RefusedWith(kStopping));
}

}  // namespace
}  // namespace songsang::engine
