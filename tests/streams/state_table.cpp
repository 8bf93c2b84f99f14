#include "streams/state_table.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <sstream>

namespace songsang {
namespace {

// Where the value of a key begins. Inside of text its quotes would bear a backslash.
size_t ValueOf(const std::string& json, const std::string& key) {
  const std::string wanted = "\"" + key + "\":";
  const size_t at = json.find(wanted);
  return at == std::string::npos ? at : at + wanted.size();
}
int64_t NumberOf(const std::string& json, const std::string& key) {
  const size_t at = ValueOf(json, key);
  return at == std::string::npos ? -1 : std::strtoll(json.c_str() + at, nullptr, 10);
}
std::string TextOf(const std::string& json, const std::string& key) {
  const size_t at = ValueOf(json, key);
  return at == std::string::npos ? "" : json.substr(at + 1, json.find('"', at + 1) - at - 1);
}

}  // namespace

State ReadState(std::string json) {
  State state;
  state.key = TextOf(json, "tenant") + "/" + TextOf(json, "id");
  state.epoch = NumberOf(json, "event_epoch");
  state.seq = NumberOf(json, "event_seq");
  state.partition = static_cast<int32_t>(NumberOf(json, "event_partition"));
  state.json = std::move(json);
  return state;
}

std::vector<State> ReadStates(std::string_view lines) {
  std::vector<State> states;
  for (size_t begin = 0; begin < lines.size();) {
    const size_t end = std::min(lines.find('\n', begin), lines.size());
    if (end > begin) states.push_back(ReadState(std::string(lines.substr(begin, end - begin))));
    begin = end + 1;
  }
  return states;
}

std::map<int32_t, int64_t> ReadPositions(const std::string& text) {
  std::map<int32_t, int64_t> positions;
  std::istringstream list(text);
  for (std::string one; std::getline(list, one, ',');) {
    int partition = 0;
    long epoch = 0, seq = 0;
    if (std::sscanf(one.c_str() + one.find('/'), "/%d/%ld/%ld", &partition, &epoch, &seq) == 3)
      positions[partition] = seq;
  }
  return positions;
}

void StateTable::Put(State state) {
  const auto [row, is_new] = rows_.try_emplace(state.key, state);
  if (!is_new && std::pair(state.epoch, state.seq) >= std::pair(row->second.epoch, row->second.seq))
    row->second = std::move(state);
}

void StateTable::Load(const std::vector<State>& states) {
  for (const State& state : states) Put(state);
}

size_t StateTable::ReadOn(const std::vector<State>& records, const std::map<int32_t, int64_t>& positions) {
  size_t behind = 0;
  for (const State& record : records) {
    const auto position = positions.find(record.partition);
    if (position != positions.end() && record.seq <= position->second) continue;
    ++behind;
    Put(record);
  }
  return behind;
}

std::string StateTable::DifferenceTo(const StateTable& other) const {
  for (const auto& [key, state] : rows_) {
    const auto found = other.rows_.find(key);
    if (found == other.rows_.end()) return key + " is missing: " + state.json;
    if (found->second.json != state.json) return state.json + "\n  became\n" + found->second.json;
  }
  for (const auto& [key, state] : other.rows_)
    if (!rows_.contains(key)) return key + " should not be there: " + state.json;
  return "";
}

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}
void WriteFile(const std::string& path, const std::string& text) { std::ofstream(path, std::ios::binary) << text; }

}  // namespace songsang
