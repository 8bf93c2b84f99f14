#include "songsang/import/csv.h"

#include <iconv.h>
#include <sys/stat.h>
#include <zlib.h>

#include <cerrno>
#include <cstring>

#include "core/text.h"
#include "songsang/import/reasons.h"

namespace songsang::importer {
namespace {

constexpr size_t kChunk = 1 << 18;
constexpr size_t kShown = 200;  // bytes of an unreadable row that are shown
constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";

bool IsUtf8Name(std::string_view encoding) {
  const std::string name = Lower(encoding);
  return name == "utf-8" || name == "utf8";
}

// Turns text of another encoding into UTF-8.
class Decoder {
 public:
  explicit Decoder(const std::string& encoding) : handle_(iconv_open("UTF-8", encoding.c_str())) {}
  ~Decoder() {
    if (known()) iconv_close(handle_);
  }
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  bool known() const { return handle_ != reinterpret_cast<iconv_t>(-1); }

  bool Decode(std::string* text) {
    std::string out(text->size() * 4 + 4, '\0');
    char* from = text->data();
    char* to = out.data();
    size_t from_left = text->size(), to_left = out.size();
    iconv(handle_, nullptr, nullptr, nullptr, nullptr);
    if (iconv(handle_, &from, &from_left, &to, &to_left) == static_cast<size_t>(-1)) return false;
    out.resize(out.size() - to_left);
    *text = std::move(out);
    return true;
  }

 private:
  iconv_t handle_;
};

void Trim(std::string* text) {
  const size_t first = text->find_first_not_of(" \t\r\n");
  if (first == std::string::npos) {
    text->clear();
    return;
  }
  text->erase(text->find_last_not_of(" \t\r\n") + 1);
  text->erase(0, first);
}

}  // namespace

struct CsvReader::Impl {
  ~Impl() {
    if (file != nullptr) gzclose_r(file);
  }

  enum class Scan { kRow, kMore, kBadQuote };

  // Reads one row from `at`. kMore: the buffer ends before the row does. On kRow, `end` is behind its line end.
  Scan ScanRow(size_t* end, std::vector<std::string>* cells, int64_t* newlines) const;
  Scan ScanQuoted(size_t* place, std::string* cell, int64_t* newlines) const;
  // True where a line ends at `place`, which then moves behind it.
  bool EndsLine(size_t* place) const;
  bool Fill();
  // Gives up on the row as such: takes its first line only, so that a quote left open does not eat the file.
  void SkipLine(CsvRow* row, const Reason& reason);
  bool ReadRow(CsvRow* row);
  void Check(CsvRow* row);
  std::optional<Refusal> ReadHeader();

