#include "core/socketio/crashes_client.hpp"

#include <doctest/doctest.h>

#include <string_view>

namespace {

bool crashes(std::string_view text) {
  const auto packet = core::socketio::decode_packet(text);
  REQUIRE(packet.has_value());
  return core::socketio::crashes_client(*packet);
}

TEST_CASE(
    "crashes_client: an EVENT without a payload, in any namespace, unless it asks for an ack") {
  for (const std::string_view text : {"2", "2/,", "2/chat,", "51-", "51-/chat,"})
    CHECK(crashes(text));
  for (const std::string_view text : {"212", "2/chat,12", "51-12", "2[\"x\"]", "2[1]"})
    CHECK_FALSE(crashes(text));
}

TEST_CASE("crashes_client: a CONNECT_ERROR without a payload, whatever its id") {
  for (const std::string_view text : {"4", "412", "4/chat,", "4/chat,12"}) CHECK(crashes(text));
  for (const std::string_view text : {"4\"no\"", "4{}"}) CHECK_FALSE(crashes(text));
}

TEST_CASE("crashes_client: no other packet does without its payload") {
  for (const std::string_view text : {"0", "01", "1", "3", "312", "61-", "61-0"})
    CHECK_FALSE(crashes(text));
}

}  // namespace
