#include <gtest/gtest.h>

#include "reporting/queries.h"
#include "reporting/rules_dictionary.h"

namespace songsang::reporting {
namespace {

constexpr const char* kFact =
    "facts { key: 'win' name { english: 'Win' korean: '수주' } meaning { english: 'w' korean: '수' } from: 'leads_lead "
    "l' "
    "date: 'l.occurred_on' entity: 'leads.Lead' alias: 'l' } ";
std::string Metric(const std::string& body, const std::string& key = "wins", int number = 1) {
  return "metrics { key: '" + key + "' number: " + std::to_string(number) +
         " name { english: 'Wins' korean: '수주' } meaning { english: 'w' korean: '수' } formula: 'count' " + body +
         " unit: UNIT_COUNT rounding: ROUNDING_HALF_AWAY } ";
}

Dictionary Read(const std::string& text) {
  const std::vector<std::pair<std::string, std::string>> files = {{"test.txtpb", text}};
  return Dictionary::Read(files);
}

std::string WrongIn(const std::string& text) {
  try {
    Read(text);
  } catch (const std::logic_error& error) {
    return error.what();
  }
  return "";
}

TEST(Dictionary, EveryMistakeIsNamed) {
  const std::string good = Metric("amount { fact: 'win' }");
  EXPECT_EQ(WrongIn(kFact + good), "");
  struct {
    std::string text, named;
  } cases[] = {
      {"metrics { kea: 'x' }", "test.txtpb:1:"},
      {kFact + good + good, "twice"},
      {std::string(kFact) + kFact, "twice"},
      {good, "the fact `win`, which there is not"},
      {kFact + Metric(""), "has no kind"},
      {kFact + Metric("amount { fact: 'win' whole: true }"), "over the whole"},
      {kFact + good + "dimensions { key: 'wins' name { english: 'a' korean: '가' } calendar: CALENDAR_DAY }", "either"},
      {kFact + good + "dimensions { key: 'd' name { english: 'a' korean: '가' } }", "either sources or a calendar"},
      {kFact + good + "dimensions { key: 'd' name { english: 'a' } calendar: CALENDAR_DAY }", "Korean"},
      {kFact + good + "dimensions { key: 'd' name { english: 'a' korean: '가' } sources { facts: 'no' } }", "`no`"},
  };
  for (const auto& c : cases) EXPECT_NE(WrongIn(c.text).find(c.named), std::string::npos) << WrongIn(c.text);
}

TEST(Dictionary, NewestNumberUnlessOneIsNamed) {
  const Dictionary dictionary = Read(kFact + Metric("amount { fact: 'win' }") +
                                     Metric("amount { fact: 'win' where: 'l.status IS NULL' }", "wins", 2));
  EXPECT_EQ((*dictionary.Metric("wins"))->number(), 2);
  EXPECT_EQ((*dictionary.Metric("wins@1"))->number(), 1);
  for (const char* name : {"win", "winsx", "wins@3", "wins@", "wins@1x", "@1", ""})
    EXPECT_FALSE(dictionary.Metric(name).ok()) << name;
}

TEST(Dictionary, ColumnsThatAreNotThereAreFound) {
  const Dictionary dictionary = Read(kFact + Metric("amount { fact: 'win' where: 'l.colour IS NULL' }"));
  try {
    dictionary.CheckColumns([](const std::string&, const std::string& column) { return column != "colour"; });
    FAIL() << "l.colour is no column";
  } catch (const std::logic_error& error) {
    EXPECT_NE(std::string(error.what()).find("l.colour"), std::string::npos) << error.what();
  }
}

TEST(Dictionary, TheShippedOneIsSoundAndOfUse) {
  const Dictionary& dictionary = ShippedDictionary();
  EXPECT_GE(dictionary.metrics().size(), 30U);
  for (const auto* metric : dictionary.metrics()) {
    EXPECT_TRUE(dictionary.CanCut(*metric, **dictionary.Dimension("month"))) << metric->key();
    EXPECT_TRUE(dictionary.CanCut(*metric, **dictionary.Dimension("team"))) << metric->key();
  }
}

}  // namespace
}  // namespace songsang::reporting
