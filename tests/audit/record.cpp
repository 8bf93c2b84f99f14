#include "audit/record.h"

#include <fcntl.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <stdexcept>

#include "core/hash.h"

namespace songsang::audit {
namespace {

std::string Line(const char* word, const Key& key, std::string_view detail) {
  std::string line = word;
  for (const std::string_view part :
       {std::string_view(key.tenant), std::string_view(key.client), std::string_view(key.request_id), detail})
    line.append(1, '\t').append(part);
  return line.append(1, '\n');
}

std::vector<std::string> Split(const std::string& line) {
  std::vector<std::string> parts(1);
  for (const char c : line) {
    if (c == '\t')
      parts.emplace_back();
    else
      parts.back() += c;
  }
  return parts;
}

}  // namespace

std::string ToText(const Key& key) { return key.request_id + " of " + key.client + " at " + key.tenant; }

Recorder::Recorder(const std::string& file)
    : file_(open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644)) {
  if (file_ < 0) throw std::runtime_error("the record " + file + " cannot be written");
  thread_ = std::thread([this] { Run(); });
}

Recorder::~Recorder() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    wake_.notify_one();
  }
  thread_.join();
  close(file_);
}

void Recorder::Sending(const std::vector<std::pair<Key, std::string>>& commands) {
  std::string lines;
  for (const auto& [key, method] : commands) lines += Line("sent", key, method);
  Append(lines, true);
}

void Recorder::Answered(const Key& key, Verdict verdict, std::string_view detail) {
  const char* word = verdict == Verdict::kOk ? "ok" : verdict == Verdict::kRefused ? "refused" : "unknown";
  Append(Line(word, key, verdict == Verdict::kOk ? ToHex(AsBytes(Sha256(detail))) : std::string(detail)), false);
}

void Recorder::Append(const std::string& lines, bool wait) {
  std::unique_lock lock(mutex_);
  buffer_ += lines;
  const uint64_t mine = ++appended_;
  wake_.notify_one();
  if (wait) done_.wait(lock, [&] { return durable_ >= mine; });
}

void Recorder::Run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return stopping_ || !buffer_.empty(); });
    if (buffer_.empty()) return;
    const std::string lines = std::move(buffer_);
    buffer_.clear();
    const uint64_t upto = appended_;
    lock.unlock();
    size_t at = 0;
    while (at < lines.size()) {
      const ssize_t written = write(file_, lines.data() + at, lines.size() - at);
      if (written <= 0) throw std::runtime_error("the record cannot be written");
      at += static_cast<size_t>(written);
    }
    fdatasync(file_);
    lock.lock();
    durable_ = upto;
    done_.notify_all();
  }
}

Record ReadRecord(const std::string& file, std::string* error) {
  Record record;
  std::ifstream in(file);
  if (!in) *error = "the record " + file + " cannot be read";
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    if (in.eof()) break;  // torn
    const auto parts = Split(line);
    if (parts.size() != 5) {
      *error = file + " line " + std::to_string(number) + " is not of this record: " + line;
      return record;
    }
    Attempts& attempts = record[{parts[1], parts[2], parts[3]}];
    if (parts[0] == "sent") {
      ++attempts.sent;
      attempts.method = parts[4];
    } else if (parts[0] == "ok") {
      if (attempts.ok++ == 0)
        attempts.reply_digest = parts[4];
      else if (attempts.reply_digest != parts[4])
        attempts.replies_differ = true;
    } else {
      ++(parts[0] == "refused" ? attempts.refused : attempts.unknown);
    }
  }
  return record;
}

}  // namespace songsang::audit
