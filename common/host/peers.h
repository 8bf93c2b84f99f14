#pragma once

#include "host/hearing.h"
#include "host/host.h"

namespace songsang::host {

// Services that other processes host, asked through their doors.
class Peers;
std::shared_ptr<Peers> PeersOf(const Config& config, const token::Key* key);

// What is heard through the stream of services that other processes host, by service; empty without a stream.
using Hearings = std::map<std::string, std::unique_ptr<Hearing>>;
Hearings HearingsOf(const Config& config, const std::vector<std::string>& here,
                    const std::shared_ptr<engine::Stream>& stream, const std::shared_ptr<Peers>& peers);

// Reads journals of services hosted here from the engine; those of others from what is heard, or through their doors
// (EventService).
Journals JournalsOf(engine::Engine& engine, const std::shared_ptr<Peers>& peers, const Hearings& hearings);
// What the engine's policies, mirrors and gathering commands need of other processes.
engine::Surroundings SurroundingsOf(const std::shared_ptr<Peers>& peers, const Hearings& hearings);

}  // namespace songsang::host
