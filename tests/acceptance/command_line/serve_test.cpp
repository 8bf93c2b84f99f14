// Starting and stopping.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>

#include "acceptance/command_line/shell.h"

namespace songsang {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

// Holds a port that nobody else can have.
class BusyPort {
 public:
  BusyPort() : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    (void)bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof(address));
    (void)listen(socket_, 1);
    socklen_t size = sizeof(address);
    getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
  }
  ~BusyPort() { close(socket_); }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  int socket_, port_ = 0;
};

using CommandLineServe = Shell;

TEST_F(CommandLineServe, SaysWhereItListensAndEndsInOrderOnSigterm) {
  auto server = Serve();
  EXPECT_THAT(Songsang({"call", "CaptureLead", R"({"name":"김하늘","channel":"CHANNEL_PHONE"})"}), Exits(0));
  const Ran ran = Stop(*server);
  EXPECT_THAT(ran,
              AllOf(Exits(0), Says("listening on this machine only"), Says("stopping"), Says("\"msg\":\"stopped\"")));
}

TEST_F(CommandLineServe, KeepsWhatWasAcceptedWhenItStartsAgain) {
  auto server = Serve();
  ASSERT_THAT(Songsang({"call", "CaptureLead", R"({"name":"김하늘","channel":"CHANNEL_PHONE"})"}), Exits(0));
  Stop(*server);
  server = Serve();
  EXPECT_THAT(Songsang({"call", "ListLeads"}), AllOf(Exits(0), Says("김하늘")));
}

TEST_F(CommandLineServe, KeepsNothingInMemory) {
  auto server = Serve({"--memory"});
  ASSERT_THAT(Songsang({"call", "CaptureLead", R"({"name":"김하늘","channel":"CHANNEL_PHONE"})"}), Exits(0));
  EXPECT_THAT(Stop(*server), AllOf(Exits(0), Says("nothing is kept")));
  server = Serve({"--memory"});
  EXPECT_THAT(Songsang({"call", "ListLeads"}), AllOf(Exits(0), Not(Says("김하늘"))));
}

TEST_F(CommandLineServe, RefusesASecondServerOnTheSameFolder) {
  auto server = Serve();
  const Ran second = Songsang({"serve", "--listen", "127.0.0.1:0"});
  EXPECT_THAT(second, AllOf(Exits(75), Says("in use by another process"), Says(std::to_string(server->pid()))));
  EXPECT_TRUE(server->running());
}

TEST_F(CommandLineServe, SaysThatItsPortIsTaken) {
  const BusyPort busy;
  const Ran ran = Songsang({"serve", "--listen", busy.address()});
  EXPECT_THAT(ran, AllOf(Exits(69), Says(busy.address())));
}

TEST_F(CommandLineServe, HostsOnlyTheServicesNamed) {
  auto server = Serve({"leads", "workforce"});
  EXPECT_THAT(Songsang({"call", "ListLeads"}), Exits(0));
  EXPECT_THAT(Songsang({"call", "ListAccounts"}), AllOf(Exits(76), Says("METHOD_UNKNOWN")));
  EXPECT_THAT(Songsang({"serve", "leeds"}), AllOf(Exits(64), Says("there are: leads")));
}

TEST_F(CommandLineServe, DrainsUnderLoadAndLosesNothingThatItAnswered) {
  auto server = Serve();
  auto load = Start({"demo", "--no-reports", "--quiet", "--leads", "20000"});
  auto follower = Start({"events", "--service", "leads", "--follow"});
  EXPECT_NE(follower->WaitForLine("leads/0/0/200\""), "");
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_THAT(Stop(*server), AllOf(Exits(0), Says("\"msg\":\"stopped\"")));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
  EXPECT_THAT(load->Wait(), Not(Exits(0)));
  EXPECT_THAT(Songsang({"journal", "verify"}), AllOf(Exits(0), Says("leads: sound")));
  EXPECT_THAT(Songsang({"rebuild"}), AllOf(Exits(0), Says("the same bytes")));
}

TEST_F(CommandLineServe, SpeaksTlsToThoseWhoTrustIt) {
  const std::string certificate = home() + "/certificate.pem", key = home() + "/key.pem";
  ASSERT_THAT(RunProgram({"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                          "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout",
                          key, "-out", certificate}),
              Exits(0));
  auto server = Serve({"--tls-certificate", certificate, "--tls-key", key});
  EXPECT_THAT(Songsang({"call", "ListLeads", "--tls-ca", certificate}), Exits(0));
  EXPECT_THAT(Songsang({"call", "ListLeads"}), AllOf(Exits(69), Says("--tls-ca")));
  EXPECT_THAT(Songsang({"call", "ListLeads", "--tls-ca", home() + "/none"}), AllOf(Exits(66), Says("cannot be read")));
}

