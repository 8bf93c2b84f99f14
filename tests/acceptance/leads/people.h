// Callers and small steps that the acceptance tests of leads share.
#pragma once

#include <string>

#include "songsang/leads/v1/lead.pb.h"
#include "songsang/v1/engine.pb.h"
#include "songsang/workforce/v1/people.pb.h"
#include "support/system.h"

namespace songsang {

// One company: its callers, and how they begin.
struct Company {
  Client rep = System::Shared().As({v1::ROLE_SALES_REP});
  Client manager = System::Shared().As({v1::ROLE_SALES_MANAGER}, rep.tenant());
  Client analyst = System::Shared().As({v1::ROLE_ANALYST}, rep.tenant());
  Client support = System::Shared().As({v1::ROLE_SALES_SUPPORT}, rep.tenant());

  std::string Person(const std::string& name) const {
    const auto registered =
        manager.Call<workforce::v1::PersonRegistered>("RegisterPerson", Proto("name: '" + name + "'"));
    EXPECT_THAT(registered, IsOk());
    return registered->person().id();
  }
  std::string NewLead(const std::string& rest = "") const {
    const auto captured =
        rep.Call<leads::v1::LeadCaptured>("CaptureLead", Proto("company: '한빛상사' channel: CHANNEL_WEB " + rest));
    EXPECT_THAT(captured, IsOk());
    return captured->lead().id();
  }
  leads::v1::Lead GetLead(const std::string& id) const {
    const auto lead = rep.Call<leads::v1::Lead>("GetLead", Proto("id: '" + id + "'"));
    EXPECT_THAT(lead, IsOk());
    return *lead;
  }
  // How many events of the type there are about the entity.
  int Events(const std::string& type, const std::string& id) const {
    const auto heads = analyst.Call<v1::GetHeadsResponse>("GetHeads", Proto("service: 'leads'"));
    EXPECT_THAT(heads, IsOk());
    int count = 0;
    for (const auto& head : heads->heads()) {
      v1::ReadEventsRequest read = Proto("after { service: 'leads' } limit: 1000");
      read.mutable_after()->set_partition(head.partition());
      read.add_types("songsang.leads.v1." + type);
      read.add_ids(id);
      const auto events = analyst.Call<v1::ReadEventsResponse>("EventService/ReadEvents", read);
      EXPECT_THAT(events, IsOk());
      count += events->events_size();
    }
    return count;
  }
};

// `field: 'value' `
inline std::string Is(const std::string& field, const std::string& value) { return field + ": '" + value + "' "; }

// Now, as the system's clock stands, and as text format.
Instant SystemNow(const Company& company);
std::string InText(Instant instant);
// Moves the clock of the system to just after the instant.
void MoveTo(const Company& company, Instant instant);

}  // namespace songsang
