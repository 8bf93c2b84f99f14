// The port against the stand-in authority: whatever that does, a document is there once, and asking tells.
#include "adapters/http_port/http_port.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "songsang/authority/authority.h"
#include "support/process.h"

namespace songsang {
namespace {

using authority::Authority;
using authority::Manner;
using Kind = PortAnswer::Kind;

std::string Document(const std::string& number) {
  return "<TaxInvoice><TaxInvoiceDocument><IssueID>" + number + "</IssueID></TaxInvoiceDocument></TaxInvoice>";
}

class HttpPort : public ::testing::Test {
 protected:
  void Begin(std::vector<Manner> manners) {
    running_.reset();
    std::string error;
    running_ = Authority::Start({folder_.path() + "/kept", 0, std::move(manners), 2000}, &error);
    ASSERT_NE(running_, nullptr) << error;
    port_ = http::OpenHttpPort("http://127.0.0.1:" + std::to_string(running_->port()) + "?timeout_ms=150");
  }
  Kind Call(const std::string& key, const std::string& number) { return port_->Call(key, Document(number)).kind; }

  TemporaryFolder folder_;
  std::unique_ptr<Authority> running_;
  std::shared_ptr<engine::Port> port_;
};

TEST_F(HttpPort, HandsOverOnceAndTellsTheReference) {
  Begin({Manner::kFine});
  EXPECT_EQ(port_->Query("k1").kind, Kind::kNotThere);
  const PortAnswer done = port_->Call("k1", Document("1"));
  EXPECT_EQ(done.kind, Kind::kDone);
  EXPECT_EQ(done.reference, "NTS-00000001");
  // Sent again, under the same key or another: it is known there, and asking tells.
  EXPECT_EQ(Call("k1", "1"), Kind::kUnknown);
  EXPECT_EQ(Call("k2", "1"), Kind::kUnknown);
  const PortAnswer first = port_->Query("k1"), second = port_->Query("k1");
  EXPECT_EQ(first.reference, "NTS-00000001");
  EXPECT_EQ(second.reference, "NTS-00000001");
  EXPECT_NE(first.detail, second.detail);
  EXPECT_EQ(running_->taken().size(), 1u);
}

struct Row {
  Manner manner;
  Kind call;
  std::vector<Kind> queries;
};

TEST_F(HttpPort, ReadsEveryMisbehaviour) {
  const Row rows[] = {
      {Manner::kFine, Kind::kDone, {Kind::kDone}},
      {Manner::kTimeOut, Kind::kUnknown, {Kind::kDone}},
      {Manner::kDrop, Kind::kUnknown, {Kind::kDone}},
      {Manner::kLose, Kind::kUnknown, {Kind::kNotThere, Kind::kNotThere}},
      {Manner::kDuplicate, Kind::kUnknown, {Kind::kDone}},
      {Manner::kLie, Kind::kUnknown, {Kind::kNotThere, Kind::kNotThere, Kind::kDone}},
      {Manner::kRefuse, Kind::kRefused, {Kind::kNotThere}},
  };
  int number = 0;
  for (const Row& row : rows) {
    SCOPED_TRACE(number);
    Begin({row.manner});
    const std::string key = "key" + std::to_string(++number);
    EXPECT_EQ(Call(key, std::to_string(number)), row.call);
    for (const Kind kind : row.queries) EXPECT_EQ(port_->Query(key).kind, kind);
  }
  EXPECT_EQ(running_->taken().size(), 5u) << "all but the lost and the refused, over as many restarts";
}

TEST_F(HttpPort, NobodyThereIsUnknown) {
  Begin({Manner::kFine});
  running_.reset();
  EXPECT_EQ(Call("k", "1"), Kind::kUnknown);
  EXPECT_EQ(port_->Query("k").kind, Kind::kUnknown);
}

TEST(HttpPortUrl, IsChecked) {
  for (const char* good : {"http://127.0.0.1:80", "http://tax.example/asp/?timeout_ms=200", "http://tax:7480/v1"})
    EXPECT_EQ(http::CheckPortUrl(good), "") << good;
  for (const char* bad : {"", "tax:80", "https://tax:80", "http://tax:80?timeout_ms=0", "http://tax:80?x=1"})
    EXPECT_NE(http::CheckPortUrl(bad), "") << bad;
}

}  // namespace
}  // namespace songsang
