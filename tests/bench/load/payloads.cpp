#include "tests/bench/load/payloads.hpp"

#include <random>
#include <string_view>

#include "tests/bench/load/frames.hpp"

namespace tests::bench {
namespace {

std::string letters(std::mt19937& random, std::size_t count) {
  std::string text;
  while (text.size() < count) text += static_cast<char>('a' + random() % 26);
  return text;
}

std::string string_event(std::mt19937& random, std::size_t bytes) {
  constexpr std::string_view kStart = "42[\"echo\",\"", kEnd = "\"]";
  if (bytes < kStart.size() + kEnd.size()) fail("--bytes is too small");
  return std::string(kStart) + letters(random, bytes - kStart.size() - kEnd.size()) +
         std::string(kEnd);
}

std::string dense_event(std::mt19937& random, std::size_t bytes) {
  std::string text = "42[\"echo\",[";
  while (true) {
    const std::string item = "{\"id\":" + std::to_string(random() % 1000) +
                             ",\"ok\":" + (random() % 2 == 0 ? "true" : "false") + ",\"at\":[" +
                             std::to_string(random() % 10) + "," + std::to_string(random() % 100) +
                             "]},";
    if (text.size() + item.size() + 4 > bytes) break;
    text += item;
  }
  text += '"';
  if (text.size() + 3 > bytes) fail("--bytes is too small");
  return text + letters(random, bytes - text.size() - 3) + "\"]]";
}

std::string noise(std::mt19937& random, std::size_t count) {
  std::string bytes;
  while (bytes.size() < count) bytes += static_cast<char>(random());
  return bytes;
}

}  // namespace

Payloads::Payloads(const Options& options)
    : binary(options.values.at("payload") == "binary"), bytes(options.count("bytes")) {
  const bool dense = options.values.at("payload") == "dense";
  std::mt19937 random(4919);
  for (std::size_t i = 0; i < kVariants; ++i) {
    const auto key = static_cast<std::uint32_t>(random());
    std::string& up = packets.emplace_back();
    std::string& down = for_client.emplace_back();
    const auto add = [&](unsigned opcode, const std::string& payload) {
      append_client_frame(up, opcode, payload, key);
      append_server_frame(down, opcode, payload);
    };
    if (binary) {
      add(kText, "451-[\"echo\",{\"_placeholder\":true,\"num\":0}]");
      add(kBinary, noise(random, bytes));
    } else {
      add(kText, dense ? dense_event(random, bytes) : string_event(random, bytes));
    }
  }
}

}  // namespace tests::bench
