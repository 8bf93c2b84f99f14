#include "adapters/redis_cache/redis_cache.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <csignal>
#include <map>
#include <mutex>
#include <string_view>
#include <thread>

#include "adapters/redis_cache/link.h"

namespace songsang::redis {
namespace {

using std::chrono::milliseconds;

constexpr auto kPatience = engine::Cache::kPatience;
// A connection that answers nothing for so long is given up for a new one.
constexpr milliseconds kGiveUp{1000};
constexpr milliseconds kHeartbeat{1000};
constexpr milliseconds kFirstRetry{100}, kLastRetry{2000};
// What is away for less is not worth a line.
constexpr milliseconds kTellAfter{500};
// What waits to be sent or answered; more is refused, or forgotten.
constexpr size_t kMostWaiting = 16 << 20;

// engine::Bucket, where all processes meet: the time is Redis's, and a number that cannot be is a full bucket.
constexpr char kTake[] = R"lua(
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local rate, want = tonumber(ARGV[1]), tonumber(ARGV[2])
local full = tonumber(redis.call('GET', KEYS[1])) or now
if not (full >= now and full <= now + 1000000) then full = now end
local taken = math.min(want, math.floor((now + 1000000 - full) * rate / 1000000))
full = full + math.ceil(taken * 1000000 / rate)
redis.call('SET', KEYS[1], string.format('%.0f', full), 'PX', 2000)
return taken
)lua";

std::string_view TextOf(const redisReply& reply) { return {reply.str, static_cast<size_t>(reply.len)}; }

// Those who listen. Outlives the cache where a subscription does.
struct Hearing {
  std::mutex mutex;
  std::map<int, std::pair<std::string, std::function<void(const std::string&)>>> ears;
  int last = 0;

  void Tell(std::string_view channel, const std::string& message) {
    const std::lock_guard lock(mutex);
    for (const auto& [number, ear] : ears)
      if (ear.first == channel) ear.second(message);
  }
  std::vector<std::string> Channels() {
    const std::lock_guard lock(mutex);
    std::vector<std::string> channels;
    for (const auto& [number, ear] : ears)
      if (std::find(channels.begin(), channels.end(), ear.first) == channels.end()) channels.push_back(ear.first);
    return channels;
  }
};

// Someone who waits for an answer.
struct Waiter {
  std::mutex mutex;
  std::condition_variable wake;
  bool answered = false;
  std::optional<std::string> value;
};

class RedisCache : public engine::Cache {
 public:
  explicit RedisCache(Url url)
      : url_(std::move(url)), keys_("songsang:"), channels_(fmt::format("songsang:{}:", url_.database)) {
    // hiredis writes to sockets whose other end may be gone.
    std::signal(SIGPIPE, SIG_IGN);
    wake_ = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    thread_ = std::thread([this] { Run(); });
  }
  ~RedisCache() override {
    stopping_ = true;
    Wake();
    thread_.join();
    close(wake_);
  }

  std::optional<std::string> Get(const std::string& key) override;
  void Set(const std::string& key, const std::string& value, milliseconds life) override;
  void Take(const std::string& key, const engine::Rate& rate, int64_t want,
            std::function<void(std::optional<int64_t>)> then) override;
  void Publish(const std::string& channel, const std::string& message) override;
  Subscription Subscribe(const std::string& channel, std::function<void(const std::string&)> hear) override;
  std::string trouble() const override;

 private:
  struct Question {
    Words words;
    Then then;
  };

  // False where Redis is away or too much waits: then nothing is called.
  bool Ask(Words words, Then then);
  void Wake() const;

  // Of the thread.
  void Run();
  void Connect();
  void Listen();
  void SendQuestions();
  void Await();
  void Tend();
  void Lose(const std::string& why);

  const Url url_;
  const std::string keys_, channels_;
  const std::shared_ptr<Hearing> hearing_ = std::make_shared<Hearing>();
  int wake_ = -1;
  std::atomic<bool> stopping_{false};
  // Whether anything is asked at all.
  std::atomic<bool> up_{false};

  mutable std::mutex mutex_;
  std::vector<Question> questions_;
  size_t waiting_ = 0;  // bytes of questions
  std::string why_;     // it is away
  Clock::time_point down_since_ = Clock::now();

