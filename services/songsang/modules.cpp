#include "songsang/modules.h"

#include <thread>

#include "accounts/accounts.h"
#include "billing/billing.h"
#include "leads/leads.h"
#include "reporting/follower.h"
#include "reporting/reporting.h"
#include "reporting/warming.h"
#include "training/training.h"
#include "workforce/workforce.h"

namespace songsang {

namespace {

// Journals of this process are asked directly, those of others through their doors.
reporting::Sources SourcesOf(engine::Engine& engine, const host::Journals& journals) {
  auto sources = reporting::SourcesOf(engine, journals.read);
  sources.lease = &engine.LeaseOf("reporting");
  sources.beat = [&engine, here = sources.beat, elsewhere = journals.beat](
                     const std::string& service, int partition) -> std::optional<reporting::Beat> {
    if (engine.StoreOf(service) != nullptr) return here(service, partition);
    const auto beat = elsewhere(service, partition);
    if (!beat) return std::nullopt;
    return reporting::Beat{beat->first, beat->second};
  };
  return sources;
}

// Reports are answered from a replica of the other services' journals; it is followed where reporting is hosted.
class Replica : public host::Running {
 public:
  Replica(engine::Engine& engine, engine::Store& store, const host::Journals& journals)
      : follower_(store, SourcesOf(engine, journals)),
        warming_([&engine, &store](const std::stop_token& stop) { reporting::WarmAgeing(engine, store, stop); }) {}
  std::string stopped() const override { return follower_.stopped(); }
  std::string trouble() const override { return follower_.trouble(); }

 private:
  reporting::Follower follower_;
  std::jthread warming_;
};

std::unique_ptr<host::Running> FollowJournals(engine::Engine& engine, engine::Store& store,
                                              const host::Journals& journals) {
  return std::make_unique<Replica>(engine, store, journals);
}

}  // namespace

std::vector<host::Module> Modules() {
  return {
      {"leads", leads::Leads, {}},
      {"accounts", accounts::Accounts, {}},
      {"workforce", workforce::Workforce, {}},
      {"billing", billing::Billing, {}},
      {"training", training::Training, {}},
      {"reporting", reporting::Reporting, FollowJournals},
  };
}

}  // namespace songsang
