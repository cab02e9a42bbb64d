#include "core/capture/pcapng_writer.hpp"

#include <array>
#include <bit>
#include <cstring>

namespace core::capture::pcapng {
namespace {

constexpr std::uint32_t kSectionHeader = 0x0A0D0D0A, kInterface = 1, kStatistics = 5,
                        kEnhancedPacket = 6;
constexpr std::uint32_t kByteOrderMagic = 0x1A2B3C4D;
constexpr std::uint16_t kRawIp = 101;  // LINKTYPE_RAW
constexpr std::uint16_t kEndOfOptions = 0, kComment = 1;
constexpr std::uint16_t kApplication = 4;                                   // of a section
constexpr std::uint16_t kName = 2, kResolution = 9;                         // of an interface
constexpr std::uint16_t kFlags = 2;                                         // of a packet
constexpr std::uint16_t kStart = 2, kEnd = 3, kReceived = 4, kDropped = 5;  // of statistics
constexpr std::uint32_t kInbound = 1, kOutbound = 2;
/// An enhanced packet before its data: type, length, interface, two of time, two of lengths.
constexpr std::size_t kPacketHeadBytes = 28;
/// IPv4 and IPv6 with a TCP header without options, which is what SyntheticTcp writes for payload.
constexpr std::size_t kIpv4HeadBytes = 40, kIpv6HeadBytes = 60;

template <class Number>
void put(Number number, std::string& out) {
  char bytes[sizeof number];
  std::memcpy(bytes, &number, sizeof number);
  out.append(bytes, sizeof number);
}
template <class Number>
Number get(std::string_view bytes, std::size_t at) noexcept {
  Number number;
  std::memcpy(&number, bytes.data() + at, sizeof number);
  return number;
}

constexpr std::size_t padded(std::size_t bytes) noexcept { return (bytes + 3) & ~std::size_t{3}; }
void pad(std::size_t bytes, std::string& out) { out.append(padded(bytes) - bytes, '\0'); }

/// Opens a block, and closes it with its length at both ends.
class Block {
 public:
  Block(std::uint32_t type, std::string& out) : out_(out), begin_(out.size()) {
    put(type, out);
    put(std::uint32_t{0}, out);
  }
  Block(const Block&) = delete;
  Block& operator=(const Block&) = delete;
  ~Block() {
    const auto length = static_cast<std::uint32_t>(out_.size() - begin_ + 4);
    std::memcpy(out_.data() + begin_ + 4, &length, sizeof length);
    put(length, out_);
  }

