#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "frames.hpp"

// Real frames: ws_capture.mjs recorded them between the client and the server of `ws`.

using namespace core::websocket;
using core::Direction;

namespace {

std::string from_base64(const std::string& text) {
  static constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string bytes;
  unsigned bits = 0, bit_count = 0;
  for (const char digit : text) {
    if (digit == '=') break;
    bits = bits << 6 | static_cast<unsigned>(kDigits.find(digit));
    bit_count += 6;
    if (bit_count < 8) continue;
    bit_count -= 8;
    bytes.push_back(static_cast<char>(bits >> bit_count & 0xFF));
  }
  return bytes;
}

/// What a reader must make of the messages, as frames::describe() writes it.
std::vector<std::string> items_of(const nlohmann::json& messages) {
  std::vector<std::string> items;
  for (const auto& message : messages) {
    if (message.contains("base64")) {
      items.push_back("binary " + from_base64(message["base64"]));
    } else if (message.contains("text")) {
      std::string text;
      for (int times = message.value("times", 1); times > 0; --times)
        text += message["text"].get<std::string>();
      items.push_back("text " + text);
    } else {
      std::string text;
      for (std::size_t i = 0; i < message["parts"].size(); ++i) {
        if (i > 0) items.push_back("control 9 0 between " + std::to_string(i));
        text += message["parts"][i].get<std::string>();
      }
      items.push_back("text " + text);
    }
  }
  return items;
}

}  // namespace

TEST_CASE(
    "Reader: reads what ws sends under every agreement on permessage-deflate, in any cutting") {
  std::ifstream file(SIOSCOPE_WS_CAPTURE);
  const nlohmann::json capture = nlohmann::json::parse(file);
  const std::vector<std::string> sent = items_of(capture["messages"]);
  REQUIRE(capture["connections"].size() == 16);
  for (const auto& connection : capture["connections"]) {
    const std::string extensions = connection["extensions"];
    CAPTURE(extensions);
    const auto deflate = decode_extensions(extensions);
    REQUIRE(deflate.has_value());
    REQUIRE(deflate->has_value());
    for (const Direction direction : {Direction::ToServer, Direction::ToClient}) {
      const bool client = direction == Direction::ToServer;
      const std::string wire = from_base64(connection[client ? "toServer" : "toClient"]);
      for (const std::size_t step_bytes : {std::size_t{1}, std::size_t{17}, wire.size()}) {
        Reader reader(direction, (**deflate)[direction], 1 << 20);
        std::vector<std::string> items;
        for (std::size_t at = 0; at < wire.size(); at += step_bytes)
          frames::read_all(reader, std::string_view(wire).substr(at, step_bytes), items);
        // Of pongs, which answer the other side, the place depends on the race between the two.
        std::erase_if(items,
                      [](const std::string& item) { return item.starts_with("control 10 "); });
        REQUIRE(items == sent);
        CHECK(reader.between_messages());
      }
    }
  }
}
