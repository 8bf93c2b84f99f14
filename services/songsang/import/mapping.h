// A mapping says what commands a row of a file becomes. It is a TOML file, checked against the API's own descriptors
// before the first row is read. docs/import.md teaches how to write one.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "songsang/import/csv.h"
#include "songsang/import/template.h"

namespace songsang::importer {

// How one field of a request gets its value.
struct Setter {
  enum class Kind { kText, kInteger, kBool, kEnum, kDate, kInstant, kMoney, kDecimal, kNested };
  Kind kind = Kind::kText;
  const google::protobuf::FieldDescriptor* field = nullptr;
  std::string path;  // `annual_revenue`, `external_ref.key`
  Template value;
  Template currency;                 // of kMoney
  int64_t multiply = 1;              // of kMoney and kInteger: the file counts in thousands or millions
  std::vector<std::string> formats;  // of kDate and kInstant; empty: ISO
  std::string zone;                  // of kInstant
  bool required = false;             // an empty value refuses the row
  bool set_empty = false;            // an empty value is set, not left out
  std::vector<Setter> nested;        // of kNested
};

struct Condition {
  enum class Kind { kEmpty, kGiven, kIn, kNotIn };
  Kind kind = Kind::kGiven;
  Template value;
  std::vector<std::string> values;
};

// One command that a row becomes.
struct Step {
  std::string name;
  int line = 0;
  std::string method;  // songsang.leads.v1.LeadService/CaptureLead
  const google::protobuf::MethodDescriptor* descriptor = nullptr;
  const google::protobuf::Message* prototype = nullptr;
  // Run once for each value of this, for the first row that bears it; else for every row.
  std::optional<Template> once;
  std::vector<Condition> when;  // all must hold
  std::vector<Setter> fields;
  // Refusals that mean that what the step would make is there already.
  std::vector<std::string> already;
  std::vector<size_t> columns;  // the numbers of all columns that the step reads
};

// What makes two rows the same row, and so their commands the same commands.
enum class Identity { kContent, kOccurrence, kLine };

class Mapping {
 public:
  // `file` names it in what is wrong: `accounts.toml:12: …`, all of it at once. Null if anything is.
  static std::unique_ptr<Mapping> Load(std::string_view toml, const std::string& file,
                                       std::vector<std::string>* problems);

  // Finds its columns in the file's header, or says which is missing.
  Status Bind(const std::vector<std::string>& header);

  // Whether a step applies to a row.
  Result<bool> Applies(const Step& step, const std::vector<std::string>& cells) const;
  // The key under which a `once` step runs once. Empty where a row has none: the step is then left out.
  Result<std::string> OnceKey(const Step& step, const std::vector<std::string>& cells) const;
  // The command of a step for a row, without its request id.
  Result<std::unique_ptr<google::protobuf::Message>> Build(const Step& step,
                                                           const std::vector<std::string>& cells) const;
  // The columns that a field (`name`, `external_ref.key`) is made of: `first name, last name`.
  std::string SourceOf(const Step& step, std::string_view field) const;
  // A row's values in the columns that the mapping reads, named and framed, whatever else the file holds.
  std::string Content(const std::vector<std::string>& cells) const;

  const std::string& name() const { return name_; }
  const std::string& description(bool korean) const { return korean && !korean_.empty() ? korean_ : english_; }
  const CsvOptions& csv() const { return csv_; }
  Identity identity() const { return identity_; }
  const std::vector<Step>& steps() const { return steps_; }
  const std::vector<std::string>& columns() const { return columns_.names(); }

 private:
  friend class MappingReader;

  std::string file_, name_, english_, korean_;
  CsvOptions csv_;
  Identity identity_ = Identity::kContent;
  ValueTables tables_;
  Columns columns_;
  std::vector<size_t> ordered_;  // column numbers by name
  std::vector<Step> steps_;
};

// The mappings that ship with the product.
struct Shipped {
  const char* name;
  const char* toml;
};
const std::vector<Shipped>& ShippedMappings();
// A mapping file by its path or, where there is no such file, a shipped one by its name. Refused with all problems,
// each as a violation.
Result<std::unique_ptr<Mapping>> FindMapping(const std::string& path_or_name);

}  // namespace songsang::importer
