#include "core/websocket/mask.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace core::websocket;

TEST_CASE("unmask: byte i is combined with key byte i mod 4, at every alignment and size") {
  const std::string key_bytes = "\x37\xfa\x21\x3d";
  MaskKey key;
  std::memcpy(&key, key_bytes.data(), 4);
  for (std::size_t offset = 0; offset < 16; ++offset) {
    for (std::size_t size = 0; size < 150; ++size) {
      std::string bytes(offset + size + 8, '\x5A');
      std::string expected = bytes;
      for (std::size_t i = 0; i < size; ++i)
        expected[offset + i] = static_cast<char>(expected[offset + i] ^ key_bytes[i % 4]);
      (void)unmask(bytes.data() + offset, size, key);
      REQUIRE(bytes == expected);
    }
  }
}

TEST_CASE("unmask: in pieces, with the key advanced, is the same as in one") {
  const MaskKey key = 0x11223344;
  for (std::size_t cut = 0; cut <= 40; ++cut) {
    std::string whole(40, 'q');
    std::string pieces = whole;
    (void)unmask(whole.data(), 40, key);
    (void)unmask(pieces.data(), cut, key);
    (void)unmask(pieces.data() + cut, 40 - cut, advance(key, cut));
    REQUIRE(pieces == whole);
  }
}

TEST_CASE(
    "unmask: says whether all bytes are ASCII once unmasked, wherever the one is that is not") {
  for (std::size_t size = 1; size < 70; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      std::string bytes(size, 'a');
      CHECK(unmask(bytes.data(), size, 0));
      bytes[at] = '\x80';
      CHECK_FALSE(unmask(bytes.data(), size, 0));
      std::string masked(size, 'a');
      (void)unmask(masked.data(), size, 0x91a2b3c4);
      masked[at] ^= static_cast<char>(0x80);
      CHECK_FALSE(unmask(masked.data(), size, 0x91a2b3c4));
    }
  }
}
