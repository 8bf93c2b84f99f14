#include "streams/journal_reader.h"

#include <cstdlib>
#include <map>

#include "adapters/kafka_stream/kafka_stream.h"
#include "host/published_journal.h"

namespace songsang {

bool HasServers() {
  return std::getenv("SONGSANG_TEST_KAFKA") != nullptr && std::getenv("SONGSANG_TEST_POSTGRES") != nullptr;
}

std::vector<v1::JournalEvent> ReadPublished(const std::string& topic_prefix, const std::string& service,
                                            int partitions) {
  std::vector<v1::JournalEvent> events;
  const auto stream = kafka::OpenKafka(std::getenv("SONGSANG_TEST_KAFKA"));
  for (int partition = 0; partition < partitions; ++partition) {
    auto published = host::PublishedJournal::Open(*stream, topic_prefix, service, partition);
    if (!published.ok()) continue;
    (void)published->ReadFrom(1, [&events](v1::JournalEvent event) {
      events.push_back(std::move(event));
      return true;
    });
  }
  return events;
}

std::string Difference(const std::vector<v1::JournalEvent>& events) {
  std::map<int, std::pair<int64_t, std::string>> last;
  for (const auto& event : events) {
    const auto& position = event.position();
    auto& [seq, hash] = last.try_emplace(position.partition(), 0, std::string(32, '\0')).first->second;
    if (position.seq() != seq + 1 || event.previous_hash() != hash)
      return "partition " + std::to_string(position.partition()) + ": entry " + std::to_string(position.seq()) +
             " stands behind entry " + std::to_string(seq);
    seq = position.seq();
    hash = position.hash();
  }
  return "";
}

}  // namespace songsang
