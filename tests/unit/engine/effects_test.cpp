// Effects: a call to the outside is made once; what became of one whose end is unknown is asked for, never guessed.
#include "engine/effects.h"

#include <gmock/gmock.h>

#include <atomic>
#include <deque>
#include <mutex>
#include <thread>

#include "engine/clock.h"
#include "engine/port.h"
#include "songsang/accounts/v1/account.pb.h"
#include "songsang/billing/v1/credit.pb.h"
#include "songsang/billing/v1/delivery.pb.h"
#include "songsang/billing/v1/invoice.pb.h"
#include "songsang/billing/v1/order.pb.h"
#include "songsang/billing/v1/tax.pb.h"
#include "songsang/billing/v1/tax_service.pb.h"
#include "unit/engine/house.h"

namespace songsang::engine {
namespace {

using billing::v1::TaxInvoice;
using common::v1::CallState;
using testing::ElementsAre;
using testing::StartsWith;
using Kind = PortAnswer::Kind;

constexpr int64_t kSecond = 1'000'000;

bool Soon(const std::function<bool()>& holds) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!holds() && std::chrono::steady_clock::now() < until)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  return holds();
}

// Another side that answers as it is told, word by word, and notes what it is asked.
class Scripted : public Port {
 public:
  explicit Scripted(std::deque<Kind> answers) : answers_(std::move(answers)) {}
  PortAnswer Call(const std::string& key, const std::string& body) override {
    EXPECT_FALSE(body.empty());
    if (on_call) on_call();
    return Say("call " + key);
  }
  PortAnswer Query(const std::string& key) override { return Say("query " + key); }
  // `call query`, without keys; fails the test where they are not all the same.
  std::string asked() {
    const std::lock_guard lock(mutex_);
    std::string text;
    for (const std::string& word : asked_) {
      text += (text.empty() ? "" : " ") + word.substr(0, word.find(' '));
      EXPECT_EQ(word.substr(word.find(' ')), asked_[0].substr(asked_[0].find(' '))) << "another key";
    }
    return text;
  }
  std::function<void()> on_call;

 private:
  PortAnswer Say(const std::string& word) {
    const std::lock_guard lock(mutex_);
    asked_.push_back(word);
    const Kind kind = answers_.empty() ? Kind::kUnknown : answers_.front();
    if (!answers_.empty()) answers_.pop_front();
    return {kind, kind == Kind::kDone ? "R-1" : "", "as told"};
  }

  std::mutex mutex_;
  std::deque<Kind> answers_;
  std::vector<std::string> asked_;
};

class Effect : public ::testing::Test {
 protected:
  void SetUp() override {
    NEEDS_ITS_STORE();
    house = std::make_unique<House>();
  }
  void Start(std::shared_ptr<Port> port) {
    Surroundings world;
    if (port) world.ports["tax_authority"] = std::move(port);
    house->engine().Start(std::move(world));
  }
  template <class Reply>
  Reply Do(const std::string& method, const std::string& request) {
    const auto done = house->Call<Reply>(method, Proto("request_id: 'r" + std::to_string(++requests) + "' " + request));
    EXPECT_THAT(done, IsOk()) << method;
    return done.ok() ? *done : Reply();
  }
  // Invoiced to a business, so that the authority is to have it. Without its account no invoice takes a tax invoice: the
  // mirror of accounts must run.
  TaxInvoice Drafted() {
    const auto account =
        Do<accounts::v1::AccountRegistered>("accounts.v1.AccountService/RegisterAccount",
                                            "kind: KIND_BUSINESS state: STATE_OPEN name: '한빛' brn: '1248100998'")
            .account();
    const auto place = Do<billing::v1::BusinessPlaceSaved>("billing.v1.TaxService/SaveBusinessPlace",
                                                           "name: '송상' brn: '2208162517' representative: '왕건'")
                           .business_place();
    EXPECT_TRUE(Soon([&] {
      return house->Count("billing", "SELECT COUNT(*) FROM {}.accounts_account WHERE id = '" + account.id() + "'") == 1;
    }));
    const std::string of_account = "account_id: '" + account.id() + "' ";
    Do<billing::v1::CreditLineOpened>("billing.v1.CreditService/OpenCreditLine",
                                      of_account + "limit { minor: 1000000 currency: 'KRW' }");
    const std::string order =
        "order_id: '" +
        Do<billing::v1::OrderPlaced>("billing.v1.OrderService/PlaceOrder",
                                     of_account +
                                         "currency: 'KRW' lines { description: '동백유' quantity { units: 1 } "
                                         "unit_price { units: 1000 } }")
            .order()
            .id() +
        "' ";
    Do<billing::v1::OrderDelivered>("billing.v1.DeliveryService/DeliverOrder", order);
    const auto issued = Do<billing::v1::InvoiceIssued>("billing.v1.InvoiceService/IssueInvoice",
                                                       order + "business_place_id: '" + place.id() + "'");
    EXPECT_EQ(issued.tax_invoices_size(), 1);
    return issued.tax_invoices_size() == 1 ? issued.tax_invoices(0) : TaxInvoice();
  }
  CallState StateOf(const std::string& id) {
    const auto got = house->Call<TaxInvoice>("billing.v1.TaxService/GetTaxInvoice", Proto("id: '" + id + "'"));
    EXPECT_THAT(got, IsOk());
    return got->transmission();
  }
  bool Comes(const std::string& id, CallState::State state) {
    return Soon([&] { return StateOf(id).state() == state; });
  }
  // What the effect recorded about it, in order: `TransmissionStarted …`.
  std::vector<std::string> Recorded(const std::string& id) {
    std::vector<std::string> types;
    for (const auto& event : house->Journal("billing"))
      if (event.subject_id() == id && event.actor() == "port/tax_authority") {
        EXPECT_THAT(event.request_id(), StartsWith("eff/" + id));
        types.push_back(event.type().substr(event.type().rfind('.') + 1));
      }
    return types;
  }

