// How a journal looks once it is published: the topics of a service, an entry as a record of its events topic, an
// entity's new state as a record of that entity's state topic.
#pragma once

#include <google/protobuf/message.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "engine/stream.h"
#include "songsang/v1/engine.pb.h"

namespace songsang::engine {

// The entities that an event wrote; what it carries unchanged was written by an earlier one.
std::vector<const google::protobuf::Message*> EntitiesWritten(const v1::JournalEvent& event,
                                                              const google::protobuf::Message& payload);

// The event message of an entry; null if this program does not know its type.
std::unique_ptr<google::protobuf::Message> PayloadOf(const v1::JournalEvent& event);

// Names of topics, all behind one prefix.
std::string EventsTopic(const std::string& prefix, const std::string& service);
std::string RelayTopic(const std::string& prefix, const std::string& service);
std::string StateTopic(const std::string& prefix, const google::protobuf::Descriptor* entity);

// A journal entry as a CloudEvent in Kafka's binary mode: the payload as value, all else in headers `ce_…`.
StreamRecord EventRecord(const std::string& prefix, const v1::JournalEvent& event);
// The entry that a record was made of; nothing if it is none.
std::optional<v1::JournalEvent> ReadEventRecord(const std::string& service, const StreamRecord& record);

// What an event made of an entity, as flat JSON: every column of its table, and the event behind `event_`.
std::string StateJsonOf(const v1::JournalEvent& event, const google::protobuf::Message& entity);
StreamRecord StateRecord(const std::string& prefix, const v1::JournalEvent& event,
                         const google::protobuf::Message& entity);

}  // namespace songsang::engine
