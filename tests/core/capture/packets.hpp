#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/capture/byte_source.hpp"
#include "core/capture/packet_recording.hpp"

// Captures for tests, built the slow and obvious way, and recordings as text that can be compared.

namespace packets {

using namespace std::string_literals;
using core::Direction;

inline std::string big(std::uint64_t number, int bytes) {
  std::string out;
  for (int i = bytes - 1; i >= 0; --i) out += static_cast<char>(number >> (8 * i));
  return out;
}
inline std::string little(std::uint64_t number, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i) out += static_cast<char>(number >> (8 * i));
  return out;
}

enum Flags : std::uint8_t { kFin = 1, kSyn = 2, kRst = 4, kPsh = 8, kAck = 16 };

/// One segment between a client, 10.0.0.1:5000, and a server, 10.0.0.2:3000.
struct Segment {
  Direction direction = Direction::ToServer;
  std::uint32_t sequence = 0;
  std::uint32_t acknowledged = 0;
  unsigned flags = kAck;
  std::string payload = {};
  std::uint16_t client_port = 5000;
};

inline std::string tcp(const Segment& segment) {
  const bool to_server = segment.direction == Direction::ToServer;
  return big(to_server ? segment.client_port : 3000, 2) +
         big(to_server ? 3000 : segment.client_port, 2) + big(segment.sequence, 4) +
         big(segment.acknowledged, 4) + "\x50"s + big(segment.flags, 1) + big(65535, 2) +
         big(0, 4) + segment.payload;
}

inline std::string address(Direction from) {
  return from == Direction::ToServer ? "\x0a\0\0\x01"s : "\x0a\0\0\x02"s;
}

/// `place`: flags and offset of a fragment.
inline std::string ipv4(std::string_view payload, Direction direction, std::uint16_t place = 0,
                        std::uint16_t id = 0) {
  return "\x45\0"s + big(20 + payload.size(), 2) + big(id, 2) + big(place, 2) + "\x40\x06\0\0"s +
         address(direction) + address(core::opposite(direction)) + std::string(payload);
}
/// `next`: the first header's kind; extension headers stand in front of `payload`.
inline std::string ipv6(std::string_view payload, Direction direction, std::uint8_t next = 6) {
  const auto address = [](Direction from) {
    return "\x20\x01\x0d\xb8"s + std::string(11, '\0') +
           (from == Direction::ToServer ? "\x01" : "\x02");
  };
  return "\x60\0\0\0"s + big(payload.size(), 2) + big(next, 1) + "\x40"s + address(direction) +
         address(core::opposite(direction)) + std::string(payload);
}
inline std::string ipv4(const Segment& segment) { return ipv4(tcp(segment), segment.direction); }

/// A source that hands out `bytes` in pieces of at most `piece_bytes`.
class Text : public core::capture::ByteSource {
 public:
  explicit Text(std::string bytes, std::size_t piece_bytes = std::size_t(-1))
      : bytes_(std::move(bytes)), piece_bytes_(piece_bytes) {}
  [[nodiscard]] std::size_t read(std::span<char> into) override {
    const std::size_t size = std::min({into.size(), bytes_.size() - at_, piece_bytes_});
    bytes_.copy(into.data(), size, at_);
    at_ += size;
    return size;
  }

 private:
  std::string bytes_;
  std::size_t piece_bytes_;
  std::size_t at_ = 0;
};

/// A packet of a file, raw IP unless it says otherwise.
struct Timed {
  std::uint64_t at_ns;
  std::string bytes;
  std::uint32_t cut_bytes = 0;  ///< left out at its end
};

/// A pcap file, nanoseconds.
inline std::string pcap(const std::vector<Timed>& all, std::uint16_t link = 101) {
  std::string file = little(0xa1b23c4d, 4) + little(2, 2) + little(4, 2) + little(0, 8) +
                     little(65535, 4) + little(link, 4);
  for (const Timed& one : all) {
    const std::size_t kept = one.bytes.size() - one.cut_bytes;
    file += little(one.at_ns / 1'000'000'000, 4) + little(one.at_ns % 1'000'000'000, 4) +
            little(kept, 4) + little(one.bytes.size(), 4) + one.bytes.substr(0, kept);
  }
  return file;
}

inline std::string padded(std::string bytes) {
  bytes.resize((bytes.size() + 3) / 4 * 4);
  return bytes;
}

/// Blocks of a pcapng file, in either byte order.
struct Pcapng {
  bool big_endian = false;

