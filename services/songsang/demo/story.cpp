#include "songsang/demo/story.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "songsang/accounts/v1/account.pb.h"
#include "songsang/billing/v1/catalogue.pb.h"
#include "songsang/demo/chance.h"
#include "songsang/demo/words.h"
#include "songsang/leads/v1/lead.pb.h"
#include "songsang/leads/v1/opportunity.pb.h"
#include "songsang/workforce/v1/people.pb.h"
#include "songsang/workforce/v1/unit.pb.h"

namespace songsang::demo {
namespace {

using accounts::v1::Account;
using leads::v1::Lead;
using leads::v1::OpportunityCycle;

constexpr const char* kLeads = "songsang.leads.v1.LeadService/";
constexpr const char* kOpportunities = "songsang.leads.v1.OpportunityService/";
constexpr const char* kAccounts = "songsang.accounts.v1.AccountService/";
constexpr const char* kPeople = "songsang.workforce.v1.PersonService/";
constexpr const char* kUnits = "songsang.workforce.v1.UnitService/";
constexpr const char* kCatalogue = "songsang.billing.v1.CatalogueService/";

// The story's first deals come of leads of the weeks before it.
constexpr int kDaysBefore = 75;

// How busy a month is, from January: slow around Seollal and in August, hurried when budgets end.
constexpr std::array kSeason = {80, 72, 116, 105, 96, 110, 88, 72, 104, 97, 118, 126};

std::string Ext(const std::string& key) { return "ext:demo:" + key; }

struct Person {
  std::string key;
  Date from;
  std::string unit;  // key
  int skill = 0;     // of a thousand, on top of the chance to win
  // The unit changed to, and when; empty if none.
  std::string later_unit;
  Date later;

  const std::string& UnitOn(Date day) const { return later_unit.empty() || day < later ? unit : later_unit; }
};

class Teller {
 public:
  explicit Teller(const StorySettings& settings) : settings_(settings), chance_(settings.seed), end_(EndOf(settings)) {}

  std::vector<v1::BatchItem> Tell() {
    OpenCatalogue();
    OpenOrganisation();
    RegisterClients();
    for (int i = 0; i < settings_.leads; ++i) TellLead(i);
    for (int i = 0; i < settings_.leads / 8; ++i) TellRepeat(i);
    return std::move(items_);
  }

 private:
  template <class Request>
  void Give(const std::string& method, Request request, const std::string& id) {
    request.set_request_id(fmt::format("demo-{}-{}", settings_.seed, id));
    v1::BatchItem& item = items_.emplace_back();
    item.set_method(method);
    request.SerializeToString(item.mutable_request());
  }
  template <class Request>
  static void Name(Request* request, const std::string& key) {
    request->mutable_external_ref()->set_system("demo");
    request->mutable_external_ref()->set_key(key);
  }
  static void Amount(int64_t won, common::v1::Money* money) {
    money->set_minor(won);
    money->set_currency("KRW");
  }

  // Most work is done on working days.
  Date Workday(Date day) {
    while (day.iso_weekday() > 5 && !chance_.In1000(60)) day = day.PlusDays(1);
    return day;
  }
  Date SomeDay() {
    if (chance_.In1000(110)) return Workday(settings_.from.PlusDays(-chance_.Between(1, kDaysBefore)));
    std::vector<int> weights;
    for (int i = 0; i < 12; ++i) weights.push_back(kSeason[static_cast<size_t>((settings_.from.month() - 1 + i) % 12)]);
    const int place = settings_.from.month() - 1 + static_cast<int>(chance_.Weighted(weights));
    const Date first = Date::Of(settings_.from.year() + place / 12, place % 12 + 1, 1);
    const Date day = Workday(first.PlusDays(chance_.Between(0, 27)));
    return day < end_ ? day : end_.PlusDays(-1);
  }

