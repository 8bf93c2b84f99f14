// Callers in a closed loop: each sends its next call when the last one was answered. One thread, a few connections:
// it shares the machine with what it measures.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace songsang::performance {

// The serialised request. By default a lead with what a web form brings.
std::string CaptureOf(const std::string& request_id, uint64_t number);

struct Options {
  std::string address = "127.0.0.1:7400";  // of several replicas, comma-separated, the one that the tenant prefers
  bool spread = false;                     // all of them instead, connection by connection
  std::string reports;                     // address of the server that answers reports; empty: the same
  std::string home;                        // the server's: its development key
  std::string tenant = "bench";
  int callers = 64;
  int connections = 4;
  int items = 0;  // a call is a batch of this many; 0: a single command
  std::string method = "/songsang.leads.v1.LeadService/CaptureLead";
  std::function<std::string(const std::string& request_id, uint64_t number)> make = CaptureOf;
  double seconds = 10;
  double warm_up = 2;
};

struct Measured {
  double per_second = 0;  // commands
  double p50_ms = 0, p99_ms = 0, worst_ms = 0;
  int64_t commands = 0, failed = 0;
  std::string first_failure;
};

Measured Load(const Options& options);

struct Visible {
  double p50_ms = 0, p99_ms = 0, worst_ms = 0, events_per_second = 0;
  int samples = 0;
  std::string failure;
};
// From the acknowledgement of a captured lead to the report that counts it, while `per_second` leads are captured.
Visible CommitToReport(const Options& options, int per_second);

// Clients with credit and so many delivered orders of three lines each, through the API; their ids go into the file.
void PrepareOrders(const Options& options, int orders, const std::string& file);
// Requests that invoice a piece of each line of the next of those orders.
std::function<std::string(const std::string& request_id, uint64_t number)> InvoicesOf(const std::string& file);

std::string TokenOf(const Options& options, const std::string& tenant);

}  // namespace songsang::performance