  // Of the thread: what is asked and answered, and what is listened to.
  std::unique_ptr<Link> line_, ears_;
  std::vector<std::string> listened_;
  bool greeted_ = false;
  Clock::time_point retry_at_{}, last_beat_{};
  milliseconds pause_ = kFirstRetry;
  std::thread thread_;
};

std::optional<std::string> RedisCache::Get(const std::string& key) {
  const auto waiter = std::make_shared<Waiter>();
  // A value that is larger than any that was set is cut, and thereby no longer whole.
  const bool asked =
      Ask({"GETRANGE", keys_ + key, "0", std::to_string(kLargestValue)}, [waiter](const redisReply* reply) {
        const std::lock_guard lock(waiter->mutex);
        if (reply != nullptr && reply->type == REDIS_REPLY_STRING && reply->len > 0) waiter->value = TextOf(*reply);
        waiter->answered = true;
        waiter->wake.notify_one();
      });
  if (!asked) return std::nullopt;
  std::unique_lock lock(waiter->mutex);
  // The thread gives up in time; where it cannot even run, this does.
  waiter->wake.wait_for(lock, 2 * kPatience, [&] { return waiter->answered; });
  return waiter->value;
}

void RedisCache::Set(const std::string& key, const std::string& value, milliseconds life) {
  if (value.size() > kLargestValue || life.count() <= 0) return;
  Ask({"SET", keys_ + key, value, "PX", std::to_string(life.count())}, [](const redisReply*) {});
}

void RedisCache::Take(const std::string& key, const engine::Rate& rate, int64_t want,
                      std::function<void(std::optional<int64_t>)> then) {
  const auto shared = std::make_shared<std::function<void(std::optional<int64_t>)>>(std::move(then));
  const bool asked = Ask({"EVAL", kTake, "1", keys_ + key, std::to_string(rate.per_second), std::to_string(want)},
                         [shared, want](const redisReply* reply) {
                           const bool sound = reply != nullptr && reply->type == REDIS_REPLY_INTEGER &&
                                              reply->integer >= 0 && reply->integer <= want;
                           (*shared)(sound ? std::optional<int64_t>(reply->integer) : std::nullopt);
                         });
  if (!asked) (*shared)(std::nullopt);
}

void RedisCache::Publish(const std::string& channel, const std::string& message) {
  Ask({"PUBLISH", channels_ + channel, message}, [](const redisReply*) {});
}

engine::Cache::Subscription RedisCache::Subscribe(const std::string& channel,
                                                  std::function<void(const std::string&)> hear) {
  int number = 0;
  {
    const std::lock_guard lock(hearing_->mutex);
    number = ++hearing_->last;
    hearing_->ears[number] = {channels_ + channel, std::move(hear)};
  }
  Wake();
  return {nullptr, [hearing = hearing_, number](void*) {
            const std::lock_guard lock(hearing->mutex);
            hearing->ears.erase(number);
          }};
}

std::string RedisCache::trouble() const {
  const std::lock_guard lock(mutex_);
  if (up_ || Clock::now() - down_since_ < kTellAfter) return "";
  return fmt::format(
      "Redis at {}:{} is away ({}): reports are computed each time, limits are each process's own, and other processes "
      "are heard at the next look ",
      url_.host, url_.port, why_.empty() ? "it does not answer" : why_);
}

bool RedisCache::Ask(Words words, Then then) {
  if (!up_) return false;
  size_t bytes = 0;
  for (const std::string& word : words) bytes += word.size();
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    if (waiting_ + bytes > kMostWaiting) return false;
    waiting_ += bytes;
    first = questions_.empty();
    questions_.push_back({std::move(words), std::move(then)});
  }
  if (first) Wake();
  return true;
}

void RedisCache::Wake() const {
  const uint64_t one = 1;
  (void)!write(wake_, &one, sizeof(one));
}

void RedisCache::Run() {
  while (!stopping_) {
    if (line_ == nullptr && Clock::now() >= retry_at_) Connect();
    if (greeted_) Listen();
    SendQuestions();
    Await();
    Tend();
  }
  up_ = false;
  line_.reset();
  ears_.reset();
  SendQuestions();
}

void RedisCache::Connect() {
  line_ = std::make_unique<Link>(url_, [](const redisReply*) {});
  const auto deadline = Clock::now() + kGiveUp;
  const auto must = [this](const redisReply* reply) {
    if (reply != nullptr && reply->type == REDIS_REPLY_ERROR) line_->Die(std::string(TextOf(*reply)));
  };
  if (!url_.password.empty()) line_->Send({"AUTH", url_.password}, deadline, must);
  if (url_.database != 0) line_->Send({"SELECT", std::to_string(url_.database)}, deadline, must);
  line_->Send({"PING"}, deadline, [this, must](const redisReply* reply) {
    must(reply);
    greeted_ = reply != nullptr && reply->type == REDIS_REPLY_STATUS;
  });
}

