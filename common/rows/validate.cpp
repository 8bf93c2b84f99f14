#include "rows/validate.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>
#include <re2/re2.h>

#include <array>
#include <atomic>
#include <cmath>
#include <limits>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <unordered_map>

#include "core/dates.h"
#include "core/text.h"
#include "rows/formats.h"
#include "songsang/v1/options.pb.h"

namespace songsang::rows {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using CppType = FieldDescriptor::CppType;

constexpr size_t kMostViolations = 100;
constexpr uint32_t kMostCharacters = 1000;  // of a string that states no limit
constexpr uint32_t kMostElements = 1000;    // of a repeated field that states none

// What one field must satisfy.
struct Rule {
  const FieldDescriptor* field = nullptr;
  v1::Check check;
  uint32_t max_len = 0;  // 0: none
  uint32_t max_items = 0;
  bool reference = false;
  bool request_id = false;
  std::unique_ptr<RE2> pattern;
};

// What a message must satisfy: only fields that can be wrong are listed.
struct Plan {
  const Descriptor* type = nullptr;
  std::vector<Rule> rules;
};

bool IsText(const FieldDescriptor* field) { return field->type() == FieldDescriptor::TYPE_STRING; }

bool CanBeWrong(const Rule& rule) {
  switch (rule.field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
    case FieldDescriptor::CPPTYPE_ENUM:
    case FieldDescriptor::CPPTYPE_MESSAGE:
    case FieldDescriptor::CPPTYPE_FLOAT:
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return true;
    default:
      return rule.field->is_repeated() || rule.check.required() || rule.check.has_gte() || rule.check.has_lte();
  }
}

Rule RuleOf(const FieldDescriptor* field) {
  Rule rule;
  rule.field = field;
  rule.check = field->options().GetExtension(v1::check);
  rule.reference = !field->options().GetExtension(v1::ref).empty() && IsText(field);
  rule.max_len = rule.check.max_len();
  if (rule.max_len == 0 && IsText(field)) rule.max_len = kMostCharacters;
  rule.max_items = rule.check.max_items() != 0 ? rule.check.max_items() : kMostElements;
  rule.request_id = field->name() == "request_id" && field->number() == 1 && IsText(field) && !field->is_repeated() &&
                    field->containing_type()->name().ends_with("Request");
  if (!rule.check.pattern().empty()) {
    rule.pattern = std::make_unique<RE2>(rule.check.pattern(), RE2::Quiet);
    if (!rule.pattern->ok())
      throw std::logic_error(field->full_name() + ": the pattern is wrong: " + rule.pattern->error());
  }
  return rule;
}

std::unique_ptr<const Plan> Compile(const Descriptor* type) {
  auto plan = std::make_unique<Plan>();
  plan->type = type;
  for (int i = 0; i < type->field_count(); ++i) {
    Rule rule = RuleOf(type->field(i));
    if (CanBeWrong(rule)) plan->rules.push_back(std::move(rule));
  }
  return plan;
}

// Plans by type. Found without a lock: an open table of pointers that are only ever set, under a lock, from null.
class Plans {
 public:
  const Plan& Of(const Descriptor* type) {
    for (size_t place = Hash(type), seen = 0; seen < kPlaces; ++seen, place = (place + 1) % kPlaces) {
      const Plan* plan = places_[place].load(std::memory_order_acquire);
      if (plan == nullptr) return Add(type);
      if (plan->type == type) return *plan;
    }
    return Add(type);
  }

 private:
  static constexpr size_t kPlaces = 4096;  // far more types than there are

  static size_t Hash(const Descriptor* type) {
    return (reinterpret_cast<uintptr_t>(type) >> 4) * 2654435761U % kPlaces;
  }

