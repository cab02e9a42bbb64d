#include "proxy/net/reads.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <string>

namespace {

using proxy::net::Reads;
namespace limits = proxy::net::limits;

void read(Reads& reads, const std::string& text) {
  const std::span<char> room = reads.room();
  REQUIRE(room.size() == limits::kReadBytes);
  std::memcpy(room.data(), text.data(), text.size());
  reads.keep({nullptr, core::Direction::ToServer, {}, room.first(text.size())});
}

}  // namespace

TEST_CASE("reads: what was kept stays as it is while more is read, in the order of reading") {
  Reads reads;
  CHECK(reads.empty());
  for (const char* const text : {"a", "some more", "the last"}) read(reads, text);
  CHECK_FALSE(reads.full());
  const auto waiting = reads.waiting();
  REQUIRE(waiting.size() == 3);
  const auto text_of = [](const Reads::Read& one) {
    return std::string(one.bytes.begin(), one.bytes.end());
  };
  CHECK(text_of(waiting[0]) == "a");
  CHECK(text_of(waiting[1]) == "some more");
  CHECK(text_of(waiting[2]) == "the last");

  reads.clear();
  CHECK(reads.empty());
  CHECK_FALSE(reads.full());
}

TEST_CASE("reads: full in time, so that there is always room for the largest read") {
  Reads reads;
  const std::string largest(limits::kReadBytes, 'x');
  std::size_t count = 0;
  for (; !reads.full(); ++count) read(reads, largest);
  CHECK(count == limits::kTurnBytes / limits::kReadBytes + 1);
  for (const Reads::Read& one : reads.waiting())
    CHECK(std::all_of(one.bytes.begin(), one.bytes.end(), [](char c) { return c == 'x'; }));

  reads.clear();
  for (count = 0; !reads.full(); ++count) read(reads, "y");
  CHECK(count == limits::kReadyPerTurn);
}
