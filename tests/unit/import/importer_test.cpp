#include "songsang/import/importer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <set>
#include <thread>

#include "songsang/import/progress.h"
#include "songsang/import/refused_file.h"
#include "songsang/leads/v1/lead.pb.h"
#include "songsang/workforce/v1/unit.pb.h"

namespace songsang::importer {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const google::protobuf::Descriptor* const kLinked[] = {leads::v1::Lead::descriptor(),
                                                       workforce::v1::Unit::descriptor()};

constexpr const char* kMapping = R"toml(
name = "m"
[[step]]
name = "unit"
method = "songsang.workforce.v1.UnitService/OpenUnit"
once = "{unit}"
exists = "ok"
[step.fields]
external_ref = { system = "x", key = "{unit}" }
name = "{unit}"
kind = "team"
[[step]]
name = "lead"
method = "songsang.leads.v1.LeadService/CaptureLead"
exists = "ok"
[step.fields]
external_ref = { system = "x", key = "{id}" }
channel = "web"
unit_id = "ext:x:{unit}"
[[step]]
name = "owner"
method = "songsang.leads.v1.LeadService/AssignLead"
[step.fields]
lead_id = "ext:x:{id}"
owner_id = "ext:x:{unit}"
)toml";

// A server that remembers request ids, and whose answers the test may bend.
class Server {
 public:
  client::Answer operator()(const v1::ExecuteRequest& request, bool validate_only) {
    // Every other call is overtaken by the next, unless that waits for it.
    if (calls++ % 2 == 0) std::this_thread::sleep_for(slow);
    const std::lock_guard lock(mutex_);
    client::Answer answer;
    if (away > 0) {
      --away;
      answer.code = Code::kUnavailable;
      return answer;
    }
    v1::ExecuteResponse response;
    for (const v1::BatchItem& item : request.items()) {
      v1::BatchResult* result = response.add_results();
      leads::v1::CaptureLeadRequest read;  // request_id is field 1 of every command
      read.ParseFromString(item.request());
      const std::string place = item.method().substr(item.method().find('/') + 1) + " " + KeyOf(item);
      if (bend) bend(place, result);
      if (result->has_error()) continue;
      result->set_replayed(!ids.insert(read.request_id()).second);
      if (validate_only) ids.erase(read.request_id());
      order.push_back(place);
    }
    answer.reply = response.SerializeAsString();
    return answer;
  }

  static std::string KeyOf(const v1::BatchItem& item) {
    leads::v1::CaptureLeadRequest lead;
    workforce::v1::OpenUnitRequest unit;
    leads::v1::AssignLeadRequest assign;
    if (item.method().ends_with("CaptureLead") && lead.ParseFromString(item.request()))
      return lead.external_ref().key();
    if (item.method().ends_with("OpenUnit") && unit.ParseFromString(item.request())) return unit.external_ref().key();
    assign.ParseFromString(item.request());
    return assign.lead_id();
  }

  std::function<void(const std::string&, v1::BatchResult*)> bend;
  std::set<std::string> ids;
  std::vector<std::string> order;
  int away = 0;
  std::atomic<int> calls{0};
  std::chrono::milliseconds slow{0};

 private:
  std::mutex mutex_;
};

void Error(v1::BatchResult* result, Code code, const std::string& sentence) {
  result->mutable_error()->set_code(static_cast<int>(code));
  result->mutable_error()->set_message(sentence);
}

class ImporterTest : public ::testing::Test {
 protected:
  void SetUp() override {
    Use(kMapping);
    settings_.pause = std::chrono::milliseconds(1);
  }
  void Use(const std::string& toml) {
    std::vector<std::string> problems;
    mapping_ = Mapping::Load(toml, "m", &problems);
    ASSERT_THAT(problems, IsEmpty());
    ASSERT_TRUE(mapping_->Bind({"id", "unit"}).ok());
  }

  bool Run(int rows, int units) {
    refused_.clear();
    Importer importer(
        *mapping_, settings_,
        [this](const v1::ExecuteRequest& request, bool validate_only) { return server_(request, validate_only); },
        [this](const Refused& refused) {
          refused_.push_back(std::to_string(refused.line) + " " + refused.step + " " + refused.reason);
        });
    for (int i = 0; i < rows; ++i) {
      CsvRow row;
      row.line = i + 2;
      row.cells = {"L" + std::to_string(i), "U" + std::to_string(i % units)};
      if (!importer.Add(std::move(row))) break;
    }
    const bool done = importer.Finish();
    counts_ = importer.counts();
    failure_ = importer.failure();
    return done;
  }

  std::unique_ptr<Mapping> mapping_;
  RunSettings settings_;
  Server server_;
  Counts counts_;
  std::optional<client::Answer> failure_;
  std::vector<std::string> refused_;
};

TEST_F(ImporterTest, OnceStepsComeBeforeTheRowsThatRestOnThem) {
  settings_.batch_items = 6;
  server_.slow = std::chrono::milliseconds(3);
  ASSERT_TRUE(Run(200, 3));
  EXPECT_EQ(counts_.rows, 200);
  EXPECT_EQ(counts_.imported, 200);
  EXPECT_EQ(counts_.commands, 2 * 200 + 3);
  std::set<std::string> seen;
  for (const std::string& place : server_.order) {
    seen.insert(place);
    if (place.starts_with("CaptureLead L")) {
      EXPECT_TRUE(seen.count("OpenUnit U" + std::to_string(std::stoi(place.substr(13)) % 3))) << place;
    }
    if (place.starts_with("AssignLead ")) {
      EXPECT_TRUE(seen.count("CaptureLead " + place.substr(17))) << place;
    }
  }
}

