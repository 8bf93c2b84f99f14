#include "core/hash.h"
#include "reporting/queries.h"

namespace songsang::reporting {
namespace {

using engine::Value;

constexpr int kUsualPage = 50;

int64_t Number(const Value& value) {
  const auto* number = std::get_if<int64_t>(&value);
  return number == nullptr ? 0 : *number;
}
std::string Text(const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text == nullptr ? "" : *text;
}

// A token is where to go on and, so that it fits no other question, a hash of the question and its tenant.
std::string QuestionOf(const engine::Reader& reader, v1::GetLineageRequest request) {
  request.clear_page_size();
  request.clear_page_token();
  Framed framed;
  framed.Add(reader.context().caller.tenant).Add(request.SerializeAsString());
  return ToHex(AsBytes(framed.Hash()).substr(0, 8));
}

std::string TokenOf(const std::string& question, Instant known, const v1::LineageEvent& last) {
  return ToHex(question + "|" + std::to_string(known.micros) + "|" +
               std::to_string(FromTimestamp(last.recorded_at()).micros) + "|" + last.fact() + "|" + last.entity_id());
}

bool ReadToken(const std::string& token, const std::string& question, Instant* known, LineageCursor* cursor) {
  const std::string text = FromHex(token);
  std::vector<std::string> parts;
  size_t from = 0;
  for (int i = 0; i < 4; ++i) {
    const size_t end = text.find('|', from);
    if (end == std::string::npos) return false;
    parts.push_back(text.substr(from, end - from));
    from = end + 1;
  }
  const auto is_number = [](const std::string& part) {
    return !part.empty() && part.size() <= 18 && part.find_first_not_of("0123456789") == std::string::npos;
  };
  if (parts[0] != question || !is_number(parts[1]) || !is_number(parts[2])) return false;
  known->micros = std::stoll(parts[1]);
  *cursor = {std::stoll(parts[2]), text.substr(from), parts[3]};
  return true;
}

void Fill(const std::vector<Value>& row, const v1::FactDefinition& fact, v1::LineageEvent* event) {
  event->set_fact(Text(row[0]));
  event->set_entity_type(fact.entity());
  event->set_service(fact.entity().substr(0, fact.entity().find('.')));
  event->set_entity_id(Text(row[1]));
  event->set_entity_version(Number(row[2]));
  event->set_event_id(Text(row[3]));
  event->set_event_type(Text(row[4]));
  event->set_partition(static_cast<int32_t>(Number(row[5])));
  event->set_epoch(Number(row[6]));
  event->set_seq(Number(row[7]));
  event->set_actor(Text(row[8]));
  *event->mutable_recorded_at() = ToTimestamp(Instant{Number(row[9])});
}

}  // namespace

Result<v1::Lineage> GetLineage(engine::Reader& reader, const v1::GetLineageRequest& request) {
  const Dictionary& dictionary = ShippedDictionary();
  const std::string question = QuestionOf(reader, request);
  const int page = request.page_size() > 0 ? request.page_size() : kUsualPage;
  LineageCursor cursor;
  bool asked = request.has_known_on();
  Instant instant = FromTimestamp(request.known_on());
  if (!request.page_token().empty()) {
    // Later pages are of the instant of the first.
    asked = true;
    if (!ReadToken(request.page_token(), question, &instant, &cursor)) return Refusal(kBadPageToken).At("page_token");
  }
  const auto plan = CompileLineage(dictionary, request, reader.context().today, cursor, page + 1);
  if (!plan.ok()) return plan.refusal();
  const auto known = KnownOn(reader, request, asked, instant);
  if (!known.ok()) return known.refusal();
  const auto rows = reader.Run(plan->sql, request, {plan->parameters.begin(), plan->parameters.end()});
  if (!rows.ok()) return rows.refusal();

  v1::Lineage lineage;
  for (const auto& row : rows->rows) {
    if (lineage.events_size() == page) {
      lineage.set_next_page_token(TokenOf(question, *known, lineage.events(page - 1)));
      break;
    }
    Fill(row, dictionary.Fact(Text(row[0])), lineage.add_events());
  }
  auto& metric = *lineage.mutable_metric();
  metric.set_key(plan->metric->key());
  metric.set_number(plan->metric->number());
  *metric.mutable_name() = plan->metric->name();
  metric.set_unit(plan->metric->unit());
  metric.set_decimals(plan->metric->decimals());
  *lineage.mutable_known_on() = ToTimestamp(*known);
  return lineage;
}

}  // namespace songsang::reporting
