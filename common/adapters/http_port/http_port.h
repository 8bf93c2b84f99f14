// A port that speaks HTTP: a document is posted under an idempotency key, and asked for by that key.
//
//   POST URL/documents      Idempotency-Key: KEY      body: the document
//     201  taken; the header Document-Reference says what the other side calls it
//     409  it has seen the key or the document before: what became of that is to be asked
//     422  refused for good; the body says why
//   GET URL/documents/KEY
//     200  taken, with Document-Reference; 404 never seen; 422 refused
//
// Whatever else happens (no answer, half an answer, an answer of another kind) leaves it unknown.
#pragma once

#include <memory>
#include <string>

#include "engine/port.h"

namespace songsang::http {

// What is wrong with a port's URL, or nothing. `http://HOST:PORT[/PATH][?timeout_ms=N]`; 5,000 ms by default.
std::string CheckPortUrl(const std::string& url);

// The URL has been checked. Connects anew for each call, so that any number of threads may use it.
std::shared_ptr<engine::Port> OpenHttpPort(const std::string& url);

}  // namespace songsang::http
