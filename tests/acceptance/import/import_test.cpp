#include <fmt/format.h>
#include <signal.h>

#include <filesystem>
#include <regex>
#include <sstream>
#include <thread>

#include "acceptance/import/importing.h"
#include "songsang/demo/demo.h"
#include "songsang/leads/v1/lead.pb.h"
#include "songsang/leads/v1/opportunity.pb.h"
#include "songsang/workforce/v1/unit.pb.h"

namespace songsang {
namespace {

using leads::v1::Lead;
using leads::v1::Opportunity;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

constexpr const char* kLeadMapping = R"toml(
name = "leads"
[[step]]
name = "owner"
method = "songsang.workforce.v1.PersonService/RegisterPerson"
once = "{owner}"
exists = "ok"
[step.fields]
external_ref = { system = "old", key = "{owner}" }
name = "{owner}"
[[step]]
name = "lead"
method = "songsang.leads.v1.LeadService/CaptureLead"
exists = "ok"
[step.fields]
external_ref = { system = "old", key = "{id}" }
channel = "import"
name = "{name}"
email = "{email}"
occurred_on = { value = "{day}", required = true }
[[step]]
name = "assignment"
method = "songsang.leads.v1.LeadService/AssignLead"
[step.fields]
lead_id = "ext:old:{id}"
owner_id = "ext:old:{owner}"
)toml";

std::string LeadRows(int count) {
  std::string text = "id,name,email,day,owner\n";
  for (int i = 0; i < count; ++i)
    text += fmt::format("{0},김하늘 {0},lead{0}@example.com,2026-0{1}-1{2},p{3}\n", i, i % 9 + 1, i % 10, i % 23);
  return text;
}

using L2_MultiChannelCapture_Import = Importing;

TEST_F(L2_MultiChannelCapture_Import, TwiceIsTheSameEndState) {
  const auto file = Write("leads.csv", LeadRows(700)), mapping = Write("leads.toml", kLeadMapping);
  const Done first = Import(file, mapping);
  EXPECT_EQ(first.exit_code, 0) << first.out << first.err;
  EXPECT_THAT(first.out, HasSubstr("700  imported"));
  const auto events = Events();
  EXPECT_THAT(events,
              UnorderedElementsAre(Pair("PersonRegistered", 23), Pair("LeadCaptured", 700), Pair("LeadAssigned", 700)));
  const Done second = Import(file, mapping);
  EXPECT_EQ(second.exit_code, 0);
  EXPECT_THAT(second.out, AllOf(HasSubstr("0  imported"), HasSubstr("700  already there")));
  EXPECT_EQ(Events(), events);
}

TEST_F(L2_MultiChannelCapture_Import, RefusedRowsAreExplainedAndTheRestIsImported) {
  std::string rows = LeadRows(1'000);
  rows = std::regex_replace(rows, std::regex("lead41@example.com"), "nonsense");
  rows = std::regex_replace(rows, std::regex("\n500,[^\n]*"), "\n500,too,few");
  rows = std::regex_replace(rows, std::regex("(\n777,[^\n]*)2026-[^,]*"), "$1");
  const auto file = Write("leads.csv", rows), mapping = Write("leads.toml", kLeadMapping);
  for (int run = 0; run < 2; ++run) {
    const Done done = Import(file, mapping);
    EXPECT_EQ(done.exit_code, 1);
    EXPECT_THAT(done.out, AllOf(HasSubstr(run == 0 ? "997  imported" : "997  already there"), HasSubstr("3  refused")));
    EXPECT_THAT(done.refused, HasSubstr("\n43,lead,email,email,INVALID_REQUEST,"));
    EXPECT_THAT(done.refused, HasSubstr("\n43,assignment,lead_id,id,NOT_FOUND,"));
    EXPECT_THAT(done.refused, HasSubstr("\n502,,,,ROW_MUST_HAVE_EVERY_COLUMN,"
                                        "\"The row has 3 values, but the header names 5 columns.\",500,too,few,,\n"));
    EXPECT_THAT(done.refused, HasSubstr("\n779,lead,occurred_on,day,VALUE_MUST_BE_GIVEN,"));
    EXPECT_EQ(Events()["LeadCaptured"], 997);
  }
  // The mended error file is itself a file to import: only what was missing is new.
  std::string mended = ReadAll(Path("refused.csv"));
  mended = std::regex_replace(mended, std::regex("nonsense"), "lead41@example.com");
  mended = std::regex_replace(mended, std::regex("500,too,few,,"), "500,김하늘 500,,2026-06-10,p17");
  mended = std::regex_replace(mended, std::regex("(,777,[^\n]*),,"), "$1,2026-04-17,");
  const Done rest = Import(Write("mended.csv", mended), mapping);
  EXPECT_EQ(rest.exit_code, 0) << rest.out << rest.refused;
  EXPECT_THAT(rest.out, HasSubstr("3  imported"));
  EXPECT_EQ(Events()["LeadCaptured"], 1'000);
  EXPECT_EQ(Events()["LeadAssigned"], 1'000);
}

TEST_F(L2_MultiChannelCapture_Import, DryRunJudgesAndChangesNothing) {
  std::string rows = LeadRows(200);
  rows = std::regex_replace(rows, std::regex("lead41@example.com"), "nonsense");
  const auto file = Write("leads.csv", rows), mapping = Write("leads.toml", kLeadMapping);
  const Done before = Import(file, mapping, true);
  EXPECT_EQ(before.exit_code, 1);
  // Each lead's assignment rests on the lead itself, which a dry run does not record.
  EXPECT_THAT(before.out, AllOf(HasSubstr("nothing was recorded"), HasSubstr("199  rest on other rows of this run"),
                                HasSubstr("1  would be refused")));
  EXPECT_THAT(before.refused, HasSubstr("\n43,lead,email,email,INVALID_REQUEST,"));
  EXPECT_THAT(Events(), IsEmpty());
  Import(file, mapping);
  const auto events = Events();
  const Done after = Import(file, mapping, true);
  EXPECT_THAT(after.out, AllOf(HasSubstr("0  would be imported"), HasSubstr("1  would be refused")));
  EXPECT_EQ(Events(), events);
}

// Leads without an external reference: nothing but the request ids keeps them from doubling.
constexpr const char* kBareMapping = R"toml(
name = "bare"
[[step]]
name = "lead"
method = "songsang.leads.v1.LeadService/CaptureLead"
[step.fields]
channel = "import"
name = "{name}"
email = "{email}"
[[step]]
name = "owner"
method = "songsang.workforce.v1.PersonService/RegisterPerson"
once = "{owner}"
[step.fields]
name = "{owner}"
)toml";

TEST_F(L2_MultiChannelCapture_Import, KilledInTheMiddleItGoesOnWithoutDoubling) {
  constexpr int kRows = 12'000;
  const auto file = Write("leads.csv", LeadRows(kRows)), mapping = Write("leads.toml", kBareMapping);
  const std::vector<std::string> command = {SONGSANG_BINARY,
                                            "import",
                                            file,
                                            "-m",
                                            mapping,
                                            "--address",
                                            System::Shared().address(),
                                            "--token",
                                            client_.token(),
                                            "--errors",
                                            Path("refused.csv"),
                                            "--quiet",
                                            "--batch",
                                            "60",
                                            "--in-flight",
                                            "3"};
  int killed_midway = 0;
  for (const int upto : {500, 3'000, 6'000}) {
    Process process(command);
    for (int i = 0; i < 2'000 && process.running() && Events()["LeadCaptured"] < upto; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    process.Signal(SIGKILL);
    const Ran ran = process.Wait();
    killed_midway += ran.exit_code == 128 + SIGKILL;
  }
  EXPECT_GE(killed_midway, 2) << "the import was over before it could be killed";
  const Ran last = RunProgram(command);
  EXPECT_EQ(last.exit_code, 0) << last.out << last.err;
  EXPECT_THAT(Events(), UnorderedElementsAre(Pair("PersonRegistered", 23), Pair("LeadCaptured", kRows)));
  EXPECT_FALSE(std::filesystem::exists(Path("refused.csv")));
}

// The part of the page between a mark `<!-- example: name -->` and the end of the block behind it.
std::string Example(const std::string& page, const std::string& name) {
  const size_t mark = page.find("<!-- example: " + name + " -->");
  EXPECT_NE(mark, std::string::npos) << name;
  const size_t begin = page.find('\n', page.find("```", mark)) + 1;
  return page.substr(begin, page.find("```", begin) - begin);
}

TEST_F(L2_MultiChannelCapture_Import, TheExampleOfTheDocumentationIsTrue) {
  const std::string page = ReadAll("docs/import.md");
  const auto file = Write("inquiries.csv", Example(page, "inquiries.csv"));
  const auto mapping = Write("inquiries.toml", Example(page, "inquiries.toml"));
  const Done dry = Import(file, mapping, true);
  EXPECT_THAT(dry.out, HasSubstr("1  would be refused"));
  EXPECT_THAT(Events(), IsEmpty());
  const Done done = Import(file, mapping);
  EXPECT_EQ(done.exit_code, 1) << done.out << done.err;
  EXPECT_THAT(done.out, HasSubstr("4  imported"));
  EXPECT_EQ(done.refused, Example(page, "inquiries.csv.inquiries.refused.csv"));
  EXPECT_THAT(Events(),
              UnorderedElementsAre(Pair("PersonRegistered", 2), Pair("LeadCaptured", 4), Pair("OpportunityOpened", 3)));
  const auto lead = client_.Call<Lead>("GetLead", Proto("id: 'ext:helpdesk:Q-1003'"));
  ASSERT_THAT(lead, IsOk());
  EXPECT_THAT(*lead, ContainsProto("channel: CHANNEL_WEB source: '' name: '최민준' company: '대성산업, 부산' "
                                   "occurred_on: '2026-03-04' status: STATUS_WORKING"));
  const auto deal = client_.Call<Opportunity>("GetOpportunity", Proto("id: 'ext:helpdesk:Q-1002'"));
  ASSERT_THAT(deal, IsOk());
  EXPECT_THAT(*deal, ContainsProto("name: '문서 세단기 박서연' value { minor: 420000 currency: 'KRW' } "
                                   "opened_on: '2026-03-02'"));
  const Done mended = Import(
      Write("mended.csv", std::regex_replace(done.refused, std::regex(",2026.03.32,"), ",2026.03.31,")), mapping);
  EXPECT_EQ(mended.exit_code, 0);
  EXPECT_THAT(mended.out, HasSubstr("1  imported"));
}

TEST_F(L2_MultiChannelCapture_Import, WhatIsWrongIsSaidBeforeAnythingIsSent) {
  const auto file = Write("leads.csv", LeadRows(3)), mapping = Write("leads.toml", kLeadMapping);
  const auto fails = [&](const Done& done, const std::string& says) {
    EXPECT_EQ(done.exit_code, importer::kNotBegun) << says;
    EXPECT_THAT(done.err, HasSubstr(says));
  };
  fails(Import(Path("absent.csv"), mapping), "absent.csv cannot be read: No such file");
  fails(Import(file, "crm_pipelin"), "There is no mapping crm_pipelin");
  fails(Import(file, "crm_products"), "crm_products.toml:12: the file has no column \"product\"");
  fails(Import(file, Write("bad.toml", "name = 5\n[[step]]\nmethod = \"x\"\n")), "bad.toml:1: \"name\" must be a text");
  fails(Import(file, mapping, false, [&](auto* options) { options->errors = file; }), "Name another one");
  EXPECT_THAT(Events(), IsEmpty());
}

TEST_F(L2_MultiChannelCapture_Import, WhoMayNotImportIsToldOnce) {
  const auto file = Write("leads.csv", LeadRows(30)), mapping = Write("leads.toml", kLeadMapping);
  const Client analyst = System::Shared().As({v1::ROLE_ANALYST});
  client::Client connection(System::Shared().address(), analyst.token());
  importer::ImportOptions options;
  options.file = file;
  options.mapping = mapping;
  options.errors = Path("refused.csv");
  std::ostringstream out, err;
  EXPECT_EQ(importer::Import(options, connection, out, err), importer::kBrokenOff);
  EXPECT_THAT(err.str(), HasSubstr("PERMISSION_DENIED"));
  EXPECT_THAT(err.str(), Not(HasSubstr("line")));
}

TEST_F(L2_MultiChannelCapture_Import, ServerAwayIsSaidSoon) {
  const auto file = Write("leads.csv", LeadRows(3)), mapping = Write("leads.toml", kLeadMapping);
  client::Client nobody("127.0.0.1:1", client_.token());
  importer::ImportOptions options;
  options.file = file;
  options.mapping = mapping;
  options.errors = Path("refused.csv");
  std::ostringstream out, err;
  const auto begun = std::chrono::steady_clock::now();
  EXPECT_EQ(importer::Import(options, nobody, out, err), importer::kBrokenOff);
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(15));
  EXPECT_THAT(err.str(), HasSubstr("No server answers at 127.0.0.1:1"));
}

TEST_F(L2_MultiChannelCapture_Import, TheDataSetsBecomeWhatTheyAre) {
  const std::string data = DataFolder();
  if (!std::filesystem::exists(data + "/crm_opportunities/products.csv"))
    GTEST_SKIP() << "no data in " << data << " (SONGSANG_DATA names its folder)";
  const auto load = [&](const char* file, const char* mapping) {
    const Done done = Import(data + "/" + file, mapping);
    EXPECT_EQ(done.exit_code, 0) << done.out << done.err << done.refused.substr(0, 500);
  };
  load("crm_opportunities/products.csv", "crm_products");
  load("crm_opportunities/sales_teams.csv", "crm_teams");
  load("crm_opportunities/accounts.csv", "crm_accounts");
  load("crm_opportunities/accounts.csv", "crm_account_groups");
  load("crm_opportunities/sales_pipeline.csv", "crm_pipeline");
  EXPECT_THAT(Events(),
              UnorderedElementsAre(Pair("ProductSaved", 7), Pair("PriceListSaved", 1), Pair("PriceSet", 7),
                                   Pair("UnitOpened", 9), Pair("PersonRegistered", 41), Pair("UnitJoined", 41),
                                   Pair("AccountRegistered", 85), Pair("GroupLinked", 15),
                                   Pair("OpportunityOpened", 8'800), Pair("OpportunityClosed", 6'711)));
  load("olist_funnel/olist_marketing_qualified_leads_dataset.csv", "olist_leads");
  load("olist_funnel/olist_closed_deals_dataset.csv", "olist_deals");
  const auto events = Events();
  EXPECT_EQ(events.at("LeadCaptured"), 8'000);
  EXPECT_EQ(events.at("HandOffAccepted"), 842);
  EXPECT_EQ(events.at("AccountRegistered"), 85 + 842);
  EXPECT_EQ(events.at("PersonRegistered"), 41 + 41);  // 32 SDRs and 22 representatives, 13 of whom are both
  EXPECT_EQ(events.at("UnitJoined"), 41 + 54);
  EXPECT_EQ(events.at("OpportunityClosed"), 6'711 + 842);
  // Again changes nothing.
  load("crm_opportunities/sales_pipeline.csv", "crm_pipeline");
  load("olist_funnel/olist_closed_deals_dataset.csv", "olist_deals");
  EXPECT_EQ(Events(), events);
}

TEST_F(L2_MultiChannelCapture_Import, TheDemoTwiceIsOneDemo) {
  client::Client connection(System::Shared().address(), client_.token());
  demo::DemoOptions options;
  options.leads = 150;
  std::ostringstream out, err;
  EXPECT_EQ(demo::Demo(options, connection, out, err), 0) << err.str();
  EXPECT_THAT(out.str(), AllOf(HasSubstr("Sales representatives by won value"), HasSubstr("강남지점"),
                               HasSubstr("[Executive]"), HasSubstr("[Branch manager, 강남지점]"),
                               HasSubstr("Total (settled)"), HasSubstr("[Receivables clerk]"), HasSubstr("Try next")));
  const auto events = Events();
  EXPECT_EQ(events.at("LeadCaptured"), 150);
  options.reports = false;
  EXPECT_EQ(demo::Demo(options, connection, out, err), 0) << err.str();
  EXPECT_EQ(Events(), events);
}

}  // namespace
}  // namespace songsang
