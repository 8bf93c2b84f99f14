#include "adapters/kafka_stream/kafka_stream.h"

#include <functional>
#include <regex>

#include "adapters/kafka_stream/handles.h"

namespace songsang::kafka {
namespace {

using engine::kStreamAway;
using engine::TopicFound;
using engine::TopicPlan;

using NewTopic = Owned<rd_kafka_NewTopic_t, rd_kafka_NewTopic_destroy>;
using Resource = Owned<rd_kafka_ConfigResource_t, rd_kafka_ConfigResource_destroy>;

Resource TopicResource(const std::string& name) {
  return Resource(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, name.c_str()));
}

// The first error among these topics' results.
Status FirstOf(const rd_kafka_topic_result_t* const* results, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    const auto error = rd_kafka_topic_result_error(results[i]);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR || error == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) continue;
    const char* detail = rd_kafka_topic_result_error_string(results[i]);
    return kStreamAway.With("detail", detail != nullptr ? detail : rd_kafka_err2str(error));
  }
  return Done{};
}

Status FirstOf(const rd_kafka_ConfigResource_t* const* resources, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    const auto error = rd_kafka_ConfigResource_error(resources[i]);
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR) continue;
    const char* detail = rd_kafka_ConfigResource_error_string(resources[i]);
    return kStreamAway.With("detail", detail != nullptr ? detail : rd_kafka_err2str(error));
  }
  return Done{};
}

class KafkaStream : public engine::Stream {
 public:
  explicit KafkaStream(std::string brokers) : brokers_(std::move(brokers)) {}

  Result<std::unique_ptr<engine::Publisher>> OpenPublisher(const std::string& name) override {
    return kafka::OpenPublisher(brokers_, name);
  }
  Result<std::unique_ptr<engine::Listener>> OpenListener(engine::Isolation isolation) override {
    return kafka::OpenListener(brokers_, isolation);
  }

  Result<std::map<std::string, TopicFound>> Find(const std::vector<TopicPlan>& plans) override {
    const auto client = Admin();
    if (!client.ok()) return client.refusal();
    const rd_kafka_metadata_t* all = nullptr;
    const auto asked = StatusOf(rd_kafka_metadata(client->get(), 1, nullptr, &all, kTimeoutMs));
    if (!asked.ok()) return asked.refusal();
    const std::unique_ptr<const rd_kafka_metadata_t, void (*)(const rd_kafka_metadata_t*)> metadata(
        all, rd_kafka_metadata_destroy);
    std::map<std::string, int32_t> there;
    for (int i = 0; i < metadata->topic_cnt; ++i) there[metadata->topics[i].topic] = metadata->topics[i].partition_cnt;
    std::map<std::string, TopicFound> found;
    for (const TopicPlan& plan : plans)
      if (const auto at = there.find(plan.name); at != there.end()) found[plan.name].partitions = at->second;
    if (const auto described = Describe(client->get(), &found); !described.ok()) return described.refusal();
    return found;
  }

  Status Create(const std::vector<TopicPlan>& plans, int replication) override {
    if (plans.empty()) return Done{};
    const auto client = Admin();
    if (!client.ok()) return client.refusal();
    char text[512];
    std::vector<NewTopic> owned;
    std::vector<rd_kafka_NewTopic_t*> topics;
    for (const TopicPlan& plan : plans) {
      owned.emplace_back(rd_kafka_NewTopic_new(plan.name.c_str(), plan.partitions, replication, text, sizeof text));
      if (owned.back() == nullptr) return kStreamAway.With("detail", text);
      for (const auto& [name, value] : plan.settings)
        rd_kafka_NewTopic_set_config(owned.back().get(), name.c_str(), value.c_str());
      topics.push_back(owned.back().get());
    }
    return Ask(
        client->get(), RD_KAFKA_ADMIN_OP_CREATETOPICS,
        [&](rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
          rd_kafka_CreateTopics(client->get(), topics.data(), topics.size(), options, queue);
        },
        [](const rd_kafka_event_t* event) {
          size_t count = 0;
          const auto* results = rd_kafka_CreateTopics_result_topics(
              rd_kafka_event_CreateTopics_result(const_cast<rd_kafka_event_t*>(event)), &count);
          return FirstOf(results, count);
        });
  }

