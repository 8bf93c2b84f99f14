#include "performance/load.h"

#include <absl/synchronization/mutex.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <deque>
#include <memory>
#include <stdexcept>
#include <vector>

#include "adapters/token/token.h"
#include "songsang/leads/v1/lead.pb.h"
#include "songsang/v1/engine.pb.h"

namespace songsang::performance {
namespace {

using Clock = std::chrono::steady_clock;

constexpr char kCapture[] = "/songsang.leads.v1.LeadService/CaptureLead";
constexpr char kExecute[] = "/songsang.v1.BatchService/Execute";

class Caller {
 public:
  Caller(grpc::GenericStub* stub, grpc::CompletionQueue* queue, std::string bearer, std::string name, int items)
      : stub_(stub), queue_(queue), bearer_(std::move(bearer)), name_(std::move(name)), items_(items) {}

  void Send() {
    context_ = std::make_unique<grpc::ClientContext>();
    context_->AddMetadata("authorization", bearer_);
    context_->set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
    const std::string bytes = items_ == 0 ? CaptureOf(name_ + std::to_string(number_), number_) : Batch();
    ++number_;
    const grpc::Slice slice(bytes);
    request_ = grpc::ByteBuffer(&slice, 1);
    reply_.Clear();
    begin_ = Clock::now();
    call_ = stub_->PrepareUnaryCall(context_.get(), items_ == 0 ? kCapture : kExecute, request_, queue_);
    call_->StartCall();
    call_->Finish(&reply_, &status_, this);
  }
  double MillisSinceSent() const { return std::chrono::duration<double, std::milli>(Clock::now() - begin_).count(); }
  // What was refused of the call; 0 if nothing.
  int Failed(std::string* why) const {
    const int commands = std::max(items_, 1);
    if (!status_.ok()) {
      *why = status_.error_message();
      return commands;
    }
    if (items_ == 0) return 0;
    std::vector<grpc::Slice> slices;
    std::string bytes;
    reply_.Dump(&slices);
    for (const auto& slice : slices) bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
    v1::ExecuteResponse response;
    if (!response.ParseFromString(bytes)) return commands;
    int failed = 0;
    for (const auto& result : response.results()) {
      if (!result.has_error()) continue;
      ++failed;
      *why = result.error().message();
    }
    return failed;
  }

 private:
  std::string Batch() const {
    v1::ExecuteRequest execute;
    execute.set_request_id(name_ + std::to_string(number_));
    for (int i = 0; i < items_; ++i) {
      auto* item = execute.add_items();
      item->set_method(kCapture + 1);
      item->set_request(CaptureOf("", number_ * 1'000 + static_cast<uint64_t>(i)));
    }
    return execute.SerializeAsString();
  }

  grpc::GenericStub* stub_;
  grpc::CompletionQueue* queue_;
  const std::string bearer_, name_;
  const int items_;
  uint64_t number_ = 0;
  std::unique_ptr<grpc::ClientContext> context_;
  std::unique_ptr<grpc::GenericClientAsyncResponseReader> call_;
  grpc::ByteBuffer request_, reply_;
  grpc::Status status_;
  Clock::time_point begin_;
};

double At(const std::vector<float>& sorted, double share) {
  if (sorted.empty()) return 0;
  return sorted[std::min(sorted.size() - 1, static_cast<size_t>(share * static_cast<double>(sorted.size())))];
}

}  // namespace

std::string TokenOf(const Options& options, const std::string& tenant) {
  const auto key = token::Key::OfFolder(options.home);
  if (!key.ok()) throw std::runtime_error(key.refusal().Sentence(false));
  token::Claims claims;
  claims.subject = "bench";
  claims.client = "bench";
  claims.tenant = tenant;
  claims.roles = 1u << v1::ROLE_ADMIN;
  return key->Mint(claims);
}

std::string CaptureOf(const std::string& request_id, uint64_t number) {
  leads::v1::CaptureLeadRequest request;
  request.set_request_id(request_id);
  request.set_channel(leads::v1::Lead::CHANNEL_WEB);
  request.set_source("organic_search");
  request.set_campaign("autumn");
  request.set_name("김하늘");
  request.set_company("송상무역 주식회사");
  request.set_phone("010-1234-5678");
  request.set_email("haneul.kim@example.co.kr");
  char owner[40];
  std::snprintf(owner, sizeof owner, "01935c00-0000-7000-8000-%012llx", static_cast<unsigned long long>(number % 50));
  request.set_owner_id(owner);
  return request.SerializeAsString();
}

Measured Load(const Options& options) {
  // A client that shares the machine with what it measures must be lean: as the server and the product's own client.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  grpc::CompletionQueue queue;
  std::deque<grpc::GenericStub> stubs;
  for (int i = 0; i < options.connections; ++i) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_ENABLE_CHANNELZ, 0);
    arguments.SetInt("songsang.connection", i);  // channels that differ have connections of their own
    stubs.emplace_back(grpc::CreateCustomChannel(options.address, grpc::InsecureChannelCredentials(), arguments));
  }
  const std::string bearer = "Bearer " + TokenOf(options, options.tenant);
  const std::string run = "b" + std::to_string(getpid()) + "-" +
                          std::to_string(Clock::now().time_since_epoch().count() % 1'000'000'000) + "-";
  std::deque<Caller> callers;
  for (int i = 0; i < options.callers; ++i)
    callers.emplace_back(&stubs[static_cast<size_t>(i % options.connections)], &queue, bearer,
                         run + std::to_string(i) + "-", options.items);
  const auto begin =
      Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(options.warm_up));
  const auto end = begin + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(options.seconds));
  Measured measured;
  std::vector<float> millis;
  millis.reserve(1'000'000);
  for (auto& caller : callers) caller.Send();
  void* tag = nullptr;
  bool ok = false;
  for (int under_way = options.callers; under_way > 0 && queue.Next(&tag, &ok);) {
    auto* caller = static_cast<Caller*>(tag);
    const auto now = Clock::now();
    if (now >= begin && now < end) {
      millis.push_back(static_cast<float>(caller->MillisSinceSent()));
      measured.commands += std::max(options.items, 1);
      measured.failed += caller->Failed(&measured.first_failure);
    }
    if (now < end)
      caller->Send();
    else
      --under_way;
  }
  queue.Shutdown();
  while (queue.Next(&tag, &ok)) {
  }
  std::sort(millis.begin(), millis.end());
  measured.per_second = static_cast<double>(measured.commands - measured.failed) / options.seconds;
  measured.p50_ms = At(millis, 0.5);
  measured.p99_ms = At(millis, 0.99);
  measured.worst_ms = millis.empty() ? 0 : millis.back();
  return measured;
}

}  // namespace songsang::performance
