// Chapters about selling: the catalogue, clients, leads and what becomes of them.
#include <algorithm>
#include <array>

#include "songsang/accounts/v1/opening.pb.h"
#include "songsang/billing/v1/catalogue.pb.h"
#include "songsang/billing/v1/tax_service.pb.h"
#include "songsang/demo/teller.h"
#include "songsang/leads/v1/hand_off.pb.h"
#include "songsang/leads/v1/lead.pb.h"
#include "songsang/leads/v1/opportunity.pb.h"

namespace songsang::demo {
namespace {

using accounts::v1::Account;
using leads::v1::Lead;
using leads::v1::OpportunityCycle;

constexpr const char* kLeads = "songsang.leads.v1.LeadService/";
constexpr const char* kOpportunities = "songsang.leads.v1.OpportunityService/";
constexpr const char* kAccounts = "songsang.accounts.v1.AccountService/";
constexpr const char* kOpenings = "songsang.accounts.v1.OpeningService/";
constexpr const char* kCatalogue = "songsang.billing.v1.CatalogueService/";
// The supplier's own number, beyond those of clients.
constexpr int kOwnNumber = 9'001;
// What private persons buy costs no more than this.
constexpr int64_t kMostPrivate = 8'000'000;
// Software becomes dearer so many days into the story.
constexpr int kDearer = 184;
// Clients who ask for credit in the last weeks, and how many of them get it.
constexpr int kAsking = 6;
constexpr int kOpened = 4;

Lead::Channel ChannelOf(const std::string& word) {
  static const std::map<std::string, Lead::Channel> kChannels = {
      {"web", Lead::CHANNEL_WEB},           {"phone", Lead::CHANNEL_PHONE}, {"campaign", Lead::CHANNEL_CAMPAIGN},
      {"event", Lead::CHANNEL_EVENT},       {"visit", Lead::CHANNEL_VISIT}, {"partner", Lead::CHANNEL_PARTNER},
      {"referral", Lead::CHANNEL_REFERRAL},
  };
  return kChannels.at(word);
}

// Everybody pays; some late, and a few not at all.
int DaysLate(Chance* chance) {
  static const std::vector<int> kWeights = {46, 27, 16, 8, 3};
  static constexpr std::array kFrom = {-4, 3, 20, 50, 1'000}, kTo = {2, 14, 45, 110, 1'000};
  const size_t place = chance->Weighted(kWeights);
  return chance->Between(kFrom[place], kTo[place]);
}

}  // namespace

int64_t Teller::ListPrice(const ProductWords& product, Date day) const {
  const bool dearer = std::string_view(product.category) == "소프트웨어" && !(day < settings_.from.PlusDays(kDearer));
  return dearer ? product.price * 105 / 100 : product.price;
}

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
    if (ListPrice(product, end_) != product.price)
      SetPrice(product, ListPrice(product, end_), settings_.from.PlusDays(kDearer));
  }
  billing::v1::SaveBusinessPlaceRequest place;
  Name(&place, "headquarters");
  place.set_brn(MadeUpBrn(kOwnNumber));
  place.set_name("송상오피스 주식회사");
  place.set_representative("임상옥");
  place.set_address("서울특별시 강남구 테헤란로 1");
  place.set_business_type("도소매, 서비스");
  place.set_business_item("사무기기, 소프트웨어");
  place.set_email("tax@songsang-demo.example");
  place.set_unit_id(Ext("headquarters"));
  place.set_issuer_code("41000001");
  Give("songsang.billing.v1.TaxService/SaveBusinessPlace", place, "business-place");
}

void Teller::RegisterClients(const Learnt&) {
  for (int i = 0; i < settings_.businesses + settings_.persons; ++i) RegisterClient(i);
  for (int i = 0; i < kAsking; ++i) AskForCredit(i);
}

