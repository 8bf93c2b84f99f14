// songsang topics: what Kafka must hold before services publish there.
#include "host/topics.h"

#include <fmt/format.h>
#include <sysexits.h>

#include <cstdio>

#include "adapters/kafka_stream/kafka_stream.h"
#include "engine/published.h"
#include "host/relay.h"
#include "songsang/command/command.h"
#include "songsang/modules.h"

namespace songsang::command {

namespace {

constexpr const char* kExamples = R"(Examples:
  songsang topics --kafka broker:9092                      what is there, and what would be changed; changes nothing
  songsang topics apply --kafka broker:9092 --replication 3
  songsang topics --as strimzi --replication 3             KafkaTopic and KafkaUser resources, for Strimzi
  songsang topics --as terraform                           for the provider Mongey/kafka

Each service writes its own topics, under one transactional id, and reads the events of the others. Readers of state
topics (others' BI) need no more than to read them. Exit code 0: as it should be. 1 (without apply): something differs.)";

struct Wish {
  std::string as;
  int replication = 1;
  bool dry_run = false;
  std::vector<std::string> services;  // empty: all
};

// What differs between a topic and its plan, in words; empty where nothing does.
std::string Difference(const engine::TopicPlan& plan, const engine::TopicFound& found) {
  std::string what;
  if (found.partitions != plan.partitions)
    what += fmt::format(" partitions {} instead of {} (cannot be changed: keys would move)", found.partitions,
                        plan.partitions);
  for (const auto& [name, value] : plan.settings) {
    const auto held = found.settings.find(name);
    const std::string now = held == found.settings.end() ? "default" : held->second;
    if (now != value) what += fmt::format(" {} {} instead of {}", name, now, value);
  }
  return what;
}

std::string Settings(const engine::TopicPlan& plan, const char* line) {
  std::string text;
  for (const auto& [name, value] : plan.settings) text += fmt::format(fmt::runtime(line), name, value);
  return text;
}

void PrintStrimzi(const engine::TopicPlan& plan, int replication) {
  fmt::print(R"(---
apiVersion: kafka.strimzi.io/v1beta2
kind: KafkaTopic
metadata: {{name: {0}, labels: {{strimzi.io/cluster: kafka}}}}
spec:
  partitions: {1}
  replicas: {2}
  config:
{3})",
             plan.name, plan.partitions, replication, Settings(plan, "    {}: \"{}\"\n"));
}

void PrintStrimziUser(const std::string& prefix, const std::string& service) {
  fmt::print(R"(---
apiVersion: kafka.strimzi.io/v1beta2
kind: KafkaUser
metadata: {{name: songsang-{1}, labels: {{strimzi.io/cluster: kafka}}}}
spec:
  authorization:
    type: simple
    acls:
      - {{resource: {{type: topic, name: "{0}{1}.", patternType: prefix}}, operations: [Describe, Read, Write]}}
      - {{resource: {{type: transactionalId, name: "{0}{1}.relay", patternType: literal}}, operations: [Describe, Write]}}
      - {{resource: {{type: topic, name: "{0}", patternType: prefix}}, operations: [Describe, Read]}}
)",
             prefix, service);
}

std::string TerraformName(const std::string& topic) {
  std::string name = topic;
  for (char& c : name)
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  return name;
}

void PrintTerraform(const engine::TopicPlan& plan, int replication) {
  fmt::print(R"(resource "kafka_topic" "{0}" {{
  name               = "{1}"
  partitions         = {2}
  replication_factor = {3}
  config = {{
{4}  }}
}}
)",
             TerraformName(plan.name), plan.name, plan.partitions, replication,
             Settings(plan, "    \"{}\" = \"{}\"\n"));
}

void PrintTerraformUser(const std::string& prefix, const std::string& service) {
  const auto acl = [&](const char* type, const std::string& name, const char* pattern, const char* operation) {
    fmt::print(R"(resource "kafka_acl" "{0}" {{
  resource_type                = "{1}"
  resource_name                = "{2}"
  resource_pattern_type_filter = "{3}"
  acl_principal                = "User:songsang-{4}"
  acl_host                     = "*"
  acl_operation                = "{5}"
  acl_permission_type          = "Allow"
}}
)",
               TerraformName(fmt::format("{}_{}_{}_{}", service, type, name, operation)), type, name, pattern, service,
               operation);
  };
  acl("Topic", prefix + service + ".", "Prefixed", "Write");
  acl("Topic", prefix, "Prefixed", "Read");
  acl("TransactionalID", prefix + service + ".relay", "Literal", "Write");
}

