// A running system: stores, engine, followers and door, made from a configuration and a list of modules. `main` is
// that list; tests start the same thing in their own process.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "adapters/token/token.h"
#include "engine/engine.h"
#include "host/config.h"

namespace songsang::host {

// Other services' journals, wherever those services run.
struct Journals {
  // See Engine::ReadJournal, which it is in one process.
  std::function<Result<std::vector<v1::JournalEvent>>(const v1::Position& after, int limit,
                                                      std::chrono::milliseconds wait)>
      read;
  // Of a service of another process: its journal's last sequence, and an instant before which none will follow.
  // Nothing where it does not answer.
  std::function<std::optional<std::pair<int64_t, Instant>>(const std::string& service, int partition)> beat;
};
// Something that runs until it is destroyed.
class Running {
 public:
  virtual ~Running() = default;
  // Empty while it runs; else why it stopped by itself.
  virtual std::string stopped() const { return ""; }
  // What it waits for and will get over; empty while all is well.
  virtual std::string trouble() const { return ""; }
};

struct Module {
  std::string name;  // `leads`: its schema, its file, its argument on the command line
  std::function<engine::Service()> service;
  // Starts what fills this service's store from other services' journals. May be empty.
  std::function<std::unique_ptr<Running>(engine::Engine&, engine::Store&, const Journals&)> follow;
};

// Why a process could not start: a sentence for a person, and the exit code for a program (sysexits.h).
struct Failure {
  int exit_code = 0;
  std::string message;
};

// The store of a service as the configuration says. Null, and what went wrong in `error`.
std::shared_ptr<engine::Store> OpenStore(const Config& config, const std::string& service, std::string* error);
// The tables a module's store must hold: its entities', its own, the engine's.
std::vector<const rows::Table*> TablesOf(const Module& module);
// Those of `modules` that the configuration asks for, in order; empty, and why in `failure`, if it asks for another.
std::vector<Module> Chosen(const Config& config, const std::vector<Module>& modules, Failure* failure);

class System {
 public:
  // Null, and why in `failure`, if it cannot start. Returns once the door answers.
  static std::unique_ptr<System> Start(const Config& config, const std::vector<Module>& modules, Failure* failure);
  virtual ~System() = default;  // Stop()

  virtual engine::Engine& engine() = 0;
  virtual int port() const = 0;
  virtual const std::string& address() const = 0;  // HOST:PORT with the port that was taken
  virtual const std::vector<std::string>& services() const = 0;
  // What stopped by itself, and why; empty while all runs.
  virtual std::string stopped() const = 0;
  virtual std::string trouble() const = 0;
  // Mints tokens the door accepts; null where tokens are another issuer's.
  virtual const token::Key* key() const = 0;
  // Readiness off, then a pause, then no more commands, followers end, lanes drain, the door closes, stores close.
  virtual void Stop() = 0;
};

// Runs until SIGTERM or SIGINT; answers the exit code. Call from `main` before any other thread runs.
int Run(const Config& config, const std::vector<Module>& modules);

}  // namespace songsang::host
