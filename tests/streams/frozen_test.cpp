// Of two replicas the one that publishes is frozen in the middle of a transaction.
#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "engine/published.h"
#include "streams/accounts.h"
#include "streams/needs.h"

namespace songsang {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int kPartitions = 2;

// Readers of a topic who see what is committed, or all.
class Ends {
 public:
  explicit Ends(std::string topic) : topic_(std::move(topic)), stream_(kafka::OpenKafka(Kafka())) {
    for (const auto isolation : {engine::Isolation::kCommitted, engine::Isolation::kUncommitted})
      listeners_.push_back(std::move(*stream_->OpenListener(isolation)));
  }
  int64_t Committed() const { return End(0); }
  // Whether a transaction has begun, and is neither committed nor aborted: readers of what is committed wait for it.
  bool Open() const { return End(0) < End(1); }

 private:
  int64_t End(size_t listener) const {
    int64_t end = 0;
    for (int32_t partition = 0; partition < kPartitions; ++partition)
      end += listeners_[listener]->SpanOf(topic_, partition)->end;
    return end;
  }

  const std::string topic_;
  const std::shared_ptr<engine::Stream> stream_;
  std::vector<std::unique_ptr<engine::Listener>> listeners_;
};

TEST(FrozenRelay, HoldsUpReadersForSecondsAndWritesNothingWhenItThaws) {
  NEEDS_KAFKA();
  NEEDS_POSTGRES();
  const std::string prefix = "t" + std::to_string(getpid()) + "-frozen.";
  const auto publisher = PublisherOf(Kafka(), prefix, kPartitions);
  const Ran made = RunProgram({SONGSANG_BINARY, "topics", "apply", "--kafka", Kafka(), "--topic-prefix", prefix,
                               "--state-topics", publisher.state_topics, "--partitions", std::to_string(kPartitions)});
  ASSERT_EQ(made.exit_code, 0) << made.out << made.err;
  Pair pair({"--kafka", Kafka(), "--topic-prefix", prefix, "--state-topics", publisher.state_topics});
  const Ends ends(engine::EventsTopic(prefix, "accounts"));
  std::atomic<bool> stopping{false};
  std::vector<std::thread> callers;
  for (int i = 0; i < 4; ++i)
    callers.emplace_back([&, i] {
      const Person person = pair.At(1, "tenant" + std::to_string(i));
      const Proto account("kind: KIND_BUSINESS country: 'US' state: STATE_OPEN name: '한빛상사'");
      for (int n = 0; !stopping; ++n)
        while (!person.Send("RegisterAccount", account, "c" + std::to_string(i) + "-" + std::to_string(n)).ok()) {
          // The lanes of the frozen one may hold a lock for some seconds; the same id is asked about again.
          std::this_thread::sleep_for(milliseconds(50));
        }
    });
  bool open = false;
  for (int tries = 0; !open && tries < 300; ++tries) {
    pair.Freeze(0);
    std::this_thread::sleep_for(milliseconds(60));
    open = ends.Open();
    if (open) break;
    pair.Thaw(0);
    std::this_thread::sleep_for(milliseconds(3 + tries % 17));
  }
  const auto frozen = steady_clock::now();
  EXPECT_TRUE(open) << "it was never frozen within a transaction";
  const int64_t before = ends.Committed();
  EXPECT_TRUE(Eventually([&] { return ends.Committed() > before + 20; }, std::chrono::seconds(30)));
  const auto held = std::chrono::duration_cast<milliseconds>(steady_clock::now() - frozen);
  std::printf("readers of what is committed went on %lld ms after the freeze\n", static_cast<long long>(held.count()));
  EXPECT_LT(held, milliseconds(10'000));
  pair.Thaw(0);
  std::this_thread::sleep_for(milliseconds(3000));
  stopping = true;
  for (auto& caller : callers) caller.join();
  std::map<std::string, std::string> addresses;
  for (const char* service : {"leads", "accounts", "workforce", "billing", "training", "reporting"})
    addresses[service] = pair.address(1);
  EXPECT_TRUE(chaos::AwaitRelays(publisher, addresses, pair.key(), std::chrono::seconds(30)));
  for (const int replica : {0, 1}) pair.Stop(replica);
  const auto report = AuditStopped(pair.store(), &publisher);
  EXPECT_GT(report.repeated, 0) << "what the frozen one had begun was aborted";
  std::fputs(report.Text().c_str(), stdout);
}

}  // namespace
}  // namespace songsang
