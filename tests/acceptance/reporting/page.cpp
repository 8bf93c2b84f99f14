#include "acceptance/reporting/page.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>

#include "reporting/rules_measures.h"
#include "songsang/import/import.h"

namespace songsang {
namespace {

using reporting::v1::DimensionValue;
using reporting::v1::MetricDefinition;

std::string Trimmed(const std::string& text) {
  const size_t from = text.find_first_not_of(' '), to = text.find_last_not_of(' ');
  return from == std::string::npos ? "" : text.substr(from, to - from + 1);
}

std::vector<std::string> CellsOf(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream in(line.substr(1));
  for (std::string cell; std::getline(in, cell, '|');) cells.push_back(Trimmed(cell));
  return cells;
}

void Load(const Client& client, const std::string& file, const std::string& mapping) {
  importer::ImportOptions options;
  options.file = Page::Folder() + "/" + file;
  options.mapping = mapping;
  options.errors =
      (std::filesystem::temp_directory_path() / ("songsang-" + client.tenant() + "-" + mapping + ".csv")).string();
  options.quiet = true;
  client::Client connection(System::Shared().address(), client.token());
  std::ostringstream out, err;
  const int exit_code = importer::Import(options, connection, out, err);
  EXPECT_EQ(exit_code, importer::kAllImported) << mapping << ": " << out.str() << err.str();
}

// Imports speak to the door by themselves, so their positions are asked for: later questions then wait for them.
void WaitForAll(const Client& client) {
  for (const char* service : {"leads", "accounts", "workforce", "billing"}) {
    songsang::v1::GetHeadsRequest request;
    request.set_service(service);
    std::string after;
    const auto heads = client.Call<songsang::v1::GetHeadsResponse>("EventService/GetHeads", request);
    ASSERT_THAT(heads, IsOk());
    for (const auto& head : heads->heads()) {
      if (head.seq() == 0) continue;
      after += (after.empty() ? "" : ",") + std::string(service) + "/" + std::to_string(head.partition()) + "/" +
               std::to_string(head.epoch()) + "/" + std::to_string(head.seq());
    }
    if (after.empty()) continue;
    ASSERT_THAT(client.Call<reporting::v1::Figures>("GetFigures", Proto("metrics: 'leads'"),
                                                    With{.after = after, .timeout = std::chrono::seconds(30)}),
                IsOk());
  }
}

}  // namespace

size_t PageTable::Column(const std::string& name) const {
  for (size_t i = 0; i < heading.size(); ++i)
    if (heading[i] == name) return i;
  ADD_FAILURE() << "the table has no column " << name;
  return 0;
}

std::string Page::Folder() {
  const char* folder = std::getenv("SONGSANG_DATA");
  return folder != nullptr ? folder : "../shared/data";
}

const Page* Page::Find() {
  static const Page* const answers = []() -> const Page* {
    std::ifstream file(Folder() + "/README.md");
    if (!file) return nullptr;
    std::stringstream text;
    text << file.rdbuf();
    return new Page(text.str());
  }();
  return answers;
}

Page::Page(const std::string& text) {
  std::istringstream in(text);
  std::string section;
  bool within = false;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("## ")) section = line.substr(3, line.find('.') - 3);
    sections_[section] += line + "\n";
    if (!line.starts_with("|")) {
      within = false;
    } else if (!within) {
      within = true;
      tables_[section].push_back({CellsOf(line), {}});
    } else if (!line.starts_with("|---")) {
      tables_[section].back().rows.push_back(CellsOf(line));
    }
  }
}

const PageTable& Page::Table(const std::string& section, const std::string& heading, size_t nth) const {
  for (const auto& table : tables_.at(section))
    if (table.heading[0] == heading && nth-- == 0) return table;
  throw std::logic_error("the page has no table of " + heading);
}

std::string Page::After(const std::string& section, const std::string& words) const {
  const std::string& text = sections_.at(section);
  const size_t at = text.find(words);
  std::smatch match;
  const std::string rest = at == std::string::npos ? "" : text.substr(at + words.size(), 40);
  if (!std::regex_search(rest, match, std::regex("-?[0-9][0-9,]*(\\.[0-9]+)?"))) {
    ADD_FAILURE() << "the page does not say `" << words << "`";
    return "";
  }
  return Plain(match.str());
}

std::string Plain(std::string text) {
  std::erase(text, ',');
  if (text.ends_with('%')) text.pop_back();
  return text;
}

std::string AsWritten(const reporting::v1::FigureValue& value, const std::string& like) {
  if (value.denominator() == 0) return "-";
  const size_t point = like.find('.');
  const int decimals =
      point == std::string::npos ? 0 : static_cast<int>(Plain(like).size() - Plain(like).find('.') - 1);
  // The page writes the share of a whole, 0.6315005215, and the percentage, 63.15%.
  const int hundred = like.ends_with('%') ? 100 : 1;
  return reporting::Rounded(static_cast<__int128>(value.numerator()) * hundred, value.denominator(), decimals,
                            MetricDefinition::ROUNDING_HALF_AWAY);
}

const Imported& ImportedData() {
  static const Imported* const imported = [] {
    const auto everything = {v1::ROLE_IMPORTER, v1::ROLE_ADMIN};
    auto* data = new Imported{System::Shared().As(everything, System::FreshTenant("UTC")),
                              System::Shared().As(everything, System::FreshTenant("UTC"))};
    Load(data->olist, "olist_funnel/olist_marketing_qualified_leads_dataset.csv", "olist_leads");
    Load(data->olist, "olist_funnel/olist_closed_deals_dataset.csv", "olist_deals");
    Load(data->crm, "crm_opportunities/products.csv", "crm_products");
    Load(data->crm, "crm_opportunities/sales_teams.csv", "crm_teams");
    Load(data->crm, "crm_opportunities/accounts.csv", "crm_accounts");
    Load(data->crm, "crm_opportunities/accounts.csv", "crm_account_groups");
    Load(data->crm, "crm_opportunities/sales_pipeline.csv", "crm_pipeline");
    WaitForAll(data->crm);
    return data;
  }();
  return *imported;
}

std::string NameOf(const reporting::v1::FigureRow& row) {
  const auto& dimension = row.dimensions(0);
  if (dimension.state() == DimensionValue::STATE_UNSET) return "(blank)";
  return dimension.state() == DimensionValue::STATE_UNKNOWN ? dimension.value() : dimension.label();
}

}  // namespace songsang
