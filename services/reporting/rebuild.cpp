#include "reporting/rebuild.h"

#include <algorithm>
#include <string_view>

#include "engine/tables.h"
#include "rows/schema.h"

namespace songsang::reporting {
namespace {

using engine::StoreError;

constexpr int kAtOnce = 5000;

const Reason kRebuildFailed("REBUILD_FAILED", Code::kUnavailable, "The replica could not be rebuilt: {detail}",
                            "리플리카를 다시 만들지 못했습니다: {detail}");

Status ToStatus(const StoreError& error) {
  if (error.ok()) return Done{};
  return kRebuildFailed.With("detail", error.message);
}

class Builder {
 public:
  Builder(engine::Store& store, const Sources& sources) : store_(store), sources_(sources) {
    // Nobody waits for what a rebuild has read.
    sources_.advanced = nullptr;
  }

  Result<Rebuilt> Run(bool keep, const std::function<void(int64_t)>& progress) {
    Replicator current(store_, Schema::Current(), sources_);
    if (const auto status = current.Begin(); !status.ok()) return status.refusal();
    do {
      if (const auto step = current.Step(kAtOnce); !step.ok()) return step.refusal();
    } while (!current.caught_up());
    if (const auto status = ToStatus(Empty()); !status.ok()) return status.refusal();

    Rebuilt rebuilt;
    Replicator next(store_, Schema::Next(), sources_);
    if (const auto status = next.Begin(); !status.ok()) return status.refusal();
    const auto until = current.positions();
    for (int applied = 1; applied > 0;) {
      const auto step = next.Step(kAtOnce, &until);
      if (!step.ok()) return step.refusal();
      applied = *step;
      rebuilt.events += applied;
      if (progress) progress(rebuilt.events);
    }
    if (const auto status = Compare(&rebuilt); !status.ok()) return status.refusal();
    rebuilt.switched = !keep;
    if (const auto status = keep ? ToStatus(Drop()) : Switch(until); !status.ok()) return status.refusal();
    return rebuilt;
  }

 private:
  // Makes the next generation's tables, or what an interrupted rebuild has left of them anew.
  StoreError Empty() {
    if (auto error = Drop(); !error.ok()) return error;
    engine::Migration migration;
    const auto tables = Schema::Next().tables();
    return store_.Migrate(tables, store_.partitions(), false, &migration);
  }

  Status Compare(Rebuilt* rebuilt) {
    auto before = DigestOf(store_, Schema::Current());
    if (!before.ok()) return before.refusal();
    auto after = DigestOf(store_, Schema::Next());
    if (!after.ok()) return after.refusal();
    for (const auto& [table, digest] : before->tables)
      if (after->tables[table] != digest) rebuilt->different.push_back(table);
    rebuilt->before = std::move(*before);
    rebuilt->after = std::move(*after);
    return Done{};
  }

  std::string Qualified(const std::string& name) const { return store_.schema() + "." + name; }

  StoreError Drop() {
    auto session = store_.OpenSession();
    if (auto error = session->Begin(); !error.ok()) return error;
    for (const auto* table : Schema::Next().tables())
      if (auto error = session->Execute("DROP TABLE IF EXISTS " + Qualified(table->name), {}); !error.ok())
        return error;
    if (auto error = ForgetPositions(*session, Schema::Next()); !error.ok()) return error;
    return session->Commit({});
  }

  StoreError ForgetPositions(engine::Session& session, const Schema& schema) {
    for (const auto& service : sources_.services) {
      const std::string follower = schema.follower_prefix() + service;
      const rows::Cell parameters[] = {rows::Cell::Text(follower)};
      if (auto error = session.Execute("DELETE FROM " + Qualified("position") + " WHERE follower = $1", parameters);
          !error.ok())
        return error;
    }
    return {};
  }

  // The tables in use go, the next ones take their names, positions too: one transaction, so that a report sees the
  // one or the other.
  Status Switch(const std::vector<songsang::v1::Position>& at) {
    auto session = store_.OpenSession();
    // A follower that has gone on meanwhile would find itself put back.
    if (const auto held = LockReplica(*session, Schema::Current(), at); !held.ok()) return held.refusal();
    StoreError error = SwitchTables(*session);
    if (error.ok()) error = SwitchPositions(*session);
    if (error.ok()) error = session->Commit({});
    return ToStatus(error);
  }

  StoreError SwitchTables(engine::Session& session) {
    const auto old = Schema::Current().tables(), next = Schema::Next().tables();
    for (size_t i = 0; i < old.size(); ++i) {
      if (auto error = session.Execute("DROP TABLE " + Qualified(old[i]->name), {}); !error.ok()) return error;
      if (auto error = session.Execute("ALTER TABLE " + Qualified(next[i]->name) + " RENAME TO " + old[i]->name, {});
          !error.ok())
        return error;
      if (auto error = RenameIndexes(session, *old[i], *next[i]); !error.ok()) return error;
    }
    return {};
  }

  StoreError SwitchPositions(engine::Session& session) {
    if (auto error = ForgetPositions(session, Schema::Current()); !error.ok()) return error;
    for (const auto& service : sources_.services) {
      const std::string from = Schema::Next().follower_prefix() + service,
                        to = Schema::Current().follower_prefix() + service;
      const rows::Cell parameters[] = {rows::Cell::Text(to), rows::Cell::Text(from)};
      if (auto error =
              session.Execute("UPDATE " + Qualified("position") + " SET follower = $1 WHERE follower = $2", parameters);
          !error.ok())
        return error;
    }
    return {};
  }

  // The schema is what a migration would have made, names of indexes included.
  StoreError RenameIndexes(engine::Session& session, const rows::Table& old, const rows::Table& next) {
    const bool sqlite = std::string_view(store_.kind()) == "sqlite";
    for (size_t i = 0; i < old.indexes.size(); ++i) {
      if (!sqlite) {
        if (auto error = session.Execute(
                "ALTER INDEX " + Qualified(next.indexes[i].name) + " RENAME TO " + old.indexes[i].name, {});
            !error.ok())
          return error;
        continue;
      }
      // SQLite cannot rename an index.
      std::string columns;
      for (const auto& column : rows::IndexColumns(old, old.indexes[i]))
        columns += (columns.empty() ? "" : ", ") + column;
      if (auto error = session.Execute("DROP INDEX " + next.indexes[i].name, {}); !error.ok()) return error;
      if (auto error =
              session.Execute("CREATE INDEX " + old.indexes[i].name + " ON " + old.name + " (" + columns + ")", {});
          !error.ok())
        return error;
    }
    return {};
  }

  engine::Store& store_;
  Sources sources_;
};

}  // namespace

Result<Rebuilt> Rebuild(engine::Store& store, const Sources& sources, bool keep,
                        const std::function<void(int64_t events)>& progress) {
  return Builder(store, sources).Run(keep, progress);
}

}  // namespace songsang::reporting
