// Whatever is wrong with a request, it is answered clearly and changes nothing. Made from descriptors: an RPC that is
// added is covered unasked.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "acceptance/bad_input/places.h"
#include "host/methods.h"
#include "rows/validate.h"
#include "songsang/v1/engine.pb.h"
#include "support/system.h"

namespace songsang::tests {
namespace {

using testing::AnyOf;
using testing::Contains;
using testing::Field;
using testing::StrEq;

v1::Role RoleOf(const MethodDescriptor& method) {
  const auto& access = method.options().GetExtension(v1::access);
  return access.roles_size() == 0 ? v1::ROLE_ADMIN : access.roles(0);
}

// Where every journal stands.
std::map<std::string, int64_t> Heads() {
  std::map<std::string, int64_t> heads;
  engine::Engine& engine = System::Shared().engine();
  for (const auto* method : engine.methods()) {
    if (method->service_name.empty() || heads.contains(method->service_name + "/0")) continue;
    const auto positions = engine.Heads(method->service_name);
    if (!positions.ok()) continue;
    for (const auto& position : *positions)
      heads[method->service_name + "/" + std::to_string(position.partition())] = position.seq();
  }
  return heads;
}

class EachRpc : public testing::TestWithParam<const MethodDescriptor*> {
 protected:
  EachRpc() : name_(methods::NameOf(method())), caller_(System::Shared().As({RoleOf(method())}, "bad-input")) {}
  void SetUp() override {
    heads_ = Heads();
    ASSERT_FALSE(heads_.empty());
  }
  void TearDown() override { EXPECT_EQ(Heads(), heads_) << "bad input was recorded"; }

  static const MethodDescriptor& method() { return *GetParam(); }

  client::Answer Send(const Message& request) const { return caller_.CallBytes(name_, Bytes(request), kAsIs); }
  static std::string Bytes(const Message& request) { return request.SerializePartialAsString(); }

  // The request is refused, and the field that is wrong is named.
  void ExpectField(const Message& request, const std::string& field, const char* what) const {
    const client::Answer answer = Send(request);
    EXPECT_EQ(answer.code, Code::kInvalidArgument) << what << " " << field << ": " << answer.Explain();
    EXPECT_EQ(answer.reason, "INVALID_REQUEST") << what << " " << field << ": " << answer.Explain();
    EXPECT_FALSE(answer.localized.empty());
    EXPECT_THAT(answer.fields, Contains(testing::Field(&FieldViolation::field, field)))
        << what << " " << field << ": " << answer.Explain();
  }

  std::unique_ptr<Message> Full() const { return FullRequest(method()); }

