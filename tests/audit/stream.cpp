#include "audit/stream.h"

#include <fmt/format.h>

#include <charconv>

#include "core/ids.h"
#include "engine/published.h"
#include "host/relay.h"
#include "rows/state.h"

namespace songsang::audit {
namespace {

using engine::Isolation;
using engine::StreamRecord;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

// Without a record, and without a word that there is none.
constexpr std::chrono::seconds kPatience{20};

// Everything that these topics hold, each partition from its first record to its end. What went wrong, in words.
std::string ReadAll(engine::Stream& stream, const std::vector<engine::TopicPlan>& topics, Isolation isolation,
                    const std::function<void(const StreamRecord&)>& take) {
  const auto listener = stream.OpenListener(isolation);
  if (!listener.ok()) return listener.refusal().Sentence(false);
  std::set<std::pair<std::string, int32_t>> open;
  for (const auto& topic : topics) {
    for (int32_t partition = 0; partition < topic.partitions; ++partition) {
      const auto span = (*listener)->SpanOf(topic.name, partition);
      if (!span.ok()) return span.refusal().Sentence(false);
      if (span->begin == span->end) continue;
      const auto listening = (*listener)->Listen(topic.name, partition, span->begin);
      if (!listening.ok()) return listening.refusal().Sentence(false);
      open.emplace(topic.name, partition);
    }
  }
  for (auto until = steady_clock::now() + kPatience; !open.empty();) {
    if (steady_clock::now() > until) return "topic " + open.begin()->first + " cannot be read to its end";
    const auto next = (*listener)->Next(milliseconds(100));
    if (!next.ok()) return next.refusal().Sentence(false);
    if (!*next) continue;
    until = steady_clock::now() + kPatience;
    if ((*next)->offset >= 0)
      take(**next);
    else
      open.erase({(*next)->topic, (*next)->partition});
  }
  return {};
}

// A record of the events topic against the entry of its sequence.
std::string Difference(const v1::JournalEvent& event, const EntryTold& entry, const Digest& previous) {
  if (event.position().hash() != AsBytes(entry.hash)) return "bears another hash than its journal";
  if (event.previous_hash() != AsBytes(previous)) return "bears another hash of its predecessor than its journal";
  if (event.event_id() != entry.event_id) return "bears another event id than its journal";
  if (Sha256(event.payload()) != entry.payload_digest) return "holds another payload than its journal";
  if (engine::ChainHash(previous, engine::FromEvent(event)) != entry.hash)
    return "says other things about its event than its journal";
  return {};
}

class EventsCheck {
 public:
  EventsCheck(const Told& told, Isolation isolation, Report* report, Findings* findings)
      : told_(told), committed_(isolation == Isolation::kCommitted), report_(report), findings_(findings) {}

  void Take(const std::string& service, const StreamRecord& record) {
    const auto event = engine::ReadEventRecord(service, record);
    if (!event)
      return Found(fmt::format("partition {} offset {} is no entry of a journal", record.partition, record.offset));
    const Place place{record.partition, event->position().seq()};
    const auto entry = told_.entries.find(place);
    if (entry == told_.entries.end()) return Found(ToText(place) + " was published, but its journal does not have it");
    const auto before = told_.entries.find({place.partition, place.seq - 1});
    const auto what = Difference(*event, entry->second, before == told_.entries.end() ? Digest{} : before->second.hash);
    if (!what.empty()) Found(ToText(place) + " " + what);
    int64_t& last = last_[place.partition];
    if (place.seq > last + 1) Found(fmt::format("{} follows on seq {}: a hole", ToText(place), last));
    if (place.seq <= last && committed_) Found(fmt::format("{} is there again, behind seq {}", ToText(place), last));
    ++(committed_ ? report_->published : place.seq <= last ? report_->repeated : report_->read_uncommitted);
    last = std::max(last, place.seq);
  }

  void End() {
    std::map<int32_t, int64_t> wanted;
    for (const auto& [place, entry] : told_.entries) wanted[place.partition] = place.seq;
    for (const auto& [partition, seq] : wanted)
      if (last_[partition] != seq)
        Found(fmt::format("partition {} ends with seq {}, its journal with {}", partition, last_[partition], seq));
  }

 private:
  void Found(const std::string& what) {
    findings_->Add(kStream, (committed_ ? "read committed, " : "read uncommitted, ") + what);
  }

