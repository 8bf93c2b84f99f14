// Which replica does what only one should: nobody else while a lease runs, another soon after, by the store's clock.
#include "engine/lease.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <thread>

#include "contract/stores.h"

namespace songsang::contract {
namespace {

using engine::Lease;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

class LeaseOfStore : public StoreTest {
 protected:
  bool Hold(const std::string& holder, milliseconds life, const std::string& name = "work") {
    bool held = false;
    EXPECT_THAT(store_->OpenSession()->HoldLease(name, holder, life, &held), Ok());
    return held;
  }
  // How long it took until `what`; at most ten seconds.
  static milliseconds Until(const std::function<bool()>& what) {
    const auto start = steady_clock::now();
    while (!what() && steady_clock::now() - start < milliseconds(10'000)) std::this_thread::sleep_for(milliseconds(5));
    return std::chrono::duration_cast<milliseconds>(steady_clock::now() - start);
  }
};
INSTANTIATE_TEST_SUITE_P(Stores, LeaseOfStore, testing::Values("sqlite", "postgres"),
                         [](const auto& info) { return info.param; });
using LeaseOnPostgres = LeaseOfStore;
INSTANTIATE_TEST_SUITE_P(Stores, LeaseOnPostgres, testing::Values("postgres"),
                         [](const auto& info) { return info.param; });

TEST_P(LeaseOfStore, IsHeldAtOnceAndAgainAfterwards) {
  Lease lease(*store_, "work", "one");
  EXPECT_LT(Until([&] { return lease.Held(); }), milliseconds(2000));
  EXPECT_EQ(lease.trouble(), "");
  const int64_t term = lease.Term();
  std::this_thread::sleep_for(milliseconds(3500));
  EXPECT_EQ(lease.Term(), term) << "it is renewed without a break";
  lease.Stop();
  EXPECT_FALSE(lease.Held());
  Lease next(*store_, "work", "two");
  EXPECT_LT(Until([&] { return next.Held(); }), milliseconds(2000));
}

TEST_P(LeaseOnPostgres, AnotherIsRefusedWhileItRuns) {
  EXPECT_TRUE(Hold("one", milliseconds(60'000)));
  EXPECT_FALSE(Hold("two", milliseconds(60'000)));
  EXPECT_TRUE(Hold("two", milliseconds(60'000), "other work")) << "each name is a lease of its own";
  EXPECT_TRUE(Hold("one", milliseconds(60'000))) << "its holder renews it";
  EXPECT_FALSE(Hold("two", milliseconds(0))) << "another's is not to be given up";
  EXPECT_FALSE(Hold("two", milliseconds(60'000)));
  EXPECT_FALSE(Hold("one", milliseconds(0)));
  EXPECT_TRUE(Hold("two", milliseconds(60'000)));
}

TEST_P(LeaseOnPostgres, RunsOutByTheStoresClock) {
  EXPECT_TRUE(Hold("one", milliseconds(300)));
  EXPECT_FALSE(Hold("two", milliseconds(300)));
  std::this_thread::sleep_for(milliseconds(350));
  EXPECT_TRUE(Hold("two", milliseconds(300)));
  EXPECT_FALSE(Hold("one", milliseconds(300)));
}

TEST_P(LeaseOnPostgres, OfManyExactlyOneHoldsIt) {
  for (int round = 0; round < 5; ++round) {
    std::atomic<int> held{0};
    std::vector<std::thread> takers;
    for (int i = 0; i < 8; ++i)
      takers.emplace_back([&, i] {
        if (Hold(std::to_string(i), milliseconds(60'000), std::to_string(round))) ++held;
      });
    for (auto& taker : takers) taker.join();
    EXPECT_EQ(held, 1);
  }
}

TEST_P(LeaseOnPostgres, IsTakenOverAtOnceFromWhoStopsAndInSecondsFromWhoIsLost) {
  auto first = std::make_unique<Lease>(*store_, "work", "one");
  ASSERT_LT(Until([&] { return first->Held(); }), milliseconds(2000));
  Lease second(*store_, "work", "two");
  std::this_thread::sleep_for(milliseconds(1200));
  EXPECT_TRUE(first->Held());
  EXPECT_FALSE(second.Held());
  first->Stop();
  EXPECT_LT(Until([&] { return second.Held(); }), milliseconds(1500));
  // Held by a process that was killed: nobody gives it up.
  second.Stop();
  ASSERT_TRUE(Hold("killed", milliseconds(3000)));
  Lease third(*store_, "work", "three");
  const auto waited = Until([&] { return third.Held(); });
  EXPECT_GT(waited, milliseconds(2000));
  EXPECT_LT(waited, milliseconds(4500));
}

// The child tells when it holds the lease; once it goes on after having been stopped, what it thinks then.
TEST_P(LeaseOnPostgres, WhoWasFrozenKnowsAtOnceThatItIsOver) {
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    Lease lease(*store_, "work", "frozen");
    Until([&] { return lease.Held(); });
    const int64_t term = lease.Term();
    if (write(ends[1], "h", 1) != 1) _exit(1);
    // Asked without a pause: were it held for a moment after the thaw, this would see it.
    for (auto last = steady_clock::now();;) {
      const auto now = steady_clock::now();
      const bool held = lease.Term() == term;
      if (now - last > milliseconds(3000)) {
        if (write(ends[1], held ? "h" : "o", 1) != 1) _exit(1);
        break;
      }
      last = now;
    }
    pause();
  }
  char told = 0;
  ASSERT_EQ(read(ends[0], &told, 1), 1);
  kill(child, SIGSTOP);
  Lease other(*store_, "work", "other");
  const auto waited = Until([&] { return other.Held(); });
  EXPECT_GT(waited, milliseconds(1500)) << "the lease of the frozen one runs out first";
  EXPECT_LT(waited, milliseconds(5000));
  kill(child, SIGCONT);
  ASSERT_EQ(read(ends[0], &told, 1), 1);
  EXPECT_EQ(told, 'o');
  EXPECT_TRUE(other.Held());
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  close(ends[0]);
  close(ends[1]);
}

}  // namespace
}  // namespace songsang::contract
