// Reads a mapping file and holds it against the API: whatever is wrong is found before the first row is read.
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/descriptor_database.h>
#include <toml++/toml.h>

#include <algorithm>

#include "core/dates.h"
#include "core/money.h"
#include "songsang/import/mapping.h"
#include "songsang/import/values.h"
#include "songsang/import/when.h"
#include "songsang/v1/options.pb.h"

namespace songsang::importer {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

constexpr int64_t kLargestFactor = 1'000'000'000;

int LineOf(const toml::node& node) { return static_cast<int>(node.source().begin.line); }

// Null for a type that a file cannot fill.
std::optional<Setter::Kind> KindOf(const FieldDescriptor* field) {
  using Kind = Setter::Kind;
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
    case FieldDescriptor::CPPTYPE_INT64:
      return Kind::kInteger;
    case FieldDescriptor::CPPTYPE_BOOL:
      return field->is_repeated() ? std::nullopt : std::optional(Kind::kBool);
    case FieldDescriptor::CPPTYPE_ENUM:
      return Kind::kEnum;
    case FieldDescriptor::CPPTYPE_STRING:
      if (field->type() == FieldDescriptor::TYPE_BYTES) return std::nullopt;
      return field->options().GetExtension(v1::check).format() == v1::Check::FORMAT_DATE ? Kind::kDate : Kind::kText;
    case FieldDescriptor::CPPTYPE_MESSAGE: {
      if (field->is_map()) return std::nullopt;
      const std::string& name = field->message_type()->full_name();
      if (name == "google.protobuf.Timestamp") return Kind::kInstant;
      if (name == "songsang.common.v1.Money") return Kind::kMoney;
      if (name == "songsang.common.v1.Decimal") return Kind::kDecimal;
      return Kind::kNested;
    }
    default:
      return std::nullopt;
  }
}

std::vector<std::string> FieldNames(const Descriptor* message, bool request) {
  std::vector<std::string> names;
  for (int i = 0; i < message->field_count(); ++i)
    if (!request || message->field(i)->name() != "request_id") names.push_back(message->field(i)->name());
  return names;
}

std::vector<std::string> Services() {
  std::vector<std::string> files, services;
  DescriptorPool::internal_generated_database()->FindAllFileNames(&files);
  for (const std::string& name : files) {
    if (name.compare(0, 9, "songsang/") != 0) continue;
    const auto* file = DescriptorPool::generated_pool()->FindFileByName(name);
    for (int i = 0; file != nullptr && i < file->service_count(); ++i)
      services.push_back(file->service(i)->full_name());
  }
  std::sort(services.begin(), services.end());
  return services;
}

}  // namespace

class MappingReader {
 public:
  MappingReader(Mapping* mapping, std::vector<std::string>* problems) : mapping_(mapping), problems_(problems) {}

  void Read(const toml::table& root) {
    Only(root, {"name", "description", "description_ko", "identity", "currency", "zone", "csv", "values", "step"},
         "a mapping");
    mapping_->name_ = Text(root, "name");
    mapping_->english_ = Text(root, "description");
    mapping_->korean_ = Text(root, "description_ko");
    currency_ = Text(root, "currency");
    zone_ = Text(root, "zone");
    if (mapping_->name_.empty()) Wrong(1, "a mapping needs a name: name = \"my_file\"");
    if (!currency_.empty() && !CurrencyExponent(currency_))
      Wrong(LineOf(*root.get("currency")), "\"" + currency_ + "\" is not a currency that the system knows");
    if (!zone_.empty() && !IsZone(zone_))
      Wrong(LineOf(*root.get("zone")), "\"" + zone_ + "\" is not a time zone; one is \"Asia/Seoul\", another \"UTC\"");
    if (zone_.empty()) zone_ = "UTC";
    ReadIdentity(root);
    ReadCsv(root);
    ReadTables(root);
    ReadSteps(root);
  }

 private:
  void Wrong(int line, const std::string& why) {
    problems_->push_back(mapping_->file_ + ":" + std::to_string(line) + ": " + why);
  }

  // Reports keys of a table that are not among those known.
  void Only(const toml::table& table, const std::vector<std::string>& known, const std::string& where) {
    for (const auto& [key, node] : table) {
      const std::string name(key.str());
      if (std::find(known.begin(), known.end(), name) != known.end()) continue;
      Wrong(LineOf(node),
            "\"" + name + "\" is not known in " + where + DidYouMean(name, known) + "; known are: " + Joined(known));
    }
  }

