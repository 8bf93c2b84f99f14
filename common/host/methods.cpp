#include "host/methods.h"

#include <google/protobuf/descriptor_database.h>

#include <algorithm>

#include "core/text.h"

namespace songsang::methods {

namespace {

using google::protobuf::DescriptorPool;
using google::protobuf::MessageFactory;
using google::protobuf::MethodDescriptor;

// `CaptureLead`, `LeadService/CaptureLead`, `leads.CaptureLead` and the full name all name it.
bool Names(const MethodDescriptor& method, std::string_view name) {
  const std::string full = NameOf(method);
  if (name == full || name == method.full_name()) return true;
  if (name == ServiceOf(full) + "." + method.name()) return true;
  if (name.size() >= full.size()) return false;
  const char before = full[full.size() - name.size() - 1];
  return full.ends_with(name) && (before == '/' || before == '.') && name.find("Service") != 0 && !name.empty();
}

size_t Distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t above = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row.back();
}

}  // namespace

std::vector<const MethodDescriptor*> All() {
  static const std::vector<const MethodDescriptor*> kAll = [] {
    std::vector<const MethodDescriptor*> all;
    std::vector<std::string> files;
    DescriptorPool::internal_generated_database()->FindAllFileNames(&files);
    for (const std::string& name : files) {
      if (!name.starts_with("songsang/")) continue;
      const auto* file = DescriptorPool::generated_pool()->FindFileByName(name);
      for (int s = 0; s < file->service_count(); ++s)
        for (int m = 0; m < file->service(s)->method_count(); ++m) all.push_back(file->service(s)->method(m));
    }
    std::sort(all.begin(), all.end(), [](const auto* a, const auto* b) { return a->full_name() < b->full_name(); });
    return all;
  }();
  return kAll;
}

std::vector<const MethodDescriptor*> Meant(std::string_view name) {
  if (name.starts_with('/')) name.remove_prefix(1);
  std::vector<const MethodDescriptor*> meant;
  for (const auto* method : All())
    if (Names(*method, name)) meant.push_back(method);
  return meant;
}

std::vector<const MethodDescriptor*> Resembling(std::string_view name) {
  const std::string wanted = Lower(name.substr(name.find_last_of("./") + 1));
  std::vector<std::pair<size_t, const MethodDescriptor*>> near;
  for (const auto* method : All()) {
    const std::string held = Lower(method->name());
    const bool within = !wanted.empty() && (held.find(wanted) != std::string::npos);
    near.emplace_back(within ? 0 : Distance(wanted, held), method);
  }
  std::stable_sort(near.begin(), near.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<const MethodDescriptor*> resembling;
  for (const auto& [distance, method] : near)
    if (distance <= std::max<size_t>(2, wanted.size() / 3) && resembling.size() < 5) resembling.push_back(method);
  return resembling;
}

const MethodDescriptor* Find(std::string_view name) {
  const auto meant = Meant(name);
  return meant.size() == 1 ? meant.front() : nullptr;
}

std::string NameOf(const MethodDescriptor& method) { return method.service()->full_name() + "/" + method.name(); }

std::string ServiceOf(std::string_view method_name) {
  // songsang.<service>.v1.…; the engine's own are songsang.v1.…
  constexpr std::string_view kPrefix = "songsang.";
  if (method_name.starts_with('/')) method_name.remove_prefix(1);
  if (!method_name.starts_with(kPrefix)) return "";
  const auto rest = method_name.substr(kPrefix.size());
  const std::string_view part = rest.substr(0, rest.find('.'));
  return part == "v1" ? "" : std::string(part);
}

bool IsCommand(const MethodDescriptor& method) { return method.input_type()->FindFieldByName("request_id") != nullptr; }

std::unique_ptr<google::protobuf::Message> NewRequest(const MethodDescriptor& method) {
  const auto* prototype = MessageFactory::generated_factory()->GetPrototype(method.input_type());
  return std::unique_ptr<google::protobuf::Message>(prototype->New());
}

std::unique_ptr<google::protobuf::Message> NewReply(const MethodDescriptor& method) {
  const auto* prototype = MessageFactory::generated_factory()->GetPrototype(method.output_type());
  return std::unique_ptr<google::protobuf::Message>(prototype->New());
}

}  // namespace songsang::methods
