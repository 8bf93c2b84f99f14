#include <gtest/gtest.h>

#include "core/ids.h"
#include "leads/rules_lead.h"
#include "support/context.h"
#include "support/proto.h"

namespace songsang::leads {
namespace {

using songsang::v1::ROLE_IMPORTER;
using songsang::v1::ROLE_SALES_REP;

// In every table below: what is asked, who asks, and the reason of the refusal or, without one, what is recorded.
struct CaptureRow {
  const char* request;
  songsang::v1::Role role;
  const char* reason;
  const char* lead;
};

TEST(CaptureLead, Table) {
  const CaptureRow rows[] = {
      // Each row is wrong in all that the rows below it put right: refusals come in this order.
      {"channel: CHANNEL_WEB occurred_on: '2020-01-01' brn: '1'", ROLE_SALES_REP, "LEAD_MUST_BE_IDENTIFIABLE", ""},
      {"name: '김하늘' occurred_on: '2020-01-01' brn: '1'", ROLE_SALES_REP, "DAY_MUST_BE_RECENT", ""},
      {"name: '김하늘' occurred_on: '2026-11-23' brn: '1'", ROLE_SALES_REP, "DAY_MUST_NOT_BE_IN_FUTURE", ""},
      {"name: '김하늘' brn: '123-45-67890'", ROLE_SALES_REP, "BRN_MUST_BE_VALID", ""},
      {"name: '김하늘' channel: CHANNEL_WEB source: 'organic_search'", ROLE_SALES_REP, "",
       "status: STATUS_NEW channel: CHANNEL_WEB source: 'organic_search' name: '김하늘' occurred_on: '2026-11-22'"
       " captured_at { seconds: 1795316400 }"},
      {"phone: '010-1234-5678' email: 'Kim@Example.com' brn: '220-81-62517' owner_id: 'P'", ROLE_SALES_REP, "",
       "status: STATUS_WORKING owner_id: 'P' phone: '01012345678' email: 'kim@example.com' brn: '2208162517'"},
      {"company: 'ACME'", ROLE_SALES_REP, "", "status: STATUS_NEW company: 'ACME'"},
      // What another system knows needs no name; an importer may say when it was.
      {"external_ref { system: 'olist' key: 'dac32' } channel: CHANNEL_IMPORT occurred_on: '2018-02-01'", ROLE_IMPORTER,
       "", "external_ref { system: 'olist' key: 'dac32' } occurred_on: '2018-02-01'"},
  };
  for (const CaptureRow& row : rows) {
    SCOPED_TRACE(row.request);
    const auto event = CaptureLead(Proto(row.request), ContextOf({row.role}));
    if (*row.reason != '\0') {
      EXPECT_THAT(event, RefusedWith(std::string(row.reason)));
    } else {
      EXPECT_THAT(event, Answers(ContainsProto(std::string("lead { ") + row.lead + " }")));
    }
  }
}

TEST(CaptureLead, IdIsThatOfTheExternalReference) {
  const CaptureLeadRequest request = Proto("external_ref { system: 'crm' key: '7' }");
  const auto event = CaptureLead(request, ContextOf());
  ASSERT_THAT(event, IsOk());
  EXPECT_EQ(event->lead().id(), ReferenceId("acme", "leads.Lead", request.external_ref()));
  EXPECT_EQ(event->lead().version(), 0);
}

struct Row {
  const char* lead;
  const char* request;
  const char* reason;
  const char* after;
};

template <class Event, class Request>
void Check(Result<Event> (*rule)(const Lead&, const Request&, const Context&), std::initializer_list<Row> rows) {
  for (const Row& row : rows) {
    SCOPED_TRACE(std::string(row.lead) + " / " + row.request);
    const auto event = rule(Proto(row.lead), Proto(row.request), ContextOf());
    if (*row.reason != '\0') {
      EXPECT_THAT(event, RefusedWith(std::string(row.reason)));
    } else {
      EXPECT_THAT(event, Answers(EqualsProto(std::string("lead { ") + row.after + " }")));
    }
  }
}

TEST(UpdateLead, Table) {
  Check(UpdateLead,
        {
            {"id: 'L' name: 'A'", "channel: CHANNEL_UNSPECIFIED name: '' brn: '1'", "LEAD_MUST_HAVE_CHANNEL", ""},
            {"id: 'L' name: 'A'", "name: '' brn: '1'", "LEAD_MUST_BE_IDENTIFIABLE", ""},
            {"id: 'L' name: 'A'", "brn: '1'", "BRN_MUST_BE_VALID", ""},
            {"id: 'L' version: 2 name: 'A' note: 'x'", "segment: 'online_medium' note: ''", "",
             "id: 'L' version: 2 name: 'A' segment: 'online_medium'"},
            {"id: 'L' name: 'A' status: STATUS_HANDED_OFF", "brn: '220-81-62517' phone: '02-1'", "",
             "id: 'L' name: 'A' status: STATUS_HANDED_OFF brn: '2208162517' phone: '021'"},
            {"id: 'L' external_ref { system: 'a' key: 'b' } name: 'A'", "name: ''", "",
             "id: 'L' external_ref { system: 'a' key: 'b' }"},
        });
}

TEST(AssignLead, Table) {
  constexpr auto kAssign = +[](const Lead& lead, const AssignLeadRequest& request, const Context& context) {
    return AssignLead(lead, {}, {}, request, context);
  };
  Check(kAssign,
        {
            {"id: 'L' status: STATUS_DISQUALIFIED hand_off_id: 'H'", "owner_id: 'P'", "LEAD_MUST_BE_OPEN", ""},
            {"id: 'L' status: STATUS_HANDED_OFF", "owner_id: 'P'", "LEAD_MUST_BE_OPEN", ""},
            {"id: 'L' status: STATUS_WORKING hand_off_id: 'H'", "owner_id: 'P'", "LEAD_MUST_NOT_BE_ON_OFFER", ""},
            {"id: 'L' status: STATUS_NEW unit_id: 'U'", "owner_id: 'P'", "",
             "id: 'L' status: STATUS_WORKING owner_id: 'P' unit_id: 'U'"},
            {"id: 'L' status: STATUS_WORKING owner_id: 'Q' unit_id: 'U'", "owner_id: 'P' unit_id: ''", "",
             "id: 'L' status: STATUS_WORKING owner_id: 'P'"},
            // Once qualified it stays so, whoever works on it; and it is a person who decided now.
            {"id: 'L' status: STATUS_QUALIFIED assignment_rule_id: 'A' assignment_line: 2", "owner_id: 'P'", "",
             "id: 'L' status: STATUS_QUALIFIED owner_id: 'P'"},
        });
}

TEST(DisqualifyLead, Table) {
  Check(DisqualifyLead,
        {
            {"id: 'L' status: STATUS_DISQUALIFIED", "reason: 'no_budget'", "LEAD_MUST_BE_OPEN", ""},
            {"id: 'L' status: STATUS_NEW hand_off_id: 'H'", "reason: 'no_budget'", "LEAD_MUST_NOT_BE_ON_OFFER", ""},
            {"id: 'L' status: STATUS_NEW", "reason: 'no_budget'", "",
             "id: 'L' status: STATUS_DISQUALIFIED disqualified_reason: 'no_budget'"},
        });
}

}  // namespace
}  // namespace songsang::leads
