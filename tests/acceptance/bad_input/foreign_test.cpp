// What another tenant has is, to a caller, what does not exist: the same answer, and nothing of it in any reply.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <set>

#include "acceptance/bad_input/places.h"
#include "acceptance/bad_input/recipes.h"
#include "core/ids.h"
#include "host/methods.h"
#include "rows/table.h"
#include "support/system.h"

namespace songsang::tests {
namespace {

// `leads.Lead` of (ref) "Lead" in package songsang.leads.v1.
std::string KindOfRef(const Place& place, const MethodDescriptor& method) {
  if (place.ref().find('.') != std::string::npos) return place.ref();
  return methods::ServiceOf(methods::NameOf(method)) + "." + place.ref();
}

bool IsOwn(const Place& place, const MethodDescriptor& method) {
  return KindOfRef(place, method).starts_with(methods::ServiceOf(methods::NameOf(method)) + ".");
}

// A tenant in which one entity of every kind has been made, by whatever commands make them.
class Tenant {
 public:
  explicit Tenant(const std::string& name) : admin(System::Shared().As({v1::ROLE_ADMIN}, name)) {
    // What one round makes, the next may refer to.
    for (int round = 0; round < 4; ++round) {
      for (const auto* method : methods::All())
        if (methods::IsCommand(*method)) Try(*method);
      for (const Recipe& recipe : Recipes()) Follow(recipe);
    }
  }

  // A request that refers to what this tenant has. Where `everything` is not wanted, only what is required is set.
  std::unique_ptr<Message> Request(const MethodDescriptor& method, bool everything) const {
    auto request = FullRequest(method);
    for (const Place& place : PlacesOf(method)) {
      const auto known = place.ref().empty() ? ids_.end() : ids_.find(KindOfRef(place, method));
      if (known != ids_.end()) place.SetText(request.get(), known->second);
      const bool is_time = place.field()->type() == FieldDescriptor::TYPE_MESSAGE &&
                           place.field()->message_type()->full_name() == "google.protobuf.Timestamp" &&
                           !place.check().required();
      const bool is_token = place.field()->name() == "page_token" || place.field()->name() == "order_by" ||
                            place.field()->name() == "expected_version";
      // Before there is anything to refer to: what creates may often refer as well.
      const bool is_vain = !place.ref().empty() && known == ids_.end() && IsOwn(place, method);
      const bool is_kept = place.check().required() || known != ids_.end() || place.is_request_id();
      if (is_time || is_token || is_vain || (!everything && place.Name() == place.field()->name() && !is_kept))
        place.Clear(request.get());
    }
    return request;
  }

  const std::map<std::string, std::string>& ids() const { return ids_; }
  const std::string* IdOf(const std::string& kind) const {
    const auto found = ids_.find(kind);
    return found == ids_.end() ? nullptr : &found->second;
  }

  const Client admin;

 private:
  // Runs a command if a dry run says that it makes a kind of which there is none yet.
  void Try(const MethodDescriptor& method) {
    for (const bool everything : {true, false}) {
      const auto request = Request(method, everything);
      const std::string name = methods::NameOf(method);
      const auto event = methods::NewReply(method);
      const auto dry = admin.CallRaw(name, *request, {.validate_only = true});
      if (!dry.ok() || !event->ParseFromString(dry.reply) || !HasNews(*event)) continue;
      const auto answer = admin.CallRaw(name, *request);
      if (!answer.ok() || !event->ParseFromString(answer.reply)) continue;
      ForEachEntity(*event, [this](const std::string& kind, const std::string& id) { ids_.emplace(kind, id); });
    }
  }

  void Follow(const Recipe& recipe) {
    std::string text = recipe.request;
    for (size_t at = text.find('$'); at != std::string::npos; at = text.find('$', at)) {
      const size_t end = text.find('\'', at);
      const std::string* id = IdOf(text.substr(at + 1, end - at - 1));
      if (id == nullptr) return;
      text.replace(at, end - at, *id);
    }
    for (const auto* method : methods::All()) {
      if (method->name() != recipe.method) continue;
      const auto request = methods::NewRequest(*method);
      Proto(text).ParseInto(request.get());
      const auto event = methods::NewReply(*method);
      const auto answer = admin.CallRaw(methods::NameOf(*method), *request);
      if (!answer.ok() || !event->ParseFromString(answer.reply)) continue;
      ForEachEntity(*event, [this](const std::string& kind, const std::string& id) { ids_.emplace(kind, id); });
    }
  }

  bool HasNews(const Message& event) const {
    bool news = false;
    ForEachEntity(event, [&](const std::string& kind, const std::string&) { news |= !ids_.contains(kind); });
    return news;
  }

