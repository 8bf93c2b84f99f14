// songsang_relay: how fast the relay publishes a journal that is there already, beside a bare transactional producer that
// sends the very same records from memory. Rounds of both in turns, each to topics of its own.
#include "host/relay.h"

#include <librdkafka/rdkafka.h>
#include <signal.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <thread>

#include "adapters/kafka_stream/kafka_stream.h"
#include "engine/published.h"
#include "host/topics.h"
#include "songsang/modules.h"

namespace songsang::performance {
namespace {

using Clock = std::chrono::steady_clock;
constexpr char kService[] = "leads";

struct Options {
  std::string store, kafka, prefix = "bench.";
  int partitions = 8, rounds = 3, entries_at_once = 4'000;
};

void Check(const Status& status) {
  if (!status.ok()) throw std::runtime_error(status.refusal().Sentence(false));
}

std::vector<engine::StreamRecord> RecordsOf(engine::Store& store, const host::Publication& publication,
                                            int64_t* entries) {
  std::vector<engine::StreamRecord> records;
  for (int partition = 0; partition < store.partitions(); ++partition) {
    v1::Position position;
    position.set_service(kService);
    position.set_partition(partition);
    for (;;) {
      const auto read = engine::ReadEntries(store, position, 1'000, nullptr);
      if (!read.ok()) throw std::runtime_error(read.refusal().Sentence(false));
      if (read->events.empty()) break;
      position = read->position;
      for (const auto& event : read->events) {
        ++*entries;
        records.push_back(engine::EventRecord(publication.prefix, event));
        const auto payload = engine::PayloadOf(event);
        for (const auto* entity : engine::EntitiesWritten(event, *payload))
          records.push_back(engine::StateRecord(publication.prefix, event, *entity));
      }
    }
  }
  return records;
}

void Set(rd_kafka_conf_t* conf, const char* name, const std::string& value) {
  char error[512];
  if (rd_kafka_conf_set(conf, name, value.c_str(), error, sizeof error) != RD_KAFKA_CONF_OK)
    throw std::runtime_error(error);
}

void Check(rd_kafka_error_t* error) {
  if (error == nullptr) return;
  const std::string what = rd_kafka_error_string(error);
  rd_kafka_error_destroy(error);
  throw std::runtime_error(what);
}

// What librdkafka does with these records and nothing else, under the same settings.
double Bare(const Options& options, const std::vector<engine::StreamRecord>& records, size_t at_once) {
  rd_kafka_conf_t* conf = rd_kafka_conf_new();
  Set(conf, "bootstrap.servers", options.kafka);
  Set(conf, "transactional.id", options.prefix + "bare");
  Set(conf, "message.timeout.ms", "0");
  Set(conf, "transaction.timeout.ms", "10000");
  Set(conf, "partitioner", "murmur2");
  Set(conf, "linger.ms", "2");
  Set(conf, "compression.type", "lz4");
  Set(conf, "queue.buffering.max.messages", "500000");
  char text[512];
  rd_kafka_t* producer = rd_kafka_new(RD_KAFKA_PRODUCER, conf, text, sizeof text);
  Check(rd_kafka_init_transactions(producer, 10'000));
  const auto begin = Clock::now();
  for (size_t i = 0; i < records.size(); ++i) {
    if (i % at_once == 0) Check(rd_kafka_begin_transaction(producer));
    const auto& record = records[i];
    rd_kafka_headers_t* headers = rd_kafka_headers_new(record.headers.size());
    for (const auto& [name, value] : record.headers)
      rd_kafka_header_add(headers, name.data(), -1, value.data(), static_cast<ssize_t>(value.size()));
    const auto error = rd_kafka_producev(
        producer, RD_KAFKA_V_TOPIC(record.topic.c_str()),
        RD_KAFKA_V_PARTITION(record.partition < 0 ? RD_KAFKA_PARTITION_UA : record.partition),
        RD_KAFKA_V_KEY(record.key.data(), record.key.size()),
        RD_KAFKA_V_VALUE(const_cast<char*>(record.value->data()), record.value->size()),
        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY | RD_KAFKA_MSG_F_BLOCK), RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_END);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) throw std::runtime_error(rd_kafka_err2str(error));
    if (i % at_once == at_once - 1 || i + 1 == records.size()) Check(rd_kafka_commit_transaction(producer, 60'000));
  }
  const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  rd_kafka_destroy(producer);
  return seconds;
}

// A relay from its first look at the journal to its last commit.
double Relayed(engine::Engine& engine, const std::shared_ptr<engine::Stream>& stream,
               const host::Publication& publication) {
  const auto heads = engine.Heads(kService);
  const auto begin = Clock::now();
  const host::Relay relay(engine, stream, publication);
  for (;;) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    if (!relay.stopped().empty()) throw std::runtime_error(relay.stopped());
    const auto at = host::ReadRelayPositions(*stream, publication);
    if (!at.ok()) continue;
    const bool all = std::all_of(heads->begin(), heads->end(), [&at](const auto& head) {
      const auto known = at->find(head.partition());
      return head.seq() == 0 || (known != at->end() && known->second.seq() == head.seq());
    });
    if (all) return std::chrono::duration<double>(Clock::now() - begin).count();
  }
}

int Measure(const Options& options) {
  host::Config config;
  config.store = options.store;
  config.partitions = options.partitions;
  std::string error;
  const auto store = host::OpenStore(config, kService, &error);
  if (store == nullptr) throw std::runtime_error(error);
  std::vector<engine::Hosted> hosted;
  for (const auto& module : Modules())
    if (module.name == kService) hosted.push_back({module.service(), store});
  engine::Settings settings;
  settings.replica = "bench";
  engine::Engine engine(std::move(hosted), settings);
  const std::shared_ptr<engine::Stream> stream = kafka::OpenKafka(options.kafka);
  for (int round = 0; round < options.rounds; ++round) {
    int64_t entries = 0;
    double seconds[3];
    for (const int what : {0, 1, 2}) {
      config.topic_prefix = options.prefix + std::to_string(round) + "-" + std::to_string(what) + ".";
      const auto publication = host::PublicationOf(config, kService);
      Check(stream->Create(publication.topics, 1));
      if (what == 2) {
        seconds[what] = Relayed(engine, stream, publication);
        continue;
      }
      entries = 0;
      const auto records = RecordsOf(*store, publication, &entries);
      const size_t each = records.size() / static_cast<size_t>(std::max<int64_t>(entries, 1));
      seconds[what] = Bare(options, records, static_cast<size_t>(what == 0 ? options.entries_at_once : 10'000) * each);
    }
    std::printf("entries %lld bare_per_second %.0f bare_large_per_second %.0f relay_per_second %.0f\n",
                static_cast<long long>(entries), entries / seconds[0], entries / seconds[1], entries / seconds[2]);
    std::fflush(stdout);
  }
  return 0;
}

}  // namespace
}  // namespace songsang::performance

int main(int count, char** words) {
  using namespace songsang::performance;
  signal(SIGPIPE, SIG_IGN);
  CLI::App line("Publishes a journal by the relay, and its records by a bare producer.");
  Options options;
  line.add_option("--store", options.store, "where leads were recorded; its server is stopped")->required();
  line.add_option("--kafka", options.kafka)->required();
  line.add_option("--prefix", options.prefix, "of topics that are made for this");
  line.add_option("--partitions", options.partitions);
  line.add_option("--rounds", options.rounds);
  CLI11_PARSE(line, count, words);
  try {
    return Measure(options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "songsang_relay: %s\n", error.what());
    return 1;
  }
}
