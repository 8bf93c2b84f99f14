#include "rows/validate.h"

#include <gmock/gmock.h>
#include <google/protobuf/unknown_field_set.h>

#include <chrono>
#include <thread>

#include "songsang/v1/engine.pb.h"
#include "unit/validate/shop.h"

namespace songsang::tests {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

const std::string kUuid = "01935c1e-7c1e-7abc-8def-0123456789ab";
// What every order must have.
const std::string kFine =
    "request_id: 'r1' name: 'a' title: 't' tag_ids: '" + kUuid + "' needed: 1 kind: KIND_SMALL first { name: 'x' } ";

std::vector<std::string> Told(const google::protobuf::Message& message) {
  std::vector<std::string> told;
  for (const auto& violation : rows::Violations(message)) told.push_back(violation.field + " " + violation.description);
  return told;
}

struct Row {
  std::string text;  // added to kFine
  std::string told;  // "" where nothing is wrong
  friend void PrintTo(const Row& row, std::ostream* out) { *out << row.text.substr(0, 100); }
};

class OrderIs : public testing::TestWithParam<Row> {};

TEST_P(OrderIs, ToldWhatIsWrong) {
  const auto order = Shop("OrderRequest", kFine + GetParam().text);
  const auto told = Told(*order);
  if (GetParam().told.empty()) {
    EXPECT_THAT(told, IsEmpty()) << GetParam().text;
  } else {
    EXPECT_THAT(told, ElementsAre(HasSubstr(GetParam().told))) << GetParam().text;
  }
}

std::string Times(int count, const std::string& text) {
  std::string all;
  for (int i = 0; i < count; ++i) all += text;
  return all;
}

INSTANTIATE_TEST_SUITE_P(Fine, OrderIs, testing::Values(Row{"", ""}));

INSTANTIATE_TEST_SUITE_P(
    Texts, OrderIs,
    testing::Values(Row{"name: '\\000'", "name holds a NUL character"}, Row{"name: 'a\\001b'", "name holds a control"},
                    Row{"name: 'a\\177'", "name holds a control"}, Row{"name: 'a\\302\\205'", "name holds a control"},
                    Row{"name: 'a\\tb\\r\\nc'", ""}, Row{"name: '\\355\\225\\234\\352\\270\\200'", ""},
                    Row{"name: '" + Times(1000, "한") + "'", ""},
                    Row{"name: '" + Times(1001, "한") + "'", "name must hold at most 1000 characters; it holds 1001"},
                    Row{"note: '한글입니'", ""}, Row{"note: '한글입니다'", "note must hold at most 4 characters"},
                    Row{"note: 'a'", "note must hold at least 2 characters"}, Row{"note: ''", "note must not be empty"},
                    Row{"seal: '1234'", ""}, Row{"seal: '\\377\\000\\001'", ""},
                    Row{"seal: '12345'", "seal must hold at most 4 bytes"}, Row{"code: 'ABC-12'", ""},
                    Row{"code: 'xABC-12'", "code must match"}, Row{"code: 'ABC-12x'", "code must match"}));

INSTANTIATE_TEST_SUITE_P(RequestIds, OrderIs,
                         testing::Values(Row{"request_id: ''", "request_id is required"},
                                         Row{"request_id: 'evt/1'", "without /"},
                                         Row{"request_id: 'a b'", "visible ASCII"},
                                         Row{"request_id: '한글'", "visible ASCII"},
                                         Row{"request_id: '" + Times(64, "x") + "'", ""},
                                         Row{"request_id: '" + Times(65, "x") + "'", "request_id must be 1 to 64"},
                                         Row{"request_id: 'a~!\\042#.7'", ""}));

INSTANTIATE_TEST_SUITE_P(
    References, OrderIs,
    testing::Values(Row{"customer_id: '" + kUuid + "'", ""}, Row{"customer_id: 'ext:erp:A-17'", ""},
                    Row{"customer_id: 'ext:erp:한글 a:b'", ""},
                    Row{"customer_id: 'ext:Erp:1'", "customer_id must be an id"},
                    Row{"customer_id: 'ext:erp:'", "customer_id must be an id"},
                    Row{"customer_id: 'ext::1'", "customer_id must be an id"},
                    Row{"customer_id: 'ext:erp'", "customer_id must be an id"},
                    Row{"customer_id: 'ext:erp:" + Times(201, "1") + "'", "customer_id must be an id"},
                    Row{"customer_id: '01935C1E-7C1E-7ABC-8DEF-0123456789AB'", "customer_id must be an id"},
                    Row{"customer_id: '17'", "customer_id must be an id"},
                    Row{"tag_ids: ''", "tag_ids[1] must not be empty"}, Row{"tag_ids: 'x'", "tag_ids[1] must be an id"},
                    Row{"tag_ids: 'ext:a:1' tag_ids: 'ext:a:2' tag_ids: 'ext:a:3'",
                        "tag_ids must hold at most 3 elements; it holds 4"}));

INSTANTIATE_TEST_SUITE_P(
    Formats, OrderIs,
    testing::Values(Row{"ordered_on: '2024-02-29'", ""}, Row{"ordered_on: '2023-02-29'", "ordered_on must be a day"},
                    Row{"ordered_on: '1899-12-31'", "ordered_on must be a day"},
                    Row{"ordered_on: '2026-1-1'", "ordered_on must be a day"}, Row{"currency: 'KRW'", ""},
                    Row{"currency: 'krw'", "currency must be the ISO 4217"}, Row{"currency: 'ZZZ'", "currency must be"},
                    Row{"email: 'a.b+c@example.co.kr'", ""}, Row{"email: '홍길동@한국.kr'", ""}, Row{"email: ''", ""},
                    Row{"email: 'a@b'", "email must be"}, Row{"email: 'a@b@c.kr'", "email must be"},
                    Row{"email: '@b.kr'", "email must be"}, Row{"email: 'a b@c.kr'", "email must be"},
                    Row{"email: 'a@-b.kr'", "email must be"}, Row{"email: 'a@b..kr'", "email must be"},
                    Row{"phone: '+82 (0)2-123.45'", ""}, Row{"phone: '12'", "phone must be"},
                    Row{"phone: '010-CALL'", "phone must be"}, Row{"phone: '---'", "phone must be"},
                    Row{"key: 'sales_rep2'", ""}, Row{"key: '2x'", "key must be"}, Row{"key: 'Sales'", "key must be"},
                    Row{"country: 'KR'", ""}, Row{"country: 'kr'", "country must be"},
                    Row{"country: 'XX'", "country must"}, Row{"country: 'D '", "country must be"}));

INSTANTIATE_TEST_SUITE_P(Numbers, OrderIs,
                         testing::Values(Row{"count: 10", ""}, Row{"count: 11", "count must be between 0 and 10"},
                                         Row{"count: -1", "count must"}, Row{"least: 0", "least must be at least 1"},
                                         Row{"least: 1", ""}, Row{"most: 7", ""},
                                         Row{"most: 18446744073709551615", "most must be at most 7"},
                                         Row{"needed: 0", "needed is required"}, Row{"ratio: 0.5", ""},
                                         Row{"ratio: nan", "ratio must be a finite"}, Row{"ratio: inf", "finite"},
                                         Row{"kind: 0", "kind is required"},
                                         Row{"kind: 99", "kind 99 is not a value of shop.Kind"},
                                         Row{"kinds: KIND_LARGE kinds: 77", "kinds[1] 77 is not a value"},
                                         Row{"counts: 2 counts: 1", "counts[1] must be at least 2"}));

INSTANTIATE_TEST_SUITE_P(
    Nested, OrderIs,
    testing::Values(Row{"lines { name: 'a' } lines { }", "lines[1].name is required"},
                    Row{"lines { name: 'a' price { minor: 1 } }", "lines[0].price.currency is required"},
                    Row{"lines { name: 'a' price { minor: 9007199254740992 currency: 'KRW' } }",
                        "lines[0].price.minor must be between"},
                    Row{"lines { name: 'a' kind: 9 }", "lines[0].kind 9 is not"},
                    Row{"by_name { key: 'a' value { name: 'abcdef' } }", "by_name[0].value.name must hold at most 5"},
                    Row{"occurred_at { seconds: 1700000000 nanos: 999999999 }", ""},
                    Row{"occurred_at { seconds: -2208988800 }", ""},
                    Row{"occurred_at { seconds: -2208988801 }", "occurred_at must be an instant"},
                    Row{"occurred_at { seconds: 7258118400 }", "occurred_at must be an instant"},
                    Row{"occurred_at { nanos: 1000000000 }", "occurred_at must be an instant"},
                    Row{"occurred_at { nanos: -1 }", "occurred_at must be an instant"},
                    Row{"lasts { seconds: 9 nanos: 1 }", ""}, Row{"lasts { seconds: 9 nanos: -1 }", "lasts must be a"},
                    Row{"inner { name: 'a' title: 't' needed: 1 kind: 1 first { name: 'x' } tag_ids: 'ext:a:1' }",
                        ""}));

TEST(Violations, AreAllAnsweredAtOnce) {
  EXPECT_THAT(Told(*Shop("OrderRequest", "code: 'x' lines { }")),
              ElementsAre("request_id is required", "name is required", "title is required",
                          "code must match [A-Z]{3}-[0-9]+", "tag_ids must hold at least 1 elements",
                          "needed is required", "kind is required", "lines[0].name is required", "first is required"));
}

TEST(Violations, RequiredTextMayNotBeClearedEither) {
  EXPECT_THAT(Told(*Shop("OrderRequest", kFine + "title: ''")), ElementsAre("title is required"));
}

TEST(Violations, AreNotMoreThanAHundred) {
  EXPECT_THAT(Told(*Shop("OrderRequest", kFine + Times(500, "lines { }"))), SizeIs(100));
}

TEST(Violations, WithoutARuleTextIsStillText) {
  EXPECT_THAT(Told(*Shop("Free", "text: 'ok' request_id: 'not the / field'")), IsEmpty());
  EXPECT_THAT(Told(*Shop("Free", Times(1000, "texts: ''"))), IsEmpty());
  EXPECT_THAT(Told(*Shop("Free", Times(1001, "texts: ''"))), ElementsAre(HasSubstr("texts must hold at most 1000")));
  auto free = Shop("Free", "");
  free->GetReflection()->SetString(free.get(), free->GetDescriptor()->field(0), "\xff\xfe");
  EXPECT_THAT(Told(*free), ElementsAre("text is not valid UTF-8"));
}

TEST(Violations, ArePlannedOnceFromManyThreads) {
  const auto order = Shop("OrderRequest", kFine + "lines { name: 'a' price { minor: 1 } }");
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] {
      for (int n = 0; n < 200; ++n) EXPECT_THAT(rows::Violations(*order), SizeIs(1));
    });
  for (auto& thread : threads) thread.join();
}

