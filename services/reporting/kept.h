// Reports that were computed once are answered again as long as nothing has changed that they show. What a report shows
// follows from the question, the day, and the tenant's events in the journals it reads, up to the instant that it is
// of. So that is the key, and an answer is never older than one computed anew: only the instant differs, up to which
// nothing happened, and that is told as it is.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/service.h"
#include "reporting/queries.h"

namespace songsang::reporting {

using Positions = google::protobuf::RepeatedPtrField<songsang::v1::Position>;

// What an answer is kept under. `texts` are all SQL that it is made with, of replicated tables alone; `more` is what else
// it depends on beside request and day.
std::string QuestionOf(const engine::Reader& reader, const google::protobuf::Message& request,
                       const Positions& positions, const std::vector<std::string_view>& texts,
                       std::string_view more = "");

// The answer that was kept, or else the one that `make` makes: without the instant and the positions, which are filled in
// afterwards.
template <class Reply, class Make>
Result<Reply> Kept(engine::Reader& reader, const std::string& question, Make make) {
  Reply reply;
  if (const auto kept = reader.Kept(question); kept && reply.ParseFromString(*kept)) return reply;
  Result<Reply> made = make();
  if (made.ok()) reader.Keep(question, made->SerializeAsString());
  return made;
}

}  // namespace songsang::reporting
