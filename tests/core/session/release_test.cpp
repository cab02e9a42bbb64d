#include "core/session/release.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

using core::Instant;
using core::session::Release;
using namespace std::chrono_literals;

namespace {

constexpr Instant at(std::chrono::milliseconds ms) { return Instant(1s + ms); }

/// A clock in base 36, as the Dart client sends it: 2026-11-25 and some milliseconds.
std::string clock36(std::uint64_t ms) {
  std::uint64_t value = 1'795'000'000'000 + ms;
  std::string text;
  for (; value != 0; value /= 36)
    text.insert(text.begin(), "0123456789abcdefghijklmnopqrstuvwxyz"[value % 36]);
  return text;
}

}  // namespace

TEST_CASE(
    "Release: eight characters that begin below `l` are no clock, so socket.io-client 4.8 or "
    "later") {
  Release release;
  release.observe("5x8fk2q1", at(0ms));
  CHECK(release.from_48());
}

TEST_CASE("Release: eight characters that may be a clock prove nothing alone") {
  Release release;
  release.observe("mx8fk2q1", at(0ms));
  CHECK_FALSE(release.from_48());
}

TEST_CASE("Release: two that are not as far apart as their requests are no clock") {
  Release release;
  release.observe("mx8fk2q1", at(0ms));
  release.observe("mx8fm9zz", at(100ms));
  CHECK(release.from_48());
}

TEST_CASE("Release: the Dart client's clock stays a clock, over a long session and after a pause") {
  Release release;
  REQUIRE(clock36(0).size() == 8);
  for (const std::uint64_t ms : {0, 3, 250, 25'000, 25'004, 3'600'000})
    release.observe(clock36(ms), at(std::chrono::milliseconds(ms + 40)));
  CHECK_FALSE(release.from_48());
}

TEST_CASE(
    "Release: the seven characters of earlier clients say nothing, with or without a suffix") {
  Release release;
  for (const char* t :
       {"Q86FtxB", "Q86FtxB.0", "Q86FtxC", "", "12345678.5", "ABCDEFGH", "1700000000.12"})
    release.observe(t, at(0ms));
  CHECK_FALSE(release.from_48());
}
