#include "tests/bench/load/payloads.hpp"

#include <zlib.h>

#include <bit>
#include <random>
#include <string_view>

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

/// A compressed message's payload. It refers to none before it, so it is one whatever came before.
/// Source: RFC 7692, section 7.2.1.
std::string deflated_text(const std::string& text) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) !=
      Z_OK)
    fail("zlib has no memory");
  std::string out(deflateBound(&stream, text.size()) + 16, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_SYNC_FLUSH);
  constexpr std::size_t kTail = 4;  // 00 00 ff ff
  out.resize(stream.total_out - kTail);
  deflateEnd(&stream);
  return out;
}

}  // namespace

Payloads::Payloads(const Options& options)
    : deflated(options.number("deflate") != 0),
      binary_(options.values.at("payload") == "binary"),
      bytes_(options.count("bytes")) {
  const bool dense = options.values.at("payload") == "dense";
  stamp_from_end_ = kStampBytes + (binary_ ? 0 : dense ? kDenseEnd.size() : kStringEnd.size());
  std::mt19937 random(4919);
  for (std::size_t i = 0; i < (deflated ? kDeflatedVariants : kVariants); ++i) {
    Frame& up = packets_.emplace_back(Frame{{}, static_cast<std::uint32_t>(random())});
    Frame& down = for_client_.emplace_back(Frame{{}, 0});
    const auto add = [&](unsigned opcode, const std::string& payload) {
      append_client_frame(up.bytes, opcode, payload, up.key);
      append_server_frame(down.bytes, opcode, payload);
    };
    if (deflated) {
      add(kText | kDeflated,
          deflated_text(dense ? dense_event(random, bytes_) : string_event(random, bytes_)));
    } else if (binary_) {
      add(kText, "451-[\"echo\",{\"_placeholder\":true,\"num\":0}]");
      add(kBinary, noise(random, bytes_));
    } else {
      add(kText, dense ? dense_event(random, bytes_) : string_event(random, bytes_));
    }
  }
}

const std::string& Payloads::stamped(std::vector<Frame>& frames) {
  Frame& frame = frames[count_ % frames.size()];
  if (deflated) {
    ++count_;
    return frame.bytes;
  }
  char* const stamp = frame.bytes.data() + frame.bytes.size() - stamp_from_end_;
  for (std::size_t i = 0; i < kStampBytes; ++i)
    stamp[i] = static_cast<char>('a' + (count_ >> (4 * i) & 0xf));
  // The mask goes on from the payload's begin.
  const std::size_t into_payload = bytes_ - stamp_from_end_;
  mask(stamp, kStampBytes, std::rotr(frame.key, static_cast<int>(8 * (into_payload % 4))));
  ++count_;
  return frame.bytes;
}

}  // namespace tests::bench