  Status Alter(const std::string& topic, const std::map<std::string, std::string>& settings) override {
    const auto client = Admin();
    if (!client.ok()) return client.refusal();
    // The broker takes the whole of a topic's settings at once: what is not named would fall back to its default.
    std::map<std::string, TopicFound> found = {{topic, {}}};
    if (const auto described = Describe(client->get(), &found); !described.ok()) return described;
    const Resource resource = TopicResource(topic);
    std::map<std::string, std::string> all = found[topic].settings;
    for (const auto& [name, value] : settings) all[name] = value;
    for (const auto& [name, value] : all)
      rd_kafka_ConfigResource_set_config(resource.get(), name.c_str(), value.c_str());
    rd_kafka_ConfigResource_t* resources[] = {resource.get()};
    return Ask(
        client->get(), RD_KAFKA_ADMIN_OP_ALTERCONFIGS,
        [&](rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
          rd_kafka_AlterConfigs(client->get(), resources, 1, options, queue);
        },
        [](const rd_kafka_event_t* event) {
          size_t count = 0;
          const auto* results = rd_kafka_AlterConfigs_result_resources(
              rd_kafka_event_AlterConfigs_result(const_cast<rd_kafka_event_t*>(event)), &count);
          return FirstOf(results, count);
        });
  }

 private:
  Result<Client> Admin() const {
    std::string error;
    auto client = OpenClient(RD_KAFKA_PRODUCER, {{"bootstrap.servers", brokers_}}, &error);
    if (client == nullptr) return kStreamAway.With("detail", error);
    return client;
  }

  // Sends a question and waits for what is answered.
  static Status Ask(rd_kafka_t* client, rd_kafka_admin_op_t kind,
                    const std::function<void(rd_kafka_AdminOptions_t*, rd_kafka_queue_t*)>& send,
                    const std::function<Status(const rd_kafka_event_t*)>& read) {
    const Options options(rd_kafka_AdminOptions_new(client, kind));
    char text[512];
    rd_kafka_AdminOptions_set_request_timeout(options.get(), kTimeoutMs, text, sizeof text);
    // Of what makes something: until all brokers know it.
    rd_kafka_AdminOptions_set_operation_timeout(options.get(), kTimeoutMs, text, sizeof text);
    const Queue queue(rd_kafka_queue_new(client));
    send(options.get(), queue.get());
    const Event event(rd_kafka_queue_poll(queue.get(), 2 * kTimeoutMs));
    if (event == nullptr) return kStreamAway.With("detail", "no answer");
    if (const auto error = rd_kafka_event_error(event.get()); error != RD_KAFKA_RESP_ERR_NO_ERROR)
      return kStreamAway.With("detail", rd_kafka_event_error_string(event.get()));
    return read(event.get());
  }

  // Adds what is set of each topic itself, rather than by the broker's defaults.
  static Status Describe(rd_kafka_t* client, std::map<std::string, TopicFound>* found) {
    if (found->empty()) return Done{};
    std::vector<Resource> owned;
    std::vector<rd_kafka_ConfigResource_t*> resources;
    for (const auto& [name, topic] : *found) resources.push_back(owned.emplace_back(TopicResource(name)).get());
    return Ask(
        client, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS,
        [&](rd_kafka_AdminOptions_t* options, rd_kafka_queue_t* queue) {
          rd_kafka_DescribeConfigs(client, resources.data(), resources.size(), options, queue);
        },
        [found](const rd_kafka_event_t* event) -> Status {
          size_t count = 0;
          const auto* described = rd_kafka_DescribeConfigs_result_resources(
              rd_kafka_event_DescribeConfigs_result(const_cast<rd_kafka_event_t*>(event)), &count);
          if (const auto first = FirstOf(described, count); !first.ok()) return first;
          for (size_t i = 0; i < count; ++i) Take(described[i], found);
          return Done{};
        });
  }

  static void Take(const rd_kafka_ConfigResource_t* resource, std::map<std::string, TopicFound>* found) {
    TopicFound& topic = (*found)[rd_kafka_ConfigResource_name(resource)];
    size_t count = 0;
    const auto* entries = rd_kafka_ConfigResource_configs(resource, &count);
    for (size_t i = 0; i < count; ++i) {
      const char* value = rd_kafka_ConfigEntry_value(entries[i]);
      if (rd_kafka_ConfigEntry_source(entries[i]) == RD_KAFKA_CONFIG_SOURCE_DYNAMIC_TOPIC_CONFIG && value != nullptr)
        topic.settings[rd_kafka_ConfigEntry_name(entries[i])] = value;
    }
  }

  const std::string brokers_;
};

}  // namespace

std::string CheckBrokers(const std::string& brokers) {
  static const std::regex kBrokers(R"([^,:\s]+:[0-9]{1,5}(,[^,:\s]+:[0-9]{1,5})*)");
  return brokers.empty() || std::regex_match(brokers, kBrokers)
             ? ""
             : "\"" + brokers + "\" is not HOST:PORT (several separated by commas)";
}

std::shared_ptr<engine::Stream> OpenKafka(const std::string& brokers) { return std::make_shared<KafkaStream>(brokers); }

}  // namespace songsang::kafka