int Print(const host::Config& config, const std::vector<std::string>& services, const Wish& wish) {
  const bool strimzi = wish.as == "strimzi";
  for (const std::string& service : services) {
    for (const auto& plan : host::PublicationOf(config, service).topics)
      strimzi ? PrintStrimzi(plan, wish.replication) : PrintTerraform(plan, wish.replication);
    strimzi ? PrintStrimziUser(config.topic_prefix, service) : PrintTerraformUser(config.topic_prefix, service);
  }
  return 0;
}

// Compares, and changes what can be changed where asked to.
int Compare(const host::Config& config, const std::vector<std::string>& services, const Wish& wish, bool apply) {
  if (config.kafka.empty()) return Fail(EX_USAGE, "--kafka says where the brokers are");
  const auto stream = kafka::OpenKafka(config.kafka);
  std::vector<engine::TopicPlan> plans;
  for (const std::string& service : services)
    for (auto& plan : host::PublicationOf(config, service).topics) plans.push_back(std::move(plan));
  const auto found = stream->Find(plans);
  if (!found.ok()) return Fail(EX_UNAVAILABLE, found.refusal().Sentence(false));
  std::vector<engine::TopicPlan> missing, different;
  for (const auto& plan : plans) {
    const auto held = found->find(plan.name);
    const std::string what = held == found->end() ? " missing" : Difference(plan, held->second);
    if (what.empty()) continue;
    fmt::print("{}:{}\n", plan.name, what);
    (held == found->end() ? missing : different).push_back(plan);
  }
  if (apply) {
    if (const auto made = stream->Create(missing, wish.replication); !made.ok())
      return Fail(EX_UNAVAILABLE, made.refusal().Sentence(false));
    for (const auto& plan : different)
      if (const auto altered = stream->Alter(plan.name, plan.settings); !altered.ok())
        return Fail(EX_UNAVAILABLE, plan.name + ": " + altered.refusal().Sentence(false));
  }
  const size_t wrong = missing.size() + different.size();
  fmt::print("{} topics, {} {}\n", plans.size(), wrong, apply ? "made or changed" : "not as they should be");
  return apply || wrong == 0 ? 0 : 1;
}

int Run(const Wish& wish, bool apply, Options* options) {
  auto config = Configured(*options);
  if (!config) return EX_CONFIG;
  config->services = wish.services;
  host::Failure failure;
  std::vector<std::string> services;
  for (const auto& module : host::Chosen(*config, Modules(), &failure)) services.push_back(module.name);
  if (failure.exit_code != 0) return Fail(failure.exit_code, failure.message);
  return wish.as.empty() ? Compare(*config, services, wish, apply) : Print(*config, services, wish);
}

}  // namespace

void AddTopics(CLI::App* line, Options* options) {
  auto wish = std::make_shared<Wish>();
  auto* topics = line->add_subcommand("topics", "Show or make the topics that services publish to");
  topics->require_subcommand(0, 1);
  const auto add = [&](CLI::App* app) {
    app->add_option("--replication", wish->replication, "replicas of a new topic (default 1)")
        ->check(CLI::Range(1, 32))
        ->type_name("N");
    app->add_option("--only", wish->services, "only these services, comma-separated")
        ->delimiter(',')
        ->type_name("NAMES");
    AddSettings(app, options, {"kafka", "topic-prefix", "state-topics", "partitions", "store"});
  };
  add(topics);
  topics->add_flag("--dry-run", wish->dry_run, "change nothing; the default");
  topics->add_option("--as", wish->as, "print resources instead: strimzi or terraform")
      ->check(CLI::IsMember({"strimzi", "terraform"}))
      ->type_name("KIND");
  topics->footer(kExamples);
  topics->callback([=] {
    if (topics->get_subcommands().empty()) options->run = [=] { return Run(*wish, false, options); };
  });
  auto* apply = topics->add_subcommand("apply", "Make what is missing, change what differs");
  add(apply);
  apply->callback([=] { options->run = [=] { return Run(*wish, true, options); }; });
}

}  // namespace songsang::command
