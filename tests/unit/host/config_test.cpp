#include "host/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace songsang::host {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

class ConfigTest : public ::testing::Test {
 protected:
  ConfigTest() {
    folder_ = (std::filesystem::temp_directory_path() / "songsang-config-XXXXXX").string();
    EXPECT_NE(mkdtemp(folder_.data()), nullptr);
    environment_["SONGSANG_HOME"] = folder_;
  }
  ~ConfigTest() override { std::filesystem::remove_all(folder_); }

  std::optional<Config> Load(const Given& flags = {}, const std::string& file = "") {
    error_.clear();
    return LoadConfig(
        file, flags,
        [this](const std::string& name) -> std::optional<std::string> {
          const auto found = environment_.find(name);
          return found == environment_.end() ? std::nullopt : std::optional(found->second);
        },
        &error_);
  }
  std::string Write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ + "/" + name) << text;
    return folder_ + "/" + name;
  }

  std::string folder_, error_;
  std::map<std::string, std::string> environment_;
};

TEST_F(ConfigTest, IsEmbeddedAndOnLoopbackByDefault) {
  const auto config = Load();
  ASSERT_TRUE(config) << error_;
  EXPECT_EQ(config->store, "sqlite:" + folder_ + "/store");
  EXPECT_EQ(config->listen, "127.0.0.1:7400");
  EXPECT_EQ(config->partitions, 1);
  EXPECT_EQ(config->zone, "Asia/Seoul");
  EXPECT_TRUE(config->loopback());
}

TEST_F(ConfigTest, TellsOfRedisWithoutItsPassword) {
  const auto config = Load({{"redis", {"redis://:p%40ss@cache:6379/2"}}, {"rate-limit", {"50"}}});
  ASSERT_TRUE(config) << error_;
  EXPECT_EQ(config->redis, "redis://:p%40ss@cache:6379/2");
  EXPECT_EQ(config->rate_limit, 50);
  EXPECT_THAT(PrintConfig(*config),
              AllOf(HasSubstr("redis = \"redis://:***@cache:6379/2\""), Not(HasSubstr("p%40ss"))));
  EXPECT_FALSE(Load({{"redis", {"cache:6379"}}}));
  EXPECT_THAT(error_, HasSubstr("--redis: it is not redis://[:password@]HOST:PORT[/DATABASE]"));
  EXPECT_FALSE(Load({{"rate-limit", {"-1"}}}));
}

TEST_F(ConfigTest, HasEightLanesOnPostgreSql) {
  const auto config = Load({{"store", {"postgresql://songsang@db/songsang"}}});
  ASSERT_TRUE(config) << error_;
  EXPECT_EQ(config->partitions, 8);
}

TEST_F(ConfigTest, TakesFlagsBeforeEnvironmentBeforeFile) {
  Write("songsang.toml", "slow-ms = 1\nqueue-commands = 1\nquery-threads = 1\n");
  environment_["SONGSANG_QUEUE_COMMANDS"] = "2";
  environment_["SONGSANG_QUERY_THREADS"] = "2";
  const auto config = Load({{"query-threads", {"3"}}});
  ASSERT_TRUE(config) << error_;
  EXPECT_EQ(config->slow_ms, 1);
  EXPECT_EQ(config->queue_commands, 2);
  EXPECT_EQ(config->query_threads, 3);
}

TEST_F(ConfigTest, ReadsTenantsPeersAndListsFromAFile) {
  const auto config =
      Load({}, Write("other.toml",
                     "services = [\"leads\", \"accounts\"]\n"
                     "peer = { workforce = \"w:7400\", leads = [\"a:1\", \"b:2\"], billing = \"c:3,d:4\" }\n"
                     "migrate = true\n"
                     "[tenants.olist]\nzone = \"UTC\"\n"));
  ASSERT_TRUE(config) << error_;
  EXPECT_THAT(config->services, ElementsAre("leads", "accounts"));
  EXPECT_THAT(config->peers,
              ElementsAre(Pair("billing", "c:3,d:4"), Pair("leads", "a:1,b:2"), Pair("workforce", "w:7400")));
  EXPECT_THAT(config->zones, ElementsAre(Pair("olist", "UTC")));
  EXPECT_TRUE(config->migrate);
}

TEST_F(ConfigTest, ReadsSecretsFromTheFileThatTheEnvironmentNames) {
  environment_["SONGSANG_STORE_FILE"] = Write("secret", "postgresql://songsang:hush@db/songsang\n");
  const auto config = Load();
  ASSERT_TRUE(config) << error_;
  EXPECT_EQ(config->store, "postgresql://songsang:hush@db/songsang");
  EXPECT_EQ(config->ShownStore(), "postgresql://songsang:***@db/songsang");
  EXPECT_THAT(PrintConfig(*config), Not(HasSubstr("hush")));
}

TEST_F(ConfigTest, NamesTheSettingThatIsWrongAndWhereItStands) {
  EXPECT_FALSE(Load({{"listen", {"7400"}}}));
  EXPECT_THAT(error_, AllOf(HasSubstr("--listen"), HasSubstr("HOST:PORT")));
  EXPECT_FALSE(Load({{"zone", {"Asia/Soul"}}}));
  EXPECT_THAT(error_, HasSubstr("time zone"));
  EXPECT_FALSE(Load({{"store", {"mysql://db"}}}));
  EXPECT_THAT(error_, HasSubstr("postgresql://"));
  EXPECT_FALSE(Load({{"query-threads", {"0"}}}));
  EXPECT_THAT(error_, HasSubstr("from 1 to 256"));
  environment_["SONGSANG_MIGRATE"] = "perhaps";
  EXPECT_FALSE(Load());
  EXPECT_THAT(error_, HasSubstr("SONGSANG_MIGRATE"));
  environment_.erase("SONGSANG_MIGRATE");
  EXPECT_FALSE(Load({}, Write("wrong.toml", "\n\nlisten = 7400\n")));
  EXPECT_THAT(error_, AllOf(HasSubstr("wrong.toml"), HasSubstr("listen")));
  EXPECT_FALSE(Load({}, Write("broken.toml", "\nlisten = \n")));
  EXPECT_THAT(error_, HasSubstr("broken.toml:2"));
  EXPECT_FALSE(Load({}, Write("unknown.toml", "lissten = \"x\"\n")));
  EXPECT_THAT(error_, HasSubstr("no setting \"lissten\""));
  EXPECT_FALSE(Load({}, folder_ + "/absent.toml"));
  EXPECT_THAT(error_, HasSubstr("absent.toml"));
}

TEST_F(ConfigTest, PrintsAFileThatMakesTheSameConfiguration) {
  const auto config =
      Load({{"listen", {"0.0.0.0:7500"}}, {"tenant-zone", {"a=UTC"}}, {"peer", {"leads=l:1,l:2,billing=b:1"}}});
  ASSERT_TRUE(config) << error_;
  const auto again = Load({}, Write("printed.toml", PrintConfig(*config)));
  ASSERT_TRUE(again) << error_;
  EXPECT_EQ(PrintConfig(*again), PrintConfig(*config));
  EXPECT_FALSE(again->loopback());
}

}  // namespace
}  // namespace songsang::host