TEST_F(ImporterTest, SecondRunFindsAllThere) {
  ASSERT_TRUE(Run(50, 5));
  ASSERT_TRUE(Run(50, 5));
  EXPECT_EQ(counts_.already, 50);
  EXPECT_EQ(counts_.imported, 0);
}

TEST_F(ImporterTest, PassingTroubleIsWaitedOut) {
  server_.away = 3;
  int overloads = 2;
  server_.bend = [&](const std::string& place, v1::BatchResult* result) {
    if (place == "CaptureLead L7" && overloads-- > 0) Error(result, Code::kResourceExhausted, "busy");
  };
  ASSERT_TRUE(Run(50, 5));
  EXPECT_EQ(counts_.imported, 50);
  EXPECT_THAT(refused_, IsEmpty());
}

TEST_F(ImporterTest, ServerThatStaysAwayEndsTheRun) {
  settings_.patience = std::chrono::milliseconds(20);
  server_.away = 1'000'000;
  EXPECT_FALSE(Run(50, 5));
  ASSERT_TRUE(failure_.has_value());
  EXPECT_EQ(failure_->code, Code::kUnavailable);
}

TEST_F(ImporterTest, WhoMayNotIsToldOnceAndNotForEveryRow) {
  server_.bend = [](const std::string&, v1::BatchResult* result) { Error(result, Code::kPermissionDenied, "no"); };
  EXPECT_FALSE(Run(50, 5));
  ASSERT_TRUE(failure_.has_value());
  EXPECT_EQ(failure_->code, Code::kPermissionDenied);
  EXPECT_THAT(refused_, IsEmpty());
}

TEST_F(ImporterTest, RefusalsAreToldInTheOrderOfTheFile) {
  settings_.batch_items = 6;
  server_.bend = [](const std::string& place, v1::BatchResult* result) {
    if (place == "CaptureLead L3" || place == "CaptureLead L30") Error(result, Code::kInvalidArgument, "bad");
  };
  ASSERT_TRUE(Run(50, 5));
  EXPECT_EQ(counts_.refused, 2);
  EXPECT_EQ(counts_.imported, 48);
  EXPECT_THAT(refused_, ElementsAre("5 lead INVALID_ARGUMENT", "32 lead INVALID_ARGUMENT"));
}

TEST_F(ImporterTest, RowsThatRestOnARefusedStepAreNamed) {
  settings_.batch_items = 6;
  server_.bend = [](const std::string& place, v1::BatchResult* result) {
    if (place == "OpenUnit U1") Error(result, Code::kInvalidArgument, "bad");
  };
  ASSERT_TRUE(Run(8, 4));
  EXPECT_THAT(refused_, ElementsAre("3 unit INVALID_ARGUMENT", "7  ROW_MUST_NOT_REST_ON_REFUSED"));
}

TEST_F(ImporterTest, DryRunDoesNotJudgeWhatRestsOnItself) {
  settings_.dry_run = true;
  server_.bend = [](const std::string& place, v1::BatchResult* result) {
    if (place.starts_with("AssignLead")) Error(result, Code::kNotFound, "no such lead");
    if (place == "CaptureLead L3") Error(result, Code::kInvalidArgument, "bad");
  };
  ASSERT_TRUE(Run(10, 2));
  EXPECT_EQ(counts_.unjudged, 9);
  EXPECT_EQ(counts_.refused, 1);
  EXPECT_THAT(refused_, ElementsAre("5 lead INVALID_ARGUMENT"));
  EXPECT_THAT(server_.ids, IsEmpty());
}

TEST_F(ImporterTest, DryRunJudgesWhatRestsOnNothingOfItsOwn) {
  Use("name = \"m\"\n[[step]]\nname = \"owner\"\nmethod = \"songsang.leads.v1.LeadService/AssignLead\"\n[step.fields]\n"
      "lead_id = \"ext:x:{id}\"\nowner_id = \"ext:x:{unit}\"\n");
  settings_.dry_run = true;
  server_.bend = [](const std::string& place, v1::BatchResult* result) {
    if (place == "AssignLead ext:x:L3") Error(result, Code::kNotFound, "no such lead");
  };
  ASSERT_TRUE(Run(10, 2));
  EXPECT_EQ(counts_.imported, 9);
  EXPECT_THAT(refused_, ElementsAre("5 owner NOT_FOUND"));
}

TEST(Summary, SaysWhatBecameOfTheRows) {
  Counts counts;
  counts.rows = 1'000;
  counts.commands = 2'000;
  counts.imported = 997;
  counts.refused = 3;
  EXPECT_THAT(Summary(counts, 0.5, false, false), HasSubstr("1,000 rows, 2,000 commands in 0.5 s (4,000 commands/s)"));
  EXPECT_THAT(Summary(counts, 0.5, false, true), HasSubstr("997  가져옴"));
  EXPECT_EQ(Grouped(-1234567), "-1,234,567");
  EXPECT_EQ(Grouped(-123), "-123");
}

}  // namespace
}  // namespace songsang::importer
