// One of two replicas is killed, stopped or frozen: the other serves, takes over, and nothing is lost or done twice.
#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <deque>
#include <random>
#include <set>
#include <thread>

#include "audit/commands.h"
#include "replicas/pair.h"
#include "songsang/accounts/v1/account.pb.h"
#include "songsang/billing/v1/credit.pb.h"
#include "songsang/billing/v1/invoice.pb.h"
#include "songsang/billing/v1/order.pb.h"
#include "songsang/billing/v1/tax_service.pb.h"
#include "support/authority.h"

namespace songsang {
namespace {

using accounts::v1::AccountRegistered;
using billing::v1::CreditLineOpened;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

milliseconds Since(steady_clock::time_point start) {
  return std::chrono::duration_cast<milliseconds>(steady_clock::now() - start);
}

#define NEEDS_POSTGRES() \
  if (std::getenv("SONGSANG_TEST_POSTGRES") == nullptr) GTEST_SKIP() << "SONGSANG_TEST_POSTGRES names no server"

// Callers who send random commands to whichever replica they prefer, and keep a record of what they were told.
class Load {
 public:
  Load(Pair* pair, int callers) : recorder_(pair->recorder()), known_(kTenants) {
    for (int i = 0; i < kTenants; ++i) {
      token::Claims claims;
      claims.subject = claims.client = "load";
      claims.tenant = "tenant" + std::to_string(i);
      claims.roles = 1u << v1::ROLE_ADMIN;
      clients_.emplace_back(pair->both(), pair->key().Mint(claims), "", claims.tenant);
    }
    for (int i = 0; i < callers; ++i) threads_.emplace_back([this, i] { Run(i); });
  }
  ~Load() { End(); }
  // Once every outcome is known. The first answer that contradicts an earlier one, in words.
  std::string End() {
    stopping_ = true;
    for (auto& thread : threads_) thread.join();
    threads_.clear();
    return wrong_;
  }
  int64_t acknowledged() const { return acknowledged_; }
  // From a command's first sending until its outcome was known, at the longest.
  milliseconds longest() const { return milliseconds(longest_ms_); }

 private:
  static constexpr int kTenants = 4;

  void Run(int number) {
    const auto tenant = static_cast<size_t>(number % kTenants);
    const auto send = [&](const std::string& method, const std::string& request) {
      const client::Answer answer = clients_[tenant].Call(method, request);
      audit::Reply reply;
      reply.verdict = audit::VerdictOf(static_cast<int>(answer.code), answer.reason);
      reply.reason = answer.reason.empty() ? client::CodeName(answer.code) : answer.reason;
      reply.bytes = answer.reply;
      reply.replayed = answer.replayed;
      return reply;
    };
    audit::Caller caller("tenant" + std::to_string(tenant), "load", "c" + std::to_string(number),
                         static_cast<uint64_t>(number), &known_[tenant], recorder_, send, [] { return false; });
    while (!stopping_ && caller.wrong().empty()) {
      const auto start = steady_clock::now();
      const int64_t before = caller.acknowledged();
      caller.Step();
      acknowledged_ += caller.acknowledged() - before;
      const std::lock_guard lock(mutex_);
      longest_ms_ = std::max(longest_ms_, Since(start).count());
    }
    const std::lock_guard lock(mutex_);
    if (!caller.wrong().empty()) wrong_ = caller.wrong();
  }

