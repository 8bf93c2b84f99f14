#include "engine/journal.h"

#include <fmt/format.h>

#include <algorithm>

#include "engine/reasons.h"
#include "engine/tables.h"

namespace songsang::engine {
namespace {

constexpr int kPage = 2'000;

Digest ToDigest(std::string_view bytes) {
  Digest digest{};
  std::copy_n(bytes.begin(), std::min(bytes.size(), digest.size()), digest.begin());
  return digest;
}

int64_t Number(const Value& value) {
  const auto* number = std::get_if<int64_t>(&value);
  return number ? *number : 0;
}

std::string Text(const Value& value) {
  const auto* text = std::get_if<std::string>(&value);
  return text ? *text : std::string();
}

// Compares one partition with the chain that its rows state; the first difference in words.
std::string VerifyPartition(Store& store, int partition, int64_t* entries) {
  const std::string sql =
      fmt::format("SELECT {} FROM {}.journal WHERE partition = $1 AND seq > $2 ORDER BY seq LIMIT {}", JournalColumns(),
                  store.schema(), kPage);
  Digest previous{};
  int64_t seq = 0;
  int64_t epoch = 0;
  for (;;) {
    const rows::Cell parameters[] = {rows::Cell::Int(partition), rows::Cell::Int(seq)};
    Rows page;
    const auto error = store.Query(sql, parameters, std::chrono::steady_clock::now() + std::chrono::seconds(60), &page);
    if (!error.ok()) return "cannot read the journal: " + error.message;
    for (const auto& row : page.rows) {
      const JournalEntry entry = ReadEntry(row);
      const std::string place = fmt::format("partition {} seq {}", partition, entry.seq);
      // A fork goes on above what was given up.
      const bool forked = entry.epoch > epoch && entry.type == v1::JournalForked::descriptor()->full_name();
      if (entry.seq != seq + 1 && !(forked && entry.seq > seq))
        return fmt::format("{}: entry {} is missing", place, seq + 1);
      if (entry.epoch < epoch) return fmt::format("{}: epoch {} follows epoch {}", place, entry.epoch, epoch);
      if (ChainHash(previous, entry) != entry.hash)
        return fmt::format("{}: the hash does not match the row (event {}, {})", place, entry.event_id, entry.type);
      previous = entry.hash;
      seq = entry.seq;
      epoch = entry.epoch;
    }
    *entries = seq;
    if (page.rows.size() < kPage) return {};
  }
}

}  // namespace

Digest ChainHash(const Digest& previous, const JournalEntry& e) {
  Framed framed;
  framed.Add(AsBytes(previous)).Add(int64_t{e.partition}).Add(e.epoch).Add(e.seq).Add(e.event_id).Add(e.tenant);
  framed.Add(e.type).Add(e.subject_type).Add(e.subject_id).Add(e.subject_version).Add(e.actor).Add(e.client);
  framed.Add(e.request_id).Add(e.trace).Add(int64_t{e.hops}).Add(e.recorded_at.micros);
  framed.Add(AsBytes(Sha256(e.payload))).Add(e.changed);
  return framed.Hash();
}

void AppendEntry(const JournalEntry& e, rows::RowSet* journal) {
  using rows::Cell;
  auto& cells = journal->cells;
  for (const Cell& cell :
       {Cell::Int(e.partition), Cell::Int(e.epoch), Cell::Int(e.seq), Cell::Text(e.event_id), Cell::Text(e.tenant),
        Cell::Text(e.type), Cell::Text(e.subject_type), Cell::Text(e.subject_id), Cell::Int(e.subject_version),
        Cell::Text(e.actor), Cell::Text(e.client), Cell::Text(e.request_id), Cell::Text(e.trace), Cell::Int(e.hops),
        Cell::Int(e.recorded_at.micros), Cell::Bytes(e.payload), Cell::Text(e.changed), Cell::Bytes(AsBytes(e.hash))})
    cells.push_back(cell);
}

void AppendRequest(const JournalEntry& e, std::string_view body_hash, rows::RowSet* requests) {
  using rows::Cell;
  for (const Cell& cell : {Cell::Text(e.tenant), Cell::Text(e.client), Cell::Text(e.request_id), Cell::Int(e.partition),
                           Cell::Int(e.seq), Cell::Bytes(body_hash)})
    requests->cells.push_back(cell);
}

const std::string& JournalColumns() {
  static const std::string columns = [] {
    std::string text;
    for (const auto& column : JournalTable().columns) text += (text.empty() ? "" : ", ") + column.name;
    return text;
  }();
  return columns;
}

Result<Reading> ReadEntries(Store& store, const v1::Position& after, int limit, const std::set<std::string>* types) {
  std::string columns = JournalColumns();
  std::vector<rows::Cell> parameters = {rows::Cell::Int(after.partition()), rows::Cell::Int(after.seq())};
  if (types != nullptr) {
    std::string wanted;
    for (const std::string& type : *types) {
      parameters.push_back(rows::Cell::Text(type));
      wanted += fmt::format("{}${}", wanted.empty() ? "type IN (" : ", ", parameters.size());
    }
    wanted = wanted.empty() ? "1 = 0" : wanted + ")";
    const size_t payload = columns.find("payload, changed");
    columns.replace(payload, std::string("payload, changed").size(),
                    fmt::format("CASE WHEN {0} THEN payload ELSE substr(payload, 1, 0) END AS payload, CASE WHEN {0} "
                                "THEN changed END AS changed",
                                wanted));
  }
  // The cursor's own row is read too: its hash proves that this is the journal that was read before.
  const std::string sql =
      fmt::format("SELECT {} FROM {}.journal WHERE partition = $1 AND seq >= $2 ORDER BY seq LIMIT {}", columns,
                  store.schema(), limit + 1);
  Rows rows;
  const auto error = store.Query(sql, parameters, std::chrono::steady_clock::now() + std::chrono::seconds(5), &rows);
  if (!error.ok()) return kUnavailable.With("detail", error.message);
  Reading reading;
  reading.position = after;
  Digest previous{};
  bool cursor_found = after.seq() == 0;
  int seen = 0;
  for (const auto& row : rows.rows) {
    const JournalEntry entry = ReadEntry(row);
    if (entry.seq == after.seq()) {
      cursor_found = after.hash().empty() || AsBytes(entry.hash) == after.hash();
    } else if (++seen <= limit) {
      v1::JournalEvent event = ToEvent(after.service(), entry, previous);
      reading.position = event.position();
      if (types == nullptr || types->contains(entry.type)) reading.events.push_back(std::move(event));
    }
    previous = entry.hash;
  }
  if (!cursor_found)
    return kJournalForked.With("service", after.service())
        .With("partition", std::to_string(after.partition()))
        .With("seq", std::to_string(after.seq()));
  return reading;
}

JournalEntry ReadEntry(const std::vector<Value>& row) {
  JournalEntry e;
  size_t i = 0;
  e.partition = static_cast<int32_t>(Number(row[i++]));
  e.epoch = Number(row[i++]);
  e.seq = Number(row[i++]);
  e.event_id = Text(row[i++]);
  e.tenant = Text(row[i++]);
  e.type = Text(row[i++]);
  e.subject_type = Text(row[i++]);
  e.subject_id = Text(row[i++]);
  e.subject_version = Number(row[i++]);
  e.actor = Text(row[i++]);
  e.client = Text(row[i++]);
  e.request_id = Text(row[i++]);
  e.trace = Text(row[i++]);
  e.hops = static_cast<int32_t>(Number(row[i++]));
  e.recorded_at = Instant{Number(row[i++])};
  e.payload = Text(row[i++]);
  e.changed = Text(row[i++]);
  e.hash = ToDigest(Text(row[i++]));
  return e;
}

JournalEntry FromEvent(const v1::JournalEvent& event) {
  JournalEntry e;
  e.partition = event.position().partition();
  e.epoch = event.position().epoch();
  e.seq = event.position().seq();
  e.event_id = event.event_id();
  e.tenant = event.tenant();
  e.type = event.type();
  e.subject_type = event.subject_type();
  e.subject_id = event.subject_id();
  e.subject_version = event.subject_version();
  e.actor = event.actor();
  e.client = event.client();
  e.request_id = event.request_id();
  e.trace = event.trace();
  e.hops = event.hops();
  e.recorded_at = FromTimestamp(event.recorded_at());
  e.payload = event.payload();
  e.changed = event.changed();
  e.hash = ToDigest(event.position().hash());
  return e;
}

v1::JournalEvent ToEvent(const std::string& service, const JournalEntry& e, const Digest& previous) {
  v1::JournalEvent event;
  auto* position = event.mutable_position();
  position->set_service(service);
  position->set_partition(e.partition);
  position->set_epoch(e.epoch);
  position->set_seq(e.seq);
  position->set_hash(std::string(AsBytes(e.hash)));
  event.set_previous_hash(std::string(AsBytes(previous)));
  event.set_event_id(e.event_id);
  event.set_tenant(e.tenant);
  event.set_type(e.type);
  event.set_subject_type(e.subject_type);
  event.set_subject_id(e.subject_id);
  event.set_subject_version(e.subject_version);
  event.set_actor(e.actor);
  event.set_client(e.client);
  event.set_request_id(e.request_id);
  event.set_trace(e.trace);
  event.set_hops(e.hops);
  *event.mutable_recorded_at() = ToTimestamp(e.recorded_at);
  event.set_payload(e.payload);
  event.set_changed(e.changed);
  return event;
}

std::string VerifyJournal(Store& store, const std::function<void(int partition, int64_t entries)>& progress) {
  for (int partition = 0; partition < store.partitions(); ++partition) {
    int64_t entries = 0;
    std::string difference = VerifyPartition(store, partition, &entries);
    progress(partition, entries);
    if (!difference.empty()) return difference;
  }
  return {};
}

}  // namespace songsang::engine
