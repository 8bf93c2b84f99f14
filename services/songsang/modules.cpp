#include "songsang/modules.h"

#include "accounts/accounts.h"
#include "billing/billing.h"
#include "leads/leads.h"
#if __has_include("reporting/reporting.h")
#include "reporting/reporting.h"
#endif
#include "workforce/workforce.h"

namespace songsang {

std::vector<host::Module> Modules() {
  return {
      {"leads", leads::Leads, {}},
      {"accounts", accounts::Accounts, {}},
      {"workforce", workforce::Workforce, {}},
      {"billing", billing::Billing, {}},
#if __has_include("reporting/reporting.h")
      {"reporting", reporting::Reporting, {}},
#endif
  };
}

}  // namespace songsang
