#pragma once

#include "host/host.h"

namespace songsang::host {

// Services that other processes host, asked through their doors.
class Peers;
std::shared_ptr<Peers> PeersOf(const Config& config, const token::Key* key);

// Reads journals of services hosted here from the engine, and those of others through their doors (EventService).
Journals JournalsOf(engine::Engine& engine, const std::shared_ptr<Peers>& peers);
// What the engine's policies, mirrors and gathering commands need of other processes.
engine::Surroundings SurroundingsOf(const std::shared_ptr<Peers>& peers);

}  // namespace songsang::host
