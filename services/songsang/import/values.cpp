#include "songsang/import/values.h"

#include <limits>

#include "core/dates.h"
#include "core/money.h"
#include "core/text.h"
#include "rows/table.h"
#include "songsang/import/reasons.h"
#include "songsang/import/when.h"

namespace songsang::importer {
namespace {

using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// units / 10^scale, exactly as the text says.
struct Exact {
  int64_t units = 0;
  int scale = 0;
};

// Drops what people write around an amount: a currency's sign, spaces.
std::string_view Bare(std::string_view text) {
  for (const std::string_view sign : {"₩", "$", "€", "£", "¥", "원", " "}) {
    while (text.substr(0, sign.size()) == sign && !text.empty()) text.remove_prefix(sign.size());
    while (text.size() >= sign.size() && text.substr(text.size() - sign.size()) == sign)
      text.remove_suffix(sign.size());
  }
  return text;
}

std::optional<Exact> ParseExact(std::string_view text) {
  Exact exact;
  const bool negative = !text.empty() && text[0] == '-';
  if (negative || (!text.empty() && text[0] == '+')) text.remove_prefix(1);
  bool point = false, any = false;
  for (const char c : text) {
    if (c == ',' && !point && any) continue;
    if (c == '.' && !point) {
      point = true;
      continue;
    }
    if (c < '0' || c > '9') return std::nullopt;
    if (__builtin_mul_overflow(exact.units, 10, &exact.units) ||
        __builtin_add_overflow(exact.units, c - '0', &exact.units))
      return std::nullopt;
    exact.scale += point;
    any = true;
  }
  if (!any) return std::nullopt;
  if (negative) exact.units = -exact.units;
  return exact;
}

// The same number with this scale; nothing if digits would be lost or it does not fit.
std::optional<int64_t> AtScale(Exact exact, int scale) {
  for (; exact.scale > scale; --exact.scale) {
    if (exact.units % 10 != 0) return std::nullopt;
    exact.units /= 10;
  }
  for (; exact.scale < scale; ++exact.scale)
    if (__builtin_mul_overflow(exact.units, 10, &exact.units)) return std::nullopt;
  return exact.units;
}

std::optional<bool> ParseBool(std::string_view text) {
  const std::string word = Lower(text);
  for (const char* yes : {"true", "yes", "y", "1", "예", "네"})
    if (word == yes) return true;
  for (const char* no : {"false", "no", "n", "0", "아니오", "아니요"})
    if (word == no) return false;
  return std::nullopt;
}

Status SetInteger(const Setter& setter, const std::string& text, Message* message) {
  const FieldDescriptor* field = setter.field;
  const auto* reflection = message->GetReflection();
  auto number = WholeNumber(text);
  int64_t value = 0;
  const bool wide = field->cpp_type() == FieldDescriptor::CPPTYPE_INT64;
  if (!number || __builtin_mul_overflow(*number, setter.multiply, &value) ||
      (!wide && (value < std::numeric_limits<int32_t>::min() || value > std::numeric_limits<int32_t>::max())))
    return kNumberMustBeWhole.With("value", text).At(setter.path);
  if (wide) {
    field->is_repeated() ? reflection->AddInt64(message, field, value) : reflection->SetInt64(message, field, value);
  } else {
    const auto narrow = static_cast<int32_t>(value);
    field->is_repeated() ? reflection->AddInt32(message, field, narrow) : reflection->SetInt32(message, field, narrow);
  }
  return Done{};
}

Status SetEnum(const Setter& setter, const std::string& text, Message* message) {
  const EnumValueDescriptor* value = FindChoice(setter.field->enum_type(), text);
  if (value == nullptr)
    return kChoiceMustBeKnown.With("value", text).With("choices", Choices(setter.field->enum_type())).At(setter.path);
  const auto* reflection = message->GetReflection();
  setter.field->is_repeated() ? reflection->AddEnum(message, setter.field, value)
                              : reflection->SetEnum(message, setter.field, value);
  return Done{};
}

std::optional<Moment> ParseBy(const std::vector<std::string>& formats, std::string_view text) {
  for (const std::string& format : formats)
    if (auto moment = ParseMoment(text, format)) return moment;
  return std::nullopt;
}

Refusal NotADate(const Setter& setter, const std::string& text, const char* iso) {
  std::string format;
  for (const std::string& each : setter.formats) format += (format.empty() ? "" : " / ") + each;
  return kDateMustMatch.With("value", text).With("format", format.empty() ? iso : format).At(setter.path);
}

Result<std::string> DateText(const Setter& setter, const std::string& text) {
  if (setter.formats.empty()) {
    if (!Date::Parse(text)) return NotADate(setter, text, "%Y-%m-%d");
    return text;
  }
  const auto moment = ParseBy(setter.formats, text);
  if (!moment) return NotADate(setter, text, "");
  return moment->date.ToIso();
}

void SetText(const Setter& setter, const std::string& text, Message* message) {
  const auto* reflection = message->GetReflection();
  setter.field->is_repeated() ? reflection->AddString(message, setter.field, text)
                              : reflection->SetString(message, setter.field, text);
}

Message* Part(const Setter& setter, Message* message) {
  const auto* reflection = message->GetReflection();
  return setter.field->is_repeated() ? reflection->AddMessage(message, setter.field)
                                     : reflection->MutableMessage(message, setter.field);
}

Status SetInstant(const Setter& setter, const std::string& text, Message* message) {
  std::optional<Instant> instant;
  if (setter.formats.empty()) {
    instant = ParseInstant(text);
  } else if (const auto moment = ParseBy(setter.formats, text)) {
    instant = InZone(*moment, setter.zone);
  }
  if (!instant) return NotADate(setter, text, "2026-12-31T09:00:00+09:00");
  Part(setter, message)->CopyFrom(ToTimestamp(*instant));
  return Done{};
}

}  // namespace

std::optional<int64_t> ExactMinor(std::string_view text, std::string_view currency, int64_t multiply) {
  const auto exponent = CurrencyExponent(currency);
  auto exact = ParseExact(Bare(text));
  if (!exponent || !exact || __builtin_mul_overflow(exact->units, multiply, &exact->units)) return std::nullopt;
  return AtScale(*exact, *exponent);
}

std::optional<int64_t> WholeNumber(std::string_view text) {
  const auto exact = ParseExact(Bare(text));
  return exact ? AtScale(*exact, 0) : std::nullopt;
}

const EnumValueDescriptor* FindChoice(const EnumDescriptor* choices, std::string_view text) {
  const std::string wanted = Lower(text);
  for (int i = 0; i < choices->value_count(); ++i) {
    const EnumValueDescriptor* value = choices->value(i);
    if (value->number() == 0) continue;
    if (wanted == Lower(value->name()) || wanted == rows::EnumText(value)) return value;
  }
  return nullptr;
}

std::string Choices(const EnumDescriptor* choices) {
  std::vector<std::string> names;
  for (int i = 0; i < choices->value_count(); ++i)
    if (choices->value(i)->number() != 0) names.emplace_back(rows::EnumText(choices->value(i)));
  return Joined(names);
}

Status SetValue(const Setter& setter, const std::string& text, const std::string& currency, Message* message) {
  switch (setter.kind) {
    case Setter::Kind::kText:
      SetText(setter, text, message);
      return Done{};
    case Setter::Kind::kInteger:
      return SetInteger(setter, text, message);
    case Setter::Kind::kEnum:
      return SetEnum(setter, text, message);
    case Setter::Kind::kInstant:
      return SetInstant(setter, text, message);
    case Setter::Kind::kBool: {
      const auto flag = ParseBool(text);
      if (!flag) return kChoiceMustBeKnown.With("value", text).With("choices", "true, false, yes, no").At(setter.path);
      message->GetReflection()->SetBool(message, setter.field, *flag);
      return Done{};
    }
    case Setter::Kind::kDate: {
      auto date = text.empty() ? Result<std::string>(text) : DateText(setter, text);
      if (!date.ok()) return date.refusal();
      SetText(setter, *date, message);
      return Done{};
    }
    case Setter::Kind::kMoney: {
      const auto minor = ExactMinor(text, currency, setter.multiply);
      if (!minor) return kAmountMustBeExact.With("value", text).With("currency", currency).At(setter.path);
      Part(setter, message)->CopyFrom(MoneyOf(*minor, currency));
      return Done{};
    }
    case Setter::Kind::kDecimal: {
      const auto exact = ParseExact(Bare(text));
      if (!exact || exact->scale > 9) return kNumberMustBeWhole.With("value", text).At(setter.path);
      common::v1::Decimal decimal;
      decimal.set_units(exact->units);
      decimal.set_scale(exact->scale);
      Part(setter, message)->CopyFrom(decimal);
      return Done{};
    }
    case Setter::Kind::kNested:
      break;
  }
  return Done{};
}

}  // namespace songsang::importer
