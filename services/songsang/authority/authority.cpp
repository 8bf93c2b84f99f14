#include "songsang/authority/authority.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <httplib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <condition_variable>
#include <fstream>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

namespace songsang::authority {
namespace {

constexpr std::pair<const char*, Manner> kManners[] = {
    {"fine", Manner::kFine}, {"time_out", Manner::kTimeOut}, {"drop", Manner::kDrop},           {"lose", Manner::kLose},
    {"lie", Manner::kLie},   {"refuse", Manner::kRefuse},    {"duplicate", Manner::kDuplicate},
};
constexpr int kDenials = 2;

// The text of the first element of this name.
std::string TextOf(const std::string& xml, const std::string& element) {
  const std::string open = "<" + element + ">";
  const size_t begin = xml.find(open);
  if (begin == std::string::npos) return "";
  const size_t end = xml.find('<', begin + open.size());
  return end == std::string::npos ? "" : xml.substr(begin + open.size(), end - begin - open.size());
}

// Everything it took, a line each, written and synchronised before it answers: a kill loses nothing it admitted to.
class Book {
 public:
  bool Open(const std::string& folder, std::string* error) {
    ::mkdir(folder.c_str(), 0700);
    const std::string path = folder + "/taken.tsv";
    Read(path);
    file_ = ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    // A line that a kill cut in two was never admitted to: it goes.
    if (file_ < 0 || ::ftruncate(file_, static_cast<off_t>(whole_)) != 0)
      *error = fmt::format("{} cannot be written", path);
    return error->empty();
  }
  ~Book() {
    if (file_ >= 0) ::close(file_);
  }

  // What it took under this key, or the document of this number; null if neither.
  Taken* Find(const std::string& key, const std::string& issue_id) {
    const auto same = by_key_.find(key);
    if (same != by_key_.end()) return &taken_[same->second];
    const auto number = by_number_.find(issue_id);
    return number == by_number_.end() || issue_id.empty() ? nullptr : &taken_[number->second];
  }

  Taken* Take(const std::string& key, const std::string& issue_id) {
    Taken taken{key, issue_id, fmt::format("NTS-{:08}", taken_.size() + 1)};
    const std::string line = fmt::format("{}\t{}\t{}\n", taken.key, taken.issue_id, taken.reference);
    if (::write(file_, line.data(), line.size()) != static_cast<ssize_t>(line.size()) || ::fsync(file_) != 0)
      return nullptr;
    return Keep(std::move(taken));
  }

  const std::vector<Taken>& taken() const { return taken_; }

 private:
  void Read(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::string line;
    while (std::getline(in, line) && !in.eof()) {
      whole_ += line.size() + 1;
      const size_t first = line.find('\t');
      const size_t second = line.find('\t', first + 1);
      if (first == std::string::npos || second == std::string::npos) continue;
      Keep({line.substr(0, first), line.substr(first + 1, second - first - 1), line.substr(second + 1)});
    }
  }

  Taken* Keep(Taken taken) {
    by_key_[taken.key] = taken_.size();
    if (!taken.issue_id.empty()) by_number_[taken.issue_id] = taken_.size();
    taken_.push_back(std::move(taken));
    return &taken_.back();
  }

  int file_ = -1;
  size_t whole_ = 0;
  std::vector<Taken> taken_;
  std::map<std::string, size_t> by_key_, by_number_;
};

class Server : public Authority {
 public:
  explicit Server(const Settings& settings) : settings_(settings) {}

