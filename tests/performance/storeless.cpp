// songsang_storeless: the same server on a store that keeps nothing, so that what the store costs can be told from what
// the door and the lane cost. Everything else is as in `songsang serve leads`.
#include <signal.h>

#include <atomic>
#include <cstdio>
#include <mutex>

#include "adapters/grpc_door/grpc_door.h"
#include "adapters/token/token.h"
#include "engine/engine.h"
#include "songsang/modules.h"

namespace songsang::performance {
namespace {

using engine::StoreError;

// Nothing is ever found, everything is accepted. It knows where its journal ends, as the chain needs that.
class Nowhere : public engine::Store {
 public:
  StoreError Migrate(std::span<const rows::Table* const>, int, bool, engine::Migration*) override { return {}; }
  bool IsMigrated(std::span<const rows::Table* const>, std::string*) override { return true; }
  std::unique_ptr<engine::Session> OpenSession() override;
  StoreError Query(const std::string&, std::span<const rows::Cell>, std::chrono::steady_clock::time_point,
                   engine::Rows* rows) override {
    *rows = {};
    return {};
  }
  const std::string& schema() const override { return schema_; }
  int partitions() const override { return 1; }
  const char* kind() const override { return "none"; }

  std::atomic<int64_t> last_seq{0};

 private:
  std::string schema_ = "nowhere";
};

class NowhereSession : public engine::Session {
 public:
  explicit NowhereSession(Nowhere* store) : store_(store) {}
  StoreError BeginLane(int, std::span<const engine::RequestKey> requests, std::span<const engine::Lookup> lookups,
                       engine::Opening* opening) override {
    *opening = {};
    opening->last_seq = store_->last_seq;
    opening->clock.micros =
        std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch())
            .count();
    opening->requests.resize(requests.size());
    opening->bodies.resize(lookups.size());
    return {};
  }
  StoreError Begin() override { return {}; }
  StoreError Read(std::span<const engine::Lookup> lookups, std::vector<engine::Bodies>* bodies) override {
    bodies->assign(lookups.size(), {});
    return {};
  }
  StoreError Write(std::span<const rows::RowSet>) override { return {}; }
  StoreError Execute(const std::string&, std::span<const rows::Cell>) override { return {}; }
  StoreError Query(const std::string&, std::span<const rows::Cell>, engine::Rows* rows) override {
    *rows = {};
    return {};
  }
  StoreError Undo() override { return {}; }
  StoreError Keep() override { return {}; }
  StoreError Commit(std::span<const rows::RowSet> sets) override {
    for (const auto& set : sets)
      if (set.table && set.table->name == "journal") store_->last_seq += static_cast<int64_t>(set.rows());
    return {};
  }
  void Rollback() override {}
  StoreError HoldLease(const std::string&, const std::string&, std::chrono::milliseconds life, bool* held) override {
    *held = life.count() > 0;
    return {};
  }

 private:
  Nowhere* store_;
};

std::unique_ptr<engine::Session> Nowhere::OpenSession() { return std::make_unique<NowhereSession>(this); }

int Serve(const std::string& address, const std::string& home) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::vector<engine::Hosted> hosted;
  for (const host::Module& module : Modules())
    if (module.name == "leads") hosted.push_back({module.service(), std::make_shared<Nowhere>()});
  engine::Engine engine(std::move(hosted), {});
  const auto key = token::Key::OfFolder(home);
  if (!key.ok()) return 2;
  const auto verifier = token::VerifierOf(*key);
  grpc_door::Options options;
  options.address = address;
  auto door = grpc_door::GrpcDoor::Open(engine, **verifier, options);
  if (!door.ok()) {
    std::fprintf(stderr, "%s\n", door.refusal().Sentence(false).c_str());
    return 2;
  }
  (*door)->SetServing(true);
  int signal = 0;
  sigwait(&signals, &signal);
  engine.Stop();
  (*door)->Stop(std::chrono::seconds(1));
  return 0;
}

}  // namespace
}  // namespace songsang::performance

int main(int count, char** words) {
  if (count != 3) {
    std::fprintf(stderr, "usage: songsang_storeless HOST:PORT HOME\n");
    return 64;
  }
  signal(SIGPIPE, SIG_IGN);
  return songsang::performance::Serve(words[1], words[2]);
}
