#include "reporting/kept.h"

#include <cctype>
#include <set>
#include <unordered_map>

#include "core/hash.h"
#include "reporting/replica.h"

namespace songsang::reporting {
namespace {

// The services whose tables a text names. A name that is a table's but means something else costs speed only.
void AddServicesIn(std::string_view text, std::set<std::string>* services) {
  static const auto& tables = *new auto([] {
    std::unordered_map<std::string_view, std::string> known;
    for (const VersionTable& versions : Schema::Current().versions()) known[versions.table.name] = versions.service;
    return known;
  }());
  const auto in_name = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; };
  for (size_t at = 0; at < text.size();) {
    size_t end = at;
    while (end < text.size() && in_name(text[end])) ++end;
    if (const auto table = tables.find(text.substr(at, end - at)); table != tables.end())
      services->insert(table->second);
    at = end + 1;
  }
}

}  // namespace

std::string QuestionOf(const engine::Reader& reader, const google::protobuf::Message& request,
                       const Positions& positions, const std::vector<std::string_view>& texts, std::string_view more) {
  const std::unique_ptr<google::protobuf::Message> asked(request.New());
  asked->CopyFrom(request);
  asked->GetReflection()->ClearField(asked.get(), asked->GetDescriptor()->FindFieldByName("known_on"));
  Framed framed;
  framed.Add(asked->GetDescriptor()->full_name()).Add(asked->SerializeAsString());
  framed.Add(reader.context().today.ToIso()).Add(more);
  std::set<std::string> services;
  for (const auto text : texts) AddServicesIn(text, &services);
  for (const auto& position : positions) {
    if (!services.contains(position.service())) continue;
    framed.Add(position.service()).Add(int64_t{position.partition()}).Add(position.epoch());
    framed.Add(position.seq()).Add(position.hash());
  }
  return std::string(framed.bytes());
}

}  // namespace songsang::reporting
