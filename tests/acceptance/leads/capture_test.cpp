// L1 and L2: leads are captured, once, from every channel.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <thread>

#include "songsang/leads/v1/lead.pb.h"
#include "songsang/v1/engine.pb.h"
#include "support/system.h"

namespace songsang {
namespace {

using namespace leads::v1;  // NOLINT: the service under test

Client Rep() { return System::Shared().As({v1::ROLE_SALES_REP}); }

std::vector<Lead> AllLeads(const Client& client, const std::string& filter) {
  std::vector<Lead> leads;
  ListLeadsRequest request = Proto(filter);
  request.set_page_size(7);
  do {
    const auto page = client.Call<ListLeadsResponse>("LeadService/ListLeads", request);
    EXPECT_THAT(page, IsOk());
    if (!page.ok()) return leads;
    EXPECT_LE(page->leads_size(), 7);
    leads.insert(leads.end(), page->leads().begin(), page->leads().end());
    request.set_page_token(page->next_page_token());
  } while (!request.page_token().empty());
  return leads;
}

TEST(L1_LeadCapture, AnswersTheLeadAndRecordsTheEvent) {
  const Client rep = Rep();
  const auto captured = rep.Call<LeadCaptured>(
      "LeadService/CaptureLead",
      Proto("name: '김하늘' company: '한빛상사' phone: '010-1234-5678' channel: CHANNEL_WEB source: 'organic_search'"));
  ASSERT_THAT(captured, Answers(ContainsProto("lead { version: 1 status: STATUS_NEW name: '김하늘' company: '한빛상사' "
                                              "phone: '01012345678' channel: CHANNEL_WEB source: 'organic_search' }")));
  GetLeadRequest get;
  get.set_id(captured->lead().id());
  EXPECT_THAT(rep.Call<Lead>("LeadService/GetLead", get), Answers(EqualsProto(captured->lead())));

  const Client analyst = System::Shared().As({v1::ROLE_ANALYST}, rep.tenant());
  const auto heads = analyst.Call<v1::GetHeadsResponse>("GetHeads", Proto("service: 'leads'"));
  ASSERT_THAT(heads, IsOk());
  // Which partition is the tenant's is the store's affair.
  std::vector<v1::JournalEvent> journal;
  for (const auto& head : heads->heads()) {
    v1::ReadEventsRequest read = Proto("after { service: 'leads' }");
    read.mutable_after()->set_partition(head.partition());
    read.add_ids(captured->lead().id());
    const auto events = analyst.Call<v1::ReadEventsResponse>("EventService/ReadEvents", read);
    ASSERT_THAT(events, IsOk());
    journal.insert(journal.end(), events->events().begin(), events->events().end());
  }
  ASSERT_EQ(journal.size(), 1u);
  EXPECT_EQ(journal[0].type(), "songsang.leads.v1.LeadCaptured");
  LeadCaptured recorded;
  ASSERT_TRUE(recorded.ParseFromString(journal[0].payload()));
  EXPECT_THAT(recorded, EqualsProto(*captured));
}

TEST(L1_LeadCapture, SameRequestIdTwiceIsOneLead) {
  const Client rep = Rep();
  const Proto request("request_id: 'web-4711' name: '김하늘' channel: CHANNEL_WEB");
  const auto first = rep.Call<LeadCaptured>("LeadService/CaptureLead", request);
  const auto again = rep.Call<LeadCaptured>("LeadService/CaptureLead", request);
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(again, Answers(EqualsProto(*first)));
  EXPECT_FALSE(first.answer().replayed);
  EXPECT_TRUE(again.answer().replayed);
  EXPECT_EQ(AllLeads(rep, "").size(), 1u);
  // The same id for something else is a mistake that is said.
  const auto other = rep.Call<LeadCaptured>("LeadService/CaptureLead",
                                            Proto("request_id: 'web-4711' name: '이서준' channel: CHANNEL_WEB"));
  EXPECT_THAT(other, RefusedWith(std::string("REQUEST_ID_REUSED")));
  EXPECT_EQ(AllLeads(rep, "").size(), 1u);
}

TEST(L1_LeadCapture, ManyAtOnceWithOneRequestIdAreOneLead) {
  const Client rep = Rep();
  std::vector<std::string> ids(8);
  std::vector<std::thread> threads;
  for (std::string& id : ids)
    threads.emplace_back([&rep, &id] {
      const auto captured = rep.Call<LeadCaptured>("LeadService/CaptureLead",
                                                   Proto("request_id: 'once' name: '김하늘' channel: CHANNEL_PHONE"));
      if (captured.ok()) id = captured->lead().id();
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), 1u) << "ids differ, or a call failed";
  EXPECT_NE(ids[0], "");
  EXPECT_EQ(AllLeads(rep, "").size(), 1u);
}

TEST(L1_LeadCapture, DryRunRecordsNothing) {
  const Client rep = Rep();
  const auto tried = rep.Call<LeadCaptured>("LeadService/CaptureLead", Proto("name: '김하늘' channel: CHANNEL_WEB"),
                                            With{.validate_only = true});
  EXPECT_THAT(tried, Answers(ContainsProto("lead { name: '김하늘' }")));
  EXPECT_EQ(AllLeads(rep, "").size(), 0u);
}

TEST(L1_LeadCapture, ExternalReferenceIsOneLeadForEver) {
  const Client rep = Rep();
  const Proto request("external_ref { system: 'olist' key: 'dac32' } channel: CHANNEL_IMPORT");
  const auto first = rep.Call<LeadCaptured>("LeadService/CaptureLead", request);
  ASSERT_THAT(first, IsOk());
  EXPECT_THAT(rep.Call<LeadCaptured>("LeadService/CaptureLead", request),
              RefusedWith(std::string("EXTERNAL_REF_TAKEN")));
  EXPECT_THAT(rep.Call<Lead>("LeadService/GetLead", Proto("id: 'ext:olist:dac32'")),
              Answers(EqualsProto(first->lead())));
}

TEST(L1_LeadCapture, WhatCannotBeALeadIsRefusedAndChangesNothing) {
  const Client rep = Rep();
  EXPECT_THAT(rep.Call<LeadCaptured>("LeadService/CaptureLead", Proto("channel: CHANNEL_WEB")),
              RefusedWith(std::string("LEAD_MUST_BE_IDENTIFIABLE")));
  EXPECT_THAT(rep.Call<LeadCaptured>("LeadService/CaptureLead",
                                     Proto("name: '김하늘' channel: CHANNEL_WEB brn: '000-00-00000'")),
              RefusedWith(std::string("BRN_MUST_BE_VALID")));
  const auto no_channel = rep.Call<LeadCaptured>("LeadService/CaptureLead", Proto("name: '김하늘' phone: 'abc'"));
  ASSERT_THAT(no_channel, RefusedWith(std::string("INVALID_REQUEST")));
  ASSERT_EQ(no_channel.answer().fields.size(), 2u);
  EXPECT_EQ(AllLeads(rep, "").size(), 0u);
  // In the caller's language.
  const auto korean =
      rep.Call<LeadCaptured>("LeadService/CaptureLead", Proto("channel: CHANNEL_WEB"), With{.language = "ko"});
  EXPECT_NE(korean.answer().localized.find("리드"), std::string::npos) << korean.answer().localized;
}

TEST(L1_LeadCapture, OnlyWhoSellsCaptures) {
  const Client analyst = System::Shared().As({v1::ROLE_ANALYST});
  EXPECT_THAT(analyst.Call<LeadCaptured>("LeadService/CaptureLead", Proto("name: 'A' channel: CHANNEL_WEB")),
              RefusedWith(std::string("PERMISSION_DENIED")));
  const Client elsewhere = Rep();
  const Client rep = Rep();
  const auto captured = rep.Call<LeadCaptured>("LeadService/CaptureLead", Proto("name: 'A' channel: CHANNEL_WEB"));
  ASSERT_THAT(captured, IsOk());
  GetLeadRequest get;
  get.set_id(captured->lead().id());
  EXPECT_THAT(elsewhere.Call<Lead>("LeadService/GetLead", get), RefusedWith(std::string("NOT_FOUND")));
  EXPECT_EQ(AllLeads(elsewhere, "").size(), 0u);
}

TEST(L2_MultiChannelCapture, EveryChannelKeepsItsSourceAndCountsAreRawRows) {
  const Client rep = Rep();
  const std::map<std::string, int> rows = {{"WEB", 9},      {"PHONE", 8}, {"IMPORT", 2}, {"REFERRAL", 3},
                                           {"CAMPAIGN", 4}, {"EVENT", 1}, {"VISIT", 5},  {"PARTNER", 6}};
  for (const auto& [channel, count] : rows) {
    for (int i = 0; i < count; ++i) {
      // Every third names no source, which is not the same as a source called `unknown`.
      const std::string source = i % 3 == 0 ? "" : i % 3 == 1 ? "unknown" : "source-" + channel;
      CaptureLeadRequest request =
          Proto("channel: CHANNEL_" + channel + " campaign: 'spring' landing_page: '/price' company: '한빛'");
      request.set_source(source);
      const auto captured = rep.Call<LeadCaptured>("LeadService/CaptureLead", request);
      ASSERT_THAT(captured, IsOk());
      EXPECT_EQ(captured->lead().source(), source);
      EXPECT_EQ(captured->lead().campaign() + captured->lead().landing_page(), "spring/price");
    }
  }
  size_t sum = 0, unset = 0;
  for (const auto& [channel, count] : rows) {
    SCOPED_TRACE(channel);
    const auto leads = AllLeads(rep, "channel: CHANNEL_" + channel);
    EXPECT_EQ(leads.size(), static_cast<size_t>(count));
    for (const Lead& lead : leads) {
      EXPECT_EQ(Lead::Channel_Name(lead.channel()), "CHANNEL_" + channel);
      unset += lead.source().empty();
    }
    EXPECT_EQ(AllLeads(rep, "channel: CHANNEL_" + channel + " source: 'unknown'").size(),
              static_cast<size_t>((count + 1) / 3));
    sum += leads.size();
  }
  EXPECT_EQ(AllLeads(rep, "").size(), sum);
  EXPECT_EQ(unset, 3u + 3 + 1 + 1 + 2 + 1 + 2 + 2);
  EXPECT_EQ(AllLeads(rep, "source: 'unknown'").size(), 3u + 3 + 1 + 1 + 1 + 0 + 2 + 2);
}

}  // namespace
}  // namespace songsang
