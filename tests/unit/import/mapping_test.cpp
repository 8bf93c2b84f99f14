#include "songsang/import/mapping.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "songsang/accounts/v1/account.pb.h"
#include "songsang/billing/v1/catalogue.pb.h"
#include "songsang/billing/v1/take_over.pb.h"
#include "songsang/import/requests.h"
#include "songsang/import/when.h"
#include "songsang/leads/v1/lead.pb.h"
#include "songsang/leads/v1/opportunity.pb.h"
#include "songsang/leads/v1/process.pb.h"
#include "songsang/workforce/v1/people.pb.h"
#include "songsang/workforce/v1/unit.pb.h"
#include "support/proto.h"

namespace songsang::importer {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// The binary holds a service's descriptors only if something of them is named.
const google::protobuf::Descriptor* const kLinked[] = {accounts::v1::Account::descriptor(),
                                                       billing::v1::Product::descriptor(),
                                                       billing::v1::TakeOverLineRequest::descriptor(),
                                                       leads::v1::Lead::descriptor(),
                                                       leads::v1::Opportunity::descriptor(),
                                                       leads::v1::SalesProcess::descriptor(),
                                                       workforce::v1::Unit::descriptor(),
                                                       workforce::v1::Person::descriptor()};

std::vector<std::string> ProblemsOf(const std::string& toml) {
  std::vector<std::string> problems;
  Mapping::Load(toml, "m.toml", &problems);
  return problems;
}

std::string Step(const std::string& fields, const std::string& top = "", const std::string& step = "") {
  return "name = \"m\"\n" + top +
         "\n[[step]]\nname = \"lead\"\nmethod = \"songsang.leads.v1.LeadService/CaptureLead\"\n" + step +
         "\n[step.fields]\nchannel = \"web\"\n" + fields + "\n";
}

// The commands of one row, as `step: <request in text format>`, or `step: REASON at field`.
std::vector<std::string> Commands(const std::string& toml, const std::vector<std::string>& header,
                                  const std::vector<std::string>& cells) {
  std::vector<std::string> problems;
  const auto mapping = Mapping::Load(toml, "m.toml", &problems);
  if (mapping == nullptr) return problems;
  const Status bound = mapping->Bind(header);
  if (!bound.ok()) return {bound.refusal().Sentence(false)};
  CsvRow row;
  row.line = 2;
  row.cells = cells;
  RowCommands made = RequestMaker(*mapping).Make(row, [](const std::string&) { return false; });
  std::vector<std::string> texts;
  for (auto& command : made.commands) {
    command.request->GetReflection()->ClearField(command.request.get(),
                                                 command.request->GetDescriptor()->FindFieldByName("request_id"));
    texts.push_back(command.step->name + ": " + command.request->ShortDebugString());
  }
  for (const auto& problem : made.problems)
    texts.push_back(problem.step->name + ": " + problem.refusal.reason->name + " at " +
                    (problem.refusal.violations.empty() ? "" : problem.refusal.violations[0].field));
  return texts;
}

TEST(Mapping, FieldsBecomeWhatTheApiTakes) {
  EXPECT_THAT(Commands(Step(R"(name = "{first} {last}"
                              external_ref = { system = "crm", key = "{id}" }
                              occurred_on = { value = "{day}", date = ["%Y.%m.%d", "%Y년 %m월 %d일"] }
                              occurred_at = { value = "{day} 09:30", date = "%Y.%m.%d %H:%M", zone = "Asia/Seoul" }
                              owner_id = "ext:crm:{owner}")"),
                       {"id", "first", "last", "day", "owner"}, {"7", "철수", "김", "2026.3.9", "9"}),
              ElementsAre("lead: occurred_at { seconds: 1773016200 } external_ref { system: \"crm\" key: \"7\" } "
                          "channel: CHANNEL_WEB name: \"\\354\\262\\240\\354\\210\\230 \\352\\271\\200\" "
                          "owner_id: \"ext:crm:9\" occurred_on: \"2026-03-09\""));
}

TEST(Mapping, EmptyColumnLeavesTheFieldOutUnlessSaidOtherwise) {
  const std::vector<std::string> header = {"id", "x"};
  EXPECT_THAT(Commands(Step("external_ref = { system = \"crm\", key = \"{id}\" }\nname = \"x {x}\""), header, {"", ""}),
              ElementsAre("lead: channel: CHANNEL_WEB"));
  EXPECT_THAT(Commands(Step("name = { value = \"{x}\", required = true }"), header, {"", ""}),
              ElementsAre("lead: VALUE_MUST_BE_GIVEN at name"));
  const std::string open =
      "name = \"m\"\n[[step]]\nname = \"o\"\nmethod = \"songsang.leads.v1.OpportunityService/OpenOpportunity\"\n"
      "[step.fields]\nopened_on = { value = \"{x}\", empty = \"set\" }\n";
  EXPECT_THAT(Commands(open, header, {"", ""}), ElementsAre("o: opened_on: \"\""));
  EXPECT_THAT(Commands(open, header, {"", "2026-01-31"}), ElementsAre("o: opened_on: \"2026-01-31\""));
}

TEST(Mapping, ValuesAreExactOrRefused) {
  const std::string account =
      "name = \"m\"\ncurrency = \"USD\"\n[values.sectors]\n\"technolgy\" = \"technology\"\n[values.strict]\n\"a\" = "
      "\"b\"\n\"*\" = false\n[[step]]\nname = \"a\"\nmethod = \"songsang.accounts.v1.AccountService/RegisterAccount\"\n"
      "[step.fields]\nkind = \"{kind}\"\nname = \"n\"\n";
  struct Case {
    const char* field;
    const char* cell;
    const char* text;
  };
  const Case kCases[] = {
      {"annual_revenue = \"{v}\"", "1,234.5",
       "a: kind: KIND_BUSINESS name: \"n\" annual_revenue { minor: 123450 currency: \"USD\" }"},
      {"annual_revenue = { value = \"{v}\", multiply = 1000000 }", "11698.03",
       "a: kind: KIND_BUSINESS name: \"n\" annual_revenue { minor: 1169803000000 currency: \"USD\" }"},
      {"annual_revenue = { value = \"{v}\", currency = \"KRW\" }", "₩1,000원",
       "a: kind: KIND_BUSINESS name: \"n\" annual_revenue { minor: 1000 currency: \"KRW\" }"},
      {"annual_revenue = \"{v}\"", "1.005", "a: AMOUNT_MUST_BE_EXACT at annual_revenue"},
      {"annual_revenue = \"{v}\"", "many", "a: AMOUNT_MUST_BE_EXACT at annual_revenue"},
      {"employees = \"{v}\"", "2822.0", "a: kind: KIND_BUSINESS name: \"n\" employees: 2822"},
      {"employees = \"{v}\"", "2822.5", "a: NUMBER_MUST_BE_WHOLE at employees"},
      {"employees = \"{v}\"", "3000000000", "a: NUMBER_MUST_BE_WHOLE at employees"},
      {"industry = \"{v|sectors}\"", "technolgy", "a: kind: KIND_BUSINESS name: \"n\" industry: \"technology\""},
      {"industry = \"{v|sectors}\"", "other", "a: kind: KIND_BUSINESS name: \"n\" industry: \"other\""},
      {"industry = \"{v|strict}\"", "a", "a: kind: KIND_BUSINESS name: \"n\" industry: \"b\""},
      {"industry = \"{v|strict}\"", "c", "a: VALUE_MUST_BE_LISTED at industry"},
      {"industry = \"{v|strict}\"", "", "a: kind: KIND_BUSINESS name: \"n\""},
      {"brn = \"{v|digits}\"", "124-81-00998", "a: kind: KIND_BUSINESS name: \"n\" brn: \"1248100998\""},
      {"industry = \"{v|trim|upper}\"", " abc ", "a: kind: KIND_BUSINESS name: \"n\" industry: \"ABC\""},
      {"state = \"{v}\"", "Open", "a: kind: KIND_BUSINESS name: \"n\" state: STATE_OPEN"},
      {"state = \"{v}\"", "ajar", "a: CHOICE_MUST_BE_KNOWN at state"},
  };
  for (const Case& each : kCases)
    EXPECT_THAT(Commands(account + each.field, {"kind", "v"}, {"business", each.cell}), ElementsAre(each.text))
        << each.field;
}

TEST(Mapping, StepsApplyWhenTheirConditionsHold) {
  const auto commands = [](const std::string& when, const std::string& cell) {
    return Commands(Step("name = \"{x}\"", "", "when = " + when), {"x"}, {cell}).size();
  };
  EXPECT_EQ(commands("{ value = \"{x}\", in = [\"a\", \"b\"] }", "b"), 1U);
  EXPECT_EQ(commands("{ value = \"{x}\", in = [\"a\", \"b\"] }", "c"), 0U);
  EXPECT_EQ(commands("{ value = \"{x}\", not_in = [\"a\"] }", "c"), 1U);
  EXPECT_EQ(commands("{ value = \"{x}\", not_in = [\"a\"] }", "a"), 0U);
  EXPECT_EQ(commands("{ value = \"{x}\", empty = true }", ""), 1U);
  EXPECT_EQ(commands("[{ value = \"{x}\", empty = false }, { value = \"{x}\", in = [\"a\"] }]", "b"), 0U);
}

TEST(Mapping, OnceStepIsLeftOutWithoutItsKey) {
  const std::string once = Step("name = \"{x}\"", "", "once = \"team/{x}\"");
  EXPECT_EQ(Commands(once, {"x"}, {"a"}).size(), 1U);
  EXPECT_THAT(Commands(once, {"x"}, {""}), IsEmpty());
}

// A row that has one problem asks for nothing, and is told all its problems.
TEST(Mapping, RowIsAskedForWholeOrNotAtAll) {
  const std::string two = Step("occurred_on = \"{day}\"") +
                          "[[step]]\nname = \"second\"\nmethod = \"songsang.leads.v1.LeadService/CaptureLead\"\n"
                          "[step.fields]\nchannel = \"{channel}\"\n";
  EXPECT_THAT(Commands(two, {"day", "channel"}, {"31.12.", "web"}),
              ElementsAre("lead: DATE_MUST_MATCH at occurred_on"));
  EXPECT_THAT(Commands(two, {"day", "channel"}, {"31.12.", "smoke"}),
              ElementsAre("lead: DATE_MUST_MATCH at occurred_on", "second: CHOICE_MUST_BE_KNOWN at channel"));
}

TEST(Mapping, RequestIdsStayTheSame) {
  std::vector<std::string> problems;
  const auto ids = [&](const std::string& identity, const std::vector<CsvRow>& rows, bool wider) {
    const auto mapping = Mapping::Load(Step("name = \"{x}\"", identity), "m.toml", &problems);
    EXPECT_TRUE(mapping->Bind(wider ? std::vector<std::string>{"y", "x"} : std::vector<std::string>{"x"}).ok());
    RequestMaker maker(*mapping);
    std::vector<std::string> made;
    for (const CsvRow& row : rows) {
      auto commands = maker.Make(row, [](const std::string&) { return false; });
      made.push_back(static_cast<const leads::v1::CaptureLeadRequest&>(*commands.commands[0].request).request_id());
    }
    return made;
  };
  const auto content = ids("", {{2, {"a"}, {}}, {3, {"b"}, {}}, {4, {"a"}, {}}}, false);
  EXPECT_EQ(content[0], content[2]);
  EXPECT_NE(content[0], content[1]);
  EXPECT_LE(content[0].size(), 64U);
  // Neither further columns nor another order of rows or columns makes it another row.
  EXPECT_EQ(ids("", {{9, {"noise", "a"}, {}}}, true)[0], content[0]);
  const auto occurrence = ids("identity = \"occurrence\"", {{2, {"a"}, {}}, {3, {"b"}, {}}, {4, {"a"}, {}}}, false);
  EXPECT_NE(occurrence[0], occurrence[2]);
  EXPECT_EQ(ids("identity = \"occurrence\"", {{7, {"a"}, {}}, {8, {"a"}, {}}}, false)[1], occurrence[2]);
  const auto line = ids("identity = \"line\"", {{2, {"a"}, {}}, {4, {"a"}, {}}}, false);
  EXPECT_NE(line[0], line[1]);
}

struct Wrong {
  std::string toml;
  std::vector<std::string> says;
};

TEST(Mapping, WhatIsWrongIsExplainedWithItsLine) {
  const Wrong kWrong[] = {
      {"name = \n", {"m.toml:1: this is not TOML"}},
      {"x = 1",
       {"m.toml:1: \"x\" is not known in a mapping", "m.toml:1: a mapping needs a name",
        "needs at least one [[step]]"}},
      {Step("nmae = \"{x}\""), {"m.toml:9: CaptureLeadRequest has no field \"nmae\"", "did you mean \"name\"?"}},
      {Step("request_id = \"{x}\""), {"no field \"request_id\""}},
      {Step("name = \"{x|tabel}\"", "[values.table]\na = \"b\""),
       {"\"tabel\" is neither a value table", "did you mean \"table\"?"}},
      {Step("name = \"{x\""), {"m.toml:9: a brace stands alone"}},
      {Step("channel2 = \"web\""), {"did you mean \"channel\"?"}},
      {Step("external_ref = \"{x}\""), {"field \"external_ref\" has parts: { system, key }"}},
      {Step("external_ref = { sistem = \"crm\" }"), {"no field \"external_ref.sistem\"", "did you mean \"system\"?"}},
      {Step("occurred_on = \"soon\""), {"field \"occurred_on\": \"soon\" is not a date"}},
      {Step("occurred_on = { value = \"{x}\", date = \"%d.%m.\" }"), {"has no year"}},
      {Step("occurred_on = { value = \"{x}\", format = \"%Y\" }"),
       {"\"format\" is not known in field \"occurred_on\""}},
      {Step("name = { required = true }"), {"field \"name\" needs a value"}},
      {Step("name = [\"a\"]"), {"takes one value, not a list"}},
      {Step("name = 1.5"), {"takes a text"}},
      {Step("", "zone = \"Asia/Soul\""), {"\"Asia/Soul\" is not a time zone"}},
      {Step("", "currency = \"WON\""), {"\"WON\" is not a currency"}},
      {Step("", "identity = \"row\""), {"identity is"}},
      {Step("", "", "exist = \"ok\""), {"\"exist\" is not known in a step (did you mean \"exists\"?)"}},
      {Step("", "", "when = { value = \"x\", empty = true }"), {"a condition has a value with a column"}},
      {"name = \"m\"\n[[step]]\nname = \"s\"\nmethod = \"songsang.leads.v1.LeadService/CapturLead\"\n",
       {"m.toml:4: songsang.leads.v1.LeadService has no command \"CapturLead\" (did you mean \"CaptureLead\"?)",
        "its commands are: CaptureLead, "}},
      {"name = \"m\"\n[[step]]\nname = \"s\"\nmethod = \"songsang.leads.v1.LeadService/GetLead\"\n",
       {"has no command \"GetLead\""}},
      {"name = \"m\"\n[[step]]\nname = \"s\"\nmethod = \"songsang.leeds.v1.LeadService/GetLead\"\n",
       {"there is no service \"songsang.leeds.v1.LeadService\"; there are: ", "songsang.leads.v1.LeadService"}},
      {"name = \"m\"\n[[step]]\nname = \"s\"\nmethod = \"CaptureLead\"\n", {"a method by its full name"}},
      {"name = \"m\"\n[[step]]\nname = \"s\"\nmethod = "
       "\"songsang.leads.v1.LeadService/CaptureLead\"\n[step.fields]\nname = \"x\"\n",
       {"step \"s\": CaptureLead requires field \"channel\""}},
      {"name = \"m\"\n[[step]]\nname = \"s\"\nmethod = "
       "\"songsang.leads.v1.LeadService/CaptureLead\"\n[step.fields]\nchannel = \"smoke\"\n",
       {"m.toml:6: field \"channel\": \"smoke\" is none of: web, phone, import"}},
      {"name = \"m\"\n[[step]]\nname = \"s\"\nmethod = "
       "\"songsang.accounts.v1.AccountService/RegisterAccount\"\n[step.fields]\n"
       "kind = \"person\"\nname = \"{n}\"\nannual_revenue = \"{r}\"\n",
       {"m.toml:8: field \"annual_revenue\" is money and needs a currency"}},
  };
  for (const Wrong& wrong : kWrong)
    for (const std::string& says : wrong.says)
      EXPECT_THAT(ProblemsOf(wrong.toml), Contains(HasSubstr(says))) << wrong.toml;
}

TEST(Mapping, MissingColumnIsExplainedWithWhatIsThere) {
  EXPECT_THAT(Commands(Step("name = \"{nmae}\""), {"id", "name"}, {}),
              ElementsAre("m.toml:9: the file has no column \"nmae\" (did you mean \"name\"?); it has: id, name"));
  EXPECT_THAT(Commands(Step("name = \"{x}\""), {"x", "x"}, {}),
              ElementsAre("m.toml:9: the file has two columns named \"x\"; it has: x, x"));
}

TEST(Mapping, ShippedOnesAreRight) {
  EXPECT_GE(ShippedMappings().size(), 7U);
  for (const Shipped& shipped : ShippedMappings()) {
    std::vector<std::string> problems;
    const auto mapping = Mapping::Load(shipped.toml, shipped.name, &problems);
    EXPECT_THAT(problems, IsEmpty());
    ASSERT_NE(mapping, nullptr);
    EXPECT_EQ(mapping->name(), shipped.name);
    EXPECT_FALSE(mapping->description(false).empty());
    EXPECT_NE(mapping->description(true), mapping->description(false));
  }
}

TEST(Mapping, UnknownNameIsAnsweredWithTheShippedOnes) {
  const auto mapping = FindMapping("crm_pipelines");
  ASSERT_FALSE(mapping.ok());
  EXPECT_THAT(mapping.refusal().Sentence(false), AllOf(HasSubstr("crm_pipelines"), HasSubstr("olist_leads")));
}

TEST(Moment, FormatsOfFiles) {
  struct Case {
    const char* text;
    const char* format;
    const char* iso;  // empty: refused
  };
  const Case kCases[] = {
      {"2018-02-26 19:58:54", "%Y-%m-%d %H:%M:%S", "2018-02-26T19:58:54.000000Z"},
      {"2026-3-9", "%Y-%m-%d", "2026-03-09T00:00:00.000000Z"},
      {"20260309", "%Y%m%d", "2026-03-09T00:00:00.000000Z"},
      {"09/03/26", "%d/%m/%y", "2026-03-09T00:00:00.000000Z"},
      {"2026-03-09 오후 2:05", "%Y-%m-%d %p %H:%M", "2026-03-09T14:05:00.000000Z"},
      {"2026-03-09 12:05 AM", "%Y-%m-%d %H:%M %p", "2026-03-09T00:05:00.000000Z"},
      {"2026-03-09T01:02:03.25", "%Y-%m-%dT%H:%M:%S.%f", "2026-03-09T01:02:03.250000Z"},
      {"2026-03-09 whatever", "%Y-%m-%d%*", "2026-03-09T00:00:00.000000Z"},
      {"100% 2026", "100%% %Y", "2026-01-01T00:00:00.000000Z"},
      {"2026-02-30", "%Y-%m-%d", ""},
      {"2026-13-01", "%Y-%m-%d", ""},
      {"2026-03-09 x", "%Y-%m-%d", ""},
      {"2026-03-09 24:00:00", "%Y-%m-%d %H:%M:%S", ""},
      {"26-03-09", "%Y-%m-%d", ""},
      {"", "%Y-%m-%d", ""},
  };
  for (const Case& each : kCases) {
    const auto moment = ParseMoment(each.text, each.format);
    ASSERT_EQ(moment.has_value(), *each.iso != '\0') << each.text;
    if (moment) {
      EXPECT_EQ(ToIso(*InZone(*moment, "UTC")), each.iso);
    }
  }
  EXPECT_EQ(ToIso(*InZone(*ParseMoment("2026-01-01", "%Y-%m-%d"), "Asia/Seoul")), "2025-12-31T15:00:00.000000Z");
}

}  // namespace
}  // namespace songsang::importer
