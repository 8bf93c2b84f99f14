#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <future>
#include <thread>

#include "adapters/grpc_client/client.h"
#include "adapters/grpc_door/grpc_door.h"
#include "adapters/token/token.h"
#include "engine/reasons.h"
#include "songsang/leads/v1/lead.pb.h"
#include "unit/door/room.h"

namespace songsang::tests {
namespace {

using leads::v1::CaptureLeadRequest;
using leads::v1::LeadCaptured;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;
using testing::SizeIs;

const std::string kCapture = "songsang.leads.v1.LeadService/CaptureLead";

class Door : public testing::Test {
 protected:
  Door() : key_(token::Key::Fresh()), verifier_(std::move(*token::VerifierOf(key_))) { Reopen({}); }

  void Reopen(grpc_door::Options options) {
    door_.reset();
    options.address = "127.0.0.1:0";
    auto door = grpc_door::GrpcDoor::Open(room_.Behind(), *verifier_, options);
    ASSERT_TRUE(door.ok());
    door_ = std::move(*door);
    address_ = "127.0.0.1:" + std::to_string(door_->port());
    client_ = std::make_unique<client::Client>(address_, Token());
  }

  std::string Token() const {
    token::Claims claims;
    claims.subject = "kim";
    claims.tenant = "acme";
    claims.client = "test";
    claims.roles = 1u << v1::ROLE_SALES_REP;
    return key_.Mint(claims);
  }

  client::Answer Capture(const client::Options& options = {}, const std::string& company = "한빛상사") {
    CaptureLeadRequest request;
    request.set_request_id("r1");
    request.set_company(company);
    return client_->Call(kCapture, request.SerializeAsString(), options);
  }

