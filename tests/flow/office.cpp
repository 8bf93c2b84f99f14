#include "flow/office.h"

#include <atomic>

#include "songsang/modules.h"

namespace songsang {
namespace {

constexpr char kTenant[] = "songsang-trading";

}  // namespace

client::Answer Colleague::Send(const std::string& method, const Proto& request) const {
  static std::atomic<int> last{0};
  const auto* descriptor = methods::Find(method);
  if (descriptor == nullptr) throw std::logic_error("there is no method, or more than one, called " + method);
  const auto message = methods::NewRequest(*descriptor);
  request.ParseInto(message.get());
  if (const auto* field = message->GetDescriptor()->FindFieldByName("request_id"); field != nullptr)
    message->GetReflection()->SetString(message.get(), field, "story-" + std::to_string(++last));
  const std::string name = methods::NameOf(*descriptor);
  client::Options options;
  options.after = seen_->Text();
  auto answer = services_.at(methods::ServiceOf(name))->Call(name, message->SerializeAsString(), options);
  seen_->Add(answer.position);
  return answer;
}

Office::Office(Shape shape) : authority_(SONGSANG_BINARY, "") {
  if (shape == Shape::kOneProcess) {
    system_ =
        std::make_unique<System>([this](host::Config* config) { config->ports["tax_authority"] = authority_.url; });
    for (const auto& module : Modules()) addresses_[module.name] = system_->address();
    return;
  }
  Installation::Options options;
  options.program = SONGSANG_BINARY;
  for (const auto& module : Modules()) options.services.push_back(module.name);
  options.postgres = TestStore() == "postgres";
  options.streams = shape == Shape::kStreams;
  options.more["billing"] = {"--outside", "tax_authority=" + authority_.url};
  installation_ = std::make_unique<Installation>(options);
  addresses_ = installation_->addresses();
}

token::Key Office::key() const { return system_ != nullptr ? system_->key() : installation_->key(); }

Colleague Office::As(const std::string& subject, std::initializer_list<v1::Role> roles) const {
  token::Claims claims;
  claims.tenant = kTenant;
  claims.subject = subject;
  claims.client = "office";
  for (const v1::Role role : roles) claims.roles |= 1u << role;
  const std::string token = key().Mint(claims);
  Colleague colleague;
  colleague.seen_ = seen_;
  std::map<std::string, std::shared_ptr<client::Client>> doors;
  for (const auto& [service, address] : addresses_) {
    auto& door = doors[address];
    if (door == nullptr) door = std::make_shared<client::Client>(address, token);
    colleague.services_[service] = door;
  }
  return colleague;
}

}  // namespace songsang
