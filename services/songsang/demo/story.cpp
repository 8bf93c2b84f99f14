#include "songsang/demo/story.h"

#include <algorithm>
#include <array>
#include <memory>

#include "songsang/demo/teller.h"

namespace songsang::demo {
namespace {

// The story's first deals come of leads of the weeks before it.
constexpr int kDaysBefore = 75;

// How busy a month is, from January: slow around Seollal and in August, hurried when budgets end.
constexpr std::array kSeason = {80, 72, 116, 105, 96, 110, 88, 72, 104, 97, 118, 126};

}  // namespace

Teller::Teller(const StorySettings& settings) : settings_(settings), chance_(settings.seed), end_(EndOf(settings)) {}

Date Teller::Workday(Date day) {
  while (day.iso_weekday() > 5 && !chance_.In1000(60)) day = day.PlusDays(1);
  return day;
}

Date Teller::SomeDay() {
  if (chance_.In1000(110)) return Workday(settings_.from.PlusDays(-chance_.Between(1, kDaysBefore)));
  std::vector<int> weights;
  for (int i = 0; i < 12; ++i) weights.push_back(kSeason[static_cast<size_t>((settings_.from.month() - 1 + i) % 12)]);
  const int place = settings_.from.month() - 1 + static_cast<int>(chance_.Weighted(weights));
  const Date first = Date::Of(settings_.from.year() + place / 12, place % 12 + 1, 1);
  const Date day = Workday(first.PlusDays(chance_.Between(0, 27)));
  return day < end_ ? day : end_.PlusDays(-1);
}

const Person& Teller::RepOf(size_t branch, Date day) {
  std::vector<const Person*> there;
  for (const auto& [home, reps] : reps_)
    for (const Person& rep : reps)
      if (rep.BranchOn(day) == branch && !(day < rep.from) && rep.StaysOn(day)) there.push_back(&rep);
  return *chance_.Pick(there);
}

size_t Teller::SomeBranch() {
  std::vector<int> weights;
  for (const BranchWords& branch : Branches()) weights.push_back(branch.weight);
  return chance_.Weighted(weights);
}

size_t Teller::SomeProduct() {
  std::vector<int> weights;
  for (const ProductWords& product : Products()) weights.push_back(product.weight);
  return chance_.Weighted(weights);
}

// What is asked for: the list price of the year's beginning, or something off it, in round numbers.
int64_t Teller::SomeValue(const ProductWords& product) {
  const int discount = chance_.In1000(400) ? 0 : chance_.Between(2, 15);
  return product.price * (100 - discount) / 100 / 10'000 * 10'000;
}

std::vector<std::string> Teller::Months() const {
  std::vector<std::string> months;
  for (int i = 0; i < 12; ++i) {
    const int place = settings_.from.month() - 1 + i;
    months.push_back(fmt::format("{}-{:02}", settings_.from.year() + place / 12, place % 12 + 1));
  }
  return months;
}

Cast Teller::CastOf() const {
  Cast cast;
  cast.branch_key = Branches()[0].key;
  cast.branch_name = Branches()[0].name;
  // Who sold most of those who were there all the year.
  int64_t most = 0;
  for (const Person& rep : reps_.at(0)) {
    const auto sold = sold_.find(rep.key);
    if (!rep.later_unit.empty() || !rep.successor.empty() || !(rep.from < settings_.from) || sold == sold_.end())
      continue;
    int64_t sum = 0, best = 0;
    std::string month;
    for (const auto& [when, amount] : sold->second) {
      // What is settled: not before the story, nor its last month.
      if (when < Months().front() || when >= Months().back()) continue;
      sum += amount;
      if (amount > best) month = when;
      best = std::max(best, amount);
    }
    if (sum <= most) continue;
    most = sum;
    cast.rep_key = rep.key;
    cast.rep_name = rep.name;
    cast.month = month;
  }
  return cast;
}

Date EndOf(const StorySettings& settings) { return Date::Of(settings.from.year() + 1, settings.from.month(), 1); }

Story TellStory(const StorySettings& settings) {
  const auto teller = std::make_shared<Teller>(settings);
  using Telling = void (Teller::*)(const Learnt&);
  Story story;
  for (const Telling telling : {&Teller::Found, &Teller::Employ, &Teller::RegisterClients, &Teller::Sell,
                                &Teller::Approve, &Teller::Trade, &Teller::Train, &Teller::Resign, &Teller::CloseMonths,
                                &Teller::RecordClosings, &Teller::CloseHard, &Teller::Settle}) {
    Chapter& chapter = story.chapters.emplace_back();
    chapter.approval = telling == &Teller::Approve;
    chapter.tell = [teller, telling](const Learnt& learnt) {
      ((*teller).*telling)(learnt);
      return teller->Take();
    };
  }
  story.cast = [teller] { return teller->CastOf(); };
  return story;
}

std::string MadeUpBrn(int number) {
  // 999 is no tax office's code; 81 to 88 is what corporations bear.
  std::string digits = fmt::format("999{}{:04}", 81 + number % 8, number);
  static constexpr std::array kWeights = {1, 3, 7, 1, 3, 7, 1, 3, 5};
  int sum = 0;
  for (size_t i = 0; i < kWeights.size(); ++i) sum += (digits[i] - '0') * kWeights[i];
  sum += (digits[8] - '0') * 5 / 10;
  return digits + static_cast<char>('0' + (10 - sum % 10) % 10);
}

}  // namespace songsang::demo