  std::string Text(const toml::table& table, std::string_view key) {
    const toml::node* node = table.get(key);
    if (node == nullptr) return {};
    if (const auto text = node->value_exact<std::string>()) return *text;
    Wrong(LineOf(*node), "\"" + std::string(key) + "\" must be a text in quotes");
    return {};
  }

  bool Flag(const toml::table& table, std::string_view key) {
    const toml::node* node = table.get(key);
    if (node == nullptr) return false;
    if (const auto flag = node->value_exact<bool>()) return *flag;
    Wrong(LineOf(*node), "\"" + std::string(key) + "\" must be true or false");
    return false;
  }

  // A text, or a list of texts.
  std::vector<std::string> Texts(const toml::table& table, std::string_view key) {
    std::vector<std::string> texts;
    const toml::node* node = table.get(key);
    if (node == nullptr) return texts;
    if (const auto text = node->value_exact<std::string>()) return {*text};
    const toml::array* list = node->as_array();
    for (size_t i = 0; list != nullptr && i < list->size(); ++i)
      if (const auto text = (*list)[i].value_exact<std::string>()) texts.push_back(*text);
    if (list == nullptr || texts.size() != list->size())
      Wrong(LineOf(*node), "\"" + std::string(key) + "\" must be a text in quotes, or a list of them");
    return texts;
  }

  void ReadIdentity(const toml::table& root) {
    const std::string text = Text(root, "identity");
    if (text == "occurrence") mapping_->identity_ = Identity::kOccurrence;
    if (text == "line") mapping_->identity_ = Identity::kLine;
    if (!text.empty() && text != "content" && text != "occurrence" && text != "line")
      Wrong(LineOf(*root.get("identity")),
            "identity is \"content\" (equal rows are one), \"occurrence\" (equal rows are several) or \"line\"");
  }

  void ReadCsv(const toml::table& root) {
    const toml::node* node = root.get("csv");
    if (node == nullptr) return;
    const toml::table* csv = node->as_table();
    if (csv == nullptr) return Wrong(LineOf(*node), "csv must be a section: [csv]");
    Only(*csv, {"delimiter", "encoding", "header", "trim"}, "[csv]");
    const std::string delimiter = Text(*csv, "delimiter");
    if (delimiter.size() == 1 && delimiter != "\"" && delimiter != "\n") {
      mapping_->csv_.delimiter = delimiter[0];
    } else if (!delimiter.empty()) {
      Wrong(LineOf(*csv->get("delimiter")), "the delimiter is one ASCII character, such as \";\" or \"\\t\"");
    }
    const std::string encoding = Text(*csv, "encoding");
    if (!encoding.empty()) mapping_->csv_.encoding = encoding;
    mapping_->csv_.header = Texts(*csv, "header");
    mapping_->csv_.trim = Flag(*csv, "trim");
  }

  void ReadTables(const toml::table& root) {
    const toml::node* node = root.get("values");
    if (node == nullptr) return;
    const toml::table* tables = node->as_table();
    if (tables == nullptr) return Wrong(LineOf(*node), "values must be sections: [values.products]");
    for (const auto& [key, inner] : *tables) {
      const toml::table* entries = inner.as_table();
      if (entries == nullptr) {
        Wrong(LineOf(inner), "a value table is a section: [values." + std::string(key.str()) + "]");
        continue;
      }
      ReadTable(std::string(key.str()), *entries);
    }
  }

  void ReadTable(const std::string& name, const toml::table& entries) {
    ValueTable& table = mapping_->tables_[name];
    table.name = name;
    for (const auto& [from, to] : entries) {
      const auto text = to.value_exact<std::string>();
      const auto flag = to.value_exact<bool>();
      if (from.str() == "*" && flag == false) {
        table.refuse_others = true;
      } else if (!text) {
        Wrong(LineOf(to), "a value table holds texts: \"in the file\" = \"here\"; \"*\" = false refuses all others");
      } else if (from.str() == "*") {
        table.replace_others = true;
        table.others = *text;
      } else {
        table.values[std::string(from.str())] = *text;
      }
    }
  }