  const Told& told_;
  const bool committed_;
  Report* const report_;
  Findings* const findings_;
  std::map<int32_t, int64_t> last_;
};

int64_t VersionIn(const std::string& json) {
  constexpr std::string_view kName = "\"version\":";
  int64_t version = 0;
  if (const size_t at = json.find(kName); at != std::string::npos)
    std::from_chars(json.data() + at + kName.size(), json.data() + json.size(), version);
  return version;
}

// What a state topic holds of one entity.
struct Held {
  int32_t partition = 0;
  int64_t version = 0;
  std::string json;
};
using TopicKey = std::pair<std::string, std::string>;  // topic, key

void CheckState(const Told& told, const google::protobuf::Descriptor* type, const std::string& topic,
                std::map<TopicKey, Held>* held, Findings* findings) {
  const std::string kind = KindOf(type);
  for (auto at = told.entities.lower_bound({kind, "", ""}); at != told.entities.end() && at->first.kind == kind; ++at) {
    const auto& [key, versions] = *at;
    const auto found = held->find({topic, key.tenant + "/" + key.id});
    if (found == held->end()) {
      findings->Add(kStream, ToText(key) + " is in the journal, but not in " + topic);
      continue;
    }
    const Version& last = versions.back();
    const EntryTold& entry = told.entries.at(last.place);
    const auto entity = ParseEntity(type, last.body);
    const std::string wanted =
        rows::StateJson(*entity, {key.tenant, entry.event_id, entry.type, entry.actor, entry.epoch, last.place.seq,
                                  last.place.partition, Instant{entry.recorded_at}, entry.changed});
    if (found->second.json != wanted)
      findings->Add(kStream,
                    fmt::format("{} is {} in {}, the journal says {}", ToText(key), found->second.json, topic, wanted));
    held->erase(found);
  }
}

void CheckStates(const Audited& audited, const Told& told, const Published& published,
                 const std::vector<engine::TopicPlan>& topics, Report* report, Findings* findings) {
  std::map<TopicKey, Held> held;
  const auto take = [&](const StreamRecord& record) {
    ++report->states;
    const std::string name = record.topic + " " + record.key;
    if (!record.value) return findings->Add(kStream, name + " has a tombstone, though nothing was erased");
    Held& now = held[{record.topic, record.key}];
    const int64_t version = VersionIn(*record.value);
    if (now.version > 0 && now.partition != record.partition)
      findings->Add(kStream, fmt::format("{} is in partition {} and in {}", name, now.partition, record.partition));
    if (version <= now.version)
      return findings->Add(kStream, fmt::format("{} has version {} behind version {}", name, version, now.version));
    now = {record.partition, version, *record.value};
  };
  findings->Add(kStream, ReadAll(*published.stream, topics, Isolation::kCommitted, take));
  for (const auto* type : host::PublicationOf(published.config, audited.service).states)
    CheckState(told, type, engine::StateTopic(published.config.topic_prefix, type), &held, findings);
  if (!held.empty())
    findings->Add(kStream, held.begin()->first.second + " is in " + held.begin()->first.first +
                               ", but in no event of the journal");
}

void CheckRelay(const Told& told, const Published& published, const host::Publication& publication,
                Findings* findings) {
  const auto positions = host::ReadRelayPositions(*published.stream, publication);
  if (!positions.ok()) return findings->Add(kStream, positions.refusal().Sentence(false));
  std::map<int32_t, std::pair<int64_t, Digest>> wanted;
  for (const auto& [place, entry] : told.entries) wanted[place.partition] = {place.seq, entry.hash};
  for (const auto& [partition, last] : wanted) {
    const auto found = positions->find(partition);
    if (found == positions->end())
      findings->Add(kStream, fmt::format("the relay has no position in partition {}", partition));
    else if (found->second.seq() != last.first || found->second.hash() != AsBytes(last.second))
      findings->Add(kStream, fmt::format("the relay's position in partition {} is seq {}, its journal ends with {}",
                                         partition, found->second.seq(), last.first));
  }
}

}  // namespace

void CheckStream(const Audited& audited, const Told& told, const Published& published, Report* report) {
  host::Config config = published.config;
  config.partitions = audited.store->partitions();
  const host::Publication publication = host::PublicationOf(config, audited.service);
  const std::string events_topic = engine::EventsTopic(publication.prefix, audited.service),
                    relay_topic = engine::RelayTopic(publication.prefix, audited.service);
  std::vector<engine::TopicPlan> events, states;
  for (const auto& topic : publication.topics) {
    if (topic.name == events_topic) events.push_back(topic);
    if (topic.name != events_topic && topic.name != relay_topic) states.push_back(topic);
  }
  // Findings of their own: none hides another.
  for (const Isolation isolation : {Isolation::kCommitted, Isolation::kUncommitted}) {
    Findings findings(audited.service, report);
    EventsCheck check(told, isolation, report, &findings);
    findings.Add(kStream, ReadAll(*published.stream, events, isolation,
                                  [&](const StreamRecord& record) { check.Take(audited.service, record); }));
    check.End();
  }
  Findings of_states(audited.service, report), of_relay(audited.service, report);
  CheckStates(audited, told, published, states, report, &of_states);
  CheckRelay(told, published, publication, &of_relay);
}

}  // namespace songsang::audit
