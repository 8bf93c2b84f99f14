// Many callers, one transaction: what is wrong with one command is never its neighbours' harm.
#include "engine/journal.h"
#include "songsang/accounts/v1/account.pb.h"
#include "songsang/leads/v1/lead.pb.h"
#include "songsang/leads/v1/opportunity.pb.h"
#include "songsang/v1/engine.pb.h"
#include "songsang/workforce/v1/people.pb.h"
#include "unit/engine/house.h"

namespace songsang::engine {
namespace {

using accounts::v1::AccountRegistered;
using leads::v1::LeadCaptured;
using leads::v1::LeadUpdated;
using workforce::v1::PersonRegistered;
using workforce::v1::PersonUpdated;

constexpr char kCapture[] = "leads.v1.LeadService/CaptureLead";
constexpr char kUpdate[] = "leads.v1.LeadService/UpdateLead";
constexpr char kRegister[] = "workforce.v1.PersonService/RegisterPerson";
constexpr char kChange[] = "workforce.v1.PersonService/UpdatePerson";

Proto Login(const std::string& request_id, const std::string& login) {
  return Proto("request_id: '" + request_id + "' name: '" + request_id + "' login_subject: '" + login + "'");
}

constexpr char kOpen[] = "accounts.v1.AccountService/RegisterAccount";
constexpr char kBrn[] = "1248100998";
constexpr char kOtherBrn[] = "1208147521";

Proto Business(const std::string& request_id, const std::string& brn) {
  return Proto("request_id: '" + request_id + "' kind: KIND_BUSINESS name: '" + request_id + "' brn: '" + brn + "'");
}

class Batch : public ::testing::Test {
 protected:
  void SetUp() override {
    NEEDS_ITS_STORE();
    house = std::make_unique<House>();
  }
  std::string VerifyJournalOf(const std::string& service) {
    return VerifyJournal(house->gate(service), [](int, int64_t) {});
  }
  std::unique_ptr<House> house;
};

// The rule itself looks for another holder; here it is kept from seeing one, so that the store's constraint decides.
TEST_F(Batch, AUniqueValueTakenIsItsCommandsRefusalAndNobodyElses) {
  ASSERT_THAT(house->Call<PersonRegistered>(kRegister, Login("first", "kim")), IsOk());
  house->gate("workforce").blind = [](const Lookup& lookup) { return lookup.values[0] == "kim"; };
  std::vector<std::future<Outcome>> sent;
  house->InOneBatch("workforce", [&] {
    for (int i = 0; i < 9; ++i)
      sent.push_back(
          house->Send(kRegister, Login("r" + std::to_string(i), i == 5 ? "kim" : "login" + std::to_string(i))));
  });
  for (int i = 0; i < 9; ++i) {
    const Answered<PersonRegistered> answered(sent[static_cast<size_t>(i)].get());
    if (i == 5)
      EXPECT_THAT(answered, RefusedWith("PERSON_LOGIN_TAKEN"));
    else
      EXPECT_THAT(answered, IsOk()) << i;
  }
  EXPECT_EQ(house->gate("workforce").counts.last_batch, 9);
  EXPECT_GT(house->gate("workforce").counts.undos, 0);
  EXPECT_EQ(house->Count("workforce", "SELECT count(*) FROM {}.person WHERE tenant = 'acme'"), 9);
  EXPECT_EQ(house->Count("workforce", "SELECT count(*) FROM {}.journal WHERE tenant = 'acme'"), 9);
  EXPECT_EQ(VerifyJournalOf("workforce"), "");
}

TEST_F(Batch, TheRefusedIdOfAHalvedBatchIsNotUsedUp) {
  ASSERT_THAT(house->Call<PersonRegistered>(kRegister, Login("first", "kim")), IsOk());
  house->gate("workforce").blind = [](const Lookup&) { return true; };
  EXPECT_THAT(house->Call<PersonRegistered>(kRegister, Login("again", "kim")), RefusedWith("PERSON_LOGIN_TAKEN"));
  house->gate("workforce").blind = nullptr;
  EXPECT_THAT(house->Call<PersonRegistered>(kRegister, Login("again", "lee")), IsOk());
}

TEST_F(Batch, UniqueValuesMayChangeHandsWithinABatch) {
  const auto a = house->Call<PersonRegistered>(kRegister, Login("a", "kim"));
  const auto b = house->Call<PersonRegistered>(kRegister, Login("b", "lee"));
  const auto change = [&](const std::string& request_id, const std::string& id, const std::string& login) {
    return house->Send(
        kChange, Proto("request_id: '" + request_id + "' person_id: '" + id + "' login_subject: '" + login + "'"));
  };
  std::vector<std::future<Outcome>> sent;
  house->InOneBatch("workforce", [&] {
    sent.push_back(change("1", a->person().id(), "nobody"));
    sent.push_back(change("2", b->person().id(), "kim"));
    sent.push_back(change("3", a->person().id(), "lee"));
  });
  for (auto& each : sent) EXPECT_THAT(Answered<PersonUpdated>(each.get()), IsOk());
  EXPECT_EQ(house->Count("workforce", "SELECT count(*) FROM {}.person WHERE login_subject = 'lee' AND id = '" +
                                          a->person().id() + "'"),
            1);
}

TEST_F(Batch, TheSecondToTakeAValueWithinABatchIsRefusedByTheRule) {
  std::vector<std::future<Outcome>> sent;
  house->InOneBatch("accounts", [&] {
    sent.push_back(house->Send(kOpen, Business("1", kBrn)));
    sent.push_back(house->Send(kOpen, Business("2", kBrn)));
    sent.push_back(house->Send(kOpen, Business("3", kOtherBrn)));
  });
  EXPECT_THAT(Answered<AccountRegistered>(sent[0].get()), IsOk());
  EXPECT_THAT(Answered<AccountRegistered>(sent[1].get()), RefusedWith("ACCOUNT_BRN_TAKEN"));
  EXPECT_THAT(Answered<AccountRegistered>(sent[2].get()), IsOk());
  EXPECT_EQ(house->gate("accounts").counts.undos, 0) << "the list was overlaid, so that the store was never asked";
}

TEST_F(Batch, AListShowsWhatTheBatchHasRecordedAndNoMoreWhatItHasMovedAway) {
  const auto a = house->Call<AccountRegistered>(kOpen, Business("a", kBrn));
  ASSERT_THAT(a, IsOk());
  std::vector<std::future<Outcome>> sent;
  house->InOneBatch("accounts", [&] {
    sent.push_back(house->Send(kOpen, Business("early", kBrn)));
    sent.push_back(house->Send(
        "accounts.v1.AccountService/UpdateAccount",
        Proto("request_id: 'away' brn: '" + std::string(kOtherBrn) + "' account_id: '" + a->account().id() + "'")));
    sent.push_back(house->Send(kOpen, Business("late", kBrn)));
    sent.push_back(house->Send(kOpen, Business("latest", kOtherBrn)));
  });
  EXPECT_THAT(Answered<AccountRegistered>(sent[0].get()), RefusedWith("ACCOUNT_BRN_TAKEN"));
  EXPECT_THAT(Answered<accounts::v1::AccountUpdated>(sent[1].get()), IsOk());
  EXPECT_THAT(Answered<AccountRegistered>(sent[2].get()), IsOk());
  EXPECT_THAT(Answered<AccountRegistered>(sent[3].get()), RefusedWith("ACCOUNT_BRN_TAKEN"));
  EXPECT_EQ(house->gate("accounts").counts.undos, 0);
}

TEST_F(Batch, APoisonAmongManyIsFoundAndTheOthersStand) {
  // The store finds fault with whatever holds the poisoned name, wherever it stands in the batch.
  for (const int poisoned : {0, 7, 15}) {
    const std::string run = "p" + std::to_string(poisoned);
    ASSERT_THAT(house->Call<PersonRegistered>(kRegister, Login(run + "holder", run)), IsOk());
    house->gate("workforce").blind = [](const Lookup&) { return true; };
    std::vector<std::future<Outcome>> sent;
    house->InOneBatch("workforce", [&] {
      for (int i = 0; i < 16; ++i)
        sent.push_back(house->Send(kRegister, Login(run + "-" + std::to_string(i), i == poisoned ? run : "")));
    });
    int refused = 0;
    for (auto& each : sent) refused += each.get().ok() ? 0 : 1;
    EXPECT_EQ(refused, 1) << poisoned;
    house->gate("workforce").blind = nullptr;
  }
  EXPECT_EQ(VerifyJournalOf("workforce"), "");
}

TEST(Invariants, ABrokenOneRollsBackAndTheOthersInTheBatchStand) {
  NEEDS_ITS_STORE();
  std::vector<std::string> seen;
  House::Options options;
  options.change = [&](Service* service) {
    if (service->name() != "leads") return;
    service->Always("no lead is named evil", [](const Message& event, const std::vector<Change>& changes) {
      for (const Change& change : changes)
        if (const auto* lead = google::protobuf::DynamicCastToGenerated<leads::v1::Lead>(change.after))
          if (lead->name() == "evil") return "lead " + lead->id() + " of " + event.GetTypeName();
      return std::string();
    });
  };
  House house(options);
  std::vector<std::future<Outcome>> sent;
  house.InOneBatch("leads", [&] {
    for (const char* name : {"good", "evil", "better"})
      sent.push_back(house.Send(
          kCapture, Proto("request_id: '" + std::string(name) + "' channel: CHANNEL_WEB name: '" + name + "'")));
  });
  EXPECT_THAT(Answered<LeadCaptured>(sent[0].get()), IsOk());
  const Answered<LeadCaptured> evil(sent[1].get());
  EXPECT_THAT(evil, RefusedWith(kInternal));
  EXPECT_THAT(DescribeRefusal(evil), ::testing::HasSubstr("no lead is named evil"));
  EXPECT_THAT(Answered<LeadCaptured>(sent[2].get()), IsOk());
  EXPECT_EQ(house.Count("leads", "SELECT count(*) FROM {}.lead WHERE tenant = 'acme'"), 2);
  EXPECT_EQ(house.Count("leads", "SELECT count(*) FROM {}.lead WHERE name = 'evil'"), 0);
}

TEST(Ids, AreTheSameWhenDecidedTwice) {
  NEEDS_ITS_STORE();
  std::multimap<std::string, std::string> decided;  // name -> id, once each time it was decided
  House::Options options;
  options.change = [&](Service* service) {
    if (service->name() != "workforce") return;
    service->Always("watched", [&](const Message&, const std::vector<Change>& changes) {
      for (const Change& change : changes)
        if (const auto* person = google::protobuf::DynamicCastToGenerated<workforce::v1::Person>(change.after))
          decided.emplace(person->name(), person->id());
      return std::string();
    });
  };
  House house(options);
  ASSERT_THAT(house.Call<PersonRegistered>(kRegister, Login("holder", "kim")), IsOk());
  house.gate("workforce").blind = [](const Lookup&) { return true; };
  std::vector<std::future<Outcome>> sent;
  house.InOneBatch("workforce", [&] {
    for (int i = 0; i < 4; ++i)
      sent.push_back(house.Send(kRegister, Login("n" + std::to_string(i), i == 3 ? "kim" : "")));
  });
  for (auto& each : sent) each.get();
  EXPECT_GT(decided.count("n0"), 1u) << "the batch was halved, and so decided again";
  for (const char* name : {"n0", "n1", "n2", "n3"}) {
    const auto [from, to] = decided.equal_range(name);
    for (auto it = from; it != to; ++it) EXPECT_EQ(it->second, from->second) << name;
  }
}

TEST_F(Batch, TheWholeBatchIsDecidedAgainAfterASerialisationFailure) {
  ASSERT_THAT(house->Call<LeadCaptured>(kCapture, Proto("request_id: 'first' channel: CHANNEL_WEB name: 'x'")), IsOk());
  const int commits = house->gate("leads").counts.commits;
  std::atomic<int> failures{2};
  house->gate("leads").fails = [&](const std::string& step) {
    StoreError error;
    if (step == "commit" && failures-- > 0) error = {StoreError::Kind::kAgain, "", "deadlock detected"};
    return error;
  };
  EXPECT_THAT(house->Call<LeadCaptured>(kCapture, Proto("request_id: 'a' channel: CHANNEL_WEB name: 'x'")), IsOk());
  EXPECT_EQ(house->Count("leads", "SELECT count(*) FROM {}.journal"), 2);
  EXPECT_EQ(house->gate("leads").counts.commits, commits + 3);
}

TEST_F(Batch, AStoreThatIsAwayAnswersUnavailableAndTheSameIdTellsLater) {
  ASSERT_THAT(house->Call<LeadCaptured>(kCapture, Proto("request_id: 'first' channel: CHANNEL_WEB name: 'x'")), IsOk());
  const int commits = house->gate("leads").counts.commits;
  std::atomic<bool> away{true};
  house->gate("leads").fails = [&](const std::string& step) {
    StoreError error;
    if (step == "commit" && away) error = {StoreError::Kind::kAway, "", "the connection was lost"};
    return error;
  };
  const Proto request("request_id: 'a' channel: CHANNEL_WEB name: 'x'");
  const auto unknown = house->Call<LeadCaptured>(kCapture, request);
  ASSERT_THAT(unknown, RefusedWith(kUnavailable));
  EXPECT_EQ(house->gate("leads").counts.commits, commits + 1) << "nothing is run again whose outcome is unknown";
  away = false;
  const auto told = house->Call<LeadCaptured>(kCapture, request);
  ASSERT_THAT(told, IsOk());
  EXPECT_EQ(house->Count("leads", "SELECT count(*) FROM {}.journal"), 2);
}

TEST_F(Batch, FailuresWhileHalvingAnswerEveryone) {
  ASSERT_THAT(house->Call<PersonRegistered>(kRegister, Login("first", "kim")), IsOk());
  for (const char* bad_step : {"undo", "write", "keep"}) {
    house->gate("workforce").blind = [](const Lookup&) { return true; };
    house->gate("workforce").fails = [&](const std::string& step) {
      StoreError error;
      if (step == bad_step) error = {StoreError::Kind::kAway, "", "lost at " + step};
      return error;
    };
    std::vector<std::future<Outcome>> sent;
    house->InOneBatch("workforce", [&] {
      for (int i = 0; i < 4; ++i)
        sent.push_back(house->Send(kRegister, Login(bad_step + std::to_string(i), i == 2 ? "kim" : "")));
    });
    for (auto& each : sent) EXPECT_THAT(Answered<PersonRegistered>(each.get()), RefusedWith(kUnavailable)) << bad_step;
    house->gate("workforce").fails = nullptr;
    house->gate("workforce").blind = nullptr;
  }
  EXPECT_EQ(house->Count("workforce", "SELECT count(*) FROM {}.person WHERE tenant = 'acme'"), 1);
}

TEST_F(Batch, TheGenericBatchAnswersInOrderEachForItself) {
  v1::ExecuteRequest request;
  request.set_request_id("batch");
  for (const char* name : {"a", "", "c"}) {
    auto* item = request.add_items();
    item->set_method("songsang.leads.v1.LeadService/CaptureLead");
    leads::v1::CaptureLeadRequest capture;
    capture.set_channel(leads::v1::Lead::CHANNEL_WEB);
    capture.set_name(name);
    item->set_request(capture.SerializeAsString());
  }
  request.add_items()->set_method("songsang.leads.v1.LeadService/GetLead");
  request.add_items()->set_method("songsang.leads.v1.LeadService/Nonsense");
  for (const bool again : {false, true}) {
    const Answered<v1::ExecuteResponse> answered(house->Send("v1.BatchService/Execute", request).get());
    ASSERT_THAT(answered, IsOk());
    ASSERT_EQ(answered->results_size(), 5);
    for (const int good : {0, 2}) {
      EXPECT_FALSE(answered->results(good).has_error());
      EXPECT_EQ(answered->results(good).replayed(), again);
      LeadCaptured event;
      ASSERT_TRUE(event.ParseFromString(answered->results(good).event()));
      EXPECT_EQ(event.lead().name(), request.items(good).request().empty() ? "" : good == 0 ? "a" : "c");
    }
    EXPECT_EQ(answered->results(1).error().code(), static_cast<int>(Code::kInvalidArgument));
    EXPECT_EQ(answered->results(3).error().code(), static_cast<int>(Code::kInvalidArgument));
    EXPECT_EQ(answered->results(4).error().code(), static_cast<int>(Code::kUnimplemented));
  }
  EXPECT_EQ(house->Count("leads", "SELECT count(*) FROM {}.request WHERE request_id IN ('batch.0', 'batch.2')"), 2);
}

}  // namespace
}  // namespace songsang::engine
