#include "streams/bi_world.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <stdexcept>
#include <thread>

#include "adapters/grpc_client/client.h"
#include "adapters/kafka_stream/kafka_stream.h"
#include "host/relay.h"
#include "songsang/leads/v1/lead.pb.h"
#include "songsang/leads/v1/opportunity.pb.h"
#include "songsang/v1/engine.pb.h"
#include "support/proto.h"

namespace songsang {
namespace {

const std::vector<std::string> kServices = {"leads"};

void Check(bool holds, const std::string& what) {
  if (!holds) throw std::runtime_error(what);
}

void Await(const std::string& what, const std::function<bool()>& holds) {
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!holds()) {
    Check(std::chrono::steady_clock::now() < until, "in vain was awaited: " + what);
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

std::string Listed(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ",") + name;
  return list;
}

}  // namespace

const std::vector<std::string>& BiWorld::Entities() {
  static const auto* const kEntities =
      new std::vector<std::string>{"leads.lead", "leads.opportunity", "leads.stage_move", "leads.opportunity_cycle"};
  return *kEntities;
}

BiWorld::BiWorld() {
  Installation::Options options;
  options.program = SONGSANG_BINARY;
  options.services = {"leads"};
  // One process that runs the others, too.
  options.more["leads"] = {"accounts", "workforce", "billing", "training", "reporting"};
  options.postgres = options.streams = true;
  options.states = Listed(Entities());
  installation_ = std::make_unique<Installation>(options);
  SellAndExport();
  ExportWhenQuiet();
  AwaitPublished();
  ReadTopics();
}

std::unique_ptr<client::Client> BiWorld::As(std::initializer_list<v1::Role> roles, const std::string& tenant) const {
  token::Claims claims;
  claims.tenant = tenant;
  claims.subject = claims.client = "bi";
  for (const v1::Role role : roles) claims.roles |= 1u << role;
  return std::make_unique<client::Client>(address(), installation_->key().Mint(claims));
}

Ran BiWorld::Songsang(std::vector<std::string> words) const {
  words.insert(words.end(), {"--address", address()});
  return installation_->Run(words);
}

std::string BiWorld::TopicName(const std::string& entity) const {
  std::string name = entity;
  std::replace(name.begin(), name.end(), '_', '-');
  return installation_->topic_prefix() + name + ".state.v1";
}

std::map<std::string, std::vector<v1::Position>> BiWorld::Heads() const {
  std::map<std::string, std::vector<v1::Position>> heads;
  auto door = As({v1::ROLE_SERVICE}, "all");
  for (const std::string& service : kServices) {
    v1::GetHeadsRequest request;
    request.set_service(service);
    const auto answer = door->Call("songsang.v1.EventService/GetHeads", request.SerializeAsString());
    v1::GetHeadsResponse response;
    Check(answer.ok() && response.ParseFromString(answer.reply), answer.Explain());
    heads[service].assign(response.heads().begin(), response.heads().end());
  }
  return heads;
}

std::string BiWorld::heads() const {
  std::string text;
  for (const auto& [service, positions] : Heads())
    for (const auto& head : positions)
      text += (text.empty() ? "" : ",") + service + "/" + std::to_string(head.partition()) + "/" +
              std::to_string(head.epoch()) + "/" + std::to_string(head.seq());
  return text;
}

int64_t BiWorld::Recorded() const {
  int64_t recorded = 0;
  for (const auto& [service, positions] : Heads())
    for (const auto& head : positions) recorded += head.seq();
  return recorded;
}

namespace {

// What is sold: leads, some of them changed, some won or lost. Items of one call, each safe to repeat.
void AddSale(int i, v1::ExecuteRequest* execute) {
  const auto add = [execute](const std::string& method, const std::string& fields) {
    const auto* service =
        leads::v1::Lead::descriptor()->file()->pool()->FindMethodByName("songsang.leads.v1." + method);
    std::unique_ptr<google::protobuf::Message> request(
        google::protobuf::MessageFactory::generated_factory()->GetPrototype(service->input_type())->New());
    Proto(fields).ParseInto(request.get());
    auto* item = execute->add_items();
    const std::string name(method);
    item->set_method("songsang.leads.v1." + name.substr(0, name.find('.')) + "/" + name.substr(name.find('.') + 1));
    item->set_request(request->SerializeAsString());
  };
  static constexpr const char* kChannels[] = {"WEB", "PHONE", "VISIT", "EVENT", "PARTNER"};
  static constexpr const char* kSources[] = {"검색", "소개, 지인", "expo"};
  const std::string lead = fmt::format("ext:load:l{}", i), deal = fmt::format("ext:load:o{}", i);
  const std::string month = fmt::format("2026-{:02}", i % 10 + 1);
  add("LeadService.CaptureLead",
      fmt::format("external_ref {{ system: 'load' key: 'l{}' }} name: '김하늘 \\\"{}\\\"' note: '둘째 줄\\n셋째\\t줄' "
                  "channel: CHANNEL_{} source: '{}' occurred_on: '{}-03'",
                  i, i, kChannels[i % 5], kSources[i % 3], month));
  if (i % 2 == 0) add("LeadService.UpdateLead", fmt::format("lead_id: '{}' company: '한빛상사 {}'", lead, i));
  if (i % 3 != 0) return;
  add("OpportunityService.OpenOpportunity",
      fmt::format("external_ref {{ system: 'load' key: 'o{}' }} lead_id: '{}' opened_on: '{}-04' value {{ minor: {} "
                  "currency: 'KRW' }}",
                  i, lead, month, 1'234'567 + i * 1'001));
  if (i % 4 != 0)
    add("OpportunityService.CloseOpportunity",
        fmt::format("opportunity_id: '{}' outcome: OUTCOME_{} reason: 'price' closed_on: '{}-25'", deal,
                    i % 5 == 0 ? "LOST" : "WON", month));
}

}  // namespace

// Batch after batch through whatever happens, until it has been enough.
void BiWorld::Sell(std::atomic<int>* batches, const std::atomic<bool>* enough) const {
  auto door = As({v1::ROLE_IMPORTER, v1::ROLE_SALES_REP, v1::ROLE_ADMIN}, "acme");
  int after_enough = 0;
  for (int batch = 0; after_enough < 5; ++batch, ++*batches) {
    after_enough += *enough;
    v1::ExecuteRequest execute;
    execute.set_request_id("load-" + std::to_string(batch));
    for (int i = 0; i < 10; ++i) AddSale(batch * 10 + i, &execute);
    client::Options how;
    how.timeout = std::chrono::seconds(5);
    client::Answer answer;
    for (int attempt = 0; attempt < 300 && !answer.reply.size(); ++attempt) {
      answer = door->Call("songsang.v1.BatchService/Execute", execute.SerializeAsString(), how);
      if (!answer.ok()) std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    v1::ExecuteResponse response;
    if (!response.ParseFromString(answer.reply)) continue;
    for (const auto& result : response.results())
      if (result.has_error()) ADD_FAILURE() << result.error().message();
  }
}

// The first export is taken out of the middle of it; and a kill leaves records in the topics that belong to no
// transaction that was committed.
void BiWorld::SellAndExport() {
  std::atomic<int> batches{0};
  std::atomic<bool> enough{false};
  std::thread load([&] { Sell(&batches, &enough); });
  const auto finish = [&] {
    enough = true;
    load.join();
  };
  try {
    Await("something to be sold", [&] { return batches >= 8; });
    const Ran exported = Songsang({"export", "--all", "--to", folder_.path() + "/middle", "--as", "SERVICE"});
    Check(exported.exit_code == 0, exported.err);
    const int before = batches;
    Await("more to be sold", [&] { return batches >= before + 4; });
    installation_->Kill("leads");
    installation_->Start("leads");
    installation_->AwaitServing("leads");
  } catch (...) {
    finish();
    throw;
  }
  finish();
}

// What policies do about the last of it is done, too.
void BiWorld::ExportWhenQuiet() {
  Await("quiet", [this] {
    const int64_t before = Recorded();
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    if (Recorded() != before) return false;
    const Ran exported = Songsang({"export", "--all", "--to", folder_.path() + "/end", "--as", "SERVICE"});
    Check(exported.exit_code == 0, exported.err);
    return Recorded() == before;
  });
}

void BiWorld::AwaitPublished() const {
  host::Config config;
  config.kafka = std::getenv("SONGSANG_TEST_KAFKA");
  config.topic_prefix = installation_->topic_prefix();
  const auto stream = kafka::OpenKafka(config.kafka);
  for (const auto& [service, heads] : Heads())
    for (const auto& head : heads)
      Await("all of " + service + " is published", [&, service = service] {
        if (head.seq() == 0) return true;
        auto published = host::ReadRelayPositions(*stream, host::PublicationOf(config, service));
        return published.ok() && (*published)[head.partition()].seq() >= head.seq();
      });
}

// All at once: starting and joining is most of what each does.
void BiWorld::ReadTopics() const {
  std::vector<std::pair<std::string, std::unique_ptr<Process>>> readers;
  for (const bool committed : {true, false}) {
    const std::string level = committed ? "read_committed" : "read_uncommitted";
    std::filesystem::create_directories(folder_.path() + (committed ? "/committed" : "/uncommitted"));
    for (const std::string& entity : Entities())
      readers.emplace_back(Topic(entity, committed),
                           std::make_unique<Process>(std::vector<std::string>{
                               "kcat", "-C", "-b", std::getenv("SONGSANG_TEST_KAFKA"), "-t", TopicName(entity), "-o",
                               "beginning", "-e", "-q", "-X", "isolation.level=" + level}));
  }
  for (const auto& [file, reader] : readers) {
    const Ran read = reader->Wait(std::chrono::seconds(60));
    Check(read.exit_code == 0, read.err);
    WriteFile(file, read.out);
  }
}

}  // namespace songsang