  static void ForEachEntity(const Message& event,
                            const std::function<void(const std::string& kind, const std::string& id)>& take) {
    const auto* reflection = event.GetReflection();
    std::vector<const FieldDescriptor*> fields;
    reflection->ListFields(event, &fields);
    for (const auto* field : fields) {
      if (field->type() != FieldDescriptor::TYPE_MESSAGE || !rows::IsEntity(field->message_type())) continue;
      const Message& entity =
          field->is_repeated() ? reflection->GetRepeatedMessage(event, field, 0) : reflection->GetMessage(event, field);
      const auto* id = entity.GetDescriptor()->FindFieldByName("id");
      take(KindOf(entity.GetDescriptor()), entity.GetReflection()->GetString(entity, id));
    }
  }

  std::map<std::string, std::string> ids_;
};

Tenant& Victim() {
  static auto* tenant = new Tenant("victim");
  return *tenant;
}
Tenant& Near() {
  static auto* tenant = new Tenant("near");
  return *tenant;
}

// An answer without the id that it was about.
std::string Without(const std::string& id, const client::Answer& answer) {
  std::string text = answer.Explain() + "\n" + answer.reply;
  for (size_t at = text.find(id); at != std::string::npos; at = text.find(id, at)) text.replace(at, id.size(), "<id>");
  return text;
}

class EachMethod : public testing::TestWithParam<const MethodDescriptor*> {
 protected:
  EachMethod() : name_(methods::NameOf(method())) {
    Victim();
    Near();
  }
  static const MethodDescriptor& method() { return *GetParam(); }
  // Nothing is recorded by a dry run, whatever it is answered.
  inline static const With kDry{.validate_only = true};
  const std::string name_;
};

INSTANTIATE_TEST_SUITE_P(BadInput, EachMethod, testing::ValuesIn(methods::All()),
                         [](const auto& info) { return TestNameOf(*info.param); });

TEST(BadInput, EveryKindThatIsReferredToIsTried) {
  std::set<std::string> missing;
  for (const auto* method : methods::All())
    for (const Place& place : PlacesOf(*method))
      if (!place.ref().empty() && Victim().IdOf(KindOfRef(place, *method)) == nullptr)
        missing.insert(KindOfRef(place, *method));
  EXPECT_THAT(missing, testing::IsEmpty()) << "no command makes these from what places.cpp fills in";
}

TEST_P(EachMethod, AnswersAForeignIdLikeOneThatNothingHas) {
  for (const Place& place : PlacesOf(method())) {
    if (place.ref().empty()) continue;
    const std::string* foreign = Victim().IdOf(KindOfRef(place, method()));
    if (foreign == nullptr) continue;
    const std::string absent = AbsentId();
    for (const bool everything : {true, false}) {
      const auto request = Near().Request(method(), everything);
      place.SetText(request.get(), *foreign);
      const auto theirs = Near().admin.CallRaw(name_, *request, kDry);
      place.SetText(request.get(), absent);
      const auto nobodys = Near().admin.CallRaw(name_, *request, kDry);
      EXPECT_EQ(theirs.code, nobodys.code) << place.Name();
      if (!theirs.ok()) {
        EXPECT_EQ(Without(*foreign, theirs), Without(absent, nobodys)) << place.Name();
      } else if (methods::IsCommand(method())) {
        EXPECT_FALSE(IsOwn(place, method())) << place.Name() << " takes an id that nothing has";
      } else {
        EXPECT_EQ(Without(*foreign, theirs), Without(absent, nobodys)) << place.Name();
      }
    }
  }
}

TEST_P(EachMethod, AnswersNotFoundForAForeignIdOfItsOwnService) {
  for (const Place& place : PlacesOf(method())) {
    const std::string* foreign = place.ref().empty() ? nullptr : Victim().IdOf(KindOfRef(place, method()));
    // Filters of lists and reports find nothing instead.
    const bool is_one = methods::IsCommand(method()) || place.Name() == "id";
    if (foreign == nullptr || !is_one || !IsOwn(place, method())) continue;
    const auto request = Near().Request(method(), false);
    place.SetText(request.get(), *foreign);
    const auto answer = Near().admin.CallRaw(name_, *request, kDry);
    EXPECT_EQ(answer.code, Code::kNotFound) << place.Name() << ": " << answer.Explain();
  }
}

TEST_P(EachMethod, ShowsNothingOfAnotherTenant) {
  if (methods::IsCommand(method())) return;
  for (const bool everything : {true, false}) {
    const auto answer = Near().admin.CallRaw(name_, *Near().Request(method(), everything));
    for (const auto& [kind, id] : Victim().ids())
      EXPECT_EQ(answer.reply.find(id), std::string::npos) << kind << " " << id << " is another tenant's";
    EXPECT_EQ(answer.reply.find("victim"), std::string::npos);
  }
}

}  // namespace
}  // namespace songsang::tests
