#include "songsang/command/describe.h"

#include <fmt/format.h>

#include <set>
#include <vector>

#include "adapters/token/token.h"
#include "host/methods.h"
#include "songsang/v1/options.pb.h"

namespace songsang::command {

namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;

std::string RolesOf(const google::protobuf::MethodDescriptor& method, bool shorten = false) {
  std::string roles;
  for (const int role : method.options().GetExtension(v1::access).roles())
    roles += (roles.empty() ? "" : ", ") + token::RoleName(static_cast<v1::Role>(role));
  const int count = method.options().GetExtension(v1::access).roles_size();
  if (shorten && count >= v1::Role_MAX - 1) return "any role";
  return roles.empty() ? "ADMIN" : roles;
}

std::string TypeOf(const FieldDescriptor& field) {
  std::string type;
  if (field.is_map()) {
    type = fmt::format("map of {}", field.message_type()->field(1)->cpp_type_name());
  } else if (field.message_type() != nullptr) {
    type = field.message_type()->full_name() == "google.protobuf.Timestamp" ? "time" : field.message_type()->name();
  } else if (field.enum_type() != nullptr) {
    for (int i = 1; i < field.enum_type()->value_count(); ++i)
      type += (type.empty() ? "" : " | ") + field.enum_type()->value(i)->name();
  } else {
    type = field.type_name();
  }
  return field.is_repeated() && !field.is_map() ? "list of " + type : type;
}

std::string ChecksOf(const FieldDescriptor& field) {
  std::vector<std::string> notes;
  const auto& options = field.options();
  const v1::Check& check = options.GetExtension(v1::check);
  if (check.required()) notes.emplace_back("required");
  if (field.has_optional_keyword()) notes.emplace_back("absent keeps, present sets");
  if (options.HasExtension(v1::ref))
    notes.push_back(fmt::format("id of a {}, or ext:SYSTEM:KEY", options.GetExtension(v1::ref)));
  if (check.min_len() != 0) notes.push_back(fmt::format("at least {} long", check.min_len()));
  if (check.max_len() != 0) notes.push_back(fmt::format("at most {} long", check.max_len()));
  if (!check.pattern().empty()) notes.push_back("matches " + check.pattern());
  if (check.has_gte()) notes.push_back(fmt::format("at least {}", check.gte()));
  if (check.has_lte()) notes.push_back(fmt::format("at most {}", check.lte()));
  if (check.min_items() != 0) notes.push_back(fmt::format("at least {} of them", check.min_items()));
  if (check.max_items() != 0) notes.push_back(fmt::format("at most {} of them", check.max_items()));
  static const char* const kFormats[] = {
      "", "yyyy-mm-dd", "ISO 4217 code", "e-mail address", "telephone number", "a_word", "ISO 3166-1 code"};
  if (check.format() > 0 && check.format() < 7) notes.emplace_back(kFormats[check.format()]);
  return notes.empty() ? "" : fmt::format("({})", fmt::join(notes, "; "));
}

void Describe(const Descriptor& message, int depth, std::set<const Descriptor*> within, std::string* text) {
  within.insert(&message);
  for (int i = 0; i < message.field_count(); ++i) {
    const FieldDescriptor& field = *message.field(i);
    *text += fmt::format("{:{}}{:<{}} {}  {}", "", depth * 2, field.name(), std::max(1, 26 - depth * 2), TypeOf(field),
                         ChecksOf(field));
    while (text->ends_with(' ')) text->pop_back();
    *text += '\n';
    const auto* inner = field.message_type();
    if (inner != nullptr && inner->full_name() != "google.protobuf.Timestamp" && !within.contains(inner) && depth < 4)
      Describe(*inner, depth + 1, within, text);
  }
}

}  // namespace

std::string ListMethods() {
  std::string text, service;
  for (const auto* method : methods::All()) {
    if (method->service()->full_name() != service) {
      service = method->service()->full_name();
      text += (text.empty() ? "" : "\n") + service + "\n";
    }
    const bool command = methods::IsCommand(*method);
    text += fmt::format("  {:<26} {}  {}\n", method->name(), command ? "command" : "query  ", RolesOf(*method, true));
  }
  return text + "\nADMIN may call every method. `songsang call METHOD --describe` tells what a request holds.\n";
}

std::string DescribeMethod(const google::protobuf::MethodDescriptor& method) {
  const bool command = methods::IsCommand(method);
  std::string text = fmt::format("{}\n{}; may be called by {}\n\n{} (request)\n", methods::NameOf(method),
                                 command ? "A command: its request_id makes it safe to repeat" : "A query",
                                 RolesOf(method), method.input_type()->name());
  Describe(*method.input_type(), 1, {}, &text);
  text +=
      fmt::format("\n{} (reply{})\n", method.output_type()->name(), command ? ", and the event that is recorded" : "");
  Describe(*method.output_type(), 1, {}, &text);
  return text;
}

}  // namespace songsang::command
