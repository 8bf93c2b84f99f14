#include "audit/commands.h"

#include <fmt/format.h>

#include "core/ids.h"
#include "engine/catalogue.h"
#include "engine/record.h"
#include "songsang/accounts/v1/account.pb.h"
#include "songsang/billing/v1/catalogue.pb.h"
#include "songsang/leads/v1/lead.pb.h"
#include "songsang/leads/v1/opportunity.pb.h"
#include "songsang/workforce/v1/people.pb.h"
#include "songsang/workforce/v1/unit.pb.h"

namespace songsang::audit {
namespace {

using google::protobuf::Message;
using Random = std::mt19937_64;

int64_t Upto(Random* random, int64_t bound) { return static_cast<int64_t>((*random)() % static_cast<uint64_t>(bound)); }
bool OneIn(Random* random, int64_t bound) { return Upto(random, bound) == 0; }

std::string FreshUuid(Random* random) {
  const uint64_t a = (*random)(), b = (*random)();
  return fmt::format("{:08x}-{:04x}-7{:03x}-8{:03x}-{:012x}", a >> 32, (a >> 16) & 0xffff, a & 0xfff, (b >> 48) & 0xfff,
                     b & 0xffffffffffff);
}

// A valid business registration number out of a few hundred, so that some meet.
std::string SomeBrn(Random* random) {
  const std::string nine = fmt::format("{:09d}", 101'000'000 + Upto(random, 2'000) * 37);
  static constexpr int kWeights[] = {1, 3, 7, 1, 3, 7, 1, 3, 5};
  int sum = (nine[8] - '0') * 5 / 10;
  for (size_t i = 0; i < 9; ++i) sum += (nine[i] - '0') * kWeights[i];
  return nine + std::to_string((10 - sum % 10) % 10);
}

// What a command is made with.
struct Maker {
  const Known& known;
  const std::string& unique;  // a text that no other command bears
  Random* random;

  std::string Any(const char* kind) const { return known.Any(kind, random); }
};
// False where there is nothing it could be about.
template <class Request>
using Fill = bool (*)(const Maker&, Request*);
using Make = std::function<Draft(const Maker&)>;

template <class Request>
Make To(Fill<Request> fill) {
  return [fill](const Maker& maker) {
    auto request = std::make_unique<Request>();
    if (!fill(maker, request.get())) return Draft{};
    return Draft{engine::MethodTaking(Request::descriptor()), std::move(request)};
  };
}

template <class Request>
void MaybeExpect(const Maker& maker, Request* request) {
  if (OneIn(maker.random, 8)) request->set_expected_version(1 + Upto(maker.random, 4));
}

std::vector<Make> LeadCommands() {
  using namespace leads::v1;  // NOLINT
  return {
      To<CaptureLeadRequest>([](const Maker& maker, CaptureLeadRequest* request) {
        request->set_channel(static_cast<Lead::Channel>(1 + Upto(maker.random, 8)));
        request->set_name("고객 " + maker.unique);
        request->set_company(OneIn(maker.random, 2) ? "송상무역 주식회사" : "");
        request->set_source(OneIn(maker.random, 3) ? "" : "organic_search");
        if (OneIn(maker.random, 2)) request->set_owner_id(maker.Any("workforce.Person"));
        if (OneIn(maker.random, 5)) {
          request->mutable_external_ref()->set_system("crm");
          request->mutable_external_ref()->set_key("K" + std::to_string(Upto(maker.random, 500)));
        }
        return true;
      }),
      To<UpdateLeadRequest>([](const Maker& maker, UpdateLeadRequest* request) {
        request->set_lead_id(maker.Any("leads.Lead"));
        request->set_note("메모 " + maker.unique);
        MaybeExpect(maker, request);
        return !request->lead_id().empty();
      }),
      To<AssignLeadRequest>([](const Maker& maker, AssignLeadRequest* request) {
        request->set_lead_id(maker.Any("leads.Lead"));
        request->set_owner_id(FreshUuid(maker.random));
        return !request->lead_id().empty();
      }),
      To<DisqualifyLeadRequest>([](const Maker& maker, DisqualifyLeadRequest* request) {
        if (!OneIn(maker.random, 4)) return false;
        request->set_lead_id(maker.Any("leads.Lead"));
        request->set_reason("no_budget");
        return !request->lead_id().empty();
      }),
      To<OfferHandOffRequest>([](const Maker& maker, OfferHandOffRequest* request) {
        request->set_lead_id(maker.Any("leads.Lead"));
        request->set_to_id(FreshUuid(maker.random));
        return !request->lead_id().empty();
      }),
      To<AcceptHandOffRequest>([](const Maker& maker, AcceptHandOffRequest* request) {
        request->set_hand_off_id(maker.Any("leads.HandOff"));
        return !request->hand_off_id().empty();
      }),
      To<RefuseHandOffRequest>([](const Maker& maker, RefuseHandOffRequest* request) {
        request->set_hand_off_id(maker.Any("leads.HandOff"));
        request->set_reason("바쁨");
        return !request->hand_off_id().empty();
      }),
  };
}

std::vector<Make> OpportunityCommands() {
  using namespace leads::v1;  // NOLINT
  return {
      To<OpenOpportunityRequest>([](const Maker& maker, OpenOpportunityRequest* request) {
        request->set_name("기회 " + maker.unique);
        if (OneIn(maker.random, 2)) request->set_account_id(maker.Any("accounts.Account"));
        request->mutable_value()->set_minor(Upto(maker.random, 100'000'000));
        request->mutable_value()->set_currency("KRW");
        return true;
      }),
      To<MoveStageRequest>([](const Maker& maker, MoveStageRequest* request) {
        static constexpr const char* kStages[] = {"prospecting", "engaging", "proposing", "negotiating"};
        request->set_opportunity_id(maker.Any("leads.Opportunity"));
        request->set_to_stage(kStages[Upto(maker.random, 4)]);
        return !request->opportunity_id().empty();
      }),
      To<CloseOpportunityRequest>([](const Maker& maker, CloseOpportunityRequest* request) {
        request->set_opportunity_id(maker.Any("leads.Opportunity"));
        request->set_outcome(OneIn(maker.random, 2) ? OpportunityCycle::OUTCOME_WON : OpportunityCycle::OUTCOME_LOST);
        request->set_reason("best_fit");
        return !request->opportunity_id().empty();
      }),
      To<ReopenOpportunityRequest>([](const Maker& maker, ReopenOpportunityRequest* request) {
        request->set_opportunity_id(maker.Any("leads.Opportunity"));
        request->set_reason("다시 " + maker.unique);
        return !request->opportunity_id().empty();
      }),
      To<ReassignOpportunityRequest>([](const Maker& maker, ReassignOpportunityRequest* request) {
        request->set_opportunity_id(maker.Any("leads.Opportunity"));
        request->set_owner_id(FreshUuid(maker.random));
        return !request->opportunity_id().empty();
      }),
      To<UpdateOpportunityRequest>([](const Maker& maker, UpdateOpportunityRequest* request) {
        request->set_opportunity_id(maker.Any("leads.Opportunity"));
        request->set_name("기회 " + maker.unique);
        MaybeExpect(maker, request);
        return !request->opportunity_id().empty();
      }),
  };
}

std::vector<Make> AccountCommands() {
  using namespace accounts::v1;  // NOLINT
  return {
      To<RegisterAccountRequest>([](const Maker& maker, RegisterAccountRequest* request) {
        const bool business = OneIn(maker.random, 2);
        request->set_kind(business ? Account::KIND_BUSINESS : Account::KIND_PERSON);
        request->set_name("거래처 " + maker.unique);
        if (business) request->set_brn(SomeBrn(maker.random));
        return true;
      }),
      To<UpdateAccountRequest>([](const Maker& maker, UpdateAccountRequest* request) {
        request->set_account_id(maker.Any("accounts.Account"));
        request->set_industry("업종 " + maker.unique);
        MaybeExpect(maker, request);
        return !request->account_id().empty();
      }),
      To<AddContactRequest>([](const Maker& maker, AddContactRequest* request) {
        request->set_account_id(maker.Any("accounts.Account"));
        request->set_name("담당 " + maker.unique);
        return !request->account_id().empty();
      }),
      To<UpdateContactRequest>([](const Maker& maker, UpdateContactRequest* request) {
        request->set_contact_id(maker.Any("accounts.Contact"));
        request->set_role("역할 " + maker.unique);
        return !request->contact_id().empty();
      }),
      To<TransferAccountRequest>([](const Maker& maker, TransferAccountRequest* request) {
        request->set_account_id(maker.Any("accounts.Account"));
        request->set_owner_id(FreshUuid(maker.random));
        return !request->account_id().empty();
      }),
  };
}

std::vector<Make> WorkforceCommands() {
  using namespace workforce::v1;  // NOLINT
  return {
      To<RegisterPersonRequest>([](const Maker& maker, RegisterPersonRequest* request) {
        request->set_name("직원 " + maker.unique);
        if (OneIn(maker.random, 2)) request->set_login_subject("login" + std::to_string(Upto(maker.random, 300)));
        return true;
      }),
      To<UpdatePersonRequest>([](const Maker& maker, UpdatePersonRequest* request) {
        request->set_person_id(maker.Any("workforce.Person"));
        request->set_grade("직급 " + maker.unique);
        if (OneIn(maker.random, 3)) request->set_login_subject("login" + std::to_string(Upto(maker.random, 300)));
        return !request->person_id().empty();
      }),
      To<OpenUnitRequest>([](const Maker& maker, OpenUnitRequest* request) {
        request->set_name("조직 " + maker.unique);
        request->set_kind(Unit::KIND_TEAM);
        return OneIn(maker.random, 3);
      }),
      To<RenameUnitRequest>([](const Maker& maker, RenameUnitRequest* request) {
        request->set_unit_id(maker.Any("workforce.Unit"));
        request->set_name("조직 " + maker.unique);
        return !request->unit_id().empty();
      }),
      To<JoinUnitRequest>([](const Maker& maker, JoinUnitRequest* request) {
        request->set_person_id(maker.Any("workforce.Person"));
        request->set_unit_id(maker.Any("workforce.Unit"));
        request->set_role("sales_rep");
        return !request->person_id().empty() && !request->unit_id().empty();
      }),
  };
}

std::vector<Make> BillingCommands() {
  using namespace billing::v1;  // NOLINT
  return {
      To<SaveProductRequest>([](const Maker& maker, SaveProductRequest* request) {
        if (OneIn(maker.random, 2)) request->set_product_id(maker.Any("billing.Product"));
        request->set_name("제품 " + maker.unique);
        return true;
      }),
      To<SavePriceListRequest>([](const Maker& maker, SavePriceListRequest* request) {
        if (!OneIn(maker.random, 4)) return false;
        request->set_name("가격표 " + maker.unique);
        request->set_currency("KRW");
        return true;
      }),
      To<SetPriceRequest>([](const Maker& maker, SetPriceRequest* request) {
        request->set_price_list_id(maker.Any("billing.PriceList"));
        request->set_product_id(maker.Any("billing.Product"));
        request->mutable_amount()->set_minor(1 + Upto(maker.random, 1'000'000'000'000));
        request->mutable_amount()->set_currency("KRW");
        return !request->price_list_id().empty() && !request->product_id().empty();
      }),
  };
}

std::vector<Make> AllCommands() {
  std::vector<Make> all;
  for (const auto& some :
       {LeadCommands(), OpportunityCommands(), AccountCommands(), WorkforceCommands(), BillingCommands()})
    all.insert(all.end(), some.begin(), some.end());
  return all;
}

}  // namespace

void Known::Learn(const Message& event) {
  std::lock_guard lock(mutex_);
  for (const Message* entity : engine::EntitiesIn(event)) {
    auto& ids = ids_[KindOf(entity->GetDescriptor())];
    const auto* id = entity->GetDescriptor()->FindFieldByName("id");
    const std::string text = entity->GetReflection()->GetString(*entity, id);
    // A few hundred of each are enough to meet at; later ones take the place of earlier ones.
    if (ids.size() < 300)
      ids.push_back(text);
    else
      ids[std::hash<std::string>()(text) % ids.size()] = text;
  }
}

std::string Known::Any(const std::string& kind, Random* random) const {
  std::lock_guard lock(mutex_);
  const auto ids = ids_.find(kind);
  return ids == ids_.end() ? ""
                           : ids->second[static_cast<size_t>(Upto(random, static_cast<int64_t>(ids->second.size())))];
}

Draft RandomCommand(const Known& known, const std::string& unique, Random* random) {
  static const std::vector<Make> all = AllCommands();
  for (;;) {
    Draft draft = all[static_cast<size_t>(Upto(random, static_cast<int64_t>(all.size())))]({known, unique, random});
    if (draft.request) return draft;
  }
}

std::string NameOf(const google::protobuf::MethodDescriptor& method) {
  return method.service()->full_name() + "/" + method.name();
}

}  // namespace songsang::audit