  std::string path;
  CsvOptions options;
  gzFile file = nullptr;
  std::unique_ptr<Decoder> decoder;
  std::vector<std::string> header;
  std::string buffer;
  size_t at = 0;  // where the next row begins
  int64_t line = 1;
  int64_t total = 0;
  int64_t decompressed = 0;  // bytes that have come into the buffer so far
  bool ended = false;
  std::optional<Refusal> failure;
};

bool CsvReader::Impl::EndsLine(size_t* place) const {
  if (buffer[*place] != '\n' && buffer[*place] != '\r') return false;
  const bool pair = buffer[*place] == '\r' && *place + 1 < buffer.size() && buffer[*place + 1] == '\n';
  *place += pair ? 2 : 1;
  return true;
}

// `place` is behind the opening quote, then behind the closing one.
CsvReader::Impl::Scan CsvReader::Impl::ScanQuoted(size_t* place, std::string* cell, int64_t* newlines) const {
  while (true) {
    const size_t quote = buffer.find('"', *place);
    if (quote == std::string::npos || (quote + 1 == buffer.size() && !ended)) return Scan::kMore;
    cell->append(buffer, *place, quote - *place);
    *place = quote + 1;
    if (*place < buffer.size() && buffer[*place] == '"') {
      *cell += '"';
      ++*place;
      continue;
    }
    for (const char c : *cell) *newlines += c == '\n';
    return Scan::kRow;
  }
}

CsvReader::Impl::Scan CsvReader::Impl::ScanRow(size_t* end, std::vector<std::string>* cells, int64_t* newlines) const {
  cells->clear();
  *newlines = 0;
  const char stops[] = {options.delimiter, '\n', '\r', '\0'};
  size_t place = at;
  while (true) {
    std::string& cell = cells->emplace_back();
    if (place < buffer.size() && buffer[place] == '"') {
      ++place;
      const Scan quoted = ScanQuoted(&place, &cell, newlines);
      if (quoted != Scan::kRow) return quoted;
    } else {
      const size_t stop = std::min(buffer.find_first_of(stops, place, 3), buffer.size());
      cell.assign(buffer, place, stop - place);
      place = stop;
    }
    // A line end of two characters may be cut by the end of the buffer.
    if (place == buffer.size() || (buffer[place] == '\r' && place + 1 == buffer.size())) {
      if (!ended) return Scan::kMore;
      if (place < buffer.size()) EndsLine(&place);
      *end = place;
      return Scan::kRow;
    }
    if (buffer[place] == options.delimiter) {
      ++place;
      continue;
    }
    if (!EndsLine(&place)) return Scan::kBadQuote;
    ++*newlines;
    *end = place;
    return Scan::kRow;
  }
}

// False if nothing more could be read.
bool CsvReader::Impl::Fill() {
  if (ended) return false;
  buffer.erase(0, at);
  at = 0;
  const size_t before = buffer.size();
  buffer.resize(before + kChunk);
  const int count = gzread(file, buffer.data() + before, kChunk);
  buffer.resize(before + static_cast<size_t>(std::max(count, 0)));
  int code = Z_OK;
  const char* message = gzerror(file, &code);
  if (count < 0 || (count == 0 && code != Z_OK && code != Z_STREAM_END)) {
    const std::string why = code == Z_ERRNO ? std::strerror(errno) : message;
    failure = kFileMustBeWhole.With("file", path).With("line", std::to_string(line - 1)).With("why", why);
  }
  decompressed += std::max(count, 0);
  if (count <= 0) ended = true;
  return count > 0;
}

void CsvReader::Impl::SkipLine(CsvRow* row, const Reason& reason) {
  size_t stop = buffer.find_first_of("\r\n", at);
  row->cells.assign(1, buffer.substr(at, std::min(stop == std::string::npos ? kShown : stop - at, kShown)));
  while (stop == std::string::npos) {
    // A line that does not end within the limit is dropped piece by piece, to keep memory bounded.
    if (buffer.size() - at > options.max_row_bytes) at = buffer.size();
    if (!Fill()) break;
    stop = buffer.find_first_of("\r\n", at);
  }
  row->problem = reason.With("limit", std::to_string(options.max_row_bytes));
  at = stop == std::string::npos ? buffer.size() : stop;
  if (at < buffer.size()) EndsLine(&at);
  ++line;
}

// The next row that is not an empty line, as it stands in the file.
bool CsvReader::Impl::ReadRow(CsvRow* row) {
  row->problem.reset();
  while (true) {
    if (at == buffer.size() && !Fill()) return false;
    row->line = line;
    size_t end = buffer.size();
    int64_t newlines = 0;
    const Scan scan = ScanRow(&end, &row->cells, &newlines);
    // Seen to the end of the file, a row is read once more: what was not yet a row may be the last one.
    if (scan == Scan::kMore && buffer.size() - at <= options.max_row_bytes && !ended) {
      Fill();
      continue;
    }
    // The last row of a file that broke off may itself be broken off.
    if (failure && end == buffer.size()) return false;
    if (scan != Scan::kRow) {
      const bool open = scan == Scan::kBadQuote || buffer.find_first_of("\r\n\"", at) != std::string::npos;
      SkipLine(row, open ? kQuoteMustBeClosed : kRowMustFit);
      return true;
    }
    const bool blank = row->cells.size() == 1 && row->cells[0].empty();
    if (end - at > options.max_row_bytes) {
      row->cells.assign(1, buffer.substr(at, kShown));
      row->problem = kRowMustFit.With("limit", std::to_string(options.max_row_bytes));
    }
    at = end;
    line += newlines;
    if (!blank) return true;
  }
}

void CsvReader::Impl::Check(CsvRow* row) {
  for (size_t i = 0; i < row->cells.size(); ++i) {
    std::string& cell = row->cells[i];
    const bool decoded = decoder == nullptr || decoder->Decode(&cell);
    if (!decoded || !IsUtf8(cell) || cell.find('\0') != std::string::npos) {
      const std::string column = i < header.size() ? header[i] : std::to_string(i + 1);
      if (!row->problem)
        row->problem = kTextMustBeReadable.With("column", column).With("encoding", options.encoding).At(column);
      for (char& c : cell)
        if (static_cast<unsigned char>(c) >= 0x80 || c == '\0') c = '?';
    }
    if (options.trim) Trim(&cell);
  }
  if (!row->problem && row->cells.size() != header.size())
    row->problem = kRowMustHaveEveryColumn.With("count", std::to_string(row->cells.size()))
                       .With("expected", std::to_string(header.size()));
}

std::optional<Refusal> CsvReader::Impl::ReadHeader() {
  Fill();
  if (buffer.compare(0, kUtf8Mark.size(), kUtf8Mark) == 0) at = kUtf8Mark.size();
  const bool wide =
      buffer.size() >= 2 && (buffer.compare(0, 2, "\xFF\xFE") == 0 || buffer.compare(0, 2, "\xFE\xFF") == 0);
  if (wide)
    return kEncodingMustBeKnown.With("file", path)
        .With("encoding", options.encoding)
        .With("why", "it is UTF-16; save it as \"CSV UTF-8\"");
  if (!options.header.empty()) {
    header = options.header;
    return failure;
  }
  CsvRow row;
  if (!ReadRow(&row)) return failure ? failure : Refusal(kFileMustHaveHeader).With("file", path);
  header = row.cells;
  if (!row.problem) Check(&row);
  if (row.problem) {
    if (row.problem->reason == &kTextMustBeReadable)
      return kEncodingMustBeKnown.With("file", path)
          .With("encoding", options.encoding)
          .With("why", "its header line holds other bytes; a Korean spreadsheet's CSV is often cp949");
    return row.problem;
  }
  header = row.cells;
  for (std::string& name : header) Trim(&name);
  return std::nullopt;
}

CsvReader::CsvReader() = default;
CsvReader::~CsvReader() = default;
CsvReader::CsvReader(CsvReader&&) noexcept = default;
CsvReader& CsvReader::operator=(CsvReader&&) noexcept = default;

Result<CsvReader> CsvReader::Open(const std::string& path, const CsvOptions& options) {
  CsvReader reader;
  reader.impl_ = std::make_unique<Impl>();
  Impl& impl = *reader.impl_;
  impl.path = path;
  impl.options = options;
  struct stat about {};
  if (path != "-" && stat(path.c_str(), &about) != 0)
    return kFileMustBeReadable.With("file", path).With("why", std::strerror(errno));
  if (S_ISDIR(about.st_mode)) return kFileMustBeReadable.With("file", path).With("why", "it is a directory");
  impl.total = S_ISREG(about.st_mode) ? about.st_size : 0;
  // zlib tells a gzip file by its first bytes and passes any other through as it is.
  impl.file = path == "-" ? gzdopen(0, "rb") : gzopen(path.c_str(), "rb");
  if (impl.file == nullptr) return kFileMustBeReadable.With("file", path).With("why", std::strerror(errno));
  gzbuffer(impl.file, kChunk);
  if (!IsUtf8Name(options.encoding)) {
    impl.decoder = std::make_unique<Decoder>(options.encoding);
    if (!impl.decoder->known())
      return kEncodingMustBeKnown.With("file", path)
          .With("encoding", options.encoding)
          .With("why", "this encoding is not known here");
  }
  if (auto refusal = impl.ReadHeader()) return *refusal;
  return reader;
}

const std::vector<std::string>& CsvReader::header() const { return impl_->header; }

bool CsvReader::Next(CsvRow* row) {
  if (!impl_->ReadRow(row)) return false;
  impl_->Check(row);
  return true;
}

const std::optional<Refusal>& CsvReader::failure() const { return impl_->failure; }
int64_t CsvReader::bytes_read() const {
  if (impl_->total == 0 || impl_->decompressed == 0) return 0;
  const auto waiting = static_cast<double>(impl_->buffer.size() - impl_->at);
  const double taken = 1 - waiting / static_cast<double>(impl_->decompressed);
  return static_cast<int64_t>(static_cast<double>(gzoffset(impl_->file)) * taken);
}
int64_t CsvReader::bytes_total() const { return impl_->total; }

std::string CsvQuoted(std::string_view value, char delimiter) {
  const bool plain = value.find_first_of("\"\r\n") == std::string_view::npos &&
                     value.find(delimiter) == std::string_view::npos &&
                     (value.empty() || (value.front() != ' ' && value.back() != ' '));
  if (plain) return std::string(value);
  std::string quoted = "\"";
  for (const char c : value) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

}  // namespace songsang::importer
