// The real relay on the real Kafka. What it publishes passes the audit; and a relay that is wrong in one thing does not.
#include <gmock/gmock.h>
#include <unistd.h>

#include <thread>

#include "adapters/kafka_stream/kafka_stream.h"
#include "audit/audit.h"
#include "engine/published.h"
#include "host/relay.h"
#include "streams/evil_stream.h"
#include "streams/journal.h"
#include "streams/needs.h"

namespace songsang {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Topics of a test's own, and a relay that publishes there through a stream with a bug.
class Publishing {
 public:
  explicit Publishing(StreamBug bug) : kafka_(kafka::OpenKafka(Kafka())) {
    static int last = 0;
    published_.stream = kafka_;
    published_.config.topic_prefix = "t" + std::to_string(getpid()) + "-evil" + std::to_string(++last) + ".";
    published_.config.state_topics = "leads.lead";
    published_.config.partitions = 1;
    publication_ = host::PublicationOf(published_.config, "leads");
    if (const auto made = kafka_->Create(publication_.topics, 1); !made.ok())
      throw std::runtime_error(made.refusal().Sentence(false));
    evil_ = std::make_shared<EvilStream>(bug, kafka_);
  }

  // Publishes a journal until all is there, or the relay has stopped; then what it says of itself.
  std::string Publish(Journal* journal, const std::vector<int>& leads) {
    host::Relay relay(journal->engine(), evil_, publication_);
    // Each at a time, so that there are several transactions.
    for (const int some : leads) {
      journal->Capture(some);
      for (const auto until = steady_clock::now() + std::chrono::seconds(20);
           relay.stopped().empty() && Position() != journal->head() && steady_clock::now() < until;)
        std::this_thread::sleep_for(milliseconds(20));
    }
    return relay.stopped();
  }

  // One whose journal this was until now, and whose transaction is still open: with the first entries and their position.
  void BeginAsAnother(Journal* journal) {
    journal->Capture(10);
    auto other = kafka_->OpenPublisher(host::PublisherName(publication_));
    ASSERT_TRUE(other.ok());
    other_ = std::move(*other);
    ASSERT_TRUE(other_->Begin().ok());
    const auto entries = journal->Entries(5);
    for (const auto& event : entries) ASSERT_TRUE(other_->Send(engine::EventRecord(publication_.prefix, event)).ok());
    ASSERT_TRUE(other_->Send(host::RelayRecord(publication_, entries.back().position())).ok());
    const auto listener = kafka_->OpenListener(engine::Isolation::kUncommitted);
    const std::string topic = engine::RelayTopic(publication_.prefix, "leads");
    for (int i = 0; i < 500 && (*listener)->SpanOf(topic, 0)->end == 0; ++i)
      std::this_thread::sleep_for(milliseconds(10));
    // Its broker hears of the end of the transaction when the new one is about to publish.
    evil_->before_first = [this] { other_committed_ = other_->Commit().ok(); };
  }
  bool other_committed() const { return other_committed_; }

  audit::Report Audit(Journal* journal) const { return journal->Audit(published_); }
  int done() const { return evil_->done(); }

 private:
  int64_t Position() const {
    const auto positions = host::ReadRelayPositions(*kafka_, publication_);
    return positions.ok() && positions->contains(0) ? positions->at(0).seq() : 0;
  }

  const std::shared_ptr<engine::Stream> kafka_;
  audit::Published published_;
  host::Publication publication_;
  std::shared_ptr<EvilStream> evil_;
  std::unique_ptr<engine::Publisher> other_;
  bool other_committed_ = false;
};

class Publishes : public ::testing::Test {
 protected:
  void SetUp() override { NEEDS_KAFKA(); }
};

TEST_F(Publishes, EveryEntryOnceWhereNothingIsWrong) {
  Journal journal;
  Publishing publishing(StreamBug::kNone);
  EXPECT_EQ(publishing.Publish(&journal, {20, 20, 20}), "");
  const auto report = publishing.Audit(&journal);
  EXPECT_TRUE(report.clean()) << report.Text();
  EXPECT_EQ(report.published, 81);
  EXPECT_EQ(report.states, 81);
}

TEST_F(Publishes, EveryEntryOnceThoughAnotherWasAboutToCommitTheFirstOfThem) {
  Journal journal;
  Publishing publishing(StreamBug::kNone);
  ASSERT_NO_FATAL_FAILURE(publishing.BeginAsAnother(&journal));
  EXPECT_EQ(publishing.Publish(&journal, {10}), "");
  EXPECT_FALSE(publishing.other_committed()) << "it was put out of work";
  const auto report = publishing.Audit(&journal);
  EXPECT_TRUE(report.clean()) << report.Text();
  EXPECT_EQ(report.repeated, 5) << "a reader of what is not committed saw its entries, and then saw them again";
}

TEST_F(Publishes, NothingOfAJournalThatIsAnotherOneThanWasPublished) {
  Publishing publishing(StreamBug::kNone);
  Journal journal, restored;
  EXPECT_EQ(publishing.Publish(&journal, {20}), "");
  restored.Capture(30);
  EXPECT_THAT(publishing.Publish(&restored, {1}), ::testing::HasSubstr("is not the one that was published"));
  const auto report = publishing.Audit(&journal);
  EXPECT_TRUE(report.clean()) << report.Text();
}

class PublishedWrongly : public ::testing::TestWithParam<StreamBug> {
 protected:
  void SetUp() override { NEEDS_KAFKA(); }
};

TEST_P(PublishedWrongly, IsNoticed) {
  const StreamBug bug = GetParam();
  Journal journal, restored;
  Publishing publishing(bug);
  if (bug == StreamBug::kPositionBeforeInit || bug == StreamBug::kPositionReadUncommitted) {
    ASSERT_NO_FATAL_FAILURE(publishing.BeginAsAnother(&journal));
  }
  publishing.Publish(&journal, {20, 20, 20});
  Journal* last = &journal;
  if (bug == StreamBug::kHashNotCompared) {
    restored.Capture(100);
    publishing.Publish(last = &restored, {1});
  }
  ASSERT_GT(publishing.done(), 0) << "the bug had no occasion to show";
  const auto report = publishing.Audit(last);
  std::vector<std::string> checks;
  for (const auto& finding : report.findings) checks.push_back(finding.check);
  EXPECT_THAT(checks, ::testing::Contains(audit::kStream)) << report.Text();
  EXPECT_THAT(checks, ::testing::Each(audit::kStream)) << "only that is wrong: " << report.Text();
  std::printf("planted %s; the audit says:\n%s", ToText(bug), report.Text().c_str());
}

INSTANTIATE_TEST_SUITE_P(Planted, PublishedWrongly,
                         ::testing::Values(StreamBug::kPositionBeforeInit, StreamBug::kPositionReadUncommitted,
                                           StreamBug::kPositionOutside, StreamBug::kHashNotCompared,
                                           StreamBug::kNoTransaction, StreamBug::kRecordDropped,
                                           StreamBug::kRecordTwice, StreamBug::kStateDropped,
                                           StreamBug::kCommitErrorTaken),
                         [](const auto& info) { return std::string(ToText(info.param)); });

}  // namespace
}  // namespace songsang