  bool Begin(std::string* error) {
    if (!book_.Open(settings_.folder, error)) return false;
    server_.new_task_queue = [] { return new httplib::ThreadPool(64); };
    server_.Post("/documents",
                 [this](const httplib::Request& request, httplib::Response& response) { Post(request, &response); });
    server_.Get(R"(/documents/([!-~]{1,100}))", [this](const httplib::Request& request, httplib::Response& response) {
      Get(request.matches[1], &response);
    });
    server_.Get("/documents", [this](const httplib::Request&, httplib::Response& response) { List(&response); });
    port_ = settings_.port;
    if (settings_.port == 0)
      port_ = server_.bind_to_any_port("127.0.0.1");
    else if (!server_.bind_to_port("127.0.0.1", settings_.port))
      port_ = -1;
    if (port_ <= 0) *error = fmt::format("port {} is taken", settings_.port);
    if (port_ <= 0) return false;
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    // One that is stopped before it runs would run for ever.
    while (!server_.is_running()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return true;
  }
  ~Server() override {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    stop_.notify_all();
    server_.stop();
    if (thread_.joinable()) thread_.join();
  }

  int port() const override { return port_; }
  std::vector<Taken> taken() const override {
    const std::lock_guard lock(mutex_);
    return book_.taken();
  }

 private:
  void Post(const httplib::Request& request, httplib::Response* response) {
    const std::string key = request.get_header_value("Idempotency-Key");
    const std::string issue_id = TextOf(request.body, "IssueID");
    if (key.empty() || key.find_first_of("\t\n") != std::string::npos || issue_id.empty())
      return Answer(response, 422, "", "문서에 승인번호 또는 요청 키가 없습니다.");
    std::unique_lock lock(mutex_);
    if (Taken* before = book_.Find(key, issue_id); before != nullptr) {
      ++before->posts;
      return Answer(response, 409, before->reference, "이미 접수된 문서입니다.");
    }
    const Manner manner = settings_.manners[seen_++ % settings_.manners.size()];
    if (manner == Manner::kRefuse) return Answer(response, 422, "", "공급받는자 등록번호를 확인할 수 없습니다.");
    if (manner == Manner::kLose) return HangUp(response);
    Taken* taken = book_.Take(key, issue_id);
    if (taken == nullptr) return Answer(response, 500, "", "보관하지 못했습니다.");
    taken->posts = 1;
    const std::string reference = taken->reference;
    if (manner == Manner::kLie) denials_[key] = kDenials;
    if (manner == Manner::kDuplicate) return Answer(response, 409, reference, "중복된 문서입니다.");
    if (manner == Manner::kDrop) return HangUp(response);
    if (manner != Manner::kFine)
      stop_.wait_for(lock, std::chrono::milliseconds(settings_.silence_ms), [this] { return stopping_; });
    // Asked twice it says yes twice, in other words each time.
    Answer(response, 201, reference, fmt::format("접수 {}", ++answers_));
  }

  void Get(const std::string& key, httplib::Response* response) {
    const std::lock_guard lock(mutex_);
    const Taken* taken = book_.Find(key, "");
    const auto denial = denials_.find(key);
    const bool denied = denial != denials_.end() && denial->second-- > 0;
    if (taken == nullptr || denied) return Answer(response, 404, "", "접수 내역이 없습니다.");
    Answer(response, 200, taken->reference, fmt::format("정상 접수 건입니다 ({})", ++answers_));
  }

  void List(httplib::Response* response) {
    const std::lock_guard lock(mutex_);
    std::string text;
    for (const Taken& taken : book_.taken())
      text += fmt::format("{}\t{}\t{}\t{}\n", taken.key, taken.issue_id, taken.reference, taken.posts);
    response->set_content(text, "text/tab-separated-values; charset=utf-8");
  }

  static void Answer(httplib::Response* response, int status, const std::string& reference, const std::string& text) {
    response->status = status;
    if (!reference.empty()) response->set_header("Document-Reference", reference);
    response->set_content(text, "text/plain; charset=utf-8");
  }
  // Promises a body and closes the connection instead of sending it.
  static void HangUp(httplib::Response* response) {
    response->set_content_provider(100, "text/plain", [](size_t, size_t, httplib::DataSink&) { return false; });
  }

  const Settings settings_;
  httplib::Server server_;
  std::thread thread_;
  int port_ = 0;
  mutable std::mutex mutex_;
  std::condition_variable stop_;
  bool stopping_ = false;
  Book book_;
  size_t seen_ = 0, answers_ = 0;
  std::map<std::string, int> denials_;
};

}  // namespace

bool MannerNamed(const std::string& name, Manner* manner, std::string* known) {
  for (const auto& [text, value] : kManners) {
    *known += (known->empty() ? "" : ", ") + std::string(text);
    if (name == text) {
      *manner = value;
      return true;
    }
  }
  return false;
}

std::unique_ptr<Authority> Authority::Start(const Settings& settings, std::string* error) {
  auto server = std::make_unique<Server>(settings);
  return server->Begin(error) ? std::move(server) : nullptr;
}

}  // namespace songsang::authority
