#include "core/msgpack/walk.hpp"

#include <doctest/doctest.h>

#include "core/limits.hpp"
#include "tests/core/msgpack/hex.hpp"

namespace {

using namespace core::msgpack;

struct Walked {
  bool is_read;
  bool is_odd;
  std::size_t at;
  Error error;
};

Walked walk(const std::string& bytes, std::size_t around = 0) {
  Reader reader(bytes);
  Walk walk(reader);
  Token head;
  const bool is_read = walk.skip_value(head, around);
  return {is_read, walk.is_odd(), reader.at(), walk.error()};
}

}  // namespace

TEST_CASE("walk: a value is walked to its end and no further") {
  CHECK(walk(hex("93 01 92 02 03 81 a1 61 90 ff")).at == 9);
  CHECK(walk(hex("80 00")).at == 1);
  CHECK(walk(hex("82 a1 61 82 01 02 03 04 a1 62 80 00")).at == 11);
  CHECK(walk(hex("92 80 90 00")).at == 3);
}

TEST_CASE("walk: a value that the bytes end in is none") {
  const Walked walked = walk(hex("92 01"));
  CHECK_FALSE(walked.is_read);
  CHECK(walked.error.code == Errc::NoValue);
  CHECK(walked.error.offset_bytes == 2);
  CHECK_FALSE(walk(hex("81 a1 61")).is_read);
  CHECK_FALSE(walk(hex("dd ff ff ff ff 00")).is_read);
}

TEST_CASE("walk: keys that are arrays, maps or __proto__ are odd, at any depth") {
  CHECK(walk(hex("81 90 01")).is_odd);
  CHECK(walk(hex("91 81 a1 61 81 80 01")).is_odd);
  CHECK(walk(hex("81") + hex("a9") + "__proto__" + hex("c0")).is_odd);
  CHECK(walk(hex("91 81 a1 61 81") + hex("c4 09") + "__proto__" + hex("c0")).is_odd);
}

TEST_CASE("walk: the same as values are not, nor are other keys") {
  CHECK_FALSE(walk(hex("81 a1 61 90")).is_odd);
  CHECK_FALSE(walk(hex("82 a1 61 81 a1 62 80 a1 63 91 c0")).is_odd);
  CHECK_FALSE(walk(hex("92") + hex("a9") + "__proto__" + hex("c0")).is_odd);
  CHECK_FALSE(walk(hex("84 01 01 c0 01 c3 01 d5 01 02 03 01")).is_odd);
}

TEST_CASE("walk: nesting is followed to the limit, and what is around counts") {
  const std::size_t deepest = core::limits::kMsgpackDepthMax;
  const auto nested = [](std::size_t depth) { return std::string(depth, '\x91') + '\x01'; };
  CHECK(walk(nested(deepest)).is_read);
  CHECK(walk(nested(deepest + 1)).error.code == Errc::TooDeep);
  CHECK(walk(nested(deepest - 2), 2).is_read);
  CHECK(walk(nested(deepest - 1), 2).error.code == Errc::TooDeep);
  CHECK(walk(std::string(deepest, '\x91') + '\x90').is_read);
}