  std::unique_ptr<House> house;
  int requests = 0;
};

TEST_F(Effect, IsCalledOnceAndRecordedAsItEnded) {
  const auto port = std::make_shared<Scripted>(std::deque{Kind::kDone});
  Start(port);
  const std::string id = Drafted().id();
  ASSERT_TRUE(Comes(id, CallState::STATE_DONE));
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  EXPECT_EQ(port->asked(), "call");
  EXPECT_EQ(StateOf(id).attempt(), 1);
  EXPECT_EQ(StateOf(id).reference(), "R-1");
  EXPECT_THAT(Recorded(id), ElementsAre("TransmissionStarted", "TransmissionSettled"));
}

TEST_F(Effect, WhoseEndIsUnknownIsAskedForAndNeverRepeated) {
  const auto port = std::make_shared<Scripted>(std::deque{Kind::kUnknown, Kind::kUnknown, Kind::kDone});
  Start(port);
  const std::string id = Drafted().id();
  ASSERT_TRUE(Comes(id, CallState::STATE_UNKNOWN));
  EXPECT_EQ(port->asked(), "call");
  MoveClockAhead(10 * kSecond);
  ASSERT_TRUE(Soon([&] { return port->asked() == "call query"; }));
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  EXPECT_EQ(port->asked(), "call query") << "not before the next is due";
  MoveClockAhead(70 * kSecond);
  ASSERT_TRUE(Comes(id, CallState::STATE_DONE));
  EXPECT_EQ(port->asked(), "call query query");
  EXPECT_EQ(StateOf(id).attempt(), 1);
}

TEST_F(Effect, ThatNeverArrivedIsCalledAgainUnderTheSameKey) {
  const auto port = std::make_shared<Scripted>(std::deque{Kind::kUnknown, Kind::kNotThere, Kind::kDone});
  Start(port);
  const std::string id = Drafted().id();
  ASSERT_TRUE(Comes(id, CallState::STATE_UNKNOWN));
  MoveClockAhead(10 * kSecond);
  ASSERT_TRUE(Comes(id, CallState::STATE_DUE));
  MoveClockAhead(70 * kSecond);
  ASSERT_TRUE(Comes(id, CallState::STATE_DONE));
  EXPECT_EQ(port->asked(), "call query call");
  EXPECT_EQ(StateOf(id).attempt(), 2);
}

TEST_F(Effect, RefusedItIsLeftToAPerson) {
  const auto port = std::make_shared<Scripted>(std::deque{Kind::kRefused});
  Start(port);
  const std::string id = Drafted().id();
  ASSERT_TRUE(Comes(id, CallState::STATE_REFUSED));
  MoveClockAhead(600 * kSecond);
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  EXPECT_EQ(port->asked(), "call");
  EXPECT_EQ(StateOf(id).detail(), "as told");
}

// What the other side said is lost with whoever heard it: it is asked, once the lease of the call is over.
TEST_F(Effect, WhoseAnswerWasLostIsAskedForAfterItsLease) {
  const auto port = std::make_shared<Scripted>(std::deque{Kind::kDone, Kind::kDone});
  std::atomic<bool> away{false};
  port->on_call = [&] { away = true; };
  house->gate("billing").fails = [&](const std::string& step) {
    return away && step == "begin" ? StoreError{StoreError::Kind::kAway, "", "gone"} : StoreError{};
  };
  Start(port);
  const std::string id = Drafted().id();
  ASSERT_TRUE(Soon([&] { return port->asked() == "call"; }));
  std::this_thread::sleep_for(std::chrono::milliseconds(300));
  away = false;
  EXPECT_EQ(StateOf(id).state(), CallState::STATE_STARTED);
  MoveClockAhead(50 * kSecond);
  std::this_thread::sleep_for(std::chrono::milliseconds(500));
  EXPECT_EQ(port->asked(), "call");
  MoveClockAhead(20 * kSecond);
  ASSERT_TRUE(Comes(id, CallState::STATE_DONE));
  EXPECT_EQ(port->asked(), "call query");
  EXPECT_EQ(StateOf(id).attempt(), 1);
}

TEST_F(Effect, WithoutItsPortWaitsAndSaysSo) {
  Start(nullptr);
  const std::string id = Drafted().id();
  ASSERT_TRUE(Soon([&] { return house->engine().trouble().find("tax_authority") != std::string::npos; }));
  EXPECT_EQ(StateOf(id).state(), CallState::STATE_DUE);
  EXPECT_EQ(StateOf(id).attempt(), 0);
  EXPECT_THAT(Recorded(id), ElementsAre());
}

}  // namespace
}  // namespace songsang::engine