  const Plan& Add(const Descriptor* type) {
    const std::lock_guard lock(mutex_);
    auto& kept = kept_[type];
    if (kept != nullptr) return *kept;
    kept = Compile(type);
    for (size_t place = Hash(type), seen = 0; seen < kPlaces; ++seen, place = (place + 1) % kPlaces) {
      if (places_[place].load(std::memory_order_relaxed) != nullptr) continue;
      places_[place].store(kept.get(), std::memory_order_release);
      break;
    }
    return *kept;
  }

  std::array<std::atomic<const Plan*>, kPlaces> places_{};
  std::mutex mutex_;
  std::unordered_map<const Descriptor*, std::unique_ptr<const Plan>> kept_;
};

const Plan& PlanOf(const Descriptor* type) {
  static auto* plans = new Plans;
  return plans->Of(type);
}

// A step of a field path; written out only when something is wrong.
struct Step {
  const Step* before = nullptr;
  const FieldDescriptor* field = nullptr;
  int index = -1;
};

std::string PathOf(const Step& step) {
  std::string path = step.before != nullptr ? PathOf(*step.before) + "." : "";
  path += step.field->name();
  if (step.index >= 0) path += "[" + std::to_string(step.index) + "]";
  return path;
}

// What is wrong with a text whatever its field; null if nothing is. Counts its characters.
const char* TextFault(std::string_view text, size_t* characters) {
  unsigned char beyond_ascii = 0;
  bool control = false;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    beyond_ascii |= byte;
    control |= (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7f;
  }
  *characters = text.size();
  if (beyond_ascii >= 0x80) {
    if (!IsUtf8(text)) return "is not valid UTF-8";
    *characters = CountCodePoints(text);
    // U+0080 to U+009F.
    for (size_t i = 0; i + 1 < text.size(); ++i)
      control |= text[i] == '\xc2' && static_cast<unsigned char>(text[i + 1]) < 0xa0;
  }
  if (!control) return nullptr;
  return text.find('\0') != std::string_view::npos ? "holds a NUL character" : "holds a control character";
}

class Checker {
 public:
  void Check(const Message& message, const Step* before) {
    const Descriptor* type = message.GetDescriptor();
    if (type->well_known_type() != Descriptor::WELLKNOWNTYPE_UNSPECIFIED && CheckWellKnown(message, before)) return;
    const Reflection& reflection = *message.GetReflection();
    for (const Rule& rule : PlanOf(type).rules) {
      if (violations.size() >= kMostViolations) return;
      const Step step{before, rule.field, -1};
      if (rule.field->is_repeated()) {
        CheckRepeated(rule, message, reflection, step);
      } else {
        CheckSingular(rule, message, reflection, step);
      }
    }
  }

  std::vector<FieldViolation> violations;

 private:
  void Add(const Step& step, std::string description) {
    if (violations.size() < kMostViolations) violations.push_back({PathOf(step), std::move(description)});
  }

  // True if the type has nothing more to check.
  bool CheckWellKnown(const Message& message, const Step* before) {
    static const int64_t kFirst = Date::Of(1900, 1, 1).days_since_epoch() * int64_t{86400};
    static const int64_t kEnd = Date::Of(2200, 1, 1).days_since_epoch() * int64_t{86400};
    constexpr int64_t kLongest = 315'576'000'000;  // seconds; 10,000 years, as protobuf says
    constexpr int32_t kNanos = 1'000'000'000;
    if (before == nullptr) return false;
    if (message.GetDescriptor()->well_known_type() == Descriptor::WELLKNOWNTYPE_TIMESTAMP) {
      const auto* time = dynamic_cast<const google::protobuf::Timestamp*>(&message);
      if (time == nullptr) return false;
      if (time->seconds() < kFirst || time->seconds() >= kEnd || time->nanos() < 0 || time->nanos() >= kNanos)
        Add(*before, "must be an instant between 1900 and 2199");
      return true;
    }
    if (message.GetDescriptor()->well_known_type() == Descriptor::WELLKNOWNTYPE_DURATION) {
      const auto* span = dynamic_cast<const google::protobuf::Duration*>(&message);
      if (span == nullptr) return false;
      if (std::abs(span->seconds()) > kLongest || std::abs(int64_t{span->nanos()}) >= kNanos ||
          (span->seconds() > 0 && span->nanos() < 0) || (span->seconds() < 0 && span->nanos() > 0))
        Add(*before, "must be a duration of at most 10,000 years, its parts of one sign");
      return true;
    }
    return false;
  }