 private:
  std::string& out_;
  std::size_t begin_;
};

void add_option(std::uint16_t code, std::string_view value, std::string& out) {
  put(code, out);
  put(static_cast<std::uint16_t>(value.size()), out);
  out.append(value);
  pad(value.size(), out);
}
template <class Number>
void add_number(std::uint16_t code, Number number, std::string& out) {
  std::string value;
  put(number, value);
  add_option(code, value, out);
}
void end_options(std::string& out) { put(std::uint32_t{kEndOfOptions}, out); }

/// An option's length has 16 bits.
std::string_view comment_text(std::string_view text) noexcept { return text.substr(0, 0xfff0); }

std::uint64_t ticks(Instant at) noexcept {
  return static_cast<std::uint64_t>(at.time_since_epoch().count());
}
/// The upper half of an instant comes first, whatever the byte order.
void put_time(Instant at, std::string& out) {
  put(static_cast<std::uint32_t>(ticks(at) >> 32), out);
  put(static_cast<std::uint32_t>(ticks(at)), out);
}
void add_time(std::uint16_t code, Instant at, std::string& out) {
  std::string value;
  put_time(at, value);
  add_option(code, value, out);
}

}  // namespace

void add_head(std::string_view application, std::string_view comment, std::string& out) {
  {
    const Block section(kSectionHeader, out);
    put(kByteOrderMagic, out);
    put(std::uint16_t{1}, out);
    put(std::uint16_t{0}, out);
    put(std::int64_t{-1}, out);  // The section's length: to the file's end.
    if (!comment.empty()) add_option(kComment, comment_text(comment), out);
    add_option(kApplication, application, out);
    end_options(out);
  }
  const Block interface(kInterface, out);
  put(kRawIp, out);
  put(std::uint16_t{0}, out);
  put(std::uint32_t{0}, out);  // Packets are never cut.
  add_option(kName, "sioscope", out);
  add_option(kResolution, "\x09", out);  // 10^-9 s
  end_options(out);
}

void add_packet(Instant at, Direction direction, std::string_view ip_header,
                std::string_view payload, std::string& out) {
  const std::size_t bytes = ip_header.size() + payload.size();
  const auto length = static_cast<std::uint32_t>(kPacketHeadBytes + padded(bytes) + 12 + 4);
  std::array<std::uint32_t, 7> head{kEnhancedPacket,
                                    length,
                                    0,
                                    static_cast<std::uint32_t>(ticks(at) >> 32),
                                    static_cast<std::uint32_t>(ticks(at)),
                                    static_cast<std::uint32_t>(bytes),
                                    static_cast<std::uint32_t>(bytes)};
  out.append(reinterpret_cast<const char*>(head.data()), sizeof head);
  out.append(ip_header).append(payload);
  pad(bytes, out);
  const std::uint32_t way = direction == Direction::ToServer ? kInbound : kOutbound;
  const std::uint16_t flags[] = {kFlags, 4};
  std::array<std::uint32_t, 4> tail{std::bit_cast<std::uint32_t>(flags), way, kEndOfOptions,
                                    length};
  out.append(reinterpret_cast<const char*>(tail.data()), sizeof tail);
}

void add_statistics(const Statistics& statistics, std::string& out) {
  const Block block(kStatistics, out);
  put(std::uint32_t{0}, out);
  put_time(statistics.end, out);
  if (!statistics.comment.empty()) add_option(kComment, comment_text(statistics.comment), out);
  add_time(kStart, statistics.begin, out);
  add_time(kEnd, statistics.end, out);
  add_number(kReceived, statistics.received, out);
  add_number(kDropped, statistics.dropped, out);
  end_options(out);
}

std::string with_comments(std::string_view block, std::span<const std::string> comments) {
  const auto bytes = get<std::uint32_t>(block, 20);
  const std::size_t options = kPacketHeadBytes + padded(bytes);
  std::string result(block.substr(0, options));
  for (const std::string& comment : comments) add_option(kComment, comment_text(comment), result);
  result.append(block.substr(options, block.size() - options - 4));
  const auto length = static_cast<std::uint32_t>(result.size() + 4);
  std::memcpy(result.data() + 4, &length, sizeof length);
  put(length, result);
  return result;
}

BlockView first_block(std::string_view bytes) noexcept {
  BlockView block;
  if (bytes.size() < 12) return block;
  const auto length = get<std::uint32_t>(bytes, 4);
  if (length < 12 || length > bytes.size()) return block;
  block.bytes = bytes.substr(0, length);
  if (get<std::uint32_t>(bytes, 0) != kEnhancedPacket || length < kPacketHeadBytes + 4)
    return block;

  const auto captured = get<std::uint32_t>(bytes, 20);
  const std::size_t options = kPacketHeadBytes + padded(captured);
  if (captured < kIpv4HeadBytes || options + 4 > length) return block;
  block.kind = BlockView::Kind::Packet;
  block.at = Instant(
      Duration(std::uint64_t{get<std::uint32_t>(bytes, 12)} << 32 | get<std::uint32_t>(bytes, 16)));
  const bool v6 = (bytes[kPacketHeadBytes] & 0xf0) == 0x60;
  // A SYN has options; it carries nothing.
  const auto tcp_words = static_cast<unsigned char>(bytes[kPacketHeadBytes + (v6 ? 52 : 32)]) >> 4;
  block.carries = tcp_words == 5 && captured > (v6 ? kIpv6HeadBytes : kIpv4HeadBytes);
  for (std::size_t at = options; at + 8 <= length - 4;) {
    const auto code = get<std::uint16_t>(bytes, at);
    const auto size = get<std::uint16_t>(bytes, at + 2);
    if (code == kEndOfOptions) break;
    if (code == kFlags)
      block.direction = (get<std::uint32_t>(bytes, at + 4) & 3) == kInbound ? Direction::ToServer
                                                                            : Direction::ToClient;
    at += 4 + padded(size);
  }
  return block;
}

}  // namespace core::capture::pcapng
