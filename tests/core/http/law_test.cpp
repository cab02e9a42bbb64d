#include <doctest/doctest.h>

#include <cstdlib>
#include <random>

#include "conversations.hpp"

// The law of Exchanges, over recorded-style conversations and damaged ones: any cutting gives the
// same items, bodies joined. SIOSCOPE_SEED repeats a run.

using namespace conversation;

namespace {

using Random = std::mt19937_64;

std::uint64_t seed() {
  const char* given = std::getenv("SIOSCOPE_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
}

Conversation cut(const Conversation& said, Random& random) {
  const std::size_t longest = std::size_t{1} << (random() % 8);
  Conversation pieces;
  for (const Said& one : said) {
    for (std::size_t at = 0; at < one.bytes.size();) {
      const std::size_t step = 1 + random() % longest;
      pieces.push_back({one.direction, one.bytes.substr(at, step)});
      at += step;
      if (random() % 8 == 0) pieces.push_back({one.direction, ""});
    }
  }
  return pieces;
}

const core::http::Settings& settings() {
  static const core::http::Settings kSettings{.extra_header = "x-client"};
  return kSettings;
}

}  // namespace

TEST_CASE("Exchanges: byte by byte gives the items of whole inputs") {
  std::size_t number = 0;
  for (const Conversation& said : recorded()) {
    CAPTURE(number++);
    Conversation bytes;
    for (const Said& one : said)
      for (const char byte : one.bytes) bytes.push_back({one.direction, std::string(1, byte)});
    CHECK(items_of(bytes, settings()) == items_of(said, settings()));
  }
}

TEST_CASE("Exchanges: however the bytes are cut, the items are the same") {
  const std::uint64_t start = seed();
  CAPTURE(start);
  Random random(start);
  for (const Conversation& said : recorded()) {
    const std::vector<std::string> whole = items_of(said, settings());
    for (int round = 0; round < 60; ++round)
      REQUIRE(items_of(cut(said, random), settings()) == whole);
  }
}

TEST_CASE("Exchanges: damaged conversations obey the law too") {
  const std::uint64_t start = seed();
  CAPTURE(start);
  Random random(start);
  const core::http::Settings tight{
      .path_prefix = "/s", .extra_header = "x-client", .head_bytes_max = 90, .early_bytes_max = 20};
  for (int round = 0; round < 40; ++round) {
    for (Conversation said : recorded()) {
      for (int flips = 0; flips < 2; ++flips) {
        Said& one = said[random() % said.size()];
        const std::size_t at = random() % one.bytes.size();
        switch (random() % 4) {
          case 0:
            one.bytes[at] = static_cast<char>(random());
            break;
          case 1:
            one.bytes.erase(at, 1 + random() % 4);
            break;
          case 2:
            one.bytes.insert(at, 1, "\r\n:/ 0,;"[random() % 8]);
            break;
          default:
            one.bytes.resize(at + 1);
        }
        if (one.bytes.empty()) one.bytes = "x";
      }
      const core::http::Settings& chosen = random() % 2 == 0 ? tight : settings();
      const std::vector<std::string> whole = items_of(said, chosen);
      for (int cutting = 0; cutting < 3; ++cutting)
        REQUIRE(items_of(cut(said, random), chosen) == whole);
    }
  }
}