  token::Key key_;
  std::unique_ptr<engine::Verifier> verifier_;
  TestRoom room_;
  std::unique_ptr<grpc_door::GrpcDoor> door_;
  std::string address_;
  std::unique_ptr<client::Client> client_;
};

// Answers with the company that was asked for.
void Echo(std::unique_ptr<engine::Call> call) {
  LeadCaptured event;
  event.mutable_lead()->set_company(dynamic_cast<const CaptureLeadRequest&>(*call->request).company());
  call->done(Replies(event));
}

void MustNotCome(std::unique_ptr<engine::Call> call) {
  ADD_FAILURE() << "the door let the call through";
  Echo(std::move(call));
}

TEST_F(Door, HandsOverACallAndItsAnswer) {
  room_.Set([](std::unique_ptr<engine::Call> call) {
    EXPECT_EQ(call->method->name, kCapture);
    EXPECT_EQ(call->caller.tenant, "acme");
    EXPECT_EQ(call->caller.actor, "kim");
    EXPECT_EQ(call->caller.client, "test");
    EXPECT_TRUE(call->caller.Has(v1::ROLE_SALES_REP));
    EXPECT_FALSE(call->validate_only);
    EXPECT_TRUE(call->idempotency_key.empty());
    EXPECT_FALSE(call->cancelled());
    Echo(std::move(call));
  });
  const auto answer = Capture();
  ASSERT_TRUE(answer.ok()) << answer.Explain();
  LeadCaptured event;
  ASSERT_TRUE(event.ParseFromString(answer.reply));
  EXPECT_EQ(event.lead().company(), "한빛상사");
  EXPECT_EQ(answer.position, "");
  EXPECT_FALSE(answer.replayed);
}

TEST_F(Door, PassesOnWhatMetadataSays) {
  const std::string trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  room_.Set([&](std::unique_ptr<engine::Call> call) {
    EXPECT_TRUE(call->validate_only);
    EXPECT_EQ(call->idempotency_key, "key-1");
    EXPECT_EQ(call->trace, trace);
    ASSERT_THAT(call->after, SizeIs(2));
    EXPECT_EQ(call->after[1].service, "billing");
    EXPECT_EQ(call->after[1].seq, 17);
    Echo(std::move(call));
  });
  client::Options options;
  options.validate_only = true;
  options.idempotency_key = "key-1";
  options.trace = trace;
  options.after = "leads/3/0/48211,billing/0/0/17";
  EXPECT_TRUE(Capture(options).ok());
}

TEST_F(Door, DropsATraceThatIsNone) {
  room_.Set([](std::unique_ptr<engine::Call> call) {
    EXPECT_EQ(call->trace, "");
    Echo(std::move(call));
  });
  client::Options options;
  options.trace = "<script>";
  EXPECT_TRUE(Capture(options).ok());
}

TEST_F(Door, TellsPositionsAndReplays) {
  room_.Set([](std::unique_ptr<engine::Call> call) {
    engine::Outcome outcome = Replies(LeadCaptured());
    outcome.marks = {{"leads", 0, 1, 42}};
    outcome.replayed = true;
    call->done(std::move(outcome));
  });
  const auto answer = Capture();
  EXPECT_TRUE(answer.ok());
  EXPECT_EQ(answer.position, "leads/0/1/42");
  EXPECT_TRUE(answer.replayed);
}

TEST_F(Door, TellsPositionsOfRefusalsToo) {
  room_.Set([](std::unique_ptr<engine::Call> call) {
    engine::Outcome outcome = Refuses(engine::kNotFound.With("kind", "leads.Lead").With("id", "x"));
    outcome.marks = {{"leads", 0, 0, 7}};
    call->done(std::move(outcome));
  });
  client::Options options;
  options.language = "ko-KR,ko;q=0.9";
  const auto answer = Capture(options);
  EXPECT_EQ(answer.code, Code::kNotFound);
  EXPECT_EQ(answer.reason, "NOT_FOUND");
  EXPECT_EQ(answer.domain, "songsang.leads");
  EXPECT_EQ(answer.message, "There is no leads.Lead x.");
  EXPECT_THAT(answer.localized, HasSubstr("찾을 수 없습니다"));
  EXPECT_THAT(answer.variables, ElementsAre(Pair("id", "x"), Pair("kind", "leads.Lead")));
  EXPECT_EQ(answer.position, "leads/0/0/7");
}

TEST_F(Door, TellsWhenToRetry) {
  room_.Set([](std::unique_ptr<engine::Call> call) {
    Refusal refusal(engine::kOverloaded);
    refusal.retry_after_ms = 200;
    call->done(Refuses(refusal));
  });
  const auto answer = Capture();
  EXPECT_EQ(answer.code, Code::kResourceExhausted);
  EXPECT_EQ(answer.retry_after_ms, 200);
}

TEST_F(Door, LetsNobodyInWithoutAToken) {
  room_.Set(MustNotCome);
  for (const std::string token : {"", "nonsense", "a.b.c"}) {
    client_ = std::make_unique<client::Client>(address_, token);
    const auto answer = Capture();
    EXPECT_EQ(answer.code, Code::kUnauthenticated) << token;
    EXPECT_EQ(answer.reason, "UNAUTHENTICATED") << token;
  }
  client_ = std::make_unique<client::Client>(address_, Token());
  client::Options options;
  options.metadata = {{"authorization", "Bearer " + Token()}};
  EXPECT_THAT(Capture(options).message, HasSubstr("more than one"));
  client_ = std::make_unique<client::Client>(address_);
  options.metadata = {{"authorization", "Basic " + Token()}};
  EXPECT_EQ(Capture(options).code, Code::kUnauthenticated);
}

TEST_F(Door, RefusesWhatIsNotTheRequestMessage) {
  room_.Set(MustNotCome);
  for (const std::string& bytes : {std::string("\xff\xff\xff"), std::string("\x0a\x7f"), std::string("\x0a")}) {
    const auto answer = client_->Call(kCapture, bytes);
    EXPECT_EQ(answer.code, Code::kInvalidArgument);
    EXPECT_EQ(answer.reason, "MALFORMED_REQUEST");
  }
}

TEST_F(Door, NamesTheFieldThatIsNotUtf8) {
  room_.Set(MustNotCome);
  const auto answer = Capture({}, "\xff\xfe");
  EXPECT_EQ(answer.code, Code::kInvalidArgument);
  EXPECT_EQ(answer.reason, "INVALID_UTF8");
  ASSERT_THAT(answer.fields, SizeIs(1));
  EXPECT_EQ(answer.fields[0].field, "company");
}

TEST_F(Door, RefusesPositionsThatAreNone) {
  room_.Set(MustNotCome);
  client::Options options;
  options.after = "leads/x";
  const auto answer = Capture(options);
  EXPECT_EQ(answer.reason, "INVALID_REQUEST");
  ASSERT_THAT(answer.fields, SizeIs(1));
  EXPECT_EQ(answer.fields[0].field, "songsang-after");
}

TEST_F(Door, KnowsWhichMethodsThereAre) {
  for (const std::string method : {"songsang.leads.v1.LeadService/Nonsense", "nobody/Nothing", "x"}) {
    const auto answer = client_->Call(method, "");
    EXPECT_EQ(answer.code, Code::kUnimplemented) << method;
    EXPECT_EQ(answer.reason, "METHOD_UNKNOWN") << method;
    EXPECT_THAT(answer.message, HasSubstr(method));
  }
}

// How long the engine is given, when the caller gives this long.
milliseconds Given(TestRoom& room, client::Client& client, milliseconds timeout) {
  std::atomic<int64_t> left{0};
  room.Set([&left](std::unique_ptr<engine::Call> call) {
    left = std::chrono::duration_cast<milliseconds>(call->deadline - std::chrono::steady_clock::now()).count();
    Echo(std::move(call));
  });
  client::Options options;
  options.timeout = timeout;
  EXPECT_TRUE(client.Call(kCapture, "", options).ok());
  return milliseconds(left);
}

TEST_F(Door, TimeIsTheCallersUpToAMinute) {
  EXPECT_NEAR(static_cast<double>(Given(room_, *client_, seconds(5)).count()), 5000, 1000);
  EXPECT_NEAR(static_cast<double>(Given(room_, *client_, seconds(3600)).count()), 60'000, 1000);
}

TEST_F(Door, CarriesLargeRepliesAndRefusesHugeRequests) {
  room_.Set(Echo);
  for (const size_t size : {1000, 1025, 100'000, 3'000'000}) {
    const auto answer = Capture({}, std::string(size, 'x'));
    ASSERT_TRUE(answer.ok()) << answer.Explain();
    LeadCaptured event;
    ASSERT_TRUE(event.ParseFromString(answer.reply));
    EXPECT_EQ(event.lead().company().size(), size);
  }
  EXPECT_EQ(Capture({}, std::string(5'000'000, 'x')).code, Code::kResourceExhausted);
  EXPECT_TRUE(Capture().ok());
}

TEST_F(Door, SaysThatAReplyIsTooLarge) {
  room_.Set([](std::unique_ptr<engine::Call> call) {
    LeadCaptured event;
    event.mutable_lead()->set_company(std::string(5'000'000, 'x'));
    engine::Outcome outcome = Replies(event);
    outcome.marks = {{"leads", 0, 0, 9}};
    call->done(std::move(outcome));
  });
  const auto answer = Capture();
  EXPECT_EQ(answer.code, Code::kResourceExhausted);
  EXPECT_EQ(answer.reason, "REPLY_TOO_LARGE");
  EXPECT_EQ(answer.position, "leads/0/0/9");
}

TEST_F(Door, EndsOldConnectionsWithoutFailingACall) {
  grpc_door::Options options;
  options.connection_age = seconds(1);
  Reopen(options);
  room_.Set(Echo);
  std::atomic<int> failed{0};
  const auto until = std::chrono::steady_clock::now() + milliseconds(2500);
  while (std::chrono::steady_clock::now() < until)
    client_->CallAsync(kCapture, "", {}, [&failed](const client::Answer& answer) { failed += !answer.ok(); });
  client_->Drain();
  EXPECT_EQ(failed, 0);
}

TEST_F(Door, AnswersFromAnyThreadAndLater) {
  std::vector<std::thread> threads;
  std::mutex mutex;
  room_.Set([&](std::unique_ptr<engine::Call> call) {
    const std::lock_guard lock(mutex);
    auto shared = std::make_shared<std::unique_ptr<engine::Call>>(std::move(call));
    threads.emplace_back([shared] {
      std::this_thread::sleep_for(milliseconds(20));
      Echo(std::move(*shared));
    });
  });
  std::vector<std::string> requests(50, CaptureLeadRequest().SerializeAsString());
  for (const auto& answer : client_->CallAll(kCapture, requests)) EXPECT_TRUE(answer.ok());
  for (auto& thread : threads) thread.join();
}

TEST_F(Door, IsCalledByManyAtOnceWithinTheirBound) {
  std::atomic<int> inside{0}, most{0}, answered{0};
  std::vector<std::thread> threads;
  std::mutex mutex;
  room_.Set([&](std::unique_ptr<engine::Call> call) {
    most = std::max(most.load(), ++inside);
    auto shared = std::make_shared<std::unique_ptr<engine::Call>>(std::move(call));
    const std::lock_guard lock(mutex);
    threads.emplace_back([shared, &inside] {
      std::this_thread::sleep_for(milliseconds(5));
      --inside;
      Echo(std::move(*shared));
    });
  });
  client_->SetInFlight(4);
  for (int i = 0; i < 40; ++i)
    client_->CallAsync(kCapture, "", {}, [&answered](const client::Answer& answer) { answered += answer.ok(); });
  client_->Drain();
  EXPECT_EQ(answered, 40);
  EXPECT_LE(most, 4);
  EXPECT_GE(most, 2);
  for (auto& thread : threads) thread.join();
}

// A call as our own client never makes it: without a deadline, and with what `prepare` adds.
grpc::Status CallPlainly(const std::string& address, const std::string& token, const std::string& body,
                         const std::function<void(grpc::ClientContext*)>& prepare) {
  const auto channel = grpc::CreateChannel(address, grpc::InsecureChannelCredentials());
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  context.AddMetadata("authorization", "bearer " + token);
  prepare(&context);
  const grpc::Slice bytes(body);
  const grpc::ByteBuffer request(&bytes, 1);
  grpc::ByteBuffer reply;
  std::promise<grpc::Status> status;
  stub.UnaryCall(&context, "/" + kCapture, {}, &request, &reply,
                 [&status](const grpc::Status& answered) { status.set_value(answered); });
  return status.get_future().get();
}

TEST_F(Door, UnpacksNothing) {
  room_.Set(MustNotCome);
  const auto status = CallPlainly(address_, Token(), std::string(50'000'000, '\0'), [](grpc::ClientContext* context) {
    context->set_compression_algorithm(GRPC_COMPRESS_GZIP);
  });
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNIMPLEMENTED) << status.error_message();
}

TEST_F(Door, RefusesHugeMetadata) {
  room_.Set(MustNotCome);
  const auto status = CallPlainly(address_, Token(), "", [](grpc::ClientContext* context) {
    for (int i = 0; i < 20; ++i) context->AddMetadata("x-" + std::to_string(i), std::string(1000, 'x'));
  });
  EXPECT_EQ(status.error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED) << status.error_message();
}

TEST_F(Door, GivesTenSecondsToWhoNamesNoTime) {
  std::atomic<int64_t> left{0};
  room_.Set([&left](std::unique_ptr<engine::Call> call) {
    left = std::chrono::duration_cast<milliseconds>(call->deadline - std::chrono::steady_clock::now()).count();
    Echo(std::move(call));
  });
  const auto answered = CallPlainly(address_, Token(), "", [](grpc::ClientContext*) {});
  EXPECT_TRUE(answered.ok()) << answered.error_message();
  EXPECT_NEAR(static_cast<double>(left), 10'000, 1000);
}

TEST_F(Door, TellsTheEngineThatACallerHasGone) {
  std::promise<std::unique_ptr<engine::Call>> held;
  room_.Set([&held](std::unique_ptr<engine::Call> call) { held.set_value(std::move(call)); });
  client::Options options;
  options.timeout = milliseconds(50);
  EXPECT_EQ(Capture(options).code, Code::kDeadlineExceeded);
  auto call = held.get_future().get();
  const auto until = std::chrono::steady_clock::now() + seconds(5);
  while (!call->cancelled() && std::chrono::steady_clock::now() < until) std::this_thread::sleep_for(milliseconds(1));
  EXPECT_TRUE(call->cancelled());
  Echo(std::move(call));
  room_.Set(Echo);
  EXPECT_TRUE(Capture().ok());
}

TEST_F(Door, WaitsForCallsUnderWayWhenItStops) {
  std::promise<std::unique_ptr<engine::Call>> held;
  room_.Set([&held](std::unique_ptr<engine::Call> call) { held.set_value(std::move(call)); });
  auto answer = std::async(std::launch::async, [this] { return Capture(); });
  auto call = held.get_future().get();
  auto stop = std::async(std::launch::async, [this] { door_->Stop(seconds(5)); });
  std::this_thread::sleep_for(milliseconds(100));
  Echo(std::move(call));
  EXPECT_TRUE(answer.get().ok());
  stop.get();
  EXPECT_TRUE(Capture().unreachable);
}

TEST_F(Door, IsNotSharedWithASecondServer) {
  grpc_door::Options options;
  options.address = address_;
  const auto second = grpc_door::GrpcDoor::Open(room_.Behind(), *verifier_, options);
  ASSERT_FALSE(second.ok());
  EXPECT_STREQ(second.refusal().reason->name, "DOOR_NOT_OPENED");
  EXPECT_THAT(second.refusal().Sentence(false), HasSubstr(address_));
  options.address = "nonsense:nonsense";
  EXPECT_FALSE(grpc_door::GrpcDoor::Open(room_.Behind(), *verifier_, options).ok());
}

TEST_F(Door, TellsItsHealth) {
  EXPECT_TRUE(client_->IsServing());
  EXPECT_TRUE(client_->IsServing("songsang.leads.v1.LeadService"));
  EXPECT_FALSE(client_->IsServing("songsang.nobody.v1.NobodyService"));
  door_->SetServing(false);
  EXPECT_FALSE(client_->IsServing());
  EXPECT_FALSE(client_->IsServing("songsang.leads.v1.LeadService"));
  door_->SetServing(true);
  EXPECT_TRUE(client_->IsServing());
}

TEST_F(Door, LetsTheHostSeeEveryCall) {
  std::mutex mutex;
  std::vector<std::string> seen;
  grpc_door::Options options;
  options.seen = [&](const grpc_door::CallSeen& call) {
    const std::lock_guard lock(mutex);
    seen.push_back(std::string(call.method) + " " + std::string(call.tenant) + " " + std::string(call.reason));
  };
  Reopen(options);
  room_.Set(Echo);
  Capture();
  room_.Set([](std::unique_ptr<engine::Call> call) { call->done(Refuses(engine::kStopping)); });
  Capture();
  client_ = std::make_unique<client::Client>(address_);
  Capture();
  const std::lock_guard lock(mutex);
  EXPECT_THAT(seen, ElementsAre(kCapture + " acme ", kCapture + " acme STOPPING", kCapture + "  UNAUTHENTICATED"));
}

}  // namespace
}  // namespace songsang::tests
