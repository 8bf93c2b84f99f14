// How many commands a second a client may send, whichever process it sends them to. Tokens are taken from the shared
// bucket some at a time and ahead of need, so that a command costs no more than a look at what is left here. Where the
// bucket cannot be reached, each process keeps the limit by itself.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "engine/cache.h"
#include "engine/engine.h"

namespace songsang::engine {

class Limiter : public std::enable_shared_from_this<Limiter> {
 public:
  using Then = std::function<void(std::unique_ptr<Call>)>;

  // `then` goes on with a call that may go on; it must not block.
  Limiter(Cache& cache, int commands_per_second, Then then);

  // How many commands a call counts as: those of clients do, the system's own and queries do not.
  static int64_t CostOf(const Call& call);
  // Goes on with the call, or refuses it, at once or when the bucket has answered.
  void Admit(std::unique_ptr<Call> call, int64_t cost);
  // Refuses those that wait for the bucket.
  void Stop();

 private:
  struct Waiting {
    std::unique_ptr<Call> call;
    int64_t cost;
  };
  struct Client {
    std::mutex mutex;
    std::string key, name;
    // Tokens held here. A batch may take more than there are: what it owes is paid before the next call goes on.
    int64_t left = 0;
    bool asking = false;
    int64_t used_at = 0, empty_until = 0;  // micros; nothing is asked before `empty_until`
    Bucket own;                            // where the shared one is away
    std::deque<Waiting> waiting;
  };
  // What is done with calls once the lock is left.
  struct Settled {
    std::vector<std::unique_ptr<Call>> admitted, refused;
    int64_t empty_for = 0;  // micros, where some are refused
    int64_t want = 0;       // to be asked for; 0: nothing
  };

  std::shared_ptr<Client> ClientOf(const Caller& caller);
  int64_t WantOf(const Client& client) const;
  void Serve(Client* client, int64_t now, Settled* settled) const;
  void Ask(const std::shared_ptr<Client>& client, int64_t want);
  void Answered(const std::shared_ptr<Client>& client, int64_t want, std::optional<int64_t> taken);
  void Finish(const std::shared_ptr<Client>& client, Settled settled);

  Cache& cache_;
  const Rate rate_;
  const int64_t portion_;  // tokens that are taken at once
  const Then then_;
  std::shared_mutex mutex_;
  std::unordered_map<std::string, std::shared_ptr<Client>> clients_;
};

}  // namespace songsang::engine