  void ReadSteps(const toml::table& root) {
    const toml::node* node = root.get("step");
    const toml::array* list = node == nullptr ? nullptr : node->as_array();
    if (list == nullptr || list->empty())
      return Wrong(node == nullptr ? 1 : LineOf(*node), "a mapping needs at least one [[step]]");
    for (const toml::node& each : *list) {
      const toml::table* table = each.as_table();
      if (table == nullptr) {
        Wrong(LineOf(each), "a step is a section: [[step]]");
        continue;
      }
      ReadStep(*table);
    }
    const auto& names = mapping_->columns_.names();
    for (size_t i = 0; i < names.size(); ++i) mapping_->ordered_.push_back(i);
    std::sort(mapping_->ordered_.begin(), mapping_->ordered_.end(),
              [&](size_t a, size_t b) { return names[a] < names[b]; });
  }

  void ReadStep(const toml::table& table) {
    Only(table, {"name", "method", "once", "when", "exists", "fields"}, "a step");
    Step& step = mapping_->steps_.emplace_back();
    step.line = LineOf(table);
    step.name = Text(table, "name");
    if (step.name.empty()) Wrong(step.line, "a step needs a name, by which refused rows speak of it");
    for (const Step& other : mapping_->steps_)
      if (&other != &step && other.name == step.name) Wrong(step.line, "two steps are named \"" + step.name + "\"");
    if (const toml::node* once = table.get("once")) {
      step.once.emplace();
      ParseTemplate(Text(table, "once"), LineOf(*once), &*step.once, &step);
      if (step.once->constant() && step.once->source().empty())
        Wrong(LineOf(*once), "once names what the step runs once for: \"{column}\", or any constant for once a file");
    }
    ReadWhen(table, &step);
    ReadExists(table, &step);
    if (!ReadMethod(table, &step)) return;
    const toml::node* fields = table.get("fields");
    if (fields == nullptr || !fields->is_table())
      return Wrong(step.line, "step \"" + step.name + "\" needs its fields: [step.fields]");
    ReadFields(*fields->as_table(), step.descriptor->input_type(), "", &step.fields, &step);
    CheckRequired(step);
  }

  bool ReadMethod(const toml::table& table, Step* step) {
    step->method = Text(table, "method");
    const int line = table.get("method") == nullptr ? step->line : LineOf(*table.get("method"));
    const size_t slash = step->method.find('/');
    if (slash == std::string::npos) {
      Wrong(line, "a step needs a method by its full name, such as \"songsang.leads.v1.LeadService/CaptureLead\"");
      return false;
    }
    const auto* pool = DescriptorPool::generated_pool();
    const ServiceDescriptor* service = pool->FindServiceByName(step->method.substr(0, slash));
    if (service == nullptr) {
      Wrong(line, "there is no service \"" + step->method.substr(0, slash) + "\"; there are: " + Joined(Services()));
      return false;
    }
    std::vector<std::string> commands;
    for (int i = 0; i < service->method_count(); ++i)
      if (service->method(i)->input_type()->FindFieldByName("request_id") != nullptr)
        commands.push_back(service->method(i)->name());
    const std::string name = step->method.substr(slash + 1);
    if (std::find(commands.begin(), commands.end(), name) == commands.end()) {
      Wrong(line, service->full_name() + " has no command \"" + name + "\"" + DidYouMean(name, commands) +
                      "; its commands are: " + Joined(commands));
      return false;
    }
    step->descriptor = service->FindMethodByName(name);
    step->prototype =
        google::protobuf::MessageFactory::generated_factory()->GetPrototype(step->descriptor->input_type());
    return true;
  }

  void ReadExists(const toml::table& table, Step* step) {
    step->already = Texts(table, "exists");
    if (step->already.size() != 1) return;
    if (step->already[0] == "ok") step->already[0] = "EXTERNAL_REF_TAKEN";
    if (step->already[0] == "refuse") step->already.clear();
  }

  void ReadWhen(const toml::table& table, Step* step) {
    const toml::node* node = table.get("when");
    if (node == nullptr) return;
    if (node->is_table()) return ReadCondition(*node->as_table(), step);
    const toml::array* list = node->as_array();
    for (size_t i = 0; list != nullptr && i < list->size(); ++i) {
      if (const toml::table* condition = (*list)[i].as_table()) {
        ReadCondition(*condition, step);
      } else {
        list = nullptr;
        break;
      }
    }
    if (list == nullptr)
      Wrong(LineOf(*node), "when is a condition, { value = \"{column}\", in = [\"a\"] }, or a list of them");
  }

