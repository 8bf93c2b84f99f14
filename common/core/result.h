// Refusals: how a rule says no. A refusal is declared once, beside the rules, as a Reason; it crosses the wire intact
// and is rendered once, at the door, in the caller's language.
#pragma once

#include <cassert>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace songsang {

// The codes of gRPC, with their numbers.
enum class Code {
  kOk = 0,
  kCancelled = 1,
  kInvalidArgument = 3,
  kDeadlineExceeded = 4,
  kNotFound = 5,
  kAlreadyExists = 6,
  kPermissionDenied = 7,
  kResourceExhausted = 8,
  kFailedPrecondition = 9,
  kAborted = 10,
  kUnimplemented = 12,
  kInternal = 13,
  kUnavailable = 14,
  kUnauthenticated = 16,
};

struct Refusal;

// A named refusal. The name states the requirement (LEAD_MUST_BE_QUALIFIED) and, once released, never changes its
// meaning. The two sentences may hold `{variable}`, filled from the refusal's variables.
class Reason {
 public:
  Reason(const char* name, Code code, const char* english, const char* korean);
  Reason(const Reason&) = delete;
  Reason& operator=(const Reason&) = delete;

  Refusal With(std::string variable, std::string value) const;
  // For bad input: the path of the field that is wrong.
  Refusal At(std::string field) const;

  const char* const name;
  const Code code;
  const char* const english;
  const char* const korean;
};

// Every declared reason, ordered by name. Two declarations of one name stop the program at start.
const std::vector<const Reason*>& AllReasons();
const Reason* FindReason(std::string_view name);

struct FieldViolation {
  std::string field;        // path: `lead.contacts[2].email`
  std::string description;  // English
};

struct Refusal {
  const Reason* reason = nullptr;
  std::vector<std::pair<std::string, std::string>> variables;
  std::vector<FieldViolation> violations;
  // Set where retrying helps: after how long.
  std::optional<int> retry_after_ms;

  Refusal() = default;
  Refusal(const Reason& r) : reason(&r) {}  // NOLINT: a reason is a refusal without variables
  Refusal With(std::string variable, std::string value) const;
  Refusal At(std::string field) const;
  std::string Sentence(bool korean) const;
};

// The value, or the refusal.
template <class T>
class [[nodiscard]] Result {
 public:
  using Value = T;
  Result(T value) : state_(std::move(value)) {}              // NOLINT: `return event;`
  Result(Refusal refusal) : state_(std::move(refusal)) {}    // NOLINT: `return kReason.With(…);`
  Result(const Reason& reason) : state_(Refusal(reason)) {}  // NOLINT: `return kReason;`

  bool ok() const { return std::holds_alternative<T>(state_); }
  explicit operator bool() const { return ok(); }
  T& operator*() { return std::get<T>(state_); }
  const T& operator*() const { return std::get<T>(state_); }
  T* operator->() { return &std::get<T>(state_); }
  const T* operator->() const { return &std::get<T>(state_); }
  const Refusal& refusal() const { return std::get<Refusal>(state_); }

 private:
  std::variant<T, Refusal> state_;
};

struct Done {};
// For what has no value to answer.
using Status = Result<Done>;

}  // namespace songsang
