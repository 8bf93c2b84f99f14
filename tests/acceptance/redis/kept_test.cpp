// Reports that are answered again, without being computed: always what would be computed now.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <set>

#include "acceptance/redis/server.h"
#include "host/methods.h"
#include "songsang/reporting/v1/receivables.pb.h"
#include "songsang/reporting/v1/report.pb.h"
#include "songsang/reporting/v1/snapshot.pb.h"

namespace songsang {
namespace {

using google::protobuf::Message;
using reporting::v1::Figures;

struct Question {
  const char* method;
  std::shared_ptr<Message> request;
};

template <class Request>
Question Ask(const char* method, const std::string& text) {
  auto request = std::make_shared<Request>();
  Proto(text).ParseInto(request.get());
  return {method, request};
}

// Questions of every kind that is kept, any of them with any cut that the dictionary allows.
class Curious {
 public:
  Curious(const Client& client, unsigned seed) : random_(seed) {
    const auto listed = client.Call<reporting::v1::ListMetricsResponse>("ListMetrics", Proto(""));
    EXPECT_THAT(listed, IsOk());
    metrics_ = *listed;
  }
  int Below(int most) { return static_cast<int>(random_() % static_cast<unsigned>(most)); }

  Question Any() {
    switch (Below(6)) {
      case 0:
        return Ask<reporting::v1::GetAgeingRequest>(
            "GetAgeing", Below(2) != 0 ? "" : "as_of: '2026-06-0" + std::to_string(1 + Below(2)) + "' limit: 5");
      case 1:
        return Ask<reporting::v1::GetDsoRequest>("GetDso", Below(2) != 0 ? "" : "as_of: '2026-06-30'");
      case 2:
        return Ask<reporting::v1::GetPipelineRequest>("GetPipeline", "currency: 'KRW'");
      default:
        return AnyFigures();
    }
  }

 private:
  Question AnyFigures() {
    const auto& metric = metrics_.metrics(Below(metrics_.metrics_size()));
    std::string text = "metrics: '" + metric.definition().key() + "'";
    if (metric.dimensions_size() > 0 && Below(3) != 0)
      text += " dimensions: '" + metric.dimensions(Below(metric.dimensions_size())) + "'";
    if (Below(3) == 0) text += " period { bucket: BUCKET_MONTH }";
    if (Below(4) == 0) text += " as_of: '2026-06-30'";
    if (Below(4) == 0) text += " limit: 2";
    return Ask<reporting::v1::GetFiguresRequest>("GetFigures", text);
  }

