#include "engine/marks.h"

#include <algorithm>
#include <charconv>

namespace songsang::engine {
namespace {

template <class Number>
bool ParseNumber(std::string_view text, Number* number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), *number);
  return error == std::errc() && end == text.data() + text.size() && *number >= 0;
}

bool ParseMark(std::string_view text, Mark* mark) {
  std::vector<std::string_view> parts;
  for (size_t at = 0; at <= text.size();) {
    const size_t slash = std::min(text.find('/', at), text.size());
    parts.push_back(text.substr(at, slash - at));
    at = slash + 1;
  }
  if (parts.size() != 4 || parts[0].empty()) return false;
  mark->service = std::string(parts[0]);
  return ParseNumber(parts[1], &mark->partition) && ParseNumber(parts[2], &mark->epoch) &&
         ParseNumber(parts[3], &mark->seq);
}

}  // namespace

bool ParseMarks(std::string_view text, std::vector<Mark>* marks) {
  while (!text.empty()) {
    const size_t comma = std::min(text.find(','), text.size());
    std::string_view one = text.substr(0, comma);
    while (!one.empty() && one.front() == ' ') one.remove_prefix(1);
    Mark mark;
    if (!ParseMark(one, &mark)) return false;
    marks->push_back(std::move(mark));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return true;
}

std::string FormatMarks(std::span<const Mark> marks) {
  std::string text;
  for (const Mark& mark : marks) {
    if (!text.empty()) text += ',';
    text += mark.service + "/" + std::to_string(mark.partition) + "/" + std::to_string(mark.epoch) + "/" +
            std::to_string(mark.seq);
  }
  return text;
}

Waiting::Waiting() : thread_([this] { Run(); }) {}

Waiting::~Waiting() { Stop(); }

void Waiting::Stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    wake_.notify_one();
  }
  if (thread_.joinable()) thread_.join();
}

bool Waiting::Reached(const Waiter& waiter) const {
  for (const Mark& mark : waiter.marks) {
    if (mark.seq == 0 || !follows_.contains({waiter.reader, mark.service})) continue;
    const auto place = reached_.find({waiter.reader, {mark.service, mark.partition}});
    if (place == reached_.end() || place->second < std::pair(mark.epoch, mark.seq)) return false;
  }
  return true;
}

void Waiting::Await(const std::string& reader, std::vector<Mark> marks, std::chrono::steady_clock::time_point deadline,
                    std::function<void(bool)> then) {
  Waiter waiter{reader, std::move(marks), deadline, std::move(then)};
  {
    std::lock_guard lock(mutex_);
    if (!Reached(waiter) && !stopping_) {
      waiters_.push_back(std::move(waiter));
      wake_.notify_one();
      return;
    }
  }
  waiter.then(true);
}

void Waiting::Follows(const std::string& reader, const std::string& service) {
  const std::lock_guard lock(mutex_);
  follows_.insert({reader, service});
}

void Waiting::Advanced(const std::string& reader, const Mark& mark) {
  std::lock_guard lock(mutex_);
  auto& reached = reached_[{reader, {mark.service, mark.partition}}];
  reached = std::max(reached, std::pair(mark.epoch, mark.seq));
  if (!waiters_.empty()) wake_.notify_one();
}

bool Waiting::Awaited(const std::string& reader) {
  const std::lock_guard lock(mutex_);
  return std::any_of(waiters_.begin(), waiters_.end(), [&](const Waiter& waiter) { return waiter.reader == reader; });
}

void Waiting::Run() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    std::vector<std::pair<std::function<void(bool)>, bool>> ready;
    const auto now = std::chrono::steady_clock::now();
    auto next = now + std::chrono::seconds(60);
    for (auto waiter = waiters_.begin(); waiter != waiters_.end();) {
      const bool reached = Reached(*waiter);
      if (reached || waiter->deadline <= now) {
        ready.emplace_back(std::move(waiter->then), reached);
        waiter = waiters_.erase(waiter);
      } else {
        next = std::min(next, waiter->deadline);
        ++waiter;
      }
    }
    if (!ready.empty()) {
      lock.unlock();
      for (auto& [then, reached] : ready) then(reached);
      lock.lock();
      continue;
    }
    wake_.wait_until(lock, next);
  }
  std::list<Waiter> rest;
  rest.swap(waiters_);
  lock.unlock();
  for (auto& waiter : rest) waiter.then(false);
}

}  // namespace songsang::engine