// A second connection, once the first is there: one that listens can do nothing else.
void RedisCache::Listen() {
  const auto channels = hearing_->Channels();
  if (channels == listened_ && (ears_ != nullptr || channels.empty())) return;
  const auto deadline = Clock::now() + kGiveUp;
  if (ears_ == nullptr) {
    ears_ = std::make_unique<Link>(url_, [this](const redisReply* message) {
      if (message->element[1]->type == REDIS_REPLY_STRING && message->element[2]->type == REDIS_REPLY_STRING)
        hearing_->Tell(TextOf(*message->element[1]), std::string(TextOf(*message->element[2])));
    });
    if (!url_.password.empty()) ears_->Send({"AUTH", url_.password}, deadline, [](const redisReply*) {});
    listened_.clear();
  }
  for (const std::string& channel : channels)
    if (std::find(listened_.begin(), listened_.end(), channel) == listened_.end())
      ears_->Send({"SUBSCRIBE", channel}, deadline, [](const redisReply*) {});
  listened_ = channels;
}

void RedisCache::SendQuestions() {
  std::vector<Question> questions;
  size_t bytes = 0;
  {
    const std::lock_guard lock(mutex_);
    questions.swap(questions_);
    std::swap(bytes, waiting_);
  }
  const auto deadline = Clock::now() + kPatience;
  for (Question& question : questions) {
    if (line_ == nullptr || line_->unanswered() > kMostWaiting)
      question.then(nullptr);
    else
      line_->Send(question.words, deadline, std::move(question.then));
  }
}

void RedisCache::Await() {
  const auto now = Clock::now();
  auto until = line_ == nullptr ? retry_at_ : greeted_ ? last_beat_ + kHeartbeat : now + kHeartbeat;
  pollfd polled[3] = {{wake_, POLLIN, 0}, {-1, 0, 0}, {-1, 0, 0}};
  Link* const links[] = {line_.get(), ears_.get()};
  for (int i = 0; i < 2; ++i) {
    if (links[i] == nullptr) continue;
    polled[i + 1] = {links[i]->fd(), links[i]->events(), 0};
    until = std::min(until, links[i]->NextDeadline());
    // Of what was given up already, it must be noticed when it has been for too long.
    if (!links[i]->idle()) until = std::min(until, now + kPatience);
  }
  const auto left = std::chrono::ceil<milliseconds>(until - now).count();
  poll(polled, 3, static_cast<int>(std::clamp<int64_t>(left, 0, kHeartbeat.count())));
  uint64_t count = 0;
  if (polled[0].revents != 0) (void)!read(wake_, &count, sizeof(count));
  for (int i = 0; i < 2; ++i)
    if (links[i] != nullptr) links[i]->Move(polled[i + 1].revents);
}

void RedisCache::Tend() {
  const auto now = Clock::now();
  if (line_ == nullptr) return;
  Clock::duration overdue{0};
  for (Link* link : {line_.get(), ears_.get()}) {
    if (link == nullptr) continue;
    const auto late = link->Overdue(now);
    if (link == line_.get() && late > Clock::duration(0)) overdue = late;
    if (late > kGiveUp) link->Die("it does not answer");
    if (!link->dead().empty()) return Lose(link->dead());
  }
  if (!greeted_) {
    if (overdue > Clock::duration(0)) Lose("it does not answer");
    return;
  }
  if (now - last_beat_ >= kHeartbeat) {
    last_beat_ = now;
    line_->Send({"PING"}, now + kPatience, [](const redisReply*) {});
    if (ears_ != nullptr) ears_->Send({"PING"}, now + kGiveUp, [](const redisReply*) {});
  }
  // Stalled: nothing more is asked until it has answered everything.
  const bool up = up_ ? overdue == Clock::duration(0) : line_->idle();
  if (up == up_) return;
  const std::lock_guard lock(mutex_);
  up_ = up;
  down_since_ = now;
  why_ = "it does not answer";
  if (up) pause_ = kFirstRetry;
}

void RedisCache::Lose(const std::string& why) {
  {
    const std::lock_guard lock(mutex_);
    if (up_) down_since_ = Clock::now();
    up_ = false;
    why_ = why;
  }
  line_.reset();
  ears_.reset();
  listened_.clear();
  greeted_ = false;
  retry_at_ = Clock::now() + pause_;
  pause_ = std::min(pause_ * 2, kLastRetry);
}

}  // namespace

std::unique_ptr<engine::Cache> OpenRedisCache(const std::string& url) {
  return std::make_unique<RedisCache>(ParseUrl(url).value());
}

}  // namespace songsang::redis
