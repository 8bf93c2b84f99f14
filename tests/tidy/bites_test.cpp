// Every check finds what it is there to find, and leaves alone what is right.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tidy/code_checks.h"
#include "tidy/promise_checks.h"
#include "tidy/proto_checks.h"

namespace songsang::tidy {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

std::string Lines(size_t count, const std::string& line = "  ++i;\n") {
  std::string text;
  for (size_t i = 0; i < count; ++i) text += line;
  return text;
}

TEST(CodeOnly, BlanksCommentsAndLiterals) {
  EXPECT_EQ(CodeOnly("a(\"b\\\"c\"); // d\n1'000 /* e\nf */ 'g'"), "a(\"    \");     \n1'000     \n     ' '");
  EXPECT_EQ(CodeOnly("R\"(x \"y\" z)\" + b"), "R\"         \" + b");
}

struct IncludeCase {
  const char* path;
  const char* include;
};

TEST(ForbiddenIncludes, Bites) {
  const IncludeCase cases[] = {
      {"services/leads/rules_lead.cpp", "engine/service.h"},
      {"services/leads/rules_lead.h", "chrono"},
      {"common/core/money.cpp", "random"},
      {"common/core/ids.cpp", "rows/table.h"},
      {"common/engine/lane.cpp", "adapters/sqlite_store/sqlite_store.h"},
      {"common/engine/lane.cpp", "sqlite3.h"},
      {"common/rows/table.cpp", "libpq-fe.h"},
      {"common/adapters/sqlite_store/s.cpp", "libpq-fe.h"},
      {"common/adapters/sqlite_store/s.cpp", "adapters/postgres_store/p.h"},
      {"common/adapters/token/token.cpp", "grpcpp/grpcpp.h"},
      {"common/engine/engine.cpp", "cjose/jws.h"},
      {"common/adapters/local_cache/l.cpp", "hiredis/hiredis.h"},
      {"common/host/run.cpp", "leads/leads.h"},
      {"common/host/run.cpp", "songsang/import/import.h"},
      {"services/leads/service.cpp", "accounts/accounts.h"},
      {"services/leads/service.cpp", "adapters/token/token.h"},
      {"services/leads/service.cpp", "host/host.h"},
      {"services/leads/queries_lead.cpp", "spdlog/spdlog.h"},
      {"common/engine/journal.cpp", "openssl/sha.h"},
  };
  for (const IncludeCase& bad : cases)
    EXPECT_THAT(ForbiddenIncludes({{bad.path, "#include \"" + std::string(bad.include) + "\"\n"}}),
                ElementsAre(AllOf(StartsWith(std::string(bad.path) + ":1: "), HasSubstr(bad.include))));
}

TEST(ForbiddenIncludes, LeavesTheRestAlone) {
  const IncludeCase cases[] = {
      {"services/leads/rules_lead.cpp", "songsang/accounts/v1/account.pb.h"},
      {"services/leads/rules_lead.cpp", "core/result.h"},
      {"services/leads/service.cpp", "engine/service.h"},
      {"services/leads/main.cpp", "host/host.h"},
      {"services/songsang/main.cpp", "leads/leads.h"},
      {"services/songsang/call.cpp", "adapters/grpc_client/client.h"},
      {"common/adapters/grpc_door/door.cpp", "grpcpp/grpcpp.h"},
      {"common/host/run.cpp", "songsang/v1/options.pb.h"},
      {"common/host/run.cpp", "adapters/sqlite_store/sqlite_store.h"},
      {"common/core/hash.cpp", "openssl/evp.h"},
      {"tests/contract/contract_test.cpp", "libpq-fe.h"},
  };
  for (const IncludeCase& good : cases)
    EXPECT_THAT(ForbiddenIncludes({{good.path, "#include <" + std::string(good.include) + ">\n"}}), IsEmpty())
        << good.path;
}

TEST(ForbiddenWords, Bites) {
  const std::pair<const char*, const char*> cases[] = {
      {"common/engine/a.cpp", "// TODO: later"},
      {"proto/songsang/leads/v1/lead.proto", "// FIXME"},
      {"scripts/test.sh", "# XXX"},
      {"common/adapters/postgres_store/p.cpp", "PQescapeLiteral(c, s);"},
      {"services/leads/service.cpp", "log(lead.ShortDebugString());"},
      {"common/engine/a.cpp", "std::cout << 1;"},
      {"services/billing/rules_price.cpp", "double price = 1;"},
      {"common/core/money.h", "float Ratio();"},
      {"common/core/ids.cpp", "std::chrono::system_clock::now();"},
      {"services/leads/rules_lead.cpp", "getenv(name);"},
      {"services/leads/queries_lead.cpp", "R\"(SELECT * FROM lead)\";"},
      {"services/leads/queries_lead.cpp", "R\"(SELECT AVG(days) FROM lead)\";"},
      {"common/engine/a.cpp", "std::format(\"{}\", 1);"},
      {"tests/unit/a.cpp", "using namespace std;"},
  };
  for (const auto& [path, line] : cases)
    EXPECT_THAT(ForbiddenWords({{path, "\n" + std::string(line) + "\n"}}),
                ElementsAre(StartsWith(std::string(path) + ":2: ")));
}

TEST(ForbiddenWords, LeavesTheRestAlone) {
  EXPECT_THAT(ForbiddenWords({{"services/billing/rules_price.cpp", "// double entry\nint doubled = Say(\"double \");"},
                              {"services/songsang/main.cpp", "std::cout << 1;"},
                              {"common/core/stats.cpp", "double median;"},
                              {"services/leads/queries_lead.cpp", "R\"(SELECT id FROM lead)\";"}}),
              IsEmpty());
}

TEST(LongFiles, Bites) {
  EXPECT_THAT(LongFiles({{"common/a.cpp", Lines(501)}}), ElementsAre(StartsWith("common/a.cpp: 501 lines")));
  EXPECT_THAT(LongFiles({{"common/a.cpp", Lines(500)}}), IsEmpty());
}

TEST(LongFunctions, Bites) {
  const std::string before = "namespace a {\nstruct S {\n  int x{0};\n};\n";
  EXPECT_THAT(LongFunctions({{"a.cpp", before + "int F(int i) {\n" + Lines(69) + "}\n}\n"}}),
              ElementsAre("a.cpp:5: a function of 71 lines; 70 are the most"));
  EXPECT_THAT(LongFunctions({{"a.cpp", before + "TEST(A, B) {\n" + Lines(80) + "}\n}\n"}}), SizeIs(1));
  EXPECT_THAT(
      LongFunctions({{"a.cpp", "template <class T>\nstruct S {\n  void F() const {\n" + Lines(70) + "  }\n};\n"}}),
      ElementsAre(StartsWith("a.cpp:3: a function of 72")));
  EXPECT_THAT(LongFunctions({{"a.cpp", "auto f = [](int i) {\n" + Lines(70) + "};\n"}}), SizeIs(1));
}

TEST(LongFunctions, LeavesTheRestAlone) {
  EXPECT_THAT(LongFunctions({{"a.cpp", "int* F() {\n  static int table[] = {{\n" + Lines(80, "1,\n") +
                                           "}};\n  return table;\n}\n"}}),
              IsEmpty());
  EXPECT_THAT(LongFunctions({{"a.cpp", "int F(int i) {\n" + Lines(68) + "}\n"}}), IsEmpty());
  EXPECT_THAT(LongFunctions({{"a.cpp", "class A : public B {\n" + Lines(80, "  int F() { return 1; }\n") + "};\n"}}),
              IsEmpty());
  EXPECT_THAT(LongFunctions({{"a.cpp", "const char* kSql = R\"(\n" + Lines(80, "{ x\n") + ")\";\n"}}), IsEmpty());
  EXPECT_THAT(LongFunctions({{"a.cpp", "constexpr int kTable[] = {\n" + Lines(80, "1,\n") + "};\n"}}), IsEmpty());
}

TEST(UnguardedHeaders, Bites) {
  EXPECT_THAT(UnguardedHeaders({{"a.h", "// Why.\nint x;\n"}, {"b.h", "// Why.\n#pragma once\n"}}),
              ElementsAre(StartsWith("a.h")));
}

Findings CheckProto(Findings (*check)(const Protos&), const std::string& body, const std::string& options = "") {
  const std::string text =
      "syntax = \"proto3\";\npackage songsang.leads.v1;\nimport \"songsang/v1/options.proto\";\n"
      "import \"google/protobuf/timestamp.proto\";\n" +
      options + body;
  const Protos protos(".", {{"proto/songsang/leads/v1/sample.proto", text}});
  EXPECT_THAT(protos.errors(), IsEmpty()) << text;
  return check(protos);
}

constexpr const char* kLead =
    "// Who may become a customer.\nmessage Lead { option (songsang.v1.table) = {name: \"lead\"};"
    " string id = 1; int64 version = 2; }\n";

TEST(MethodsWithoutAccess, Bites) {
  const std::string message = "message A {} // a\nservice AService {\n";
  EXPECT_THAT(CheckProto(MethodsWithoutAccess, message + "rpc Do(A) returns (A);\n}"),
              ElementsAre(HasSubstr("sample.proto:7: songsang.leads.v1.AService.Do")));
  EXPECT_THAT(
      CheckProto(MethodsWithoutAccess,
                 message + "rpc Do(A) returns (A) { option (songsang.v1.access) = {roles: [ROLE_SALES_REP]}; }\n}"),
      IsEmpty());
}

TEST(Uncommented, Bites) {
  EXPECT_THAT(CheckProto(Uncommented,
                         "message A {}\nservice AService {\n rpc Do(A) returns (A);\n}\nmessage L { option "
                         "(songsang.v1.table) = {name: \"l\"}; string id = 1; int64 version = 2; }"),
              ElementsAre(HasSubstr("AService:"), HasSubstr("AService.Do:"), HasSubstr(".L:")));
  EXPECT_THAT(CheckProto(Uncommented, std::string(kLead) +
                                          "// Why.\nservice AService {\n // How.\n rpc Do(Lead) returns (Lead);\n}"),
              IsEmpty());
}

TEST(FileOptions, Bites) {
  EXPECT_THAT(CheckProto(FileOptions, "message A {}"), SizeIs(3));
  EXPECT_THAT(CheckProto(FileOptions, "message A {}",
                         "option go_package = \"songsang.io/api/songsang/leads/v1;leadsv1\";\n"
                         "option java_package = \"io.songsang.leads.v1\";\noption java_multiple_files = true;\n"),
              IsEmpty());
}

TEST(EntityShapes, Bites) {
  EXPECT_THAT(CheckProto(EntityShapes, kLead), IsEmpty());
  EXPECT_THAT(CheckProto(EntityShapes, "message L { option (songsang.v1.table) = {name: \"l\"}; string id = 1; }"),
              ElementsAre(HasSubstr("does not begin with")));
  EXPECT_THAT(
      CheckProto(EntityShapes,
                 std::string(kLead) +
                     "message Part { repeated Lead leads = 1; }\nmessage Deal { option "
                     "(songsang.v1.table) = {name: \"deal\"}; string id = 1; int64 version = 2; Part part = 3; }"),
      ElementsAre(HasSubstr("Deal: holds the entity songsang.leads.v1.Lead")));
}

TEST(EnumShapes, Bites) {
  EXPECT_THAT(CheckProto(EnumShapes, "message A { enum State { STATE_UNSPECIFIED = 0; STATE_NEW = 1; } }"), IsEmpty());
  EXPECT_THAT(CheckProto(EnumShapes, "message A { enum State { STATE_UNSPECIFIED = 0; NEW = 1; } }"), SizeIs(1));
  EXPECT_THAT(CheckProto(EnumShapes, "message A { enum State { STATE_NEW = 0; } }"), SizeIs(1));
  EXPECT_THAT(CheckProto(EnumShapes, "enum State { STATE_UNSPECIFIED = 0; }"), ElementsAre(HasSubstr("stands alone")));
}

TEST(FieldTypes, Bites) {
  EXPECT_THAT(CheckProto(FieldTypes, "message ARequest { double price = 1; string due_on = 2; string made_at = 3; }"),
              SizeIs(3));
  EXPECT_THAT(CheckProto(FieldTypes,
                         "message A { string due_on = 1; } message BRequest { string due_on = 1 [(songsang.v1.check) = "
                         "{format: FORMAT_DATE}];"
                         " google.protobuf.Timestamp made_at = 2; }"),
              IsEmpty());
}

TEST(Protos, SayWhatDoesNotParse) {
  const Protos protos(".", {{"proto/bad.proto", "syntax = \"proto3\";\nmessage {"}});
  EXPECT_THAT(protos.errors(), testing::Contains(StartsWith("proto/bad.proto:2: ")));
}

File Rules(const std::string& text) { return {"services/leads/rules_lead.h", text}; }
constexpr const char* kGood =
    "inline const Reason kA{\"LEAD_MUST_BE_OPEN\", Code::kFailedPrecondition,\n  \"Lead {id} \" \"is closed.\",\n"
    "  \"리드 {id}은(는) 종료되었습니다.\"};\n";

TEST(ReasonSentences, Bites) {
  EXPECT_THAT(ReasonSentences({Rules(kGood)}), IsEmpty());
  EXPECT_THAT(ReasonSentences({Rules(std::string(kGood) + kGood)}), ElementsAre(HasSubstr("is declared at")));
  EXPECT_THAT(ReasonSentences({Rules("const Reason kA{\"A_B\", Code::kAborted, \"No.\", \"No.\"};")}),
              ElementsAre(HasSubstr("no Korean")));
  EXPECT_THAT(ReasonSentences({Rules("const Reason kA(\"A_B\", Code::kAborted, \"No {id}.\", \"없음.\");")}),
              ElementsAre(HasSubstr("other variables")));
  EXPECT_THAT(ReasonSentences({Rules("const Reason kA{\"lower\", Code::kAborted, \"No.\", \"없음.\"};")}),
              ElementsAre(HasSubstr("capitals")));
  EXPECT_THAT(ReasonSentences({Rules("const Reason kA{\"A_B\", Code::kAborted, \"\", \"없음.\"};")}),
              ElementsAre(HasSubstr("no English")));
}

TEST(ReleasedReasons, Bites) {
  EXPECT_THAT(ReleasedReasons({Rules(kGood)}, "# released\nLEAD_MUST_BE_OPEN kFailedPrecondition\n"), IsEmpty());
  EXPECT_THAT(ReleasedReasons({Rules(kGood)}, "LEAD_MUST_BE_OPEN kAborted\nLEAD_GONE kNotFound\n"),
              ElementsAre(HasSubstr("was released as kAborted"), HasSubstr("is gone")));
}

TEST(CapabilitiesAndTests, Bites) {
  const Tree tree = {{"tests/acceptance/leads/l_test.cpp", "TEST(L1_LeadCapture, Works) {}\n"}};
  const std::string header = "| ID | Capability | State |\n|---|---|---|\n";
  EXPECT_THAT(CapabilitiesAndTests(tree, header + "| L1 | Lead capture | built |\n| L2 | More | planned |\n"),
              IsEmpty());
  EXPECT_THAT(
      CapabilitiesAndTests(tree,
                           header + "| L1 | Lead capture | planned |\n| L2 | More | built |\n| L3 | M | begun |\n"),
      ElementsAre(HasSubstr("L1 is marked planned"), HasSubstr("L2 is marked built"), HasSubstr("L3 is marked begun")));
  EXPECT_THAT(CapabilitiesAndTests(tree, header), ElementsAre(HasSubstr("does not list L1")));
}

TEST(DeadLinks, Bites) {
  const Tree documents = {
      {"docs/a.md", "[b](b.md#part) [up](../README.md) [out](https://example.org/x)\n[gone](gone.md)\n"}};
  const auto exists = [](const std::string& path) { return path == "docs/b.md" || path == "README.md"; };
  EXPECT_THAT(DeadLinks(documents, exists), ElementsAre("docs/a.md:2: leads to gone.md, which is not there"));
}

}  // namespace
}  // namespace songsang::tidy
