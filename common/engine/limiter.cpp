#include "engine/limiter.h"

#include <algorithm>
#include <utility>

#include "engine/reasons.h"

namespace songsang::engine {
namespace {

// Of a bucket's second, what a process takes at once: so much another process may be refused too early.
constexpr int64_t kPortions = 10;
// How often an empty bucket is asked again, at the most.
constexpr int64_t kAskAgainMicros = 10'000;
// Tokens that were not used for so long are a second's that is over.
constexpr int64_t kStaleMicros = 1'000'000;
constexpr size_t kMostClients = 10'000;

int64_t Micros() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

Limiter::Limiter(Cache& cache, int commands_per_second, Then then)
    : cache_(cache),
      rate_{commands_per_second},
      portion_(std::max<int64_t>(1, commands_per_second / kPortions)),
      then_(std::move(then)) {}

int64_t Limiter::CostOf(const Call& call) {
  if (!call.house_id.empty() || call.counted || call.caller.Has(v1::ROLE_SERVICE)) return 0;
  if (call.method->kind == Method::Kind::kCommand) return 1;
  if (call.method->descriptor->input_type() != v1::ExecuteRequest::descriptor()) return 0;
  return std::max(1, static_cast<const v1::ExecuteRequest&>(*call.request).items_size());
}

std::shared_ptr<Limiter::Client> Limiter::ClientOf(const Caller& caller) {
  const std::string key = "limit:" + caller.tenant + '\n' + caller.client;
  {
    const std::shared_lock lock(mutex_);
    const auto found = clients_.find(key);
    if (found != clients_.end()) return found->second;
  }
  const std::unique_lock lock(mutex_);
  if (clients_.size() >= kMostClients) {
    const int64_t now = Micros();
    std::erase_if(clients_, [now](const auto& entry) {
      const std::lock_guard guard(entry.second->mutex);
      return entry.second->used_at + kStaleMicros < now && !entry.second->asking && entry.second->left >= 0;
    });
  }
  auto& client = clients_[key];
  if (client == nullptr) {
    client = std::make_shared<Client>();
    client->key = key;
    client->name = caller.client;
  }
  return client;
}

// What is owed, what those who wait need, and a portion to go on with.
int64_t Limiter::WantOf(const Client& client) const {
  int64_t want = portion_ - std::min<int64_t>(client.left, 0);
  for (const Waiting& waiting : client.waiting) want += waiting.cost;
  return std::min(want, rate_.per_second);
}

void Limiter::Serve(Client* client, int64_t now, Settled* settled) const {
  while (!client->waiting.empty()) {
    Waiting& first = client->waiting.front();
    if (client->left > 0) {
      client->left -= first.cost;
      settled->admitted.push_back(std::move(first.call));
    } else if (now < client->empty_until) {
      settled->refused.push_back(std::move(first.call));
      settled->empty_for = client->empty_until - now;
    } else {
      break;
    }
    client->waiting.pop_front();
  }
  const bool low = client->left <= portion_ / 2 || !client->waiting.empty();
  if (!low || client->asking || now < client->empty_until) return;
  client->asking = true;
  settled->want = WantOf(*client);
}

void Limiter::Admit(std::unique_ptr<Call> call, int64_t cost) {
  const auto client = ClientOf(call->caller);
  Settled settled;
  {
    const std::lock_guard lock(client->mutex);
    const int64_t now = Micros();
    if (client->used_at + kStaleMicros < now) client->left = std::min<int64_t>(client->left, 0);
    client->used_at = now;
    client->waiting.push_back({std::move(call), cost});
    Serve(client.get(), now, &settled);
  }
  Finish(client, std::move(settled));
}

void Limiter::Ask(const std::shared_ptr<Client>& client, int64_t want) {
  cache_.Take(client->key, rate_, want, [self = shared_from_this(), client, want](std::optional<int64_t> taken) {
    self->Answered(client, want, taken);
  });
}

void Limiter::Answered(const std::shared_ptr<Client>& client, int64_t want, std::optional<int64_t> taken) {
  Settled settled;
  {
    const std::lock_guard lock(client->mutex);
    const int64_t now = Micros();
    client->asking = false;
    const int64_t got = taken ? *taken : client->own.Take(rate_, want, now);
    client->left += got;
    if (got < want)
      client->empty_until = now + std::max(kAskAgainMicros, rate_.MicrosOf(1 - std::min<int64_t>(client->left, 0)));
    Serve(client.get(), now, &settled);
  }
  Finish(client, std::move(settled));
}

void Limiter::Finish(const std::shared_ptr<Client>& client, Settled settled) {
  for (auto& call : settled.admitted) then_(std::move(call));
  if (!settled.refused.empty()) {
    Refusal refusal = kRateLimited.With("client", client->name).With("limit", std::to_string(rate_.per_second));
    refusal.retry_after_ms = static_cast<int>(std::clamp<int64_t>(settled.empty_for / 1000 + 1, 1, 600'000));
    for (auto& call : settled.refused) call->done(Refused(refusal));
  }
  if (settled.want > 0) Ask(client, settled.want);
}

void Limiter::Stop() {
  const std::shared_lock lock(mutex_);
  for (const auto& [key, client] : clients_) {
    std::deque<Waiting> waiting;
    {
      const std::lock_guard guard(client->mutex);
      waiting.swap(client->waiting);
    }
    for (Waiting& one : waiting) one.call->done(Refused(kStopping));
  }
}

}  // namespace songsang::engine
