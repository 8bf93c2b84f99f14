// What a service hears of the journals it follows: its mirrors copy other services' entities, its policies answer events
// with commands. Each mirror and each policy has a position of its own in each journal; a mirror's moves in the
// transaction that writes the copies, a policy's once all its commands have an outcome.
#pragma once

#include <list>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "engine/house.h"
#include "engine/parked.h"
#include "engine/reaction.h"

namespace songsang::engine {

class Followers : public Reaction {
 public:
  explicit Followers(const Reacting& reacting);
  ~Followers() override { Stop(); }

 private:
  // A policy or a mirror, on one partition of the journal it hears.
  struct Follower {
    std::string name;  // `policy/note_order`, `mirror/accounts.Account`
    const PolicyLine* policy = nullptr;
    const google::protobuf::Descriptor* mirrored = nullptr;
    v1::Position position;
    int64_t written_seq = -1;  // of the position in the store; -1: none is there yet
  };
  struct Stream {
    std::string service;
    int32_t partition = 0;
    std::vector<Follower> followers;
    std::set<std::string> types;
    int64_t told_seq = -1;
    std::chrono::steady_clock::time_point last_written{};
  };

  struct Answer;

  std::chrono::milliseconds Round() override;
  bool Taken() override;
  std::chrono::milliseconds Standby() override;
  bool OpenMissing();
  Status OpenStreams(const std::string& service);
  Status OpenStream(const v1::Position& head);
  Status Load(Stream* stream);
  Status Watch();
  void LookAtHeads();
  bool AtHead(const Stream& stream, const v1::Position& position) const;
  Status Follow(Stream* stream, bool* more);
  Status Copy(Stream* stream, const Reading& reading);
  Status CopyAhead();
  Status React(Stream* stream, const Reading& reading);
  Status Release(Stream* stream);
  std::optional<Answer> AnswerOf(const Follower& follower, const v1::JournalEvent& event) const;
  Status Carry(const std::vector<Answer>& answers, int* parked);
  Status Move(const Stream& stream, const std::vector<Follower*>& followers, std::span<const rows::RowSet> sets);
  Status WritePositions(Stream* stream);
  Result<Reading> Read(const v1::Position& after, const std::set<std::string>& types, bool now) const;

  const Reacting reacting_;
  Store& store_;
  Parked parked_;
  std::vector<std::string> sources_;
  std::map<std::string, int64_t> moves_;
  // Of journals here: where they end, by service and partition.
  std::map<std::pair<std::string, int32_t>, v1::Position> heads_;
  std::set<std::string> opened_;
  std::list<Stream> streams_;
  std::unique_ptr<Session> session_;
};

}  // namespace songsang::engine