TEST(Violations, OfASmallFineRequestTakeAboutAMicrosecond) {
  v1::ReadEventsRequest request;
  request.mutable_after()->set_service("leads");
  request.add_types("songsang.leads.v1.LeadCaptured");
  request.set_limit(100);
  ASSERT_THAT(rows::Violations(request), IsEmpty());
  constexpr int kRounds = 100'000;
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < kRounds; ++i) ASSERT_TRUE(rows::Violations(request).empty());
  const auto each = (std::chrono::steady_clock::now() - begin) / kRounds;
  RecordProperty("nanoseconds", static_cast<int>(std::chrono::nanoseconds(each).count()));
  EXPECT_LT(each, std::chrono::microseconds(20));  // wide, for a busy machine under sanitizers
}

TEST(FindInvalidText, NamesTheFieldThatParsingStumbledOver) {
  const auto order = Shop("OrderRequest", kFine + "lines { name: 'a' } lines { name: 'QQ' }");
  std::string bytes = order->SerializeAsString();
  EXPECT_EQ(rows::FindInvalidText(*order->GetDescriptor(), bytes), "");
  bytes.replace(bytes.find("QQ"), 2, "\xff\xfe");
  EXPECT_EQ(rows::FindInvalidText(*order->GetDescriptor(), bytes), "lines[1].name");
  for (size_t cut = 0; cut < bytes.size(); ++cut)
    rows::FindInvalidText(*order->GetDescriptor(), std::string_view(bytes).substr(0, cut));
  EXPECT_EQ(rows::FindInvalidText(*order->GetDescriptor(), "\xff\xff\xff"), "");
}

}  // namespace
}  // namespace songsang::tests
