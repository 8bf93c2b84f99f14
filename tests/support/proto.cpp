#include "support/proto.h"

#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

namespace songsang {

namespace {

class Complaints : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, google::protobuf::io::ColumnNumber column, const std::string& message) override {
    text_ += "  line " + std::to_string(line + 1) + ", column " + std::to_string(column + 1) + ": " + message + "\n";
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace

void Proto::ParseInto(google::protobuf::Message* message) const {
  google::protobuf::TextFormat::Parser parser;
  Complaints complaints;
  parser.RecordErrorsTo(&complaints);
  if (!parser.ParseFromString(text_, message)) {
    ADD_FAILURE_AT(place_.file_name(), static_cast<int>(place_.line()))
        << "this is not a " << message->GetDescriptor()->full_name() << ": " << text_ << "\n"
        << complaints.text();
  }
}

namespace detail {

bool SameProto(const google::protobuf::Message& actual, const google::protobuf::Message& wanted, bool partial,
               std::string* difference) {
  google::protobuf::util::MessageDifferencer differencer;
  differencer.ReportDifferencesToString(difference);
  if (partial) differencer.set_scope(google::protobuf::util::MessageDifferencer::PARTIAL);
  return differencer.Compare(wanted, actual);
}

bool ProtoMatcher::MatchAndExplain(const google::protobuf::Message& actual,
                                   ::testing::MatchResultListener* listener) const {
  std::shared_ptr<google::protobuf::Message> wanted = wanted_;
  if (wanted == nullptr) {
    wanted.reset(actual.New());
    text_.ParseInto(wanted.get());
  }
  if (wanted->GetDescriptor() != actual.GetDescriptor()) {
    *listener << "which is a " << actual.GetDescriptor()->full_name() << ", not a "
              << wanted->GetDescriptor()->full_name();
    return false;
  }
  std::string difference;
  if (SameProto(actual, *wanted, partial_, &difference)) return true;
  *listener << "wanted { " << wanted->ShortDebugString() << " }; seen from it:\n" << difference;
  return false;
}

std::string Describe(const Refusal& refusal) {
  if (refusal.reason == nullptr) return "(no reason)";
  std::string text = std::string(refusal.reason->name) + ": " + refusal.Sentence(false);
  for (const auto& [variable, value] : refusal.variables) text += "\n  " + variable + " = " + value;
  for (const auto& violation : refusal.violations) text += "\n  at " + violation.field + ": " + violation.description;
  return text;
}

}  // namespace detail

}  // namespace songsang
