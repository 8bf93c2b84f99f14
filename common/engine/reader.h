// How a query's SQL meets the store: bare table names, tenant and "known on" put before it, `:field` parameters.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "engine/kept.h"
#include "engine/service.h"
#include "engine/store.h"
#include "engine/zones.h"

namespace songsang::engine {

// A query's text as it is sent: one statement whose common tables shadow the bare names.
struct Composed {
  std::string sql;
  std::vector<std::string> parameters;  // names, in the order of $1, $2, …; `@tenant` and `@known` are the engine's
};
// `tables` are those the service's queries may name.
Composed Compose(const std::string& sql, const std::string& schema, const std::vector<const rows::Table*>& tables,
                 bool known_on, bool every_version = false);

class SqlReader : public Reader {
 public:
  // Without `kept`, every answer is computed and none is kept.
  SqlReader(Store& store, const std::vector<const rows::Table*>& tables, const Zones& zones, Context context,
            std::chrono::steady_clock::time_point deadline, engine::Kept* kept = nullptr)
      : store_(store), tables_(tables), zones_(zones), context_(std::move(context)), deadline_(deadline), kept_(kept) {}

  const Context& context() const override { return context_; }
  Date DayOf(Instant instant) const override { return zones_.DayOf(context_.caller.tenant, instant); }
  Result<Rows> Run(const std::string& sql, const Message& request, const std::map<std::string, Value>& more) override;
  void KnownOn(Instant instant) override { known_on_ = instant; }
  void EveryVersion(bool every) override { every_version_ = every; }
  std::optional<std::string> Kept(const std::string& question) override;
  void Keep(const std::string& question, const std::string& answer) override;
  // Whether there was an answer that had been kept.
  bool answered() const { return answered_; }

 private:
  Store& store_;
  const std::vector<const rows::Table*>& tables_;
  const Zones& zones_;
  Context context_;
  std::chrono::steady_clock::time_point deadline_;
  engine::Kept* kept_;
  bool answered_ = false;
  std::optional<Instant> known_on_;
  bool every_version_ = false;
};

}  // namespace songsang::engine