  void CheckSingular(const Rule& rule, const Message& message, const Reflection& reflection, const Step& step) {
    const FieldDescriptor* field = rule.field;
    const bool presence = field->has_presence();
    const bool is_set = !presence || reflection.HasField(message, field);
    if (!is_set) {
      if (rule.check.required()) Add(step, "is required");
      return;
    }
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_STRING: {
        std::string scratch;
        CheckBytes(rule, reflection.GetStringReference(message, field, &scratch), presence, step);
        return;
      }
      case FieldDescriptor::CPPTYPE_MESSAGE:
        return Check(reflection.GetMessage(message, field), &step);
      case FieldDescriptor::CPPTYPE_ENUM: {
        const int number = reflection.GetEnumValue(message, field);
        if (number == 0 && rule.check.required()) return Add(step, "is required");
        return CheckEnum(rule, number, step);
      }
      default:
        if (!presence && rule.check.required() && !reflection.HasField(message, field)) return Add(step, "is required");
        return CheckNumber(rule, message, reflection, -1, step);
    }
  }

  void CheckRepeated(const Rule& rule, const Message& message, const Reflection& reflection, const Step& whole) {
    const FieldDescriptor* field = rule.field;
    const int size = reflection.FieldSize(message, field);
    if (size == 0 && rule.check.required()) return Add(whole, "is required");
    if (size < static_cast<int64_t>(rule.check.min_items()))
      return Add(whole, "must hold at least " + std::to_string(rule.check.min_items()) + " elements");
    if (size > static_cast<int64_t>(rule.max_items))
      return Add(whole,
                 "must hold at most " + std::to_string(rule.max_items) + " elements; it holds " + std::to_string(size));
    for (int i = 0; i < size && violations.size() < kMostViolations; ++i) {
      const Step step{whole.before, field, i};
      switch (field->cpp_type()) {
        case FieldDescriptor::CPPTYPE_STRING: {
          std::string scratch;
          CheckBytes(rule, reflection.GetRepeatedStringReference(message, field, i, &scratch), true, step);
          break;
        }
        case FieldDescriptor::CPPTYPE_MESSAGE:
          Check(reflection.GetRepeatedMessage(message, field, i), &step);
          break;
        case FieldDescriptor::CPPTYPE_ENUM:
          CheckEnum(rule, reflection.GetRepeatedEnumValue(message, field, i), step);
          break;
        default:
          CheckNumber(rule, message, reflection, i, step);
      }
    }
  }

  // A string or bytes. `explicit_value`: present even where empty.
  void CheckBytes(const Rule& rule, std::string_view text, bool explicit_value, const Step& step) {
    if (rule.request_id && step.before == nullptr && !IsRequestId(text))
      return Add(step, text.empty() ? "is required" : "must be 1 to 64 visible ASCII characters without /");
    if (text.empty()) {
      if (rule.check.required()) return Add(step, "is required");
      if (explicit_value && rule.check.min_len() > 0) Add(step, "must not be empty");
      if (step.index >= 0 && (rule.reference || rule.check.format() != v1::Check::FORMAT_UNSPECIFIED))
        Add(step, "must not be empty");
      return;
    }
    const bool is_text = IsText(rule.field);
    size_t length = text.size();
    if (is_text)
      if (const char* fault = TextFault(text, &length)) return Add(step, fault);
    CheckLength(rule, length, is_text ? " characters" : " bytes", step);
    if (rule.max_len != 0 && length > rule.max_len) return;
    if (rule.reference && !IsReference(text)) Add(step, "must be an id (a lower-case UUID) or ext:<system>:<key>");
    if (!HasFormat(rule.check.format(), text)) Add(step, FormatRule(rule.check.format()));
    if (rule.pattern != nullptr && !RE2::FullMatch(re2::StringPiece(text.data(), text.size()), *rule.pattern))
      Add(step, "must match " + rule.check.pattern());
  }

