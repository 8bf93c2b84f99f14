#include "songsang/import/progress.h"

#include <fmt/format.h>

#include <algorithm>

namespace songsang::importer {

Progress::Progress(std::ostream& out, bool terminal, bool korean)
    : out_(out), terminal_(terminal), korean_(korean), due_(begun_ + std::chrono::milliseconds(500)) {}

double Progress::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begun_).count();
}

void Progress::Show(const Counts& counts, int64_t rows, int64_t read, int64_t total) {
  const auto now = std::chrono::steady_clock::now();
  if (now < due_) return;
  due_ = now + (terminal_ ? std::chrono::milliseconds(200) : std::chrono::milliseconds(5'000));
  const std::string share = total > 0 && rows > 0 ? fmt::format(" ({}%)", read * counts.rows / rows * 100 / total) : "";
  const auto rate = static_cast<int64_t>(static_cast<double>(counts.rows) / std::max(seconds(), 0.001));
  const std::string line = korean_ ? fmt::format("{}행{} · 초당 {}행 · 거절 {}행", Grouped(counts.rows), share,
                                                 Grouped(rate), Grouped(counts.refused))
                                   : fmt::format("{} rows{} · {} rows/s · {} refused", Grouped(counts.rows), share,
                                                 Grouped(rate), Grouped(counts.refused));
  // ESC [K clears what a longer line before has left.
  out_ << (terminal_ ? "\r\x1b[K" : "") << line << (terminal_ ? "" : "\n") << std::flush;
  shown_ = true;
}

void Progress::End() {
  if (terminal_ && shown_) out_ << "\r\x1b[K" << std::flush;
  shown_ = false;
}

std::string Grouped(int64_t number) {
  std::string text = std::to_string(number);
  for (auto place = static_cast<int64_t>(text.size()) - 3; place > (number < 0 ? 1 : 0); place -= 3)
    text.insert(static_cast<size_t>(place), ",");
  return text;
}

namespace {

void AddLine(std::string* text, bool always, const char* words, int64_t count) {
  if (always || count > 0) *text += fmt::format("  {:>12}  {}\n", Grouped(count), words);
}

}  // namespace

std::string Summary(const Counts& counts, double seconds, bool dry_run, bool korean) {
  const auto rate = static_cast<int64_t>(static_cast<double>(counts.commands) / std::max(seconds, 0.001));
  std::string text =
      korean ? fmt::format("{}행, 명령 {}건, {:.1f}초 (초당 {}건){}\n", Grouped(counts.rows), Grouped(counts.commands),
                           seconds, Grouped(rate), dry_run ? ", 시험 실행: 아무것도 기록하지 않았습니다" : "")
             : fmt::format("{} rows, {} commands in {:.1f} s ({} commands/s){}\n", Grouped(counts.rows),
                           Grouped(counts.commands), seconds, Grouped(rate),
                           dry_run ? "; dry run: nothing was recorded" : "");
  AddLine(&text, true, korean ? (dry_run ? "가져올 수 있음" : "가져옴") : (dry_run ? "would be imported" : "imported"),
          counts.imported);
  AddLine(&text, !dry_run, korean ? "이미 있음" : "already there", counts.already);
  AddLine(&text, false, korean ? "해당하는 단계가 없음" : "for which the mapping has nothing to do", counts.idle);
  AddLine(&text, dry_run,
          korean ? "이 파일의 앞선 행에 달려 있어, 그 행이 기록되어야 판단할 수 있음"
                 : "rest on other rows of this run and can only be judged once those are recorded",
          counts.unjudged);
  AddLine(&text, true, korean ? "거절됨" : (dry_run ? "would be refused" : "refused"), counts.refused);
  AddLine(&text, false,
          korean ? "명령: 같은 외부 참조의 항목이 이미 있어 건너뜀 (내용은 비교하지 않음)"
                 : "commands met an entity of the same external reference and left it as it is (not compared)",
          counts.taken);
  AddLine(&text, false,
          korean ? "명령: 같은 행이 다른 내용이나 다른 사람으로 이미 기록되어 그대로 둠"
                 : "commands had been recorded for the same row with other content or by another person, and stay so",
          counts.differing);
  return text;
}

}  // namespace songsang::importer
