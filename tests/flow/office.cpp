#include "flow/office.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>

#include "songsang/modules.h"

namespace songsang {
namespace {

constexpr char kTenant[] = "songsang-trading";

// A port that nobody has now: each process must know the others' before they are up.
int FreePort() {
  const int listener = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  EXPECT_EQ(bind(listener, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size), 0);
  close(listener);
  return ntohs(address.sin_port);
}

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
  if (shape == Shape::kOneProcess)
    StartOne();
  else
    StartEach();
}

void Office::StartOne() {
  system_ = std::make_unique<System>([this](host::Config* config) { config->ports["tax_authority"] = authority_.url; });
  for (const auto& module : Modules()) addresses_[module.name] = system_->address();
}

void Office::StartEach() {
  for (const auto& module : Modules()) addresses_[module.name] = "127.0.0.1:" + std::to_string(FreePort());
  (void)key();  // made once, before six processes look for it
  for (const auto& module : Modules()) {
    std::vector<std::string> command = {SONGSANG_BINARY,
                                        "serve",
                                        module.name,
                                        "--home",
                                        folder_.path(),
                                        "--store",
                                        "sqlite:" + folder_.path() + "/store",
                                        "--listen",
                                        addresses_[module.name]};
    for (const auto& [service, address] : addresses_)
      if (service != module.name) command.insert(command.end(), {"--peer", service + "=" + address});
    if (module.name == "billing") command.insert(command.end(), {"--outside", "tax_authority=" + authority_.url});
    processes_.push_back(std::make_unique<Process>(command));
  }
  for (const auto& [service, address] : addresses_) {
    const client::Client door(address, "");
    EXPECT_TRUE(Eventually([&] { return client::Client(address, "").IsServing(); }, std::chrono::seconds(30)))
        << service;
  }
}

token::Key Office::key() const {
  if (system_ != nullptr) return system_->key();
  const auto key = token::Key::OfFolder(folder_.path());
  EXPECT_TRUE(key.ok());
  return *key;
}

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