  void CheckLength(const Rule& rule, size_t length, const char* unit, const Step& step) {
    if (length < rule.check.min_len()) Add(step, "must hold at least " + std::to_string(rule.check.min_len()) + unit);
    if (rule.max_len != 0 && length > rule.max_len)
      Add(step, "must hold at most " + std::to_string(rule.max_len) + unit + "; it holds " + std::to_string(length));
  }

  void CheckEnum(const Rule& rule, int number, const Step& step) {
    if (rule.field->enum_type()->FindValueByNumber(number) == nullptr)
      Add(step, std::to_string(number) + " is not a value of " + rule.field->enum_type()->full_name());
  }

  void CheckNumber(const Rule& rule, const Message& message, const Reflection& reflection, int index,
                   const Step& step) {
    const FieldDescriptor* field = rule.field;
    const auto get = [&](auto singular, auto repeated) {
      return index < 0 ? (reflection.*singular)(message, field) : (reflection.*repeated)(message, field, index);
    };
    switch (field->cpp_type()) {
      case FieldDescriptor::CPPTYPE_INT32:
        return CheckRange(rule, get(&Reflection::GetInt32, &Reflection::GetRepeatedInt32), step);
      case FieldDescriptor::CPPTYPE_INT64:
        return CheckRange(rule, get(&Reflection::GetInt64, &Reflection::GetRepeatedInt64), step);
      case FieldDescriptor::CPPTYPE_UINT32:
        return CheckRange(rule, get(&Reflection::GetUInt32, &Reflection::GetRepeatedUInt32), step);
      case FieldDescriptor::CPPTYPE_UINT64: {
        const uint64_t value = get(&Reflection::GetUInt64, &Reflection::GetRepeatedUInt64);
        // What no int64 holds is beyond every bound that can be stated.
        constexpr uint64_t kMost = std::numeric_limits<int64_t>::max();
        if (value > kMost && rule.check.has_lte()) return AddRange(rule, step);
        return CheckRange(rule, static_cast<int64_t>(std::min(value, kMost)), step);
      }
      case FieldDescriptor::CPPTYPE_FLOAT:
        return CheckReal(rule, get(&Reflection::GetFloat, &Reflection::GetRepeatedFloat), step);
      case FieldDescriptor::CPPTYPE_DOUBLE:
        return CheckReal(rule, get(&Reflection::GetDouble, &Reflection::GetRepeatedDouble), step);
      default:
        return;
    }
  }

  void CheckRange(const Rule& rule, int64_t value, const Step& step) {
    if ((rule.check.has_gte() && value < rule.check.gte()) || (rule.check.has_lte() && value > rule.check.lte()))
      AddRange(rule, step);
  }

  void CheckReal(const Rule& rule, double value, const Step& step) {
    if (!std::isfinite(value)) return Add(step, "must be a finite number");
    if ((rule.check.has_gte() && value < static_cast<double>(rule.check.gte())) ||
        (rule.check.has_lte() && value > static_cast<double>(rule.check.lte())))
      AddRange(rule, step);
  }

  void AddRange(const Rule& rule, const Step& step) {
    const std::string least = std::to_string(rule.check.gte()), most = std::to_string(rule.check.lte());
    if (rule.check.has_gte() && rule.check.has_lte()) return Add(step, "must be between " + least + " and " + most);
    Add(step, rule.check.has_gte() ? "must be at least " + least : "must be at most " + most);
  }
};

}  // namespace

std::vector<FieldViolation> Violations(const Message& request) {
  Checker checker;
  checker.Check(request, nullptr);
  return std::move(checker.violations);
}

}  // namespace songsang::rows