  void OpenCatalogue();
  void SetPrice(const ProductWords& product, int64_t price, Date from);
  void OpenOrganisation();
  void OpenUnit(const std::string& key, const std::string& name, workforce::v1::Unit::Kind kind,
                const std::string& region, const std::string& parent);
  Person Hire(const std::string& unit, const std::string& role, const std::string& grade, Date from);
  void MoveSome();
  void RegisterClients();
  void TellLead(int number);
  void TellRepeat(int number);
  bool HandOver(int number, Date day, const Person& rep, const std::string& account, const ProductWords& product,
                int64_t value);
  void Work(const std::string& key, Date opened, int chance_to_win, int64_t value);
  // Somebody of the branch who had begun by then.
  const Person& RepOf(size_t branch, Date day) {
    const Person* rep = &chance_.Pick(reps_[branch]);
    while (day < rep->from) rep = &chance_.Pick(reps_[branch]);
    return *rep;
  }
  size_t SomeBranch() {
    std::vector<int> weights;
    for (const BranchWords& branch : Branches()) weights.push_back(branch.weight);
    return chance_.Weighted(weights);
  }
  size_t SomeProduct() {
    std::vector<int> weights;
    for (const ProductWords& product : Products()) weights.push_back(product.weight);
    return chance_.Weighted(weights);
  }
  // What is asked for: the list price of the year's beginning, or something off it, in round numbers.
  int64_t SomeValue(const ProductWords& product) {
    const int discount = chance_.In1000(400) ? 0 : chance_.Between(2, 15);
    return product.price * (100 - discount) / 100 / 10'000 * 10'000;
  }

