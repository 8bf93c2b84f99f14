#include "kit/brn.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <regex>
#include <sstream>

#include "support/proto.h"

namespace songsang::kit {
namespace {

struct Row {
  const char* given;
  const char* digits;  // empty: refused
};

TEST(Brn, IsNormalisedAndChecked) {
  const Row rows[] = {
      {"124-81-00998", "1248100998"},
      {"6798700433", "6798700433"},
      {"401 03 94930", "4010394930"},
      {" 220-81-62517 ", "2208162517"},
      {"123-45-67890", ""},          // check digit
      {"000-00-00000", ""},          // passes the check digit
      {"220-81-6251", ""},           // nine digits
      {"220-81-625170", ""},         // eleven
      {"220.81.62517", ""},          // neither hyphen nor space
      {"２２０８１６２５１７", ""},  // full-width digits
      {"brn", ""},
      {"-", ""},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.given);
    const auto normal = NormalBrn(row.given, "brn");
    if (*row.digits == '\0') {
      EXPECT_THAT(normal, RefusedWith(kBrnMustBeValid));
      EXPECT_EQ(normal.refusal().violations.at(0).field, "brn");
    } else {
      ASSERT_THAT(normal, IsOk());
      EXPECT_EQ(*normal, row.digits);
    }
  }
  ASSERT_THAT(NormalBrn("", "brn"), IsOk());
  EXPECT_EQ(*NormalBrn("", "brn"), "");
}

// Numbers that other programs' tests hold, with their verdicts.
TEST(Brn, AgreesWithPublicTests) {
  const char* data = std::getenv("SONGSANG_DATA");
  const std::string path = (data != nullptr ? std::string(data) : "../shared/data") + "/korea/brn_vectors.json";
  std::ifstream file(path);
  if (!file) GTEST_SKIP() << path << " is not there; set SONGSANG_DATA";
  std::ostringstream text;
  text << file.rdbuf();
  const std::string json = text.str();
  const std::regex entry(R"re("n":\s*"([^"]*)",\s*"valid":\s*(true|false))re");
  int count = 0;
  for (std::sregex_iterator at(json.begin(), json.end(), entry), end; at != end; ++at, ++count) {
    SCOPED_TRACE(at->str(1));
    EXPECT_EQ(NormalBrn(at->str(1), "brn").ok(), at->str(2) == "true");
  }
  EXPECT_GE(count, 20);
}

TEST(CorporateNo, NeedsThirteenDigitsOnly) {
  ASSERT_THAT(NormalCorporateNo("110111-0062438", "corporate_no"), IsOk());
  EXPECT_EQ(*NormalCorporateNo("110111-0062438", "corporate_no"), "1101110062438");
  EXPECT_THAT(NormalCorporateNo("110111-006243", "corporate_no"), RefusedWith(kCorporateNoMustHaveThirteenDigits));
  EXPECT_TRUE(CorporateNoCheckDigitHolds("1101110062432"));
  EXPECT_FALSE(CorporateNoCheckDigitHolds("1101110062438"));
}

}  // namespace
}  // namespace songsang::kit
