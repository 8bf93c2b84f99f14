// A stand-in for the tax authority, to develop, demonstrate and test against: it speaks the protocol of
// adapters/http_port, keeps what it takes, and behaves as badly as it is told to.
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace songsang::authority {

// How it treats a document that it sees for the first time.
enum class Manner {
  kFine,       // takes it and says so
  kTimeOut,    // takes it, and says nothing for longer than anyone waits
  kDrop,       // takes it, and hangs up in the middle of the answer
  kLose,       // hangs up without taking it
  kDuplicate,  // takes it, and says that it had it already
  kLie,        // takes it, says nothing, and then denies it when asked for the first and the second time
  kRefuse,     // refuses it
};

struct Settings {
  std::string folder;  // where it keeps what it takes
  int port = 0;        // 0: any free one
  // The nth document it sees is treated by the nth manner, and round again.
  std::vector<Manner> manners = {Manner::kFine};
  int silence_ms = 10'000;  // how long it says nothing
};

// The manner of this name (`time_out`); nothing, and all names in `*known`, if there is none.
bool MannerNamed(const std::string& name, Manner* manner, std::string* known);

// A document it took.
struct Taken {
  std::string key;        // the idempotency key it came under
  std::string issue_id;   // the approval number in it
  std::string reference;  // what it answered
  int posts = 0;          // how often it was sent since this process began
};

class Authority {
 public:
  // Null, and why, if the folder or the port cannot be had. What an earlier process took is known.
  static std::unique_ptr<Authority> Start(const Settings& settings, std::string* error);
  virtual ~Authority() = default;  // stops

  virtual int port() const = 0;
  virtual std::vector<Taken> taken() const = 0;
};

}  // namespace songsang::authority