  std::mt19937 random_;
  reporting::v1::ListMetricsResponse metrics_;
};

google::protobuf::Timestamp* KnownOnOf(Message* message) {
  const auto* field = message->GetDescriptor()->FindFieldByName("known_on");
  return static_cast<google::protobuf::Timestamp*>(message->GetReflection()->MutableMessage(message, field));
}

// Asks twice: as anyone would, and once more for the same instant, to be computed. The two must be equal, byte for
// byte. Answers whether the first had been kept; a refusal of both is as good.
bool Equal(const Client& client, const Question& question, std::string* told = nullptr) {
  const auto answer = client.CallRaw(question.method, *question.request);
  auto pinned = std::shared_ptr<Message>(question.request->New());
  pinned->CopyFrom(*question.request);
  const std::unique_ptr<Message> reply = methods::NewReply(*methods::Find(question.method));
  EXPECT_TRUE(reply->ParseFromString(answer.reply));
  if (answer.ok()) *KnownOnOf(pinned.get()) = *KnownOnOf(reply.get());
  const auto computed = client.CallRaw(question.method, *pinned, Fresh());
  const std::string asked = std::string(question.method) + " " + question.request->ShortDebugString();
  EXPECT_FALSE(computed.cached);
  EXPECT_EQ(answer.reason, computed.reason) << asked;
  EXPECT_TRUE(answer.reply == computed.reply)
      << asked << (answer.cached ? "\nkept:     " : "\nanswered: ") << reply->ShortDebugString()
      << "\ncomputed: " << [&] {
           const auto other = methods::NewReply(*methods::Find(question.method));
           other->ParseFromString(computed.reply);
           return other->ShortDebugString();
         }();
  if (told != nullptr) *told = answer.reply;
  return answer.cached;
}

void AnyWrite(Curious* curious, Trade* trade) {
  const std::string day = "2026-0" + std::to_string(1 + curious->Below(6)) + "-1" + std::to_string(curious->Below(10));
  switch (curious->Below(7)) {
    case 0:
      return trade->CaptureLead("WEB");
    case 1:
      return trade->CaptureLead("PHONE");
    case 2:
      return trade->OpenOpportunity(1000 + curious->Below(1000));
    case 3:
      return trade->CloseOpportunity(curious->Below(2) == 0);
    case 4:
      return trade->Sell(1000 + curious->Below(1000), day, "2026-06-30");
    case 5:
      return trade->Pay(1 + curious->Below(500));
    default:
      return trade->RenameAccount("name " + std::to_string(curious->Below(1000)));
  }
}

// After every write of anyone, questions of everyone.
void CompareUnderWrites(System& system, unsigned seed, int writes) {
  std::vector<Trade> trades;
  for (int i = 0; i < 3; ++i) trades.emplace_back(system, System::FreshTenant(i == 0 ? "UTC" : "Asia/Seoul"));
  Curious curious(trades[0].client, seed);
  // The same few questions again and again, as people ask them.
  std::vector<Question> favourites;
  for (int i = 0; i < 12; ++i) favourites.push_back(curious.Any());
  int kept = 0, asked = 0;
  for (int i = 0; i < writes; ++i) {
    if (i == writes / 2) System::Ahead(std::chrono::hours(25));  // ages change overnight
    AnyWrite(&curious, &trades[static_cast<size_t>(curious.Below(3))]);
    for (const Trade& trade : trades) {
      for (int n = 0; n < 2; ++n, ++asked)
        kept += Equal(trade.client, favourites[static_cast<size_t>(curious.Below(12))]) ? 1 : 0;
    }
    kept += Equal(trades[0].client, curious.Any()) ? 1 : 0;
    if (::testing::Test::HasFailure()) return;
  }
  std::printf("[          ] %d of %d answers had been kept\n", kept, asked);
  EXPECT_GT(kept, asked / 10) << "hardly anything was kept, so hardly anything was compared";
  EXPECT_LT(kept, asked);
}

TEST(KeptReports, InRedisAreWhatWouldBeComputedNow) {
  NEEDS_REDIS();
  const RedisServer redis;
  System system([&](host::Config* config) { config->redis = redis.url(); });
  CompareUnderWrites(system, 20261125, 60);
  EXPECT_EQ(system.engine().kept().spoiled, 0);
  EXPECT_FALSE(redis.Keys("songsang:kept:*").empty());
}

TEST(KeptReports, InMemoryAreWhatWouldBeComputedNow) { CompareUnderWrites(System::Shared(), 7, 60); }

TEST(KeptReports, HoldWhileOthersWriteAndOtherThingsHappen) {
  System& system = System::Shared();
  Trade trade(system, System::FreshTenant());
  Trade other(system, System::FreshTenant());
  const auto ageing = Ask<reporting::v1::GetAgeingRequest>("GetAgeing", "as_of: '2026-06-01'");
  const auto leads = Ask<reporting::v1::GetFiguresRequest>("GetFigures", "metrics: 'leads'");
  trade.Sell(1000, "2026-01-10", "2026-03-31");
  EXPECT_FALSE(Equal(trade.client, ageing));
  EXPECT_FALSE(Equal(trade.client, leads));
  EXPECT_TRUE(Equal(trade.client, ageing));
  EXPECT_TRUE(Equal(trade.client, leads));
  other.Sell(7000, "2026-01-10", "2026-03-31");
  other.CaptureLead("WEB");
  EXPECT_TRUE(Equal(trade.client, ageing)) << "another tenant's business changes nothing here";
  EXPECT_TRUE(Equal(trade.client, leads));
  trade.CaptureLead("WEB");
  EXPECT_TRUE(Equal(trade.client, ageing)) << "a lead changes nothing that is owed";
  EXPECT_FALSE(Equal(trade.client, leads));
  trade.RenameAccount("한빛");
  EXPECT_FALSE(Equal(trade.client, ageing)) << "it tells the clients' names";
  EXPECT_TRUE(Equal(trade.client, leads));
}

TEST(KeptReports, AreNeverOlderThanWhatTheCallerHasSeen) {
  System& system = System::Shared();
  const Trade trade(system, System::FreshTenant());
  for (int i = 1; i <= 30; ++i) {
    trade.CaptureLead("WEB");
    const auto figures = trade.client.Call<Figures>("GetFigures", Proto("metrics: 'leads'"));
    ASSERT_THAT(figures, IsOk());
    ASSERT_EQ(figures->total().values(0).value(), std::to_string(i));
  }
}

TEST(KeptReports, SpoiledInRedisAreComputedAnew) {
  NEEDS_REDIS();
  const RedisServer redis;
  System system([&](host::Config* config) { config->redis = redis.url(); });
  Trade trade(system, System::FreshTenant());
  trade.Sell(1000, "2026-01-10", "2026-03-31");
  trade.CaptureLead("WEB");
  const std::vector<Question> questions = {Ask<reporting::v1::GetAgeingRequest>("GetAgeing", "as_of: '2026-06-01'"),
                                           Ask<reporting::v1::GetFiguresRequest>("GetFigures", "metrics: 'leads'"),
                                           Ask<reporting::v1::GetFiguresRequest>("GetFigures", "metrics: 'invoiced'"),
                                           Ask<reporting::v1::GetPipelineRequest>("GetPipeline", "currency: 'KRW'")};
  const auto ask_all = [&] {
    int kept = 0;
    for (const Question& question : questions) kept += Equal(trade.client, question) ? 1 : 0;
    return kept;
  };
  // Redis is spoken to by itself, some time after the start.
  ASSERT_TRUE(Eventually([&] { return ask_all() == 4; }));
  const auto keys = redis.Keys("songsang:kept:*");
  ASSERT_EQ(keys.size(), 4U);

  std::mt19937 random(1);
  int64_t spoiled = system.engine().kept().spoiled;
  EXPECT_EQ(spoiled, 0);
  const auto after = [&](const char* what, const std::function<void(const std::string& key)>& spoil) {
    for (const std::string& key : keys) spoil(key);
    EXPECT_EQ(ask_all(), 0) << what;
    EXPECT_EQ(ask_all(), 4) << "and kept again, after " << what;
  };
  after("random bytes", [&](const std::string& key) {
    std::string bytes;
    for (unsigned i = 0; i < 1 + random() % 400; ++i) bytes += static_cast<char>(random());
    redis.Run({"-x", "SET", key}, bytes);
  });
  after("one byte flipped", [&](const std::string& key) {
    redis.Run({"SETBIT", key, std::to_string(40 * 8 + 3),
               redis.Run({"GETBIT", key, std::to_string(40 * 8 + 3)}) == "0" ? "1" : "0"});
  });
  after("the end cut off", [&](const std::string& key) {
    redis.Run(
        {"EVAL", "local v = redis.call('GET', KEYS[1]); redis.call('SET', KEYS[1], string.sub(v, 1, -2))", "1", key});
  });
  after("something appended", [&](const std::string& key) { redis.Run({"APPEND", key, "x"}); });
  after("another's answer", [&, i = 0](const std::string& key) mutable {
    if (i++ == 0) redis.Run({"RENAME", key, "first"});
    redis.Run({"COPY", i < 4 ? keys[static_cast<size_t>(i)] : "first", key, "REPLACE"});
  });
  spoiled = system.engine().kept().spoiled - spoiled;
  EXPECT_EQ(spoiled, 5 * 4);
  after("a list", [&](const std::string& key) {
    redis.Run({"DEL", key});
    redis.Run({"RPUSH", key, "a", "b"});
  });
}

}  // namespace
}  // namespace songsang