  void ReadCondition(const toml::table& table, Step* step) {
    Only(table, {"value", "in", "not_in", "empty"}, "a condition");
    Condition condition;
    ParseTemplate(Text(table, "value"), LineOf(table), &condition.value, step);
    const bool in = table.contains("in"), not_in = table.contains("not_in"), empty = table.contains("empty");
    if (in + not_in + empty != 1 || condition.value.constant())
      Wrong(LineOf(table),
            "a condition has a value with a column, and one of: in, not_in, empty = true, empty = false");
    condition.values = Texts(table, in ? "in" : "not_in");
    condition.kind = in                     ? Condition::Kind::kIn
                     : not_in               ? Condition::Kind::kNotIn
                     : Flag(table, "empty") ? Condition::Kind::kEmpty
                                            : Condition::Kind::kGiven;
    step->when.push_back(std::move(condition));
  }

  void ParseTemplate(const std::string& text, int line, Template* parsed, Step* step) {
    const std::string wrong = parsed->Parse(text, line, mapping_->tables_, &mapping_->columns_);
    if (!wrong.empty()) return Wrong(line, wrong);
    for (const size_t number : parsed->numbers())
      if (std::find(step->columns.begin(), step->columns.end(), number) == step->columns.end())
        step->columns.push_back(number);
  }

  void ReadFields(const toml::table& table, const Descriptor* message, const std::string& prefix,
                  std::vector<Setter>* setters, Step* step) {
    const std::vector<std::string> known = FieldNames(message, prefix.empty());
    for (const auto& [key, node] : table) {
      const std::string name(key.str());
      const FieldDescriptor* field = message->FindFieldByName(name);
      if (field == nullptr || (prefix.empty() && name == "request_id")) {
        Wrong(LineOf(node), message->name() + " has no field \"" + prefix + name + "\" that a mapping may set" +
                                DidYouMean(name, known) + "; it has: " + Joined(known));
        continue;
      }
      const auto kind = importer::KindOf(field);
      if (!kind) {
        Wrong(LineOf(node), "field \"" + prefix + name + "\" is of a type that a file cannot fill");
        continue;
      }
      const toml::array* list = node.as_array();
      if (list != nullptr && !field->is_repeated()) {
        Wrong(LineOf(node), "field \"" + prefix + name + "\" takes one value, not a list");
        continue;
      }
      if (list == nullptr) {
        ReadField(node, field, *kind, prefix + name, setters, step);
      } else {
        for (const toml::node& each : *list) ReadField(each, field, *kind, prefix + name, setters, step);
      }
    }
  }

  void ReadField(const toml::node& node, const FieldDescriptor* field, Setter::Kind kind, const std::string& path,
                 std::vector<Setter>* setters, Step* step) {
    Setter setter;
    setter.kind = kind;
    setter.field = field;
    setter.path = path;
    setter.zone = zone_;
    const toml::table* table = node.as_table();
    if (kind == Setter::Kind::kNested) {
      if (table == nullptr)
        return Wrong(LineOf(node),
                     "field \"" + path + "\" has parts: { " + Joined(FieldNames(field->message_type(), false)) + " }");
      ReadFields(*table, field->message_type(), path + ".", &setter.nested, step);
      setters->push_back(std::move(setter));
      return;
    }
    std::string currency = currency_;
    if (table != nullptr) {
      ReadOptions(*table, path, &setter, &currency, step);
    } else {
      ParseTemplate(Constant(node, path), LineOf(node), &setter.value, step);
    }
    if (kind == Setter::Kind::kMoney) {
      ParseTemplate(currency, LineOf(node), &setter.currency, step);
      if (currency.empty())
        Wrong(LineOf(node),
              "field \"" + path + "\" is money and needs a currency: here, or once at the top of the file");
    }
    CheckConstant(setter, LineOf(node));
    setters->push_back(std::move(setter));
  }

  // A text, whole number or truth value as the text that a column would hold.
  std::string Constant(const toml::node& node, const std::string& path) {
    if (const auto text = node.value_exact<std::string>()) return *text;
    if (const auto number = node.value_exact<int64_t>()) return std::to_string(*number);
    if (const auto flag = node.value_exact<bool>()) return *flag ? "true" : "false";
    Wrong(LineOf(node), "field \"" + path + "\" takes a text (\"{column}\"), a whole number, true or false");
    return {};
  }

