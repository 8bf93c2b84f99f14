// Everything but serving: what a person types at a running system, and what it answers when they mistype.
#include <sqlite3.h>

#include <fstream>

#include "acceptance/command_line/shell.h"

namespace songsang {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kLead = R"({"name":"김하늘","channel":"CHANNEL_PHONE"})";

using CommandLine = Shell;

TEST_F(CommandLine, TeachesByExampleWhateverIsAsked) {
  for (const char* command : {"serve", "call", "events", "export", "report", "import", "doctor", "parked", "explain",
                              "token", "migrate", "rebuild", "demo"})
    EXPECT_THAT(Songsang({command, "--help"}),
                AllOf(Exits(0), Says("Examples:"), Says(std::string("songsang ") + command)));
  EXPECT_THAT(Songsang({"journal", "verify", "--help"}), AllOf(Exits(0), Says("Examples:")));
  EXPECT_THAT(Songsang({}), AllOf(Exits(0), Says("First steps")));
  EXPECT_THAT(Songsang({"version"}), AllOf(Exits(0), Says("songsang ")));
}

TEST_F(CommandLine, SaysWhatWasMistyped) {
  EXPECT_THAT(Songsang({"srve"}), AllOf(Exits(64), Says("there is no command `songsang srve`")));
  EXPECT_THAT(Songsang({"journal", "verfy"}), AllOf(Exits(64), Says("verify")));
  EXPECT_THAT(Songsang({"call", "CaptureLed"}),
              AllOf(Exits(64), Says("did you mean"), Says("LeadService/CaptureLead")));
  EXPECT_THAT(Songsang({"events"}), AllOf(Exits(64), Says("--service is required")));
  EXPECT_THAT(Songsang({"serve", "--listen", "nowhere"}), AllOf(Exits(78), Says("--listen"), Says("HOST:PORT")));
}

TEST_F(CommandLine, SaysThatThereIsNoServerAndHowToStartOne) {
  EXPECT_THAT(Songsang({"call", "ListLeads"}), AllOf(Exits(77), Says("no development key"), Says("songsang serve")));
  auto server = Serve();
  Stop(*server);
  EXPECT_THAT(Songsang({"call", "ListLeads"}), AllOf(Exits(69), Says("no server at"), Says("songsang serve")));
  EXPECT_THAT(Songsang({"report", "funnel"}), AllOf(Exits(69), Says("no server at")));
}

TEST_F(CommandLine, CallsAnyMethodAsJson) {
  auto server = Serve();
  EXPECT_THAT(Songsang({"call"}), AllOf(Exits(0), Says("songsang.leads.v1.LeadService"), Says("CaptureLead")));
  EXPECT_THAT(Songsang({"call", "CaptureLead", "--describe"}),
              AllOf(Exits(0), Says("request_id"), Says("CHANNEL_PHONE")));
  EXPECT_THAT(Songsang({"call", "CaptureLead", "-"}, kLead), AllOf(Exits(0), Says("김하늘"), Says("STATUS_NEW")));
  std::ofstream(home() + "/lead.json") << kLead;
  EXPECT_THAT(Songsang({"call", "LeadService/CaptureLead", "@" + home() + "/lead.json"}), Exits(0));
  EXPECT_THAT(Songsang({"call", "CaptureLead", kLead, "--dry-run"}), AllOf(Exits(0), Says("nothing was recorded")));
  EXPECT_THAT(Songsang({"call", "ListLeads", "--compact"}).out,
              ContainsRegex("^\\{\"leads\":\\[\\{[^}]*\\},\\{[^}]*\\}\\]\\}\n$"));
}

TEST_F(CommandLine, ExportsTheStateOfEntities) {
  auto server = Serve();
  ASSERT_THAT(Songsang({"call", "CaptureLead", kLead}), Exits(0));
  const Ran one = Songsang({"export", "leads.lead"});
  EXPECT_THAT(one, AllOf(Exits(0), Says("김하늘")));
  EXPECT_THAT(one.out, ContainsRegex("^\\{\"tenant\":\"demo\",[^\n]*\\}\n$"));
  EXPECT_EQ(one.err, "songsang-position: leads/0/0/1\n");
  EXPECT_THAT(Songsang({"export", "--all", "--to", home() + "/bi"}), AllOf(Exits(0), Says("leads.lead: 1 records")));
  std::ifstream lead(home() + "/bi/leads.lead.ndjson"), positions(home() + "/bi/leads.lead.positions.json");
  EXPECT_EQ(std::string(std::istreambuf_iterator<char>(lead), {}), one.out);
  EXPECT_THAT(std::string(std::istreambuf_iterator<char>(positions), {}), HasSubstr("\"position\":\"leads/0/0/1\""));
  EXPECT_THAT(Songsang({"export"}), AllOf(Exits(64), Says("which entities?")));
  EXPECT_THAT(Songsang({"export", "--all"}), AllOf(Exits(64), Says("--to FOLDER")));
  EXPECT_THAT(Songsang({"export", "leads.nothing"}), AllOf(Exits(65), Says("ENTITY_UNKNOWN")));
  EXPECT_THAT(Songsang({"completion", "bash"}), Says("leads.lead"));
}

TEST_F(CommandLine, ShowsWhatPoliciesStumbledOver) {
  auto server = Serve();
  EXPECT_THAT(Songsang({"parked"}), AllOf(Exits(0), Says("Nothing is parked.")));
  EXPECT_THAT(Songsang({"parked", "retry", "leads", "policy/none", "0", "1"}), AllOf(Not(Exits(0)), Says("NOT_FOUND")));
  EXPECT_THAT(Songsang({"parked", "retry"}), AllOf(Exits(64), Says("service")));
}

TEST_F(CommandLine, RepeatsHarmlesslyUnderOneRequestId) {
  auto server = Serve();
  ASSERT_THAT(Songsang({"call", "CaptureLead", kLead, "--request-id", "mine"}), Exits(0));
  EXPECT_THAT(Songsang({"call", "CaptureLead", kLead, "--request-id", "mine"}), AllOf(Exits(0), Says("replayed")));
  EXPECT_THAT(
      Songsang({"call", "CaptureLead", R"({"name":"다른 사람","channel":"CHANNEL_WEB"})", "--request-id", "mine"}),
      AllOf(Exits(65), Says("REQUEST_ID_REUSED")));
}

TEST_F(CommandLine, SaysRefusalsInTheLanguageAskedFor) {
  auto server = Serve();
  EXPECT_THAT(Songsang({"call", "CaptureLead", "{}"}),
              AllOf(Exits(65), Says("channel: "), Says("INVALID_REQUEST"), Says("songsang explain")));
  EXPECT_THAT(Songsang({"call", "CaptureLead", "{}", "--lang", "ko"}),
              AllOf(Exits(65), Says("요청에 잘못된 항목이 있습니다")));
  EXPECT_THAT(Songsang({"call", "CaptureLead", kLead, "--as", "TRAINER"}), AllOf(Exits(77), Says("PERMISSION_DENIED")));
  EXPECT_THAT(Songsang({"call", "CaptureLead", kLead, "--as", "BOSS"}),
              AllOf(Exits(64), Says("there is no role BOSS")));
  EXPECT_THAT(Songsang({"call", "CaptureLead", R"({"nam":"x"})"}), AllOf(Exits(65), Says("nam"), Says("--describe")));
}

TEST_F(CommandLine, MintsTokensThatTheServerTakes) {
  auto server = Serve();
  std::string token = Songsang({"token", "--tenant", "acme", "--as", "SALES_REP"}).out;
  token.pop_back();
  EXPECT_THAT(token, ContainsRegex("^[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+$"));
  EXPECT_THAT(Songsang({"call", "CaptureLead", kLead, "--token", token}), Exits(0));
  EXPECT_THAT(Songsang({"call", "ListLeads", "--tenant", "acme"}), Says("김하늘"));
  EXPECT_THAT(Songsang({"call", "ListLeads"}), Not(Says("김하늘")));
  std::string forged = token;
  forged[forged.find('.') + 5] ^= 1;
  EXPECT_THAT(Songsang({"call", "ListLeads", "--token", forged}), AllOf(Exits(77), Says("UNAUTHENTICATED")));
  EXPECT_THAT(Songsang({"token", "--jwks"}), AllOf(Exits(0), Says("\"keys\""), Not(Says("\"d\""))));
}

TEST_F(CommandLine, FollowsEventsALineEach) {
  auto server = Serve();
  ASSERT_THAT(Songsang({"call", "CaptureLead", kLead}), Exits(0));
  auto follower = Start({"events", "--service", "leads", "--follow"});
  EXPECT_THAT(follower->WaitForLine("leads/0/0/1"),
              AllOf(HasSubstr("songsang.leads.v1.LeadCaptured"), HasSubstr("김하늘")));
  ASSERT_THAT(Songsang({"call", "CaptureLead", kLead}), Exits(0));
  EXPECT_THAT(follower->WaitForLine("leads/0/0/2"), HasSubstr("previous_hash"));
  const Ran later = Songsang({"events", "--service", "leads", "--from", "leads/0/0/1"});
  EXPECT_THAT(later, AllOf(Exits(0), Says("leads/0/0/2"), Not(Says("leads/0/0/1"))));
  EXPECT_THAT(Songsang({"events", "--service", "leads", "--types", "LeadAssigned"}).out, "");
  EXPECT_THAT(Songsang({"events", "--service", "leads", "--limit", "1"}), Not(Says("leads/0/0/2")));
  EXPECT_THAT(Songsang({"events", "--service", "leeds"}), AllOf(Exits(65), Says("SERVICE_UNKNOWN")));
}

TEST_F(CommandLine, ExplainsEveryReasonInBothLanguages) {
  EXPECT_THAT(Songsang({"explain", "request_id_reused"}), AllOf(Exits(0), Says("was used before"), Says("요청 ID")));
  EXPECT_THAT(Songsang({"explain", "LEAD_MUST"}), AllOf(Exits(64), Says("did you mean LEAD_MUST")));
  EXPECT_THAT(Songsang({"explain", "--all"}), AllOf(Exits(0), Says("| Reason | Code |"), Says("`LEAD_MUST")));
}

TEST_F(CommandLine, CompletesInBash) {
  std::ofstream(home() + "/completion") << Songsang({"completion", "bash"}).out;
  const auto complete = [this](const std::string& words, int at) {
    return RunProgram({"bash", "-c",
                       "source " + home() + "/completion; COMP_WORDS=(" + words +
                           "); COMP_CWORD=" + std::to_string(at) + "; _songsang; echo \"${COMPREPLY[@]}\""})
        .out;
  };
  EXPECT_EQ(complete("songsang ser", 1), "serve\n");
  EXPECT_THAT(complete("songsang call Capt", 2), HasSubstr("CaptureLead"));
  EXPECT_THAT(complete("songsang call CaptureLead --dry", 3), HasSubstr("--dry-run"));
  EXPECT_THAT(complete("songsang call X --as SALES_R", 4), HasSubstr("SALES_REP"));
}

TEST_F(CommandLine, TheDoctorFindsAllFineOrSaysWhatToDo) {
  EXPECT_THAT(Songsang({"doctor"}), Says("songsang serve"));
  auto server = Serve();
  EXPECT_THAT(Songsang({"doctor"}), AllOf(Exits(0), Says("leads: 0 entries"), Says("Nothing is wrong.")));
  Stop(*server);
  EXPECT_THAT(Songsang({"doctor"}), AllOf(Exits(1), Says("nobody answers"), Says("schema up to date")));
}

TEST_F(CommandLine, FlippingAByteOfTheJournalIsFound) {
  auto server = Serve();
  for (int i = 0; i < 5; ++i) ASSERT_THAT(Songsang({"call", "CaptureLead", kLead}), Exits(0));
  EXPECT_THAT(Songsang({"journal", "verify"}), AllOf(Exits(75), Says("stop its server first")));
  EXPECT_THAT(Songsang({"journal", "verify", "--home", home() + "/nowhere"}),
              AllOf(Exits(66), Says("there is no store of leads")));
  Stop(*server);
  EXPECT_THAT(Songsang({"journal", "verify"}), AllOf(Exits(0), Says("leads: sound, 5 entries")));
  sqlite3* database = nullptr;
  ASSERT_EQ(sqlite3_open((home() + "/store/leads.db").c_str(), &database), SQLITE_OK);
  // One character of a name, three entries back.
  ASSERT_EQ(sqlite3_exec(
                database,
                "UPDATE journal SET payload = CAST(replace(CAST(payload AS TEXT), '늘', '들') AS BLOB) WHERE seq = 3",
                nullptr, nullptr, nullptr),
            SQLITE_OK);
  sqlite3_close(database);
  EXPECT_THAT(Songsang({"journal", "verify"}),
              AllOf(Exits(1), Says("leads: BROKEN"), Says("3"), Says("accounts: sound")));
}

TEST_F(CommandLine, RebuildsReportsToTheSameBytes) {
  auto server = Serve();
  for (int i = 0; i < 5; ++i) ASSERT_THAT(Songsang({"call", "CaptureLead", kLead}), Exits(0));
  EXPECT_THAT(Songsang({"rebuild"}), AllOf(Exits(75), Says("stop its server first")));
  Stop(*server);
  EXPECT_THAT(Songsang({"rebuild"}), AllOf(Exits(0), Says("the same bytes"), Says("from 5 events")));
  server = Serve();
  EXPECT_THAT(Songsang({"report", "--metrics", "leads", "-o", "csv"}), AllOf(Exits(0), Says("5")));
}

TEST_F(CommandLine, PrintsTheSqlThatWouldMigrate) {
  EXPECT_THAT(Songsang({"migrate", "--dry-run"}), AllOf(Exits(0), Says("CREATE TABLE"), Says("statements to run")));
  EXPECT_THAT(Songsang({"migrate"}), AllOf(Exits(0), Says("statements run")));
  EXPECT_THAT(Songsang({"migrate"}), AllOf(Exits(0), Says("leads: up to date")));
}

}  // namespace
}  // namespace songsang