void Teller::RegisterClient(int number) {
  const std::array kTiers = {"a", "b", "b", "c", "c", "c"};
  const bool business = number < settings_.businesses;
  Client client;
  client.branch = SomeBranch();
  client.is_business = business;
  client.key = fmt::format("c{:03}", number + 1);
  client.name = business ? CompanyName(number) : PersonName(&chance_);
  accounts::v1::RegisterAccountRequest request;
  Name(&request, client.key);
  request.set_kind(business ? Account::KIND_BUSINESS : Account::KIND_PERSON);
  request.set_name(client.name);
  request.set_country("KR");
  request.set_region(Branches()[client.branch].region);
  request.set_tier(chance_.Pick(kTiers));
  request.set_channel(chance_.In1000(800) ? "direct" : "dealer");
  request.set_owner_id(Ext(RepOf(client.branch, settings_.from).key));
  request.set_unit_id(Ext(Branches()[client.branch].key));
  request.set_state(Account::STATE_OPEN);
  if (business) {
    request.set_brn(MadeUpBrn(number + 1));
    request.set_industry(chance_.Pick(Industries()));
    request.set_employees(chance_.Between(5, 80) * chance_.Between(1, 12));
    request.set_founded_year(chance_.Between(1978, 2022));
  }
  Give(std::string(kAccounts) + "RegisterAccount", request, "account-" + client.key);
  client.days_late = DaysLate(&chance_);
  clients_[client.branch].push_back(client.key);
  client_[client.key] = client;
  if (!business) return;
  accounts::v1::AddContactRequest contact;
  Name(&contact, client.key);
  contact.set_account_id(Ext(client.key));
  contact.set_name(PersonName(&chance_));
  contact.set_role(chance_.In1000(500) ? "총무팀" : "구매팀");
  contact.set_email(client.key + "@client.example");
  Give(std::string(kAccounts) + "AddContact", contact, "contact-" + client.key);
}

std::string Teller::SomeClient(size_t branch, const ProductWords& product) {
  if (clients_[branch].empty()) return "";
  const Client& client = client_[chance_.Pick(clients_[branch])];
  return client.is_business || product.price <= kMostPrivate ? client.key : "";
}

// A business that wants to buy on credit: its papers are attached, and the system assesses it by itself.
void Teller::AskForCredit(int number) {
  const int place = settings_.businesses + number;
  const std::string key = fmt::format("n{:03}", number + 1);
  const size_t branch = SomeBranch();
  const Date day = end_.PlusDays(-20 + 2 * number);
  accounts::v1::RegisterAccountRequest request;
  Name(&request, key);
  request.set_kind(Account::KIND_BUSINESS);
  request.set_name(CompanyName(place));
  request.set_country("KR");
  request.set_region(Branches()[branch].region);
  request.set_brn(MadeUpBrn(place + 1));
  request.set_industry(chance_.Pick(Industries()));
  request.set_founded_year(chance_.Between(1985, 2021));
  request.set_owner_id(Ext(RepOf(branch, day).key));
  request.set_unit_id(Ext(Branches()[branch].key));
  Give(std::string(kAccounts) + "RegisterAccount", request, "account-" + key);
  accounts::v1::SubmitOpeningRequest submit;
  On(day, &submit);
  submit.set_account_id(Ext(key));
  Amount(chance_.Between(2, 8) * 10'000'000, submit.mutable_requested_limit());
  Amount(chance_.Between(1, 20) * 50'000'000, submit.mutable_capital());
  Give(std::string(kOpenings) + "SubmitOpening", submit, "opening-" + key);
}