  [[nodiscard]] std::string number(std::uint64_t value, int bytes) const {
    return big_endian ? big(value, bytes) : little(value, bytes);
  }
  [[nodiscard]] std::string block(std::uint32_t type, std::string_view body) const {
    const std::string content = padded(std::string(body));
    const std::string size = number(content.size() + 12, 4);
    return number(type, 4) + size + content + size;
  }
  [[nodiscard]] std::string option(std::uint16_t code, std::string_view value) const {
    return number(code, 2) + number(value.size(), 2) + padded(std::string(value));
  }
  [[nodiscard]] std::string section() const {
    return block(0x0a0d0d0a,
                 number(0x1a2b3c4d, 4) + number(1, 2) + number(0, 2) + std::string(8, '\xff'));
  }
  [[nodiscard]] std::string interface(std::uint16_t link, std::string_view options = {},
                                      std::uint32_t snap_bytes = 0) const {
    return block(1, number(link, 2) + number(0, 2) + number(snap_bytes, 4) + std::string(options));
  }
  [[nodiscard]] std::string packet(std::uint64_t ticks, std::string_view bytes,
                                   std::uint32_t interface = 0) const {
    return block(6, number(interface, 4) + number(ticks >> 32, 4) + number(ticks & 0xffffffff, 4) +
                        number(bytes.size(), 4) + number(bytes.size(), 4) + std::string(bytes));
  }
};

/// A recording as lines; neighbouring bytes of one direction are joined.
///
///     1 opened 10.0.0.1:5000 > 10.0.0.2:3000
///     1 > "GET"
///     1 < missing 3
///     1 > fin
class Lines {
 public:
  void add(const core::capture::Item& item) {
    using namespace core::capture;
    const std::string id = std::to_string(static_cast<std::uint64_t>(item.connection));
    if (const auto* opened = std::get_if<Opened>(&item.what)) {
      constexpr const char* kFrom[] = {"", " at a request", " amid frames"};
      push(id + " opened " + std::string(opened->client) + " > " + std::string(opened->server) +
           kFrom[static_cast<int>(opened->from)]);
    } else if (const auto* bytes = std::get_if<Bytes>(&item.what)) {
      const std::string head = id + arrow(bytes->direction);
      if (head != open_) {
        push(head + "\"");
        open_ = head;
      } else {
        lines_.back().pop_back();
      }
      lines_.back().append(bytes->bytes.begin(), bytes->bytes.end()) += '"';
    } else if (const auto* missing = std::get_if<Missing>(&item.what)) {
      push(id + arrow(missing->direction) + "missing " + std::to_string(missing->bytes));
    } else if (const auto* ended = std::get_if<Ended>(&item.what)) {
      push(id + arrow(ended->direction) + (ended->end == core::StreamEnd::Fin ? "fin" : "reset"));
    }
  }
  [[nodiscard]] const std::vector<std::string>& all() const noexcept { return lines_; }

 private:
  static std::string arrow(Direction direction) {
    return direction == Direction::ToServer ? " > " : " < ";
  }
  void push(std::string line) {
    lines_.push_back(std::move(line));
    open_.clear();
  }
  std::vector<std::string> lines_;
  std::string open_;  ///< whose bytes the last line holds
};

/// Packets from memory.
class Source : public core::capture::PacketSource {
 public:
  explicit Source(std::vector<Timed> all,
                  core::capture::LinkType link = core::capture::LinkType::Raw)
      : all_(std::move(all)), link_(link) {}
  [[nodiscard]] std::optional<core::capture::Packet> next() override {
    if (at_ == all_.size()) return std::nullopt;
    const Timed& one = all_[at_++];
    end_.at = core::Instant(core::Duration(one.at_ns));
    return core::capture::Packet{
        end_.at, std::string_view(one.bytes).substr(0, one.bytes.size() - one.cut_bytes),
        static_cast<std::uint32_t>(one.bytes.size()), link_};
  }
  [[nodiscard]] core::capture::End end() const override { return end_; }

 private:
  std::vector<Timed> all_;
  core::capture::LinkType link_;
  core::capture::End end_;
  std::size_t at_ = 0;
};

inline std::vector<std::string> lines_of(core::capture::PacketRecording& recording) {
  Lines lines;
  while (const auto item = recording.next()) lines.add(*item);
  return lines.all();
}
inline std::vector<std::string> lines_of(std::vector<Timed> all) {
  Source source(std::move(all));
  core::capture::PacketRecording recording({&source});
  return lines_of(recording);
}

/// Segments a millisecond apart, from second 1 on.
inline std::vector<Timed> timed(const std::vector<Segment>& segments) {
  std::vector<Timed> all;
  std::uint64_t at_ns = 1'000'000'000;
  for (const Segment& segment : segments) all.push_back({at_ns += 1'000'000, ipv4(segment)});
  return all;
}

}  // namespace packets