  audit::Recorder* const recorder_;
  std::deque<audit::Known> known_;
  std::deque<client::Client> clients_;
  std::atomic<bool> stopping_{false};
  std::atomic<int64_t> acknowledged_{0};
  std::mutex mutex_;
  int64_t longest_ms_ = 0;
  std::string wrong_;
  std::vector<std::thread> threads_;
};

// How long it takes until an account is in billing's mirror, which somebody must be there to copy it into.
milliseconds UntilMirrored(const Person& person, const std::string& key) {
  const auto start = steady_clock::now();
  EXPECT_THAT(person.Call<AccountRegistered>("RegisterAccount",
                                             Proto("kind: KIND_BUSINESS country: 'US' state: STATE_OPEN name: '" + key +
                                                   "' external_ref { system: 'test' key: '" + key + "' }")),
              IsOk());
  EXPECT_THAT(person.Call<CreditLineOpened>(
                  "OpenCreditLine", Proto("account_id: 'ext:test:" + key + "' limit { minor: 1 currency: 'KRW' }")),
              IsOk());
  return Since(start);
}

TEST(Apart, OneKilledOrStoppedUnderLoadLosesNothingAndTheOtherTakesOver) {
  NEEDS_POSTGRES();
  Pair pair;
  Load load(&pair, 16);
  std::mt19937 random(1);
  // Each time it is the one that acts. Killed, its leases must run out; asked to stop, it gives them up.
  for (const auto& [gone, killed] : {std::pair(0, true), std::pair(1, true), std::pair(0, false)}) {
    std::this_thread::sleep_for(milliseconds(400 + random() % 300));
    killed ? pair.Kill(gone) : pair.Stop(gone);
    const int64_t before = load.acknowledged();
    const auto took = UntilMirrored(pair.At(1 - gone, "mirror"), "gone" + std::to_string(gone) + (killed ? "k" : "s"));
    std::printf("replica %d %s: the other acts after %lld ms\n", gone, killed ? "killed" : "stopped",
                static_cast<long long>(took.count()));
    EXPECT_LT(took, milliseconds(killed ? 6000 : 1500));
    EXPECT_GT(load.acknowledged(), before) << "the other serves meanwhile";
    pair.Start(gone);
  }
  EXPECT_EQ(load.End(), "");
  EXPECT_GT(load.acknowledged(), 500);
  std::printf("%lld acknowledged, the longest took %lld ms\n", static_cast<long long>(load.acknowledged()),
              static_cast<long long>(load.longest().count()));
  EXPECT_LT(load.longest(), milliseconds(5000));
  EXPECT_EQ(pair.Audit(), "");
}

// The lanes that hold their partition's lock and have done nothing for a while: those of a frozen process.
std::vector<std::string> StalledLocks(const Pair& pair) {
  std::string sql;
  for (const char* service : {"leads", "accounts", "workforce", "billing", "training"})
    sql += (sql.empty() ? "" : " UNION ALL ") +
           ("SELECT '" + std::string(service) + "' FROM " + service +
            ".head h JOIN pg_locks l ON l.locktype = 'transactionid' AND l.transactionid = "
            "h.xmax AND l.granted JOIN pg_stat_activity a ON a.pid = l.pid WHERE a.state = 'idle in transaction' AND "
            "a.state_change < clock_timestamp() - interval '40 milliseconds'");
  return pair.Sql(sql);
}

// Freezes a replica under load until it is caught with a lane's lock, and thaws it after the other has taken over.
bool FreezeWithALock(Pair* pair, int replica) {
  for (int tries = 0; tries < 400; ++tries) {
    pair->Freeze(replica);
    std::this_thread::sleep_for(milliseconds(60));
    if (!StalledLocks(*pair).empty()) return true;
    pair->Thaw(replica);
    std::this_thread::sleep_for(milliseconds(3 + tries % 7));
  }
  return false;
}

// Sells to one client, an invoice at a time, each with its tax invoice for the authority.
class Seller {
 public:
  explicit Seller(const Person& person) : person_(person) {
    Expect<AccountRegistered>(
        "RegisterAccount",
        "state: STATE_OPEN name: '한빛상사' kind: KIND_BUSINESS brn: '124-81-00998' external_ref { "
        "system: 'test' key: 'hanbit' }");
    Expect<CreditLineOpened>("OpenCreditLine",
                             "account_id: 'ext:test:hanbit' limit { minor: 100000000000 currency: 'KRW' }");
    place_ =
        Expect<billing::v1::BusinessPlaceSaved>(
            "SaveBusinessPlace", "name: '송상물산' brn: '220-81-62517' representative: '왕건' issuer_code: '41000001'")
            .business_place()
            .id();
  }
  void Sell() {
    const std::string order =
        "order_id: '" +
        Expect<billing::v1::OrderPlaced>(
            "PlaceOrder",
            "account_id: 'ext:test:hanbit' currency: 'KRW' lines { description: '동백유' quantity "
            "{ units: 1 } unit_price { units: 1000 } }")
            .order()
            .id() +
        "' ";
    Expect<billing::v1::OrderDelivered>("DeliverOrder", order);
    Expect<billing::v1::InvoiceIssued>("IssueInvoice", order + "business_place_id: '" + place_ + "'");
  }

 private:
  template <class Reply>
  Reply Expect(const std::string& method, const std::string& request) {
    const auto called = person_.Call<Reply>(method, Proto(request));
    EXPECT_THAT(called, IsOk()) << method;
    return *called;
  }

  const Person person_;
  std::string place_;
};

// What was under way when its caller was frozen is asked about a minute later; nothing is there twice, and what counts as
// done is there.
void ExpectOnceEach(const Pair& pair, const AuthorityProcess& authority) {
  std::set<std::string> taken;
  EXPECT_TRUE(Eventually(
      [&] { return pair.Sql("SELECT id FROM billing.tax_invoice WHERE transmission_state = 'DUE'").empty(); }));
  for (const auto& [id, approval] : authority.Taken()) EXPECT_TRUE(taken.insert(id).second) << id << " is there twice";
  EXPECT_FALSE(taken.empty());
  for (const std::string& id : pair.Sql("SELECT id FROM billing.tax_invoice WHERE transmission_state = 'DONE'"))
    EXPECT_TRUE(taken.contains(id)) << id;
}

TEST(Apart, OneFrozenCostsCallersSecondsAndWritesNothingWhenItThaws) {
  NEEDS_POSTGRES();
  AuthorityProcess authority(SONGSANG_BINARY, "");
  Pair pair({"--outside", "tax_authority=" + authority.url});
  Seller seller(pair.At(1, "seller"));
  constexpr int kInvoices = 12;
  {
    Load load(&pair, 16);
    // With a lock held; then at any moment, when the other one acts.
    for (const int frozen : {0, 1}) {
      std::this_thread::sleep_for(milliseconds(500));
      for (int i = 0; i < kInvoices / 2; ++i) seller.Sell();
      if (frozen == 0) {
        ASSERT_TRUE(FreezeWithALock(&pair, frozen));
      } else {
        pair.Freeze(frozen);
      }
      const auto took = UntilMirrored(pair.At(1 - frozen, "mirror"), "frozen" + std::to_string(frozen));
      std::printf("replica %d frozen: the other acts after %lld ms\n", frozen, static_cast<long long>(took.count()));
      EXPECT_LT(took, milliseconds(6000));
      const int64_t before = load.acknowledged();
      std::this_thread::sleep_for(milliseconds(2000));
      EXPECT_GT(load.acknowledged(), before + 100) << "the other serves meanwhile";
      pair.Thaw(frozen);
    }
    EXPECT_EQ(load.End(), "");
    std::printf("%lld acknowledged, the longest took %lld ms\n", static_cast<long long>(load.acknowledged()),
                static_cast<long long>(load.longest().count()));
    EXPECT_LT(load.longest(), milliseconds(5000));
  }
  ExpectOnceEach(pair, authority);
  EXPECT_EQ(pair.Audit(), "");
}

}  // namespace
}  // namespace songsang
