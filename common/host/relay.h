// Publishes a service's journal: each entry to the events topic, each entity's new state to its state topic, and how far
// it has come, all in one transaction of the stream. So a reader of what is committed sees every entry once, in order,
// without holes, whatever is killed in between. Of several replicas of a service one publishes: the holder of its lease;
// that two never do is seen to by the stream, which knows one producer of a name at a time.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "engine/engine.h"
#include "engine/reaction.h"
#include "engine/stream.h"
#include "host/config.h"

namespace songsang::host {

inline const Reason kRelayForked{
    "RELAY_FORKED", Code::kInternal,
    "The journal of {service} is not the one that was published: partition {partition}, entry {seq} is missing or "
    "differs. `songsang journal adopt {service}` takes back what was published; `songsang journal fork {service}` goes "
    "on without it.",
    "{service} 저널이 이미 발행된 저널과 다릅니다. 파티션 {partition}의 {seq}번이 없거나 내용이 다릅니다. "
    "`songsang journal adopt {service}`로 발행된 내용을 되찾거나, `songsang journal fork {service}`로 분기하여 "
    "계속하세요."};
inline const Reason kRelayLost{
    "RELAY_POSITION_LOST", Code::kInternal,
    "The topic {topic} holds events, but how far the journal of {service} was published is not known any more: "
    "`songsang journal adopt {service}` finds out.",
    "토픽 {topic}에 이벤트가 있으나 {service} 저널의 발행 위치를 알 수 없습니다. "
    "`songsang journal adopt {service}`로 확인하세요."};

// What is published of a service, and where.
struct Publication {
  std::string service, prefix;
  std::vector<const google::protobuf::Descriptor*> states;  // entities whose state is published
  std::vector<engine::TopicPlan> topics;
};

Publication PublicationOf(const Config& config, const std::string& service);

// How far each partition was published, as the relay's own topic says; a partition that never was is absent.
Result<std::map<int32_t, v1::Position>> ReadRelayPositions(engine::Stream& stream, const Publication& publication);
// Whether a journal holds what was published of it, and up to where that is. Refused with RELAY_FORKED or
// RELAY_POSITION_LOST where it does not, or nobody can tell.
Result<std::map<int32_t, v1::Position>> ComparePublished(engine::Stream& stream, engine::Store& store,
                                                         const Publication& publication);
engine::StreamRecord RelayRecord(const Publication& publication, const v1::Position& position);
// The name under which only one publishes at a time.
std::string PublisherName(const Publication& publication);

class Relay : public engine::Reaction {
 public:
  Relay(engine::Engine& engine, std::shared_ptr<engine::Stream> stream, Publication publication);
  ~Relay() override;

 private:
  bool Taken() override;
  std::chrono::milliseconds Round() override;
  Status Open();
  // Publishes what there is, up to so many entries a partition; `more` says whether there was no end to it.
  Status Publish(bool* more);
  Status Send(const v1::JournalEvent& event) const;

  engine::Engine& engine_;
  engine::Store& store_;
  const std::shared_ptr<engine::Stream> stream_;
  const Publication publication_;
  const std::set<const google::protobuf::Descriptor*> states_;
  std::unique_ptr<engine::Publisher> publisher_;
  std::map<int32_t, v1::Position> positions_;
  std::map<std::string, int64_t> moves_;
};

}  // namespace songsang::host
