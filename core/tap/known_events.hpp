#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include <tl/expected.hpp>

#include "core/socketio/packet.hpp"

namespace core::tap {

/// The long events that were decoded last: what is broadcast to many, or echoed, is decoded once.
///
/// Only events of many short values are kept in mind, the one kind of text whose decoding costs
/// several times the hash by which they are known again: 128 bits, keyed, and the length. No two
/// texts that differ will ever share them, and nobody who does not know the key can make two.
/// A fixed table of 16 KB; a new event takes the place of an old one.
class KnownEvents {
 public:
  /// @param hash_key Random: it keeps the hashes from being foretold.
  explicit KnownEvents(std::uint64_t hash_key);

  /// socketio::decode_packet(text, limits, kParser42), and the same answer.
  [[nodiscard]] tl::expected<socketio::PacketView, socketio::PacketError> decode(
      std::string_view text, const socketio::DecoderLimits& limits) noexcept;
  /// Of shorter texts none is kept: decoding costs no more than looking up.
  static constexpr std::size_t kBytesMin = 1024;
  /// How many answers were known.
  [[nodiscard]] std::uint64_t known() const noexcept { return known_; }

 private:
  /// A value, by where it stands in the packet's data.
  struct Place {
    std::uint32_t offset;
    std::uint32_t bytes;
    json::Kind kind;
  };
  struct Entry {
    std::uint64_t hash_low, hash_high;
    std::uint32_t bytes;  ///< of the whole text; 0: nothing is kept here
    std::uint32_t element_count;
    Place first, last;
  };
  static constexpr std::size_t kEntries = 256;

  std::uint64_t hash_key_;
  std::uint64_t known_ = 0;
  std::unique_ptr<std::array<Entry, kEntries>> entries_;
};

}  // namespace core::tap