// The papers of each, and a yes for most: by somebody else than who asked.
void Teller::Approve(const Learnt& learnt) {
  using accounts::v1::OpeningDocument;
  for (int i = 0; i < kAsking; ++i) {
    const std::string key = fmt::format("n{:03}", i + 1);
    const std::string opening = learnt.IdOf("opening-" + key);
    const std::array kPapers = {std::pair{OpeningDocument::KIND_BUSINESS_REGISTRATION, "사업자등록증.pdf"},
                                std::pair{OpeningDocument::KIND_BANKBOOK, "통장사본.pdf"},
                                std::pair{OpeningDocument::KIND_TRADE_AGREEMENT, "거래약정서.pdf"}};
    for (const auto& [kind, name] : kPapers) {
      accounts::v1::AttachOpeningDocumentRequest attach;
      attach.set_opening_id(opening);
      attach.set_kind(kind);
      // Of a document without content.
      attach.set_sha256("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
      attach.set_media_type("application/pdf");
      attach.set_name(name);
      Give(std::string(kOpenings) + "AttachOpeningDocument", attach, fmt::format("paper-{}-{}", key, int{kind}));
    }
    if (i >= kOpened) continue;
    accounts::v1::OpenAccountRequest open;
    open.set_opening_id(opening);
    Give(std::string(kOpenings) + "OpenAccount", open, "open-account-" + key);
  }
}

void Teller::Sell(const Learnt&) {
  for (int i = 0; i < settings_.leads; ++i) TellLead(i);
  for (int i = 0; i < settings_.leads / 8; ++i) TellRepeat(i);
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
  Deal deal;
  deal.key = key;
  deal.product = &product;
  deal.rep = &RepOf(branch, answered);
  if (chance_.In1000(850)) deal.client = SomeClient(branch, product);
  deal.value = SomeValue(product);
  if (!HandOver(number, answered, deal)) return;
  Work(deal, answered, 330 + deal.rep->skill + product.win + (origin.fit - 450) / 3);
}

// Offered, and mostly accepted. False if nothing came of it.
bool Teller::HandOver(int number, Date day, const Deal& deal) {
  const std::string key = fmt::format("l{:04}", number + 1);
  leads::v1::OfferHandOffRequest offer;
  Name(&offer, key);
  offer.set_lead_id(Ext(key));
  offer.set_to_id(Ext(deal.rep->key));
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
  accept.set_name(deal.product->name);
  if (!deal.client.empty()) accept.set_account_id(Ext(deal.client));
  accept.set_product_id(Ext(deal.product->key));
  Amount(deal.value, accept.mutable_value());
  accept.set_expected_on(answered.PlusDays(45).ToIso());
  accept.set_unit_id(Ext(deal.rep->UnitOn(answered)));
  Give(std::string(kLeads) + "AcceptHandOff", accept, "accept-" + key);
  return true;
}

// Clients buy again, without a lead.
void Teller::TellRepeat(int number) {
  const size_t branch = SomeBranch();
  const ProductWords& product = Products()[SomeProduct()];
  const Date day = SomeDay();
  Deal deal;
  deal.key = fmt::format("o{:04}", number + 1);
  deal.product = &product;
  deal.rep = &RepOf(branch, day);
  deal.value = SomeValue(product);
  deal.client = SomeClient(branch, product);
  if (deal.client.empty()) return;
  leads::v1::OpenOpportunityRequest open;
  Name(&open, deal.key);
  open.set_name(std::string(product.name) + " 추가 구매");
  open.set_account_id(Ext(deal.client));
  open.set_product_id(Ext(product.key));
  Amount(deal.value, open.mutable_value());
  open.set_opened_on(day.ToIso());
  open.set_expected_on(day.PlusDays(30).ToIso());
  open.set_owner_id(Ext(deal.rep->key));
  open.set_unit_id(Ext(deal.rep->UnitOn(day)));
  Give(std::string(kOpportunities) + "OpenOpportunity", open, "open-" + deal.key);
  Work(deal, day, 560 + deal.rep->skill + product.win);
}

// The way through the stages to a win, a loss, or to where it stands today.
void Teller::Work(Deal deal, Date opened, int chance_to_win) {
  const std::string& key = deal.key;
  const bool wins = chance_.In1000(std::clamp(chance_to_win, 80, 850));
  const int pace = chance_.Between(3, 12) + (deal.value > 20'000'000 ? chance_.Between(4, 12) : 0);
  static constexpr std::array kStages = {"engaging", "proposing", "negotiating"};
  const int last = wins ? 3 : chance_.Between(0, 3);
  Date day = opened;
  for (int stage = 0; stage < last; ++stage) {
    day = Workday(day.PlusDays(chance_.Between(1, pace * 2)));
    if (!(day < end_) || !deal.rep->StaysOn(day)) return;
    leads::v1::MoveStageRequest move;
    move.set_opportunity_id(Ext(key));
    move.set_to_stage(kStages[static_cast<size_t>(stage)]);
    move.set_moved_on(day.ToIso());
    Give(std::string(kOpportunities) + "MoveStage", move, fmt::format("move-{}-{}", key, stage));
  }
  day = Workday(day.PlusDays(chance_.Between(1, wins ? pace * 2 : pace * 3)));
  if (!(day < end_) || !deal.rep->StaysOn(day)) return;
  if (chance_.In1000(wins ? 0 : 90)) return;  // some are simply forgotten
  leads::v1::CloseOpportunityRequest close;
  close.set_opportunity_id(Ext(key));
  close.set_outcome(wins ? OpportunityCycle::OUTCOME_WON : OpportunityCycle::OUTCOME_LOST);
  static const std::vector<const char*> kWhyWon = {"best_fit", "price", "relationship", "reference"};
  static const std::vector<const char*> kWhyLost = {"price", "no_decision", "competitor", "no_budget", "timing"};
  close.set_reason(wins ? kWhyWon[chance_.Weighted({40, 25, 25, 10})]
                        : kWhyLost[chance_.Weighted({32, 26, 22, 12, 8})]);
  if (wins) {
    if (chance_.In1000(350)) deal.value = deal.value * 97 / 100 / 10'000 * 10'000;
    deal.won = day;
    Amount(deal.value, close.mutable_value());
    if (!deal.client.empty()) won_.push_back(deal);
  }
  close.set_closed_on(day.ToIso());
  Give(std::string(kOpportunities) + "CloseOpportunity", close, "close-" + key);
}

}  // namespace songsang::demo
