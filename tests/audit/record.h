// What a client keeps of its own calls, in a file of its own: a line before it sends, on disk before the call leaves,
// and a line for what it was answered. What the server says afterwards is held against it.
#pragma once

#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>
#include <vector>

namespace songsang::audit {

// A command by its identity: tenant, client, request id.
struct Key {
  std::string tenant, client, request_id;
  auto operator<=>(const Key&) const = default;
};
std::string ToText(const Key& key);

enum class Verdict { kOk, kRefused, kUnknown };

// Appends to the file. Threads may share it: those who wait for the disk wait for one fsync together.
class Recorder {
 public:
  explicit Recorder(const std::string& file);
  ~Recorder();

  // Return when the lines are on disk.
  void Sending(const std::vector<std::pair<Key, std::string>>& commands);  // with their methods
  void Sending(const Key& key, const std::string& method) { Sending({{key, method}}); }
  // `detail`: of kOk the reply itself, else the reason. Not waited for: the next line to be waited for takes it along.
  void Answered(const Key& key, Verdict verdict, std::string_view detail);

 private:
  void Append(const std::string& lines, bool wait);
  void Run();

  int file_ = -1;
  std::mutex mutex_;
  std::condition_variable wake_, done_;
  std::string buffer_;
  uint64_t appended_ = 0, durable_ = 0;
  bool stopping_ = false;
  std::thread thread_;
};

// What a client knows of one command, all its attempts together.
struct Attempts {
  std::string method;
  int sent = 0, ok = 0, refused = 0, unknown = 0;
  // Attempts that were never answered: the client itself was stopped.
  int unanswered() const { return sent - ok - refused - unknown; }
  std::string reply_digest;  // SHA-256 in hex, of the first acknowledgement
  bool replies_differ = false;
};
using Record = std::map<Key, Attempts>;

// A last line that is torn is not yet written; any other fault is told in `error`.
Record ReadRecord(const std::string& file, std::string* error);

}  // namespace songsang::audit
