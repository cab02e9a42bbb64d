#include <doctest/doctest.h>

#include "core/websocket/deflate.hpp"

using namespace core::websocket;
using core::Direction;

namespace {

PerMessageDeflate agreed(std::string_view header) {
  const auto read = decode_extensions(header);
  REQUIRE(read.has_value());
  REQUIRE(read->has_value());
  return **read;
}

ExtensionsErrc refused(std::string_view header) {
  const auto read = decode_extensions(header);
  REQUIRE_FALSE(read.has_value());
  return read.error().code;
}

constexpr auto kYes = ContextTakeover::Yes, kNo = ContextTakeover::No;

}  // namespace

TEST_CASE("decode_extensions: an empty header agrees on nothing") {
  for (const std::string_view header : {"", " ", "\t "}) {
    const auto read = decode_extensions(header);
    REQUIRE(read.has_value());
    CHECK_FALSE(read->has_value());
  }
}

TEST_CASE("decode_extensions: each parameter is the direction's whose messages it concerns") {
  CHECK(agreed("permessage-deflate").parameters ==
        std::array{DeflateParameters{15, kYes}, DeflateParameters{15, kYes}});
  const PerMessageDeflate all = agreed(
      "permessage-deflate; server_no_context_takeover; client_max_window_bits=9; "
      "server_max_window_bits=12");
  CHECK(all[Direction::ToClient] == DeflateParameters{12, kNo});
  CHECK(all[Direction::ToServer] == DeflateParameters{9, kYes});
  CHECK(agreed("permessage-deflate;client_no_context_takeover")[Direction::ToServer] ==
        DeflateParameters{15, kNo});
}

TEST_CASE("decode_extensions: names in any case, blanks and quoted values are fine") {
  CHECK(agreed(" PerMessage-Deflate\t;  Server_Max_Window_Bits = \"10\" ")[Direction::ToClient] ==
        DeflateParameters{10, kYes});
  for (int bits = 8; bits <= 15; ++bits)
    CHECK(agreed("permessage-deflate; client_max_window_bits=" +
                 std::to_string(bits))[Direction::ToServer]
              .window_bits == bits);
}

TEST_CASE("decode_extensions: what no client accepts in a response is BadParameter") {
  for (const std::string_view parameter :
       {"client_max_window_bits", "server_max_window_bits", "server_max_window_bits=7",
        "server_max_window_bits=16", "server_max_window_bits=08", "server_max_window_bits=+9",
        "server_max_window_bits=9x", "server_max_window_bits=265", "client_no_context_takeover=1",
        "mystery", "server_no_context_takeover; server_no_context_takeover",
        "client_max_window_bits=9; client_max_window_bits=9"}) {
    CAPTURE(parameter);
    CHECK(refused("permessage-deflate; " + std::string(parameter)) == ExtensionsErrc::BadParameter);
  }
}

TEST_CASE(
    "decode_extensions: another extension, or it twice, is UnknownExtension where it stands") {
  CHECK(refused("x-webkit-deflate-frame") == ExtensionsErrc::UnknownExtension);
  CHECK(refused("mux, permessage-deflate") == ExtensionsErrc::UnknownExtension);
  CHECK(refused("permessage-deflate, permessage-deflate") == ExtensionsErrc::UnknownExtension);
  const auto read = decode_extensions("permessage-deflate; server_no_context_takeover, mux");
  REQUIRE_FALSE(read.has_value());
  CHECK(read.error().offset_bytes == 46);
}

TEST_CASE("decode_extensions: what is no list of extensions is Malformed") {
  for (const std::string_view header :
       {";", ",", "permessage-deflate;", "permessage-deflate; =1", "permessage-deflate x",
        "permessage-deflate; server_max_window_bits=", "\"permessage-deflate\"",
        "permessage-deflate; server_max_window_bits=\"10", "permessage-deflate; a=\"\"",
        "permessage-deflate; server_no_context_takeover\x01"}) {
    CAPTURE(header);
    CHECK(refused(header) == ExtensionsErrc::Malformed);
  }
}