  const StorySettings settings_;
  Chance chance_;
  const Date end_;
  std::vector<v1::BatchItem> items_;
  std::map<size_t, std::vector<Person>> reps_;  // by branch
  std::vector<Person> sdrs_;
  std::map<size_t, std::vector<std::string>> clients_;  // keys of accounts, by branch
  int people_ = 0;
};

void Teller::SetPrice(const ProductWords& product, int64_t price, Date from) {
  billing::v1::SetPriceRequest request;
  request.set_price_list_id(Ext("list"));
  request.set_product_id(Ext(product.key));
  Amount(price, request.mutable_amount());
  request.set_valid_from_on(from.ToIso());
  Give(std::string(kCatalogue) + "SetPrice", request, fmt::format("price-{}-{}", product.key, from.ToIso()));
}

void Teller::OpenCatalogue() {
  billing::v1::SavePriceListRequest list;
  Name(&list, "list");
  list.set_name("표준 정가표");
  list.set_currency("KRW");
  list.set_valid_from_on(settings_.from.PlusDays(-kListBegins).ToIso());
  Give(std::string(kCatalogue) + "SavePriceList", list, "list");
  for (const ProductWords& product : Products()) {
    billing::v1::SaveProductRequest request;
    Name(&request, product.key);
    request.set_name(product.name);
    request.set_category(product.category);
    Give(std::string(kCatalogue) + "SaveProduct", request, std::string("product-") + product.key);
    SetPrice(product, product.price, settings_.from.PlusDays(-kListBegins));
    // Software became dearer half-way.
    if (std::string_view(product.category) == "소프트웨어")
      SetPrice(product, product.price * 105 / 100, settings_.from.PlusDays(184));
  }
}

void Teller::OpenUnit(const std::string& key, const std::string& name, workforce::v1::Unit::Kind kind,
                      const std::string& region, const std::string& parent) {
  workforce::v1::OpenUnitRequest request;
  Name(&request, key);
  request.set_name(name);
  request.set_kind(kind);
  request.set_region(region);
  if (!parent.empty()) request.set_parent_id(Ext(parent));
  request.set_opened_on("");
  Give(std::string(kUnits) + "OpenUnit", request, "unit-" + key);
}

Person Teller::Hire(const std::string& unit, const std::string& role, const std::string& grade, Date from) {
  Person person;
  person.key = fmt::format("p{:03}", ++people_);
  person.from = from;
  person.unit = unit;
  person.skill = chance_.Between(-90, 110);
  workforce::v1::RegisterPersonRequest request;
  Name(&request, person.key);
  request.set_name(PersonName(&chance_));
  request.set_email(person.key + "@songsang-demo.example");
  request.set_phone(fmt::format("010-0000-{:04}", people_));
  request.set_grade(grade);
  Give(std::string(kPeople) + "RegisterPerson", request, "person-" + person.key);
  workforce::v1::JoinUnitRequest join;
  Name(&join, person.key);
  join.set_person_id(Ext(person.key));
  join.set_unit_id(Ext(unit));
  join.set_role(role);
  join.set_from_on(from.ToIso());
  Give(std::string(kUnits) + "JoinUnit", join, "join-" + person.key);
  return person;
}

void Teller::OpenOrganisation() {
  using workforce::v1::Unit;
  const Date before = settings_.from.PlusDays(-900);
  OpenUnit("headquarters", "송상오피스 본사", Unit::KIND_HEADQUARTERS, "서울", "");
  Hire("headquarters", "executive", "상무", before);
  OpenUnit("inside-sales", "인사이드세일즈팀", Unit::KIND_TEAM, "서울", "headquarters");
  Hire("inside-sales", "sales_manager", "차장", before);
  for (int i = 0; i < 9; ++i) sdrs_.push_back(Hire("inside-sales", "sdr", i % 3 == 0 ? "대리" : "사원", before));
  const std::array kGrades = {"사원", "사원", "대리", "대리", "과장", "차장"};
  for (size_t b = 0; b < Branches().size(); ++b) {
    const BranchWords& branch = Branches()[b];
    OpenUnit(branch.key, branch.name, Unit::KIND_BRANCH, branch.region, "headquarters");
    Hire(branch.key, "branch_manager", "부장", before);
    Hire(branch.key, "sales_support", "대리", before);
    const int teams = branch.weight > 20 ? 3 : 2;
    for (int team = 1; team <= teams; ++team) {
      const std::string key = fmt::format("{}-{}", branch.key, team);
      OpenUnit(key, fmt::format("{} 영업{}팀", std::string_view(branch.name).substr(0, 6), team), Unit::KIND_TEAM,
               branch.region, branch.key);
      Hire(key, "sales_manager", "과장", before);
      const int size = branch.weight > 20 ? 6 : 5;
      for (int i = 0; i < size; ++i) {
        const bool new_here = i > 0 && chance_.In1000(120);
        const Date from = new_here ? settings_.from.PlusDays(chance_.Between(20, 120)) : before;
        reps_[b].push_back(Hire(key, "sales_rep", new_here ? "사원" : chance_.Pick(kGrades), from));
      }
    }
  }
  MoveSome();
}

// Three representatives changed branches half-way; what they sold before stays with the old one.
void Teller::MoveSome() {
  const Date day = settings_.from.PlusDays(181);
  for (const size_t from : {size_t{0}, size_t{1}, size_t{4}}) {
    Person& mover = reps_[from].front();
    mover.later = day;
    mover.later_unit = fmt::format("{}-1", Branches()[from == 0 ? 1 : 0].key);
    workforce::v1::LeaveUnitRequest leave;
    leave.set_membership_id(Ext(mover.key));
    leave.set_to_on(day.PlusDays(-1).ToIso());
    Give(std::string(kUnits) + "LeaveUnit", leave, "leave-" + mover.key);
    workforce::v1::JoinUnitRequest join;
    Name(&join, mover.key + "/2");
    join.set_person_id(Ext(mover.key));
    join.set_unit_id(Ext(mover.later_unit));
    join.set_role("sales_rep");
    join.set_from_on(day.ToIso());
    Give(std::string(kUnits) + "JoinUnit", join, "join-" + mover.key + "-2");
  }
}

void Teller::RegisterClients() {
  const std::array kTiers = {"a", "b", "b", "c", "c", "c"};
  for (int i = 0; i < settings_.businesses + settings_.persons; ++i) {
    const bool business = i < settings_.businesses;
    const size_t branch = SomeBranch();
    const std::string key = fmt::format("c{:03}", i + 1);
    accounts::v1::RegisterAccountRequest request;
    Name(&request, key);
    request.set_kind(business ? Account::KIND_BUSINESS : Account::KIND_PERSON);
    request.set_name(business ? CompanyName(i) : PersonName(&chance_));
    request.set_country("KR");
    request.set_region(Branches()[branch].region);
    request.set_tier(chance_.Pick(kTiers));
    request.set_channel(chance_.In1000(800) ? "direct" : "dealer");
    request.set_owner_id(Ext(RepOf(branch, settings_.from).key));
    request.set_state(Account::STATE_OPEN);
    if (business) {
      request.set_brn(MadeUpBrn(i + 1));
      request.set_industry(chance_.Pick(Industries()));
      request.set_employees(chance_.Between(5, 80) * chance_.Between(1, 12));
      request.set_founded_year(chance_.Between(1978, 2022));
    }
    Give(std::string(kAccounts) + "RegisterAccount", request, "account-" + key);
    clients_[branch].push_back(key);
    if (!business) continue;
    accounts::v1::AddContactRequest contact;
    Name(&contact, key);
    contact.set_account_id(Ext(key));
    contact.set_name(PersonName(&chance_));
    contact.set_role(chance_.In1000(500) ? "총무팀" : "구매팀");
    contact.set_email(key + "@client.example");
    Give(std::string(kAccounts) + "AddContact", contact, "contact-" + key);
  }
}

Lead::Channel ChannelOf(const std::string& word) {
  static const std::map<std::string, Lead::Channel> kChannels = {
      {"web", Lead::CHANNEL_WEB},           {"phone", Lead::CHANNEL_PHONE}, {"campaign", Lead::CHANNEL_CAMPAIGN},
      {"event", Lead::CHANNEL_EVENT},       {"visit", Lead::CHANNEL_VISIT}, {"partner", Lead::CHANNEL_PARTNER},
      {"referral", Lead::CHANNEL_REFERRAL},
  };
  return kChannels.at(word);
}

void Teller::TellLead(int number) {
  std::vector<int> weights;
  for (const OriginWords& origin : Origins()) weights.push_back(origin.weight);
  const OriginWords& origin = Origins()[chance_.Weighted(weights)];
  const ProductWords& product = Products()[SomeProduct()];
  const size_t branch = SomeBranch();
  const Date day = SomeDay();
  const std::string key = fmt::format("l{:04}", number + 1);
  leads::v1::CaptureLeadRequest capture;
  Name(&capture, key);
  capture.set_channel(ChannelOf(origin.channel));
  capture.set_source(origin.source);
  capture.set_campaign(origin.campaign);
  capture.set_segment(chance_.Pick(Industries()));
  capture.set_name(PersonName(&chance_));
  if (chance_.In1000(850)) capture.set_company(CompanyName(chance_.Between(0, 299)));
  capture.set_phone(fmt::format("010-0001-{:04}", number % 10'000));
  capture.set_product_id(Ext(product.key));
  capture.set_occurred_on(day.ToIso());
  const bool worked = day.PlusDays(3) < end_ || chance_.In1000(300);
  if (worked) capture.set_owner_id(Ext(chance_.Pick(sdrs_).key));
  Give(std::string(kLeads) + "CaptureLead", capture, "lead-" + key);
  const Date answered = Workday(day.PlusDays(chance_.Between(0, 9)));
  if (!worked || !(answered < end_)) return;
  if (!chance_.In1000(origin.fit)) {
    if (chance_.In1000(150)) return;  // still being worked on
    static const std::vector<const char*> kWhy = {"no_budget", "not_reachable", "no_need", "competitor", "student"};
    leads::v1::DisqualifyLeadRequest disqualify;
    disqualify.set_lead_id(Ext(key));
    disqualify.set_reason(kWhy[chance_.Weighted({30, 35, 20, 10, 5})]);
    Give(std::string(kLeads) + "DisqualifyLead", disqualify, "disqualify-" + key);
    return;
  }
  const Person& rep = RepOf(branch, answered);
  const std::string account = chance_.In1000(550) && !clients_[branch].empty() ? chance_.Pick(clients_[branch]) : "";
  const int64_t value = SomeValue(product);
  if (!HandOver(number, answered, rep, account, product, value)) return;
  Work(key, answered, 330 + rep.skill + product.win + (origin.fit - 450) / 3, value);
}

// Offered, and mostly accepted. False if nothing came of it.
bool Teller::HandOver(int number, Date day, const Person& rep, const std::string& account, const ProductWords& product,
                      int64_t value) {
  const std::string key = fmt::format("l{:04}", number + 1);
  leads::v1::OfferHandOffRequest offer;
  Name(&offer, key);
  offer.set_lead_id(Ext(key));
  offer.set_to_id(Ext(rep.key));
  offer.set_offered_on(day.ToIso());
  Give(std::string(kLeads) + "OfferHandOff", offer, "offer-" + key);
  const Date answered = Workday(day.PlusDays(chance_.Between(0, 2)));
  if (!(answered < end_)) return false;
  if (chance_.In1000(70)) {
    leads::v1::RefuseHandOffRequest refuse;
    refuse.set_hand_off_id(Ext(key));
    refuse.set_reason("담당 지역이 아님");
    refuse.set_answered_on(answered.ToIso());
    Give(std::string(kLeads) + "RefuseHandOff", refuse, "refuse-" + key);
    return false;
  }
  leads::v1::AcceptHandOffRequest accept;
  accept.set_hand_off_id(Ext(key));
  accept.set_answered_on(answered.ToIso());
  accept.mutable_opportunity_ref()->set_system("demo");
  accept.mutable_opportunity_ref()->set_key(key);
  accept.set_name(product.name);
  if (!account.empty()) accept.set_account_id(Ext(account));
  accept.set_product_id(Ext(product.key));
  Amount(value, accept.mutable_value());
  accept.set_expected_on(answered.PlusDays(45).ToIso());
  accept.set_unit_id(Ext(rep.UnitOn(answered)));
  Give(std::string(kLeads) + "AcceptHandOff", accept, "accept-" + key);
  return true;
}

// Clients buy again, without a lead.
void Teller::TellRepeat(int number) {
  const size_t branch = SomeBranch();
  if (clients_[branch].empty()) return;
  const ProductWords& product = Products()[SomeProduct()];
  const Date day = SomeDay();
  const Person& rep = RepOf(branch, day);
  const int64_t value = SomeValue(product);
  const std::string key = fmt::format("o{:04}", number + 1);
  leads::v1::OpenOpportunityRequest open;
  Name(&open, key);
  open.set_name(std::string(product.name) + " 추가 구매");
  open.set_account_id(Ext(chance_.Pick(clients_[branch])));
  open.set_product_id(Ext(product.key));
  Amount(value, open.mutable_value());
  open.set_opened_on(day.ToIso());
  open.set_expected_on(day.PlusDays(30).ToIso());
  open.set_owner_id(Ext(rep.key));
  open.set_unit_id(Ext(rep.UnitOn(day)));
  Give(std::string(kOpportunities) + "OpenOpportunity", open, "open-" + key);
  Work(key, day, 560 + rep.skill + product.win, value);
}

// The way through the stages to a win, a loss, or to where it stands today.
void Teller::Work(const std::string& key, Date opened, int chance_to_win, int64_t value) {
  const bool wins = chance_.In1000(std::clamp(chance_to_win, 80, 850));
  const int pace = chance_.Between(3, 12) + (value > 20'000'000 ? chance_.Between(4, 12) : 0);
  static constexpr std::array kStages = {"engaging", "proposing", "negotiating"};
  const int last = wins ? 3 : chance_.Between(0, 3);
  Date day = opened;
  for (int stage = 0; stage < last; ++stage) {
    day = Workday(day.PlusDays(chance_.Between(1, pace * 2)));
    if (!(day < end_)) return;
    leads::v1::MoveStageRequest move;
    move.set_opportunity_id(Ext(key));
    move.set_to_stage(kStages[static_cast<size_t>(stage)]);
    move.set_moved_on(day.ToIso());
    Give(std::string(kOpportunities) + "MoveStage", move, fmt::format("move-{}-{}", key, stage));
  }
  day = Workday(day.PlusDays(chance_.Between(1, wins ? pace * 2 : pace * 3)));
  if (!(day < end_) || chance_.In1000(wins ? 0 : 90)) return;  // some are simply forgotten
  leads::v1::CloseOpportunityRequest close;
  close.set_opportunity_id(Ext(key));
  close.set_outcome(wins ? OpportunityCycle::OUTCOME_WON : OpportunityCycle::OUTCOME_LOST);
  static const std::vector<const char*> kWhyWon = {"best_fit", "price", "relationship", "reference"};
  static const std::vector<const char*> kWhyLost = {"price", "no_decision", "competitor", "no_budget", "timing"};
  close.set_reason(wins ? kWhyWon[chance_.Weighted({40, 25, 25, 10})]
                        : kWhyLost[chance_.Weighted({32, 26, 22, 12, 8})]);
  if (wins) Amount(chance_.In1000(350) ? value * 97 / 100 / 10'000 * 10'000 : value, close.mutable_value());
  close.set_closed_on(day.ToIso());
  Give(std::string(kOpportunities) + "CloseOpportunity", close, "close-" + key);
}

}  // namespace

Date EndOf(const StorySettings& settings) { return Date::Of(settings.from.year() + 1, settings.from.month(), 1); }

std::vector<v1::BatchItem> Tell(const StorySettings& settings) { return Teller(settings).Tell(); }

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
