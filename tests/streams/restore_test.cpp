// A database that was restored from an older copy: it is noticed before it takes a command, what was published is taken
// back or given up, and whoever reads the topics can follow either.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include "songsang/leads/v1/lead.pb.h"
#include "streams/journal_reader.h"
#include "support/installation.h"
#include "support/system.h"

namespace songsang {
namespace {

using leads::v1::LeadCaptured;
using testing::HasSubstr;

class Restored : public testing::Test {
 protected:
  void SetUp() override {
    if (!HasServers()) GTEST_SKIP() << "SONGSANG_TEST_KAFKA and SONGSANG_TEST_POSTGRES name no servers";
    Installation::Options options;
    options.program = SONGSANG_BINARY;
    options.services = {"leads"};
    options.postgres = options.streams = true;
    installation_ = std::make_unique<Installation>(options);
    Capture("before", 6);
    Publish();
    installation_->Stop("leads");
    installation_->database()->Save();
    Begin();
    Capture("lost", 4);
    Publish();
    installation_->Stop("leads");
    installation_->database()->Restore();
  }

  void Begin() {
    installation_->Start("leads");
    installation_->AwaitServing("leads");
  }
  Called<LeadCaptured> CaptureOne(const std::string& name) {
    token::Claims claims;
    claims.tenant = "acme";
    claims.subject = claims.client = "rep";
    claims.roles = 1u << v1::ROLE_SALES_REP;
    client::Client door(installation_->AddressOf("leads"), installation_->key().Mint(claims));
    leads::v1::CaptureLeadRequest request =
        Proto("request_id: '" + name + "' name: '" + name + "' channel: CHANNEL_PHONE");
    return Called<LeadCaptured>(
        door.Call("songsang.leads.v1.LeadService/CaptureLead", request.SerializeAsString(), {}));
  }
  void Capture(const std::string& name, int count) {
    for (int i = 0; i < count; ++i) ASSERT_THAT(CaptureOne(name + "-" + std::to_string(i)), IsOk());
    recorded_ += count;
  }
  void Publish() {
    EXPECT_TRUE(Eventually([&] { return Published().size() == recorded_; }, std::chrono::seconds(30)));
  }
  std::vector<v1::JournalEvent> Published() { return ReadPublished(installation_->topic_prefix(), "leads", 2); }
  Ran Journal(const std::string& what) { return installation_->Run({"journal", what, "leads"}, what != "verify"); }

  std::unique_ptr<Installation> installation_;
  size_t recorded_ = 0;
};

TEST_F(Restored, TakesNoCommandBeforeSomebodyHasDecided) {
  installation_->Start("leads");
  const Ran ran = installation_->Wait("leads");
  EXPECT_EQ(ran.exit_code, 65);
  EXPECT_THAT(ran.err, HasSubstr("songsang journal adopt leads"));
}

TEST_F(Restored, TakesBackWhatWasPublished) {
  const Ran adopted = Journal("adopt");
  EXPECT_EQ(adopted.exit_code, 0) << adopted.err;
  EXPECT_THAT(adopted.out, HasSubstr("4 entries taken back"));
  EXPECT_EQ(Journal("verify").exit_code, 0);
  Begin();
  // What had been acknowledged is known again, and its request has no second effect.
  const auto again = CaptureOne("lost-2");
  ASSERT_THAT(again, IsOk());
  EXPECT_TRUE(again.answer().replayed);
  Capture("after", 3);
  Publish();
  EXPECT_EQ(Difference(Published()), "");
}

TEST_F(Restored, GoesOnWithoutItUnderANewEpoch) {
  const Ran forked = Journal("fork");
  EXPECT_EQ(forked.exit_code, 0) << forked.err;
  EXPECT_THAT(forked.out, HasSubstr("published entries 7 to 10 are given up"));
  EXPECT_EQ(Journal("verify").exit_code, 0);
  Begin();
  const auto anew = CaptureOne("lost-2");
  ASSERT_THAT(anew, IsOk());
  EXPECT_FALSE(anew.answer().replayed);
  recorded_ += 2;  // it, and the fork itself
  Publish();
  const auto published = Published();
  ASSERT_EQ(published.size(), 12u);
  EXPECT_EQ(published[10].type(), "songsang.v1.JournalForked");
  EXPECT_EQ(published[10].position().epoch(), 1);
  EXPECT_EQ(published[10].position().seq(), 11);
  EXPECT_EQ(published[10].previous_hash(), published[5].position().hash());
  EXPECT_EQ(published[11].previous_hash(), published[10].position().hash());
}

TEST_F(Restored, CannotTakeBackWhatItHasGoneOnWithout) {
  // Somebody started it without Kafka.
  Process alone({SONGSANG_BINARY, "serve", "leads", "--home", installation_->home(), "--store", installation_->store(),
                 "--partitions", "2", "--listen", installation_->AddressOf("leads")});
  installation_->AwaitServing("leads");
  ASSERT_THAT(CaptureOne("alone"), IsOk());
  alone.Signal(SIGTERM);
  alone.Wait();
  const Ran adopted = Journal("adopt");
  EXPECT_NE(adopted.exit_code, 0);
  EXPECT_THAT(adopted.err, HasSubstr("songsang journal fork leads"));
  const Ran forked = Journal("fork");
  EXPECT_EQ(forked.exit_code, 0) << forked.err;
  EXPECT_EQ(Journal("verify").exit_code, 0);
  Begin();
  const auto known = CaptureOne("alone");
  ASSERT_THAT(known, IsOk());
  EXPECT_TRUE(known.answer().replayed);
  recorded_ += 2;  // it, and the fork before it
  Publish();
  EXPECT_EQ(Published().back().request_id(), "alone");
}

}  // namespace
}  // namespace songsang