  inline static const With kAsIs{.fill_request_id = false, .read_own_writes = false};
  const std::string name_;
  const Client caller_;
  std::map<std::string, int64_t> heads_;
};

INSTANTIATE_TEST_SUITE_P(BadInput, EachRpc, testing::ValuesIn(methods::All()),
                         [](const auto& info) { return TestNameOf(*info.param); });

TEST_P(EachRpc, HasARequestThatBreaksNoRule) {
  // Else what follows would prove little.
  for (const auto& violation : rows::Violations(*Full()))
    ADD_FAILURE() << violation.field << " " << violation.description;
}

TEST_P(EachRpc, RefusesWhatLacksARequiredField) {
  for (const Place& place : PlacesOf(method())) {
    if (!place.check().required() && !place.is_request_id()) continue;
    const auto request = Full();
    place.Clear(request.get());
    std::string field = place.Name();
    if (place.field()->is_repeated()) field.resize(field.size() - 3);  // the list itself
    ExpectField(*request, field, "without");
  }
}

TEST_P(EachRpc, RefusesWhatIsTooLong) {
  for (const Place& place : PlacesOf(method())) {
    if (place.field()->cpp_type() != FieldDescriptor::CPPTYPE_STRING) continue;
    uint32_t most = place.check().max_len();
    if (most == 0 && !place.is_text()) continue;
    if (most == 0) most = 1000;
    const auto request = Full();
    std::string text;
    for (uint32_t i = 0; i <= most; ++i) text += place.is_text() ? "한" : "x";
    place.SetText(request.get(), text);
    ExpectField(*request, place.Name(), "too long:");
  }
}

TEST_P(EachRpc, RefusesTooManyElements) {
  for (const Place& place : PlacesOf(method())) {
    if (!place.field()->is_repeated()) continue;
    const auto request = Full();
    Message* holder = place.Holder(request.get());
    const auto* reflection = holder->GetReflection();
    const int most = place.check().max_items() == 0 ? 1000 : static_cast<int>(place.check().max_items());
    while (reflection->FieldSize(*holder, place.field()) <= most) {
      if (place.field()->type() == FieldDescriptor::TYPE_MESSAGE)
        reflection->AddMessage(holder, place.field());
      else if (place.is_text())
        reflection->AddString(holder, place.field(), FineText(*place.field()));
      else if (place.field()->type() == FieldDescriptor::TYPE_ENUM)
        reflection->AddEnumValue(holder, place.field(), 1);
      else if (place.field()->type() == FieldDescriptor::TYPE_INT32)
        reflection->AddInt32(holder, place.field(), 1);
      else
        GTEST_FAIL() << place.Name() << " repeats a type that requests have not had";
    }
    std::string field = place.Name();
    field.resize(field.size() - 3);
    ExpectField(*request, field, "too many:");
  }
}

TEST_P(EachRpc, RefusesIdsThatAreNone) {
  for (const Place& place : PlacesOf(method())) {
    if (place.ref().empty()) continue;
    for (const char* id :
         {"17", "01935C1E-7C1E-7ABC-8DEF-0123456789AB", "ext:ERP:1", "ext:erp:", "' OR 1=1 --", "../.."}) {
      const auto request = Full();
      place.SetText(request.get(), id);
      ExpectField(*request, place.Name(), id);
    }
  }
}

TEST_P(EachRpc, RefusesRequestIdsThatAreNone) {
  for (const Place& place : PlacesOf(method())) {
    if (!place.is_request_id()) continue;
    for (const char* id : {"evt/1/policy/2", "a b", "한글", "tab\there"}) {
      const auto request = Full();
      place.SetText(request.get(), id);
      ExpectField(*request, "request_id", id);
    }
  }
}

TEST_P(EachRpc, RefusesEnumValuesThatAreNotDefined) {
  for (const Place& place : PlacesOf(method())) {
    if (place.field()->type() != FieldDescriptor::TYPE_ENUM) continue;
    for (const int number : {9999, -1}) {
      const auto request = Full();
      place.SetNumber(request.get(), number);
      ExpectField(*request, place.Name(), "undefined");
    }
  }
}

TEST_P(EachRpc, RefusesNumbersOutOfRange) {
  for (const Place& place : PlacesOf(method())) {
    const v1::Check& check = place.check();
    const auto type = place.field()->cpp_type();
    if (type != FieldDescriptor::CPPTYPE_INT32 && type != FieldDescriptor::CPPTYPE_INT64) continue;
    const auto request = Full();
    if (check.has_gte()) {
      place.SetNumber(request.get(), check.gte() - 1);
      ExpectField(*request, place.Name(), "too small:");
    }
    if (check.has_lte()) {
      place.SetNumber(request.get(), check.lte() + 1);
      ExpectField(*request, place.Name(), "too large:");
    }
  }
}

TEST_P(EachRpc, RefusesWhatIsNotInItsFormat) {
  for (const Place& place : PlacesOf(method())) {
    if (place.check().format() == v1::Check::FORMAT_UNSPECIFIED) continue;
    const auto request = Full();
    place.SetText(request.get(), "2026-02-30!");
    ExpectField(*request, place.Name(), "not in its format:");
  }
}

TEST_P(EachRpc, RefusesInstantsBeyondTheCalendar) {
  for (const Place& place : PlacesOf(method())) {
    if (place.field()->type() != FieldDescriptor::TYPE_MESSAGE ||
        place.field()->message_type()->full_name() != "google.protobuf.Timestamp")
      continue;
    for (const int64_t seconds : {int64_t{-62'135'596'801}, int64_t{253'402'300'800}, INT64_MAX, INT64_MIN}) {
      const auto request = Full();
      Message* holder = place.Holder(request.get());
      Message* time = holder->GetReflection()->MutableMessage(holder, place.field());
      time->GetReflection()->SetInt64(time, time->GetDescriptor()->FindFieldByName("seconds"), seconds);
      ExpectField(*request, place.Name(), "beyond the calendar:");
    }
  }
}

TEST_P(EachRpc, RefusesTextThatIsNotUtf8) {
  for (const Place& place : PlacesOf(method())) {
    if (!place.is_text()) continue;
    const auto request = Full();
    place.SetText(request.get(), "\xc3\x28");
    const auto answer = Send(*request);
    EXPECT_EQ(answer.code, Code::kInvalidArgument) << place.Name() << ": " << answer.Explain();
    EXPECT_EQ(answer.reason, "INVALID_UTF8") << place.Name() << ": " << answer.Explain();
    EXPECT_THAT(answer.fields, Contains(testing::Field(&FieldViolation::field, place.Name())));
  }
}

TEST_P(EachRpc, RefusesNulAndControlCharacters) {
  for (const Place& place : PlacesOf(method())) {
    if (!place.is_text()) continue;
    for (const auto& text :
         {std::string("a\0b", 3), std::string(1, '\0'), std::string("\x01"), std::string("\x1b[31m")}) {
      const auto request = Full();
      place.SetText(request.get(), text);
      ExpectField(*request, place.Name(), "control character in");
    }
  }
}

TEST_P(EachRpc, RefusesBytesThatAreNoMessage) {
  const std::string bytes = Bytes(*Full());
  for (const std::string& broken : {std::string("\xff\xff\xff\xff"), std::string("\x0a\x7f"), bytes + "\x0a"}) {
    const auto answer = caller_.CallBytes(name_, broken, kAsIs);
    EXPECT_EQ(answer.code, Code::kInvalidArgument) << answer.Explain();
    EXPECT_EQ(answer.reason, "MALFORMED_REQUEST") << answer.Explain();
  }
}

TEST_P(EachRpc, RefusesWhoHasNoToken) {
  const auto nobody = client::Client(System::Shared().address());
  for (const char* authorization : {"", "Bearer", "Bearer ", "Bearer nonsense", "Basic a2ltOmtpbQ=="}) {
    client::Options options;
    if (*authorization != '\0') options.metadata = {{"authorization", authorization}};
    const auto answer = const_cast<client::Client&>(nobody).Call(name_, Bytes(*Full()), options);
    EXPECT_EQ(answer.code, Code::kUnauthenticated) << answer.Explain();
    EXPECT_EQ(answer.reason, "UNAUTHENTICATED") << answer.Explain();
  }
}

TEST_P(EachRpc, RefusesWhoMayNotCallIt) {
  const auto& access = method().options().GetExtension(v1::access);
  EXPECT_GT(access.roles_size(), 0) << "the method does not say who may call it";
  for (int role = 0; role < v1::Role_ARRAYSIZE; ++role) {
    if (role == v1::ROLE_ADMIN || !v1::Role_IsValid(role)) continue;
    if (std::find(access.roles().begin(), access.roles().end(), role) != access.roles().end()) continue;
    const auto wrong = System::Shared().As({static_cast<v1::Role>(role)}, "bad-input");
    const auto answer = wrong.CallBytes(name_, Bytes(*Full()), kAsIs);
    EXPECT_EQ(answer.code, Code::kPermissionDenied) << v1::Role_Name(role) << ": " << answer.Explain();
    EXPECT_EQ(answer.reason, "PERMISSION_DENIED") << answer.Explain();
  }
}

}  // namespace
}  // namespace songsang::tests
