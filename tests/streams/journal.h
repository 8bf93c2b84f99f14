// The service of leads in the test's own process, and its journal.
#pragma once

#include <algorithm>
#include <atomic>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "adapters/postgres_store/postgres_store.h"
#include "adapters/sqlite_store/sqlite_store.h"
#include "audit/audit.h"
#include "engine/engine.h"
#include "songsang/leads/v1/lead.pb.h"
#include "songsang/modules.h"

namespace songsang {

class Journal {
 public:
  // In memory, or in a database of PostgreSQL, which another may have open too.
  explicit Journal(const std::string& url = "") {
    const auto modules = Modules();
    const auto leads =
        std::find_if(modules.begin(), modules.end(), [](const auto& module) { return module.name == "leads"; });
    std::string error;
    store_ = url.empty() ? OpenSqliteMemory("leads", &error) : OpenPostgres(url, "leads", &error);
    if (store_ == nullptr) throw std::runtime_error(error);
    tables_ = host::TablesOf(*leads);
    engine::Migration migration;
    if (const auto migrated = store_->Migrate(tables_, 1, false, &migration); !migrated.ok())
      throw std::runtime_error(migrated.message);
    std::vector<engine::Hosted> hosted;
    hosted.push_back({leads->service(), store_});
    engine::Settings settings;
    static std::atomic<int> last{0};
    settings.replica = "journal" + std::to_string(++last);
    engine_ = std::make_unique<engine::Engine>(std::move(hosted), settings);
  }

  // Leads, of which every third is changed once.
  void Capture(int leads) {
    for (int i = 0; i < leads; ++i) {
      leads::v1::CaptureLeadRequest capture;
      capture.set_name("고객");
      capture.set_channel(leads::v1::Lead::CHANNEL_WEB);
      leads::v1::LeadCaptured captured;
      Do("CaptureLead", &capture, &captured);
      if (i % 3 != 0) continue;
      leads::v1::UpdateLeadRequest update;
      update.set_lead_id(captured.lead().id());
      update.set_note("다시 전화");
      leads::v1::LeadUpdated updated;
      Do("UpdateLead", &update, &updated);
    }
  }

  engine::Engine& engine() { return *engine_; }
  int64_t head() { return engine_->Heads("leads")->at(0).seq(); }
  // As a follower reads them.
  std::vector<v1::JournalEvent> Entries(int limit, v1::Position after = {}) {
    after.set_service("leads");
    return engine::ReadEntries(*store_, after, limit, nullptr)->events;
  }
  audit::Report Audit(const audit::Published& published) {
    return audit::Audit({{"leads", store_, tables_}}, {}, &published);
  }

 private:
  template <class Request, class Reply>
  void Do(const std::string& method, Request* request, Reply* reply) {
    request->set_request_id("r" + std::to_string(++requests_));
    auto call = std::make_unique<engine::Call>();
    call->method = engine_->Find("songsang.leads.v1.LeadService/" + method);
    call->request = std::make_unique<Request>(*request);
    call->caller = {"acme", "caller", "streams", 1u << v1::ROLE_ADMIN};
    call->deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    const auto outcome = engine_->ExecuteAndWait(std::move(call));
    if (!outcome.ok()) throw std::runtime_error(outcome.refusal->Sentence(false));
    reply->ParseFromString(*outcome.reply);
  }

  std::shared_ptr<engine::Store> store_;
  std::vector<const rows::Table*> tables_;
  std::unique_ptr<engine::Engine> engine_;
  static inline std::atomic<int> requests_{0};
};

}  // namespace songsang
