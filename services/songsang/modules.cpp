#include "songsang/modules.h"

#include "accounts/accounts.h"
#include "billing/billing.h"
#include "leads/leads.h"
#include "reporting/follower.h"
#include "reporting/reporting.h"
#include "training/training.h"
#include "workforce/workforce.h"

namespace songsang {

namespace {

// Reports are answered from a replica of the other services' journals; it is followed where reporting is hosted.
class Replica : public host::Running {
 public:
  Replica(engine::Engine& engine, engine::Store& store, const host::ReadJournal& read)
      : follower_(store, reporting::SourcesOf(engine, read)) {}
  std::string stopped() const override { return follower_.stopped(); }

 private:
  reporting::Follower follower_;
};

std::unique_ptr<host::Running> FollowJournals(engine::Engine& engine, engine::Store& store,
                                              const host::ReadJournal& read) {
  return std::make_unique<Replica>(engine, store, read);
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
