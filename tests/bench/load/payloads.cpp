#include "tests/bench/load/payloads.hpp"

#include <bit>
#include <random>
#include <string_view>

#include "tests/bench/load/frames.hpp"

namespace tests::bench {
namespace {

constexpr std::string_view kStringEnd = "\"]", kDenseEnd = "\"]]";

std::string letters(std::mt19937& random, std::size_t count) {
  std::string text;
  while (text.size() < count) text += static_cast<char>('a' + random() % 26);
  return text;
}

std::string string_event(std::mt19937& random, std::size_t bytes) {
  constexpr std::string_view kStart = "42[\"echo\",\"";
  const std::size_t around = kStart.size() + kStringEnd.size();
  if (bytes < around + 8) fail("--bytes is too small");
  return std::string(kStart) + letters(random, bytes - around) + std::string(kStringEnd);
}

std::string dense_event(std::mt19937& random, std::size_t bytes) {
  std::string text = "42[\"echo\",[";
  while (true) {
    const std::string item = "{\"id\":" + std::to_string(random() % 1000) +
                             ",\"ok\":" + (random() % 2 == 0 ? "true" : "false") + ",\"at\":[" +
                             std::to_string(random() % 10) + "," + std::to_string(random() % 100) +
                             "]},";
    if (text.size() + item.size() + 12 > bytes) break;
    text += item;
  }
  text += '"';
  if (text.size() + 11 > bytes) fail("--bytes is too small");
  return text + letters(random, bytes - text.size() - kDenseEnd.size()) + std::string(kDenseEnd);
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
  stamp_from_end_ = kStampBytes + (binary ? 0 : dense ? kDenseEnd.size() : kStringEnd.size());
  std::mt19937 random(4919);
  for (std::size_t i = 0; i < kVariants; ++i) {
    Frame& up = packets_.emplace_back(Frame{{}, static_cast<std::uint32_t>(random())});
    Frame& down = for_client_.emplace_back(Frame{{}, 0});
    const auto add = [&](unsigned opcode, const std::string& payload) {
      append_client_frame(up.bytes, opcode, payload, up.key);
      append_server_frame(down.bytes, opcode, payload);
    };
    if (binary) {
      add(kText, "451-[\"echo\",{\"_placeholder\":true,\"num\":0}]");
      add(kBinary, noise(random, bytes));
    } else {
      add(kText, dense ? dense_event(random, bytes) : string_event(random, bytes));
    }
  }
}

const std::string& Payloads::stamped(std::vector<Frame>& frames) {
  Frame& frame = frames[count_ % kVariants];
  char* const stamp = frame.bytes.data() + frame.bytes.size() - stamp_from_end_;
  for (std::size_t i = 0; i < kStampBytes; ++i)
    stamp[i] = static_cast<char>('a' + (count_ >> (4 * i) & 0xf));
  // The mask goes on from the payload's begin.
  const std::size_t into_payload = bytes - stamp_from_end_;
  mask(stamp, kStampBytes, std::rotr(frame.key, static_cast<int>(8 * (into_payload % 4))));
  ++count_;
  return frame.bytes;
}

}  // namespace tests::bench
