// The audit is worth what it notices: a system whose stores break one promise now and then must not pass it, and one
// whose stores keep theirs must.
#include <gmock/gmock.h>

#include <filesystem>
#include <future>
#include <thread>

#include "adapters/sqlite_store/sqlite_store.h"
#include "audit/audit.h"
#include "audit/commands.h"
#include "audit/evil.h"
#include "engine/engine.h"
#include "reporting/follower.h"
#include "songsang/modules.h"

namespace songsang::audit {
namespace {

struct Planted {
  Bug bug;
  const char* check;  // that must find it
};

// The whole system in this process, under load of callers who keep a record; then at rest.
class Loaded {
 public:
  explicit Loaded(Bug bug) {
    std::vector<engine::Hosted> hosted;
    for (const host::Module& module : Modules()) {
      std::string error;
      std::shared_ptr<engine::Store> store = OpenSqliteMemory(module.name, &error);
      if (!store) throw std::runtime_error(error);
      const auto tables = host::TablesOf(module);
      engine::Migration migration;
      store->Migrate(tables, 1, false, &migration);
      audited_.push_back({module.name, store, tables});
      const bool here = (bug == Bug::kPositionOutside) == (module.name == "reporting");
      auto evil = std::make_shared<Evil>(here ? bug : Bug::kNone, store);
      evils_.push_back(evil);
      hosted.push_back({module.service(), evil});
    }
    engine_ = std::make_unique<engine::Engine>(std::move(hosted), engine::Settings{});
    folder_ = (std::filesystem::temp_directory_path() / "songsang-audit-XXXXXX").string();
    if (!mkdtemp(folder_.data())) throw std::runtime_error("no temporary folder");
  }
  ~Loaded() { std::filesystem::remove_all(folder_); }

  Report Audited(int callers, int steps) {
    {
      const auto read = [this](const v1::Position& after, int limit, std::chrono::milliseconds wait) {
        return engine_->ReadJournal(after, limit, wait);
      };
      reporting::Follower follower(*engine_->StoreOf("reporting"), reporting::SourcesOf(*engine_, read));
      Load(callers, steps);
      AwaitReplica();
      follower_stopped_ = follower.stopped();
    }
    engine_->Stop();
    std::string error;
    const Record record = ReadRecord(folder_ + "/record", &error);
    EXPECT_EQ(error, "");
    return Audit(audited_, record);
  }
  int done() const {
    int done = 0;
    for (const auto& evil : evils_) done += evil->done();
    return done;
  }
  const std::vector<std::string>& wrong() const { return wrong_; }
  const std::string& follower_stopped() const { return follower_stopped_; }

 private:
  Reply Send(const std::string& method, const std::string& request) {
    auto call = std::make_unique<engine::Call>();
    call->method = engine_->Find(method);
    call->request.reset(google::protobuf::MessageFactory::generated_factory()
                            ->GetPrototype(call->method->descriptor->input_type())
                            ->New());
    call->request->ParseFromString(request);
    call->caller = {"acme", "caller", "audit", 1u << v1::ROLE_ADMIN};
    call->deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    const engine::Outcome outcome = engine_->ExecuteAndWait(std::move(call));
    if (outcome.ok()) return {Verdict::kOk, "", *outcome.reply, outcome.replayed};
    const Reason& reason = *outcome.refusal->reason;
    return {VerdictOf(static_cast<int>(reason.code), reason.name), reason.name, "", false};
  }

  void Load(int callers, int steps) {
    Recorder recorder(folder_ + "/record");
    Known known;
    std::vector<std::thread> threads;
    wrong_.resize(static_cast<size_t>(callers));
    for (int i = 0; i < callers; ++i) {
      threads.emplace_back([&, i] {
        Caller caller(
            "acme", "audit", "c" + std::to_string(i), static_cast<uint64_t>(i) + 1, &known, &recorder,
            [this](const std::string& method, const std::string& request) { return Send(method, request); },
            [] { return false; });
        for (int step = 0; step < steps; ++step) caller.Step();
        wrong_[static_cast<size_t>(i)] = caller.wrong();
      });
    }
    for (auto& thread : threads) thread.join();
  }

  // Until each journal's head is where the replica says it is.
  void AwaitReplica() {
    for (int i = 0; i < 400; ++i) {
      int64_t behind = 0;
      for (const auto& service : reporting::FollowedServices()) {
        const auto heads = engine_->Heads(service);
        engine::Rows rows;
        const std::string name = "replica/" + service;
        const rows::Cell follower[] = {rows::Cell::Text(name)};
        audited_.back().store->Query("SELECT seq FROM main.position WHERE follower = $1", follower,
                                     std::chrono::steady_clock::now() + std::chrono::seconds(5), &rows);
        behind += heads->at(0).seq() - (rows.rows.empty() ? 0 : std::get<int64_t>(rows.rows[0][0]));
      }
      if (behind == 0) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }

  std::vector<audit::Audited> audited_;
  std::vector<std::shared_ptr<Evil>> evils_;
  std::unique_ptr<engine::Engine> engine_;
  std::string folder_;
  std::vector<std::string> wrong_;
  std::string follower_stopped_;
};

TEST(Audit, FindsNothingWhereNothingIsWrong) {
  Loaded run(Bug::kNone);
  const Report report = run.Audited(8, 120);
  EXPECT_TRUE(report.clean()) << report.Text();
  EXPECT_THAT(run.wrong(), ::testing::Each(""));
  EXPECT_EQ(run.follower_stopped(), "");
  EXPECT_GT(report.acknowledged, 1'000);
  EXPECT_GT(report.refused, 50) << "also refusals are looked at";
  EXPECT_GT(report.replica_rows, 1'000);
}

class Bites : public ::testing::TestWithParam<Planted> {};

TEST_P(Bites, OnThePlantedBug) {
  // A bug that waits for a rare moment, such as a batch that is halved, may find none in one short run.
  for (int attempt = 0; attempt < 6; ++attempt) {
    Loaded run(GetParam().bug);
    const Report report = run.Audited(8, 60);
    if (run.done() == 0) continue;
    std::vector<std::string> checks;
    for (const Finding& finding : report.findings) checks.push_back(finding.check);
    EXPECT_THAT(checks, ::testing::Contains(GetParam().check)) << report.Text();
    std::printf("planted %s, %d times; the audit says:\n%s", ToText(GetParam().bug), run.done(), report.Text().c_str());
    return;
  }
  FAIL() << "the bug had no occasion to show";
}

INSTANTIATE_TEST_SUITE_P(Planted, Bites,
                         ::testing::Values(Planted{Bug::kAcknowledgedBeforeCommit, kAcknowledged},
                                           Planted{Bug::kRequestRowMissing, kRequests},
                                           Planted{Bug::kTouchRowMissing, kTouches},
                                           Planted{Bug::kRowLeftBehind, kRows}, Planted{Bug::kOtherBytesStored, kChain},
                                           Planted{Bug::kPositionOutside, kReplica},
                                           Planted{Bug::kNeighbourDropped, kAcknowledged},
                                           Planted{Bug::kClockGoesBack, kOrder}),
                         [](const auto& info) { return std::string(ToText(info.param.bug)); });

}  // namespace
}  // namespace songsang::audit