TEST_F(CommandLineServe, SaysWhatKeepsItFromStarting) {
  EXPECT_THAT(Songsang({"serve", "--home", "/proc/nowhere"}), AllOf(Exits(73), Says("cannot be made")));
  std::ofstream(home() + "/token-key.json") << "no key";
  EXPECT_THAT(Songsang({"serve"}), AllOf(Exits(78), Says("token-key.json")));
  std::filesystem::remove(home() + "/token-key.json");
  std::filesystem::create_directory(home() + "/store");
  std::ofstream(home() + "/store/leads.db") << "this is not a database, however long it is looked at";
  EXPECT_THAT(Songsang({"serve"}), AllOf(Exits(74), Says("leads.db"), Says("not a database")));
}

TEST_F(CommandLineServe, ReportsFollowServicesOfAnotherProcess) {
  auto services = Serve({"leads", "accounts", "workforce", "billing", "--store", "sqlite:" + home() + "/services"});
  const std::string services_at = address;
  ASSERT_THAT(Songsang({"call", "CaptureLead", R"({"name":"김하늘","channel":"CHANNEL_PHONE"})"}), Exits(0));
  const std::string peers =
      "leads=" + services_at + ",accounts=" + services_at + ",workforce=" + services_at + ",billing=" + services_at;
  auto reporting = Serve({"reporting", "--store", "sqlite:" + home() + "/reporting", "--peer", peers});
  const std::string reporting_at = address;
  EXPECT_THAT(Songsang({"report", "--metrics", "leads", "-o", "csv", "--after", "leads/0/0/1"}),
              AllOf(Exits(0), Says("1")));
  // What comes later is followed too, and so is a peer that was away for a while.
  EXPECT_THAT(Stop(*services), Exits(0));
  services = Serve({"leads", "accounts", "workforce", "billing", "--store", "sqlite:" + home() + "/services",
                    "--listen", services_at});
  ASSERT_THAT(Songsang({"call", "CaptureLead", R"({"name":"이슬","channel":"CHANNEL_WEB"})", "--address", services_at}),
              Exits(0));
  EXPECT_THAT(
      Songsang({"report", "--metrics", "leads", "-o", "csv", "--after", "leads/0/0/2", "--address", reporting_at}),
      AllOf(Exits(0), Says("2")));
  EXPECT_THAT(Stop(*reporting), Exits(0));
}

TEST_F(CommandLineServe, TakesSettingsFromFlagElseEnvironmentElseFile) {
  std::ofstream(home() + "/songsang.toml")
      << "zone = \"UTC\"\nslow-ms = 250\nquery-threads = 3\n\n[tenants.acme]\nzone = \"Asia/Tokyo\"\n";
  const Ran ran = Songsang({"serve", "--print-config", "--query-threads", "5"});
  EXPECT_THAT(ran, AllOf(Exits(0), Says("zone = \"UTC\""), Says("slow-ms = 250"), Says("query-threads = 5"),
                         Says("[tenants.acme]\nzone = \"Asia/Tokyo\"")));
  std::ofstream(home() + "/songsang.toml") << "zoned = \"UTC\"\n";
  EXPECT_THAT(Songsang({"serve", "--check-config"}), AllOf(Exits(78), Says("there is no setting \"zoned\"")));
  std::ofstream(home() + "/songsang.toml") << "zone = \n";
  EXPECT_THAT(Songsang({"serve", "--check-config"}), AllOf(Exits(78), Says("songsang.toml:1")));
}

TEST_F(CommandLineServe, LogsRefusalsAndNoPersonalData) {
  auto server = Serve();
  for (int i = 0; i < 3; ++i)
    EXPECT_THAT(Songsang({"call", "CaptureLead", R"({"name":"김하늘","phone":"010-1234-5678","channel":99})"}),
                Exits(65));
  const Ran ran = Stop(*server);
  EXPECT_THAT(ran,
              Says("\"rpc\":\"songsang.leads.v1.LeadService/CaptureLead\",\"code\":3,\"reason\":\"INVALID_REQUEST\""));
  EXPECT_THAT(ran.out, Not(HasSubstr("김하늘")));
  EXPECT_THAT(ran.out, Not(HasSubstr("1234")));
}

TEST_F(CommandLineServe, IsSmallAndQuickToStart) {
  const auto begin = std::chrono::steady_clock::now();
  auto server = Serve();
  const auto took = std::chrono::steady_clock::now() - begin;
  // Sanitizers multiply both; what is shipped is measured by the benchmark.
  EXPECT_LT(took, std::chrono::seconds(10));
  std::ifstream status("/proc/" + std::to_string(server->pid()) + "/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmRSS")) RecordProperty("resident_kb", line.substr(6));
  RecordProperty("start_ms", static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(took).count()));
}

}  // namespace
}  // namespace songsang
