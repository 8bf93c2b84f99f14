// The BI record without Kafka: what others' BI loads (ExportState) and how it reads on (ReadEvents).
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "core/dates.h"
#include "core/hash.h"
#include "engine/reasons.h"
#include "songsang/leads/v1/lead.pb.h"
#include "support/system.h"

namespace songsang {
namespace {

using leads::v1::LeadCaptured;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using v1::ExportStateResponse;

constexpr const char* kExport = "EventService/ExportState";

Client Rep() { return System::Shared().As({v1::ROLE_SALES_REP}); }
Client Analyst(const std::string& tenant) { return System::Shared().As({v1::ROLE_ANALYST}, tenant); }

leads::v1::Lead Capture(const Client& rep, const std::string& fields) {
  const auto captured = rep.Call<LeadCaptured>("CaptureLead", Proto("channel: CHANNEL_PHONE " + fields));
  EXPECT_THAT(captured, IsOk());
  return captured->lead();
}

// Every page, one after the other.
std::vector<ExportStateResponse> Pages(const Client& client, const std::string& entity, int page_size) {
  std::vector<ExportStateResponse> pages;
  v1::ExportStateRequest request;
  request.set_entity(entity);
  request.set_page_size(page_size);
  do {
    const auto page = client.Call<ExportStateResponse>(kExport, request);
    EXPECT_THAT(page, IsOk());
    if (!page.ok()) break;
    pages.push_back(*page);
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  return pages;
}

std::vector<std::string> States(const std::vector<ExportStateResponse>& pages) {
  std::vector<std::string> states;
  for (const auto& page : pages) states.insert(states.end(), page.states_json().begin(), page.states_json().end());
  return states;
}

// The journal of one entity, as it came to be what it is.
std::vector<v1::JournalEvent> JournalOf(const Client& client, const std::string& id) {
  std::vector<v1::JournalEvent> events;
  const auto heads = client.Call<v1::GetHeadsResponse>("GetHeads", Proto("service: 'leads'"));
  for (const auto& head : heads->heads()) {
    v1::ReadEventsRequest read = Proto("after { service: 'leads' } format: FORMAT_STATE_JSON");
    read.mutable_after()->set_partition(head.partition());
    read.add_ids(id);
    const auto found = client.Call<v1::ReadEventsResponse>("ReadEvents", read);
    EXPECT_THAT(found, IsOk());
    events.insert(events.end(), found->events().begin(), found->events().end());
  }
  return events;
}

TEST(BiRecord, IsFlatWithEveryColumnAndItsEvent) {
  const Client rep = Rep();
  auto lead = Capture(rep, R"(name: '김하늘 "대표"' company: '한빛\n상사')");
  ASSERT_THAT(rep.Call<leads::v1::LeadUpdated>(
                  "UpdateLead", Proto("lead_id: '" + lead.id() + "' source: 'expo' phone: '010-1234-5678'")),
              IsOk());
  const Client analyst = Analyst(rep.tenant());
  const auto states = States(Pages(analyst, "leads.lead", 0));
  const auto journal = JournalOf(analyst, lead.id());
  ASSERT_THAT(states, SizeIs(1));
  ASSERT_THAT(journal, SizeIs(2));
  const auto& last = journal.back();
  const std::string begin =
      fmt::format(R"({{"tenant":"{}","id":"{}","version":2,"deleted":false,)", rep.tenant(), lead.id());
  EXPECT_EQ(states[0].substr(0, begin.size()), begin);
  // Text as it is, enums in lower case, days as days, null where unset.
  for (const char* part : {R"("status":"new","channel":"phone","source":"expo","campaign":null,)",
                           R"("name":"김하늘 \"대표\"",)", R"("company":"한빛\n상사",)", R"("owner_id":null)"})
    EXPECT_THAT(states[0], HasSubstr(part));
  const std::string end =
      fmt::format(R"("event_id":"{}","event_type":"songsang.leads.v1.LeadUpdated","event_partition":{},"event_seq":{},)"
                  R"("event_epoch":0,"event_time":"{}","event_actor":"{}","event_changed":["source","phone"]}})",
                  last.event_id(), last.position().partition(), last.position().seq(),
                  ToIso(FromTimestamp(last.recorded_at())), last.actor());
  EXPECT_EQ(states[0].substr(states[0].size() - std::min(states[0].size(), end.size())), end);
}

TEST(BiRecord, IsTheSameInTheJournal) {
  const Client rep = Rep();
  const auto lead = Capture(rep, "name: '김하늘'");
  const Client analyst = Analyst(rep.tenant());
  const auto before = States(Pages(analyst, "leads.lead", 0));
  ASSERT_THAT(rep.Call<leads::v1::LeadUpdated>("UpdateLead", Proto("lead_id: '" + lead.id() + "' company: '한빛'")),
              IsOk());
  const auto after = States(Pages(analyst, "leads.lead", 0));
  ASSERT_THAT(before, SizeIs(1));
  ASSERT_THAT(after, SizeIs(1));
  const auto journal = JournalOf(analyst, lead.id());
  ASSERT_THAT(journal, SizeIs(2));
  EXPECT_THAT(journal[0].states_json(), ElementsAre(before[0]));
  EXPECT_THAT(journal[1].states_json(), ElementsAre(after[0]));
  EXPECT_THAT(journal[1].payload(), IsEmpty());
}

TEST(ExportState, PagesThroughEverythingOnceAndSaysUpToWhere) {
  const Client rep = Rep();
  for (int i = 0; i < 5; ++i) Capture(rep, fmt::format("name: '{}'", i));
  const Client analyst = Analyst(rep.tenant());
  const auto pages = Pages(analyst, "leads.lead", 2);
  ASSERT_THAT(pages, SizeIs(3));
  EXPECT_THAT(pages[0].states_json(), SizeIs(2));
  EXPECT_THAT(pages[2].states_json(), SizeIs(1));
  const auto states = States(pages);
  EXPECT_EQ(states, States(Pages(analyst, "leads.lead", 0)));
  EXPECT_THAT(std::set<std::string>(states.begin(), states.end()), SizeIs(5));
  EXPECT_THAT(pages[1].positions(), IsEmpty());
  const auto heads = analyst.Call<v1::GetHeadsResponse>("GetHeads", Proto("service: 'leads'"));
  ASSERT_EQ(pages[0].positions_size(), heads->heads_size());
  for (int i = 0; i < heads->heads_size(); ++i) EXPECT_THAT(pages[0].positions(i), EqualsProto(heads->heads(i)));
  EXPECT_THAT(States(Pages(analyst, "leads.hand_off", 0)), IsEmpty());
}

TEST(ExportState, EndsAPageBeforeItIsTooLarge) {
  const Client rep = Rep();
  std::string note;
  for (int i = 0; i < 4'000; ++i) note += "송";
  for (int batch = 0; batch < 2; ++batch) {
    v1::ExecuteRequest execute;
    execute.set_request_id(fmt::format("batch-{}", batch));
    for (int i = 0; i < 110; ++i) {
      leads::v1::CaptureLeadRequest lead = Proto("name: '김하늘' channel: CHANNEL_WEB");
      lead.set_note(note);
      auto* item = execute.add_items();
      item->set_method("songsang.leads.v1.LeadService/CaptureLead");
      item->set_request(lead.SerializeAsString());
    }
    ASSERT_THAT(rep.Call<v1::ExecuteResponse>("Execute", execute), IsOk());
  }
  const auto pages = Pages(Analyst(rep.tenant()), "leads.lead", 5'000);
  ASSERT_THAT(pages, SizeIs(2));
  for (const auto& page : pages) EXPECT_LT(page.ByteSizeLong(), 3u << 20);
  EXPECT_THAT(States(pages), SizeIs(220));
}

TEST(ExportState, ShowsAnAnalystTheirOwnTenantOnly) {
  const Client one = Rep(), other = Rep();
  const auto mine = Capture(one, "name: '김하늘'");
  const auto theirs = Capture(other, "name: '이서준'");
  const auto states = States(Pages(Analyst(one.tenant()), "leads.lead", 0));
  ASSERT_THAT(states, SizeIs(1));
  EXPECT_THAT(states[0], HasSubstr(mine.id()));
  // A page token that names another tenant's rows opens nothing.
  v1::ExportStateRequest request = Proto("entity: 'leads.lead'");
  request.set_page_token(ToHex(other.tenant() + '\0'));
  const auto page = Analyst(one.tenant()).Call<ExportStateResponse>(kExport, request);
  ASSERT_THAT(page, IsOk());
  for (const auto& state : page->states_json()) EXPECT_THAT(state, ::testing::Not(HasSubstr(theirs.id())));
  EXPECT_THAT(other.Call<ExportStateResponse>(kExport, Proto("entity: 'leads.lead'")),
              RefusedWith(engine::kPermissionDenied));

  size_t seen = 0;
  for (const auto& state : States(Pages(System::Shared().As({v1::ROLE_SERVICE}), "leads.lead", 100)))
    for (const auto& id : {mine.id(), theirs.id()}) seen += state.find("\"id\":\"" + id + "\"") != std::string::npos;
  EXPECT_EQ(seen, 2u);
}

TEST(ExportState, RefusesWhatItDoesNotKnow) {
  const Client analyst = Analyst(System::FreshTenant());
  const auto refused = [&](const std::string& fields) {
    return analyst.Call<ExportStateResponse>(kExport, Proto(fields));
  };
  for (const char* entity : {"leads", "leads.", ".lead", "leads.leads", "nobody.lead", "leads.journal", "leads.touch",
                             "reporting.lead", "leads.Lead", "leads.lead t; --"})
    EXPECT_THAT(refused(fmt::format("entity: '{}'", entity)), RefusedWith("ENTITY_UNKNOWN")) << entity;
  // Not hex, no separator, two of them, no UTF-8.
  for (const char* token : {"nonsense", "616263", "610062006300", "ff00ff"})
    EXPECT_THAT(refused(fmt::format("entity: 'leads.lead' page_token: '{}'", token)),
                RefusedWith("EXPORT_TOKEN_INVALID"))
        << token;
  EXPECT_THAT(refused("entity: ''"), RefusedWith(engine::kInvalidRequest));
  EXPECT_THAT(refused("entity: 'leads.lead' page_size: 5001"), RefusedWith(engine::kInvalidRequest));
  EXPECT_THAT(refused("entity: 'leads.lead' page_size: -1"), RefusedWith(engine::kInvalidRequest));
}

}  // namespace
}  // namespace songsang
