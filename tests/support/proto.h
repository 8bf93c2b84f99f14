// What tests of rules are written with: messages from text, and matchers that speak of refusals. No gRPC in here.
//
//   const auto event = ConvertLead(Proto("id: 'L1' status: STATUS_QUALIFIED"), Proto("lead_id: 'L1'"), context);
//   EXPECT_THAT(event, Answers(ContainsProto("lead { status: STATUS_CONVERTED }")));
//   EXPECT_THAT(ConvertLead(Proto("status: STATUS_NEW"), Proto(""), context), RefusedWith(kLeadMustBeQualified));
#pragma once

#include <gmock/gmock.h>
#include <google/protobuf/message.h>

#include <experimental/source_location>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "core/result.h"

namespace songsang {

// Text format that becomes whatever message is wanted. Text that is not such a message fails the test where it stands.
class Proto {
 public:
  using Place = std::experimental::source_location;
  explicit Proto(std::string text, Place place = Place::current()) : text_(std::move(text)), place_(place) {}

  template <class T, class = std::enable_if_t<std::is_base_of_v<google::protobuf::Message, T>>>
  operator T() const {  // NOLINT: the conversion is the point
    T message;
    ParseInto(&message);
    return message;
  }
  template <class T, class = std::enable_if_t<std::is_base_of_v<google::protobuf::Message, T>>>
  operator std::unique_ptr<T>() const {  // NOLINT
    auto message = std::make_unique<T>();
    ParseInto(message.get());
    return message;
  }

  void ParseInto(google::protobuf::Message* message) const;

 private:
  std::string text_;
  Place place_;
};

namespace detail {

// Whether two messages agree; otherwise `*difference` says in what. With `partial`, fields that `wanted` leaves unset
// do not count.
bool SameProto(const google::protobuf::Message& actual, const google::protobuf::Message& wanted, bool partial,
               std::string* difference);

class ProtoMatcher {
 public:
  using is_gtest_matcher = void;
  ProtoMatcher(Proto text, bool partial) : text_(std::move(text)), partial_(partial) {}
  explicit ProtoMatcher(const google::protobuf::Message& wanted, bool partial) : text_(""), partial_(partial) {
    wanted_.reset(wanted.New());
    wanted_->CopyFrom(wanted);
  }

  bool MatchAndExplain(const google::protobuf::Message& actual, ::testing::MatchResultListener* listener) const;
  bool MatchAndExplain(const google::protobuf::Message* actual, ::testing::MatchResultListener* listener) const {
    if (actual == nullptr) *listener << "which is null";
    return actual != nullptr && MatchAndExplain(*actual, listener);
  }
  void DescribeTo(std::ostream* out) const {
    *out << (partial_ ? "holds the wanted fields" : "equals the wanted message");
  }
  void DescribeNegationTo(std::ostream* out) const {
    *out << (partial_ ? "lacks a wanted field" : "differs from the wanted message");
  }

 private:
  Proto text_;
  bool partial_;
  std::shared_ptr<google::protobuf::Message> wanted_;
};

std::string Describe(const Refusal& refusal);

}  // namespace detail

// Equal in every field. Takes text format, or a message.
inline detail::ProtoMatcher EqualsProto(std::string text, Proto::Place place = Proto::Place::current()) {
  return {Proto(std::move(text), place), false};
}
inline detail::ProtoMatcher EqualsProto(const google::protobuf::Message& wanted) {
  return detail::ProtoMatcher(wanted, false);
}
// Equal in the fields that are named here.
inline detail::ProtoMatcher ContainsProto(std::string text, Proto::Place place = Proto::Place::current()) {
  return {Proto(std::move(text), place), true};
}
inline detail::ProtoMatcher ContainsProto(const google::protobuf::Message& wanted) {
  return detail::ProtoMatcher(wanted, true);
}

// The name of the reason of a refused result, and all that the refusal says. An answer that came over the wire
// (tests/support/system.h) has the same two, so that the matchers below serve both.
template <class T>
std::string ReasonNameOf(const Result<T>& result) {
  return result.ok() || result.refusal().reason == nullptr ? "" : result.refusal().reason->name;
}
template <class T>
std::string DescribeRefusal(const Result<T>& result) {
  return detail::Describe(result.refusal());
}

MATCHER(IsOk, negation ? "is refused" : "is not refused") {
  if (!arg.ok()) *result_listener << "which is refused: " << DescribeRefusal(arg);
  return arg.ok();
}

// Not refused, and the value matches: `Answers(EqualsProto("…"))`.
MATCHER_P(Answers, value, std::string("answers what ") + ::testing::PrintToString(value)) {
  if (!arg.ok()) {
    *result_listener << "which is refused: " << DescribeRefusal(arg);
    return false;
  }
  return ::testing::ExplainMatchResult(value, *arg, result_listener);
}

namespace detail {

inline std::string NameOf(const Reason& reason) { return reason.name; }
inline std::string NameOf(std::string name) { return name; }

MATCHER_P(RefusedWithName, name, (negation ? "is not refused with " : "is refused with ") + name) {
  if (arg.ok()) {
    *result_listener << "which is not refused";
    return false;
  }
  *result_listener << "which is refused: " << DescribeRefusal(arg);
  return ReasonNameOf(arg) == name;
}

}  // namespace detail

// Refused for this reason: the declared Reason, or its name.
template <class ReasonOrName>
auto RefusedWith(const ReasonOrName& reason) {
  return detail::RefusedWithName(detail::NameOf(reason));
}

// How a failed test shows a result.
template <class T>
void PrintTo(const Result<T>& result, std::ostream* out) {
  if (!result.ok()) {
    *out << "refused: " << DescribeRefusal(result);
  } else if constexpr (std::is_base_of_v<google::protobuf::Message, T>) {
    *out << "{ " << (*result).ShortDebugString() << " }";
  } else {
    *out << "a value";
  }
}

}  // namespace songsang

namespace google::protobuf {
inline void PrintTo(const Message& message, std::ostream* out) { *out << "{ " << message.ShortDebugString() << " }"; }
}  // namespace google::protobuf
