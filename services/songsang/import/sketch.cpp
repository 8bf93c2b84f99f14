// The beginning of a mapping for a file never seen before.
#include <google/protobuf/descriptor.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "core/text.h"
#include "songsang/import/csv.h"
#include "songsang/import/import.h"
#include "songsang/import/template.h"
#include "songsang/import/values.h"
#include "songsang/v1/options.pb.h"

namespace songsang::importer {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;

constexpr int kRowsLookedAt = 1'000;
constexpr size_t kExamples = 3;

struct Column {
  std::string name;
  std::vector<std::string> examples;
  int empty = 0;
};

// A text as TOML writes it.
std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c == '\n' || c == '\r' || c == '\t' ? ' ' : c;
  }
  return quoted + "\"";
}

// Letters and digits only, lower case: `E-Mail` and `email` are then the same.
std::string Plain(std::string_view name) {
  std::string plain = Lower(name);
  std::erase_if(plain, [](char c) { return c == '_' || c == '-' || c == ' ' || c == '.'; });
  return plain;
}

std::vector<Column> LookAt(CsvReader* reader) {
  std::vector<Column> columns;
  for (const std::string& name : reader->header()) columns.push_back({name, {}, 0});
  CsvRow row;
  for (int i = 0; i < kRowsLookedAt && reader->Next(&row); ++i) {
    for (size_t c = 0; c < std::min(columns.size(), row.cells.size()); ++c) {
      auto& examples = columns[c].examples;
      const std::string& cell = row.cells[c];
      columns[c].empty += cell.empty();
      const bool fresh = !cell.empty() && std::find(examples.begin(), examples.end(), cell) == examples.end();
      if (fresh && examples.size() < kExamples) examples.push_back(cell);
    }
  }
  return columns;
}

// What a field takes, for a comment.
std::string TypeOf(const FieldDescriptor* field) {
  if (const auto* choices = field->enum_type()) return Choices(choices);
  const std::string& ref = field->options().GetExtension(v1::ref);
  if (!ref.empty()) return "the id of a " + ref + ", or \"ext:<system>:<key>\"";
  if (const auto* part = field->message_type()) {
    if (part->name() == "ExternalRef") return "what another system calls it: { system = \"...\", key = \"{...}\" }";
    if (part->name() == "Money") return "an amount; needs a currency";
    if (part->name() == "Timestamp") return "an instant: { value = \"{...}\", date = \"%Y-%m-%d %H:%M:%S\" }";
    return "has parts";
  }
  if (field->options().GetExtension(v1::check).format() == v1::Check::FORMAT_DATE)
    return "a date: { value = \"{...}\", date = \"%Y-%m-%d\" }";
  return field->cpp_type() == FieldDescriptor::CPPTYPE_STRING ? "text" : field->cpp_type_name();
}

void WriteStep(const MethodDescriptor& method, const std::vector<Column>& columns, std::ostream& out) {
  const Descriptor* request = method.input_type();
  out << "\n[[step]]\nname = " << Quoted(Snake(method.name())) << "\nmethod = \"" << method.service()->full_name()
      << "/" << method.name() << "\"\n";
  if (request->FindFieldByName("external_ref") != nullptr) out << "exists = \"ok\"\n";
  out << "# once = \"{column}\"                            # for what several rows share\n";
  out << "# when = { value = \"{column}\", in = [\"…\"] }     # for what not every row has\n";
  out << "[step.fields]\n";
  for (int i = 0; i < request->field_count(); ++i) {
    const FieldDescriptor* field = request->field(i);
    if (field->name() == "request_id" || field->name() == "expected_version" || field->is_map()) continue;
    const auto match = std::find_if(columns.begin(), columns.end(),
                                    [&](const Column& column) { return Plain(column.name) == Plain(field->name()); });
    const bool known = match != columns.end() && field->message_type() == nullptr;
    const bool required = field->options().GetExtension(v1::check).required();
    std::string line = (known ? "" : "# ") + field->name() + " = " + Quoted(known ? "{" + match->name + "}" : "");
    line.resize(std::max<size_t>(line.size() + 1, 40), ' ');
    out << line << "# " << (required ? "required: " : "") << TypeOf(field) << '\n';
  }
}

}  // namespace

int SketchMapping(const SketchOptions& options, std::ostream& out, std::ostream& err) {
  CsvOptions csv;
  csv.delimiter = options.delimiter;
  if (!options.encoding.empty()) csv.encoding = options.encoding;
  auto reader = CsvReader::Open(options.file, csv);
  if (!reader.ok()) {
    err << reader.refusal().Sentence(options.korean) << '\n';
    return kNotBegun;
  }
  std::vector<const MethodDescriptor*> methods;
  for (const std::string& name : options.methods) {
    std::string dotted = name;
    std::replace(dotted.begin(), dotted.end(), '/', '.');
    const auto* method = DescriptorPool::generated_pool()->FindMethodByName(dotted);
    if (method == nullptr || method->input_type()->FindFieldByName("request_id") == nullptr) {
      err << (options.korean ? name + " 명령이 없습니다.\n" : "There is no command " + name + ".\n");
      return kNotBegun;
    }
    methods.push_back(method);
  }
  const std::vector<Column> columns = LookAt(&*reader);
  out << "# A beginning: fill in what is missing, then try it with --dry-run. docs/import.md explains each line.\n#\n"
      << "# Columns of " << options.file << ":\n";
  for (const Column& column : columns) {
    out << "#   " << column.name << ": ";
    for (const std::string& example : column.examples)
      out << (&example == column.examples.data() ? "" : ", ") << Quoted(example);
    out << (column.empty > 0 ? " (sometimes empty)\n" : "\n");
  }
  out << "name = " << Quoted(std::filesystem::path(options.file).stem().string()) << "\ndescription = \"\"\n"
      << "# currency = \"KRW\"\n# zone = \"Asia/Seoul\"\n";
  if (options.delimiter != ',' || !options.encoding.empty()) {
    out << "\n[csv]\n";
    if (options.delimiter != ',')
      out << "delimiter = " << (options.delimiter == '\t' ? "\"\\t\"" : Quoted({&options.delimiter, 1})) << '\n';
    if (!options.encoding.empty()) out << "encoding = " << Quoted(options.encoding) << '\n';
  }
  for (const auto* method : methods) WriteStep(*method, columns, out);
  return kAllImported;
}

}  // namespace songsang::importer
