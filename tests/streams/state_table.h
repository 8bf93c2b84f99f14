// A table as others' BI keeps it: the newest record of each entity, by the rules of docs/streams.md and nothing else.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace songsang {

// One BI record: what a reader needs of it, and all of it as it came.
struct State {
  std::string key;  // tenant/id
  int64_t epoch = 0, seq = 0;
  int32_t partition = 0;
  std::string json;
};
State ReadState(std::string json);
// Of lines of JSON; empty ones (tombstones, as kcat prints them) are left out.
std::vector<State> ReadStates(std::string_view lines);

// `leads/0/0/17,leads/1/0/4`: the sequence of each partition.
std::map<int32_t, int64_t> ReadPositions(const std::string& text);

class StateTable {
 public:
  // A record takes the place of an older one of the same entity.
  void Put(State state);
  void Load(const std::vector<State>& states);
  // Reads on from an export that ended with these positions; answers how many records were behind them.
  size_t ReadOn(const std::vector<State>& records, const std::map<int32_t, int64_t>& positions);

  // The first row in which two tables differ, in words; empty if none does.
  std::string DifferenceTo(const StateTable& other) const;
  size_t size() const { return rows_.size(); }

 private:
  std::map<std::string, State> rows_;
};

std::string ReadFile(const std::string& path);
void WriteFile(const std::string& path, const std::string& text);

}  // namespace songsang
