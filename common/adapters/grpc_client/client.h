// A client of any method, without generated code: serialised request in, serialised reply or the whole refusal out.
// The command line, the import and the tests speak to the system through it, as an integrator would.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"

namespace songsang::client {

// What a call was answered: the reply, or the refusal as the error details tell it.
struct Answer {
  Code code = Code::kOk;
  std::string message;    // the English sentence
  std::string localized;  // the sentence in the language asked for; empty if none was sent
  std::string reason;     // `LEAD_MUST_BE_QUALIFIED`; empty where the answer is not from Songsang
  std::string domain;     // `songsang.leads`
  std::map<std::string, std::string> variables;
  std::vector<FieldViolation> fields;
  std::optional<int> retry_after_ms;

  std::string reply;      // serialised; where ok
  bool replayed = false;  // the same request id had been answered before
  bool cached = false;    // it had been computed before, and still holds
  std::string position;   // `leads/0/0/17`: what the reply's facts are, or may be, behind
  // Nothing answered at the address: not a word from the server itself.
  bool unreachable = false;

  bool ok() const { return code == Code::kOk; }
  // `FAILED_PRECONDITION LEAD_MUST_BE_QUALIFIED: The lead must …` with fields and variables, a line each.
  std::string Explain() const;
};

struct Options {
  bool validate_only = false;
  std::string idempotency_key;
  std::string language;                  // `ko`
  std::string after;                     // positions to wait for
  std::string trace;                     // W3C traceparent
  std::chrono::milliseconds timeout{0};  // 0: 10 s
  // Further metadata, as sent.
  std::vector<std::pair<std::string, std::string>> metadata;
  // Whose call it is, where several replicas may answer; empty: the client's.
  std::string tenant = {};
};

// One server, of one or several replicas. Threads may share it.
class Client {
 public:
  // `address` is HOST:PORT; or those of several replicas, separated by commas: a call then goes to the one that its
  // tenant prefers (preferred.h), and to the next where that one is away, stops or says nothing for some seconds, until
  // it is back. A command may so be sent twice: under its request id, it has one effect.
  //
  // `token` is sent as a bearer token with every call; may be empty. With `roots` (PEM), speaks TLS to a server whose
  // certificate they vouch for.
  explicit Client(const std::string& address, std::string token = "", const std::string& roots = "",
                  std::string tenant = "");
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // `method` is `songsang.leads.v1.LeadService/CaptureLead`, with or without a leading slash.
  Answer Call(std::string_view method, std::string_view request, const Options& options = {});
  // Many calls at once, answered in order.
  std::vector<Answer> CallAll(std::string_view method, const std::vector<std::string>& requests,
                              const Options& options = {});

  // Calls `done` once, from a thread of the library, which must not be held up. Waits first while as many calls as
  // SetInFlight says (256) are under way, so that a quick sender does not fill its own memory.
  void CallAsync(std::string_view method, std::string_view request, const Options& options,
                 std::function<void(Answer)> done);
  void SetInFlight(int most);
  // Waits until no such call is under way; the destructor does too.
  void Drain();

  // False if there is no connection within this time. Tells "nobody listens" from "refused".
  bool Connect(std::chrono::milliseconds within);
  // What the standard health service says of `service` (empty: of the whole process).
  bool IsServing(const std::string& service = "");

  const std::string& address() const { return address_; }

 private:
  struct Impl;
  std::string address_;
  std::unique_ptr<Impl> impl_;
};

// `FAILED_PRECONDITION` for Code::kFailedPrecondition.
std::string CodeName(Code code);

// The positions that a caller has seen, the newest of each journal: sent along, so that reads see own writes.
class Seen {
 public:
  void Add(std::string_view marks);
  std::string Text() const;

 private:
  mutable std::mutex mutex_;
  std::map<std::string, std::pair<int64_t, int64_t>> newest_;  // `leads/3` -> epoch, seq
};

}  // namespace songsang::client