  void ReadOptions(const toml::table& table, const std::string& path, Setter* setter, std::string* currency,
                   Step* step) {
    std::vector<std::string> known = {"value", "required", "empty"};
    const bool dated = setter->kind == Setter::Kind::kDate || setter->kind == Setter::Kind::kInstant;
    if (dated) known.emplace_back("date");
    if (setter->kind == Setter::Kind::kInstant) known.emplace_back("zone");
    if (setter->kind == Setter::Kind::kMoney) known.emplace_back("currency");
    if (setter->kind == Setter::Kind::kMoney || setter->kind == Setter::Kind::kInteger) known.emplace_back("multiply");
    Only(table, known, "field \"" + path + "\"");
    const toml::node* value = table.get("value");
    if (value == nullptr) return Wrong(LineOf(table), "field \"" + path + "\" needs a value: { value = \"{column}\" }");
    ParseTemplate(Constant(*value, path), LineOf(*value), &setter->value, step);
    setter->required = Flag(table, "required");
    const std::string empty = Text(table, "empty");
    if (!empty.empty() && empty != "set" && empty != "leave")
      Wrong(LineOf(*table.get("empty")),
            "empty is \"leave\" (an empty value is left out) or \"set\" (it is set, empty)");
    setter->set_empty = empty == "set";
    setter->formats = Texts(table, "date");
    for (const std::string& format : setter->formats) {
      const std::string wrong = CheckFormat(format);
      if (!wrong.empty()) Wrong(LineOf(*table.get("date")), wrong);
    }
    const std::string zone = Text(table, "zone");
    if (!zone.empty()) setter->zone = zone;
    if (!IsZone(setter->zone)) Wrong(LineOf(table), "\"" + setter->zone + "\" is not a time zone");
    if (table.contains("currency")) *currency = Text(table, "currency");
    if (const toml::node* multiply = table.get("multiply")) {
      setter->multiply = multiply->value_exact<int64_t>().value_or(0);
      if (setter->multiply < 1 || setter->multiply > kLargestFactor)
        Wrong(LineOf(*multiply), "multiply is a whole number from 1 to 1000000000");
    }
  }

  // A constant is wrong now or never.
  void CheckConstant(const Setter& setter, int line) {
    if (!setter.value.constant()) return;
    const auto text = setter.value.Render(mapping_->columns_, {});
    const auto currency = setter.currency.constant() ? setter.currency.source() : std::string("KRW");
    if (!text.ok()) return;
    std::unique_ptr<google::protobuf::Message> scratch(
        google::protobuf::MessageFactory::generated_factory()->GetPrototype(setter.field->containing_type())->New());
    const Status set = SetValue(setter, text->text, currency, scratch.get());
    if (!set.ok()) Wrong(line, "field \"" + setter.path + "\": " + set.refusal().Sentence(false));
  }

  void CheckRequired(const Step& step) {
    const Descriptor* request = step.descriptor->input_type();
    for (int i = 0; i < request->field_count(); ++i) {
      const FieldDescriptor* field = request->field(i);
      if (field->name() == "request_id" || !field->options().GetExtension(v1::check).required()) continue;
      const bool set = std::any_of(step.fields.begin(), step.fields.end(),
                                   [&](const Setter& setter) { return setter.field == field; });
      if (!set)
        Wrong(step.line,
              "step \"" + step.name + "\": " + step.descriptor->name() + " requires field \"" + field->name() + "\"");
    }
  }

  Mapping* mapping_;
  std::vector<std::string>* problems_;
  std::string currency_, zone_;
};

std::unique_ptr<Mapping> Mapping::Load(std::string_view toml, const std::string& file,
                                       std::vector<std::string>* problems) {
  auto mapping = std::make_unique<Mapping>();
  mapping->file_ = file;
  // The library answers what it cannot read by an exception; nothing of ours does.
  try {
    const toml::table root = toml::parse(toml);
    MappingReader(mapping.get(), problems).Read(root);
  } catch (const toml::parse_error& error) {
    problems->push_back(file + ":" + std::to_string(error.source().begin.line) +
                        ": this is not TOML: " + std::string(error.description()));
  }
  if (!problems->empty()) return nullptr;
  return mapping;
}

}  // namespace songsang::importer
