#include "adapters/http_port/http_port.h"

#include <httplib.h>

#include <chrono>
#include <optional>
#include <regex>

namespace songsang::http {
namespace {

constexpr size_t kMostDetail = 500;

struct Target {
  std::string origin;  // http://HOST:PORT
  std::string path;    // without a slash at its end
  std::chrono::milliseconds timeout{5000};
};

std::optional<Target> Parse(const std::string& url) {
  static const std::regex kUrl(
      R"((http://[a-zA-Z0-9.\-]+(?::[0-9]{1,5})?)(/[^?]*)?(?:\?timeout_ms=([1-9][0-9]{0,5}))?)");
  std::smatch match;
  if (!std::regex_match(url, match, kUrl)) return std::nullopt;
  Target target{match[1], match[2]};
  while (target.path.ends_with('/')) target.path.pop_back();
  if (match[3].matched) target.timeout = std::chrono::milliseconds(std::stoi(match[3]));
  return target;
}

// What the other side wrote, as far as it can be kept in a row: without control characters, and not for ever.
std::string Detail(const std::string& body) {
  std::string text;
  for (const char c : body.substr(0, kMostDetail)) text += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  // A character that was cut in two is left out.
  while (!text.empty() && body.size() > kMostDetail && static_cast<unsigned char>(text.back()) >= 0x80) text.pop_back();
  return text;
}

class HttpPort : public engine::Port {
 public:
  explicit HttpPort(Target target) : target_(std::move(target)) {}

  PortAnswer Call(const std::string& key, const std::string& body) override {
    httplib::Client client = Open();
    const auto answer =
        client.Post(target_.path + "/documents", {{"Idempotency-Key", key}}, body, "application/xml; charset=utf-8");
    if (!answer) return {PortAnswer::Kind::kUnknown, "", "no answer: " + httplib::to_string(answer.error())};
    // Whoever knows the key already is asked what it made of it: it may have taken it, or may have refused.
    if (answer->status == 409) return {PortAnswer::Kind::kUnknown, "", Detail(answer->body)};
    return Read(*answer);
  }

  PortAnswer Query(const std::string& key) override {
    httplib::Client client = Open();
    const auto answer = client.Get(target_.path + "/documents/" + key);
    if (!answer) return {PortAnswer::Kind::kUnknown, "", "no answer: " + httplib::to_string(answer.error())};
    if (answer->status == 404) return {PortAnswer::Kind::kNotThere, "", Detail(answer->body)};
    return Read(*answer);
  }

 private:
  httplib::Client Open() const {
    httplib::Client client(target_.origin);
    client.set_connection_timeout(target_.timeout);
    client.set_read_timeout(target_.timeout);
    client.set_write_timeout(target_.timeout);
    return client;
  }

  static PortAnswer Read(const httplib::Response& response) {
    if (response.status == 422) return {PortAnswer::Kind::kRefused, "", Detail(response.body)};
    const std::string reference = response.get_header_value("Document-Reference");
    if ((response.status == 200 || response.status == 201) && !reference.empty())
      return {PortAnswer::Kind::kDone, Detail(reference), Detail(response.body)};
    return {PortAnswer::Kind::kUnknown, "",
            "an answer of status " + std::to_string(response.status) + ": " + Detail(response.body)};
  }

  const Target target_;
};

}  // namespace

std::string CheckPortUrl(const std::string& url) {
  return Parse(url) ? "" : "\"" + url + "\" is not http://HOST:PORT[/PATH][?timeout_ms=N]";
}

std::shared_ptr<engine::Port> OpenHttpPort(const std::string& url) { return std::make_shared<HttpPort>(*Parse(url)); }

}  // namespace songsang::http
