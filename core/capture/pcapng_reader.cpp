#include "core/capture/pcapng_reader.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "core/capture/pcapng_writer.hpp"
#include "core/limits.hpp"

namespace core::capture {
namespace {

constexpr std::uint32_t kSection = 0x0a0d0d0a;
constexpr std::uint32_t kByteOrderMagic = 0x1a2b3c4d;
constexpr std::uint32_t kInterface = 1, kOldPacket = 2, kSimplePacket = 3, kStatistics = 5,
                        kEnhancedPacket = 6;

/// Type and length before the body, length behind it.
constexpr std::size_t kFrontBytes = 8, kFrameBytes = 12;

/// Calls `take(code, value)` for each option.
template <class Take>
void read_options(std::string_view options, ByteOrder order, Take take) {
  while (options.size() >= 4) {
    const std::uint16_t code = u16(options, 0, order);
    const std::size_t size = u16(options, 2, order);
    if (code == 0 || size > options.size() - 4) return;
    take(code, options.substr(4, size));
    options.remove_prefix(std::min(options.size(), 4 + (size + 3) / 4 * 4));
  }
}

std::uint64_t power(std::uint64_t base, unsigned exponent) noexcept {
  std::uint64_t result = 1;
  while (exponent-- != 0) result *= base;
  return result;
}

}  // namespace

bool PcapngReader::recognises(std::string_view start) noexcept {
  return start.size() >= 4 && u32(start, 0) == kSection;
}

std::optional<Packet> PcapngReader::next() {
  while (end_.reached) {
    input_.skip(std::exchange(taken_bytes_, 0));
    block_at_bytes_ = input_.offset_bytes();
    const std::string_view front = input_.peek(kFrontBytes);
    if (front.empty()) return std::nullopt;
    if (front.size() < kFrontBytes) return stop("the file ends inside a block"), std::nullopt;
    if (u32(front, 0) == kSection && !begin_section()) return std::nullopt;

    const std::string_view again = input_.peek(kFrontBytes);
    const std::uint32_t type = u32(again, 0, order_);
    const std::uint32_t size = u32(again, 4, order_);
    if (size < kFrameBytes || size % 4 != 0)
      return stop("a block of " + std::to_string(size) +
                  " bytes, which cannot be: the file is damaged from here on"),
             std::nullopt;
    const bool wanted = type == kInterface || type == kOldPacket || type == kSimplePacket ||
                        type == kStatistics || type == kEnhancedPacket;
    if (wanted && size > limits::kCapturedPacketBytesMax) {
      problem("a block of " + std::to_string(size) + " bytes, more than any capture holds");
    } else if (wanted) {
      const std::string_view block = input_.peek(size);
      if (block.size() < size) return stop("the file ends inside a block"), std::nullopt;
      const std::string_view body = block.substr(kFrontBytes, size - kFrameBytes);
      taken_bytes_ = size;
      if (type == kInterface) {
        add_interface(body);
      } else if (type == kStatistics) {
        read_statistics(body);
      } else if (auto one = packet(type, body)) {
        latest_ = std::max(latest_, one->at);
        end_.at = std::max(end_.at, one->at);
        return one;
      }
      continue;
    }
    if (!input_.skip(size)) return stop("the file ends inside a block"), std::nullopt;
  }
  return std::nullopt;
}

bool PcapngReader::begin_section() {
  const std::string_view front = input_.peek(kFrontBytes + 4);
  const auto is = [&](ByteOrder order) {
    return front.size() == kFrontBytes + 4 && u32(front, kFrontBytes, order) == kByteOrderMagic;
  };
  if (!is(ByteOrder::Little) && !is(ByteOrder::Big)) {
    stop("a section whose byte order cannot be told: the file is damaged from here on");
    return false;
  }
  order_ = is(ByteOrder::Big) ? ByteOrder::Big : ByteOrder::Little;
  interfaces_.clear();
  return true;
}

/// | link type 2 | reserved 2 | snaplen 4 | options |
void PcapngReader::add_interface(std::string_view body) {
  if (body.size() < 8) return problem("an interface that does not say what it is");
  Interface& added = interfaces_.emplace_back(
      Interface{static_cast<LinkType>(u16(body, 0, order_)), u32(body, 4, order_)});
  read_options(body.substr(8), order_, [&](std::uint16_t code, std::string_view value) {
    constexpr std::uint16_t kResolution = 9, kOffset = 14;
    if (code == kResolution && !value.empty()) {
      const unsigned exponent = u8(value, 0) & 0x7f;
      const bool binary = (u8(value, 0) & 0x80) != 0;
      if (exponent > (binary ? 63U : 19U))
        return problem("an interface whose clock is finer than can be read");
      added.ticks_a_second = power(binary ? 2 : 10, exponent);
    } else if (code == kOffset && value.size() == 8) {
      added.offset_seconds = static_cast<std::int64_t>(number_at<8>(value, 0, order_));
    }
  });
}

std::optional<Packet> PcapngReader::packet(std::uint32_t type, std::string_view body) {
  if (type == kSimplePacket) {  // | original bytes 4 | the packet |
    if (body.size() < 4 || interfaces_.empty())
      return problem("a packet of no interface"), std::nullopt;
    if (!std::exchange(undated_told_, true))
      problem("packets without a time; each is taken to have come with the one before it", false);
    const std::uint32_t original = u32(body, 0, order_);
    std::size_t size = std::min<std::size_t>(original, body.size() - 4);
    if (const std::size_t most = interfaces_[0].snap_bytes; most != 0) size = std::min(size, most);
    return Packet{latest_, body.substr(4, size), original, interfaces_[0].link};
  }
  // | interface 4 | time 4+4 | captured bytes 4 | original bytes 4 | the packet | options |
  // The old kind: | interface 2 | drops 2 | ...
  if (body.size() < 20) return problem("a packet block without a packet"), std::nullopt;
  const std::size_t number = type == kOldPacket ? u16(body, 0, order_) : u32(body, 0, order_);
  if (number >= interfaces_.size())
    return problem("a packet of interface " + std::to_string(number) + ", which is not described"),
           std::nullopt;
  const Interface& from = interfaces_[number];
  const std::uint32_t captured = u32(body, 12, order_);
  if (captured > body.size() - 20)
    return problem("a packet that is longer than its block"), std::nullopt;
  return Packet{instant(from, u32(body, 4, order_), u32(body, 8, order_)),
                body.substr(20, captured), u32(body, 16, order_), from.link};
}

/// | interface 4 | time 4+4 | options |
void PcapngReader::read_statistics(std::string_view body) {
  if (body.size() < 12) return;
  const std::size_t number = u32(body, 0, order_);
  if (number >= interfaces_.size()) return;
  std::uint64_t dropped = 0;
  read_options(body.substr(12), order_, [&](std::uint16_t code, std::string_view value) {
    constexpr std::uint16_t kComment = 1, kEndTime = 3, kDroppedByInterface = 5,
                            kDroppedBySystem = 7;
    if (code == kComment && value.starts_with(pcapng::kCommandEnded)) {
      std::int64_t at = 0;
      value.remove_prefix(pcapng::kCommandEnded.size());
      std::from_chars(value.data(), value.data() + value.size(), at);
      end_.command_ended = Instant(Duration(at));
    }
    if (value.size() != 8 || code == kComment) return;
    if (code == kEndTime)
      end_.at = std::max(
          end_.at, instant(interfaces_[number], u32(value, 0, order_), u32(value, 4, order_)));
    else if (code == kDroppedByInterface || code == kDroppedBySystem)
      dropped += number_at<8>(value, 0, order_);
  });
  if (dropped != 0)
    problem("whoever captured this dropped " + std::to_string(dropped) + " packets");
}

Instant PcapngReader::instant(const Interface& from, std::uint32_t high,
                              std::uint32_t low) const noexcept {
  constexpr std::uint64_t kNanoseconds = 1'000'000'000;
  constexpr std::int64_t kSecondsMax = 9'000'000'000;  // The year 2255; past it, ours overflow.
  const std::uint64_t ticks = std::uint64_t{high} << 32 | low;
  std::uint64_t rest = ticks % from.ticks_a_second;
  std::uint64_t whole = from.ticks_a_second;
  for (; whole > kNanoseconds * 10; whole /= 2) rest /= 2;  // Or the product would overflow.
  const std::int64_t seconds = std::clamp<std::int64_t>(
      static_cast<std::int64_t>(std::min<std::uint64_t>(ticks / from.ticks_a_second, kSecondsMax)) +
          std::clamp(from.offset_seconds, -kSecondsMax, kSecondsMax),
      0, kSecondsMax);
  return Instant(std::chrono::seconds(seconds) + Duration(rest * kNanoseconds / whole));
}

void PcapngReader::problem(std::string sentence, bool hides_traffic) {
  problems_.add({block_at_bytes_, std::move(sentence), hides_traffic});
}

void PcapngReader::stop(std::string sentence) {
  problem(std::move(sentence));
  end_.reached = false;
}

}  // namespace core::capture
