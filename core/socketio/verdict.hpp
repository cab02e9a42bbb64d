#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <tl/expected.hpp>

#include "core/socketio/packet.hpp"
#include "core/socketio/releases.hpp"

/// Which releases of socket.io-parser throw at a packet. What decode_packet() refuses is what 4.2.7
/// refuses; the receiver may well have another.
namespace core::socketio {

/// Why some release throws: PacketErrc, and finer where its cases have different histories.
enum class Cause : std::uint8_t {
  NoData,
  UnknownType,
  CountNotNumber,  ///< Or no `-` after it.
  CountZero,       ///< `0`, or nothing before the `-`.
  CountNotInteger,
  CountOverLimit,
  NotJson,
  ConnectNull,
  ConnectArray,
  ConnectScalar,
  DisconnectArray,
  DisconnectPayload,  ///< Any other.
  ConnectErrorNull,   ///< Or an array.
  ConnectErrorFalse,
  ConnectErrorScalar,  ///< `true` or a number.
  NotArray,
  EventNameMissing,
  EventNameKind,
  EventNameNumber,  ///< 4.2.7 accepts it.
  EventNameReserved,
  TextWhileReconstructing,
  BinaryWithoutHeader,
  // Those below show when the last attachment is in.
  IllegalPlaceholder,
  HasOwnProperty,        ///< A member of that name in a binary packet. 4.2.7 accepts it.
  HasOwnPropertyHidden,  ///< In an object that older releases take for a placeholder.
};
inline constexpr std::size_t kCauseCount =
    static_cast<std::size_t>(Cause::HasOwnPropertyHidden) + 1;

/// A set of causes: old releases do not look at the count, but then at the payload.
class Causes {
 public:
  constexpr Causes() noexcept = default;
  constexpr Causes(Cause cause) noexcept : bits_(1U << static_cast<unsigned>(cause)) {}

  [[nodiscard]] constexpr bool has(Cause cause) const noexcept {
    return (bits_ >> static_cast<unsigned>(cause) & 1U) != 0;
  }
  [[nodiscard]] constexpr bool empty() const noexcept { return bits_ == 0; }
  /// As a number, to travel in an event, and back.
  [[nodiscard]] constexpr std::uint32_t bits() const noexcept { return bits_; }
  [[nodiscard]] static constexpr Causes from_bits(std::uint32_t bits) noexcept {
    Causes causes;
    causes.bits_ = bits;
    return causes;
  }
  constexpr Causes& operator|=(Causes other) noexcept {
    bits_ |= other.bits_;
    return *this;
  }
  [[nodiscard]] friend constexpr bool operator==(Causes, Causes) noexcept = default;

 private:
  std::uint32_t bits_ = 0;
};

/// What every cause does to which releases. Measured, release by release: tests/differential,
/// versions.json, against which a test holds each row.
struct CauseRow {
  Cause cause;
  std::string_view what;  ///< For reports: "the event name is reserved".
  Releases throwing;
  /// Releases that do not throw but hand the receiver a packet of type ERROR in its place, with the
  /// data "parser error: ..." and no namespace. That is no rejection: the connection goes on.
  Releases answering_error;
};
[[nodiscard]] const CauseRow& row(Cause cause) noexcept;

/// How many releases throw.
enum class Rejection : std::uint8_t { None, Some, Every };

struct Verdict {
  Releases throwing;
  Releases answering_error;  ///< See CauseRow.

  [[nodiscard]] constexpr Rejection rejection() const noexcept {
    if (throwing.empty()) return Rejection::None;
    return throwing == Releases::all() ? Rejection::Every : Rejection::Some;
  }
  [[nodiscard]] constexpr bool rejects(ParserVersion version) const noexcept {
    return throwing.contains(version);
  }
};

/// Of a packet and its attachments. A release that answers the packet with an ERROR packet waits
/// for no attachments: what they would lead to does not happen, they are stray ones each by itself.
[[nodiscard]] Verdict verdict(Causes causes) noexcept;

/// Every cause in a text packet by itself, and in what becomes of it once its attachments are in.
/// Reads all of it again: for packets that are suspect. What we give up on has no cause.
[[nodiscard]] Causes causes_of(std::string_view text, const DecoderLimits& limits = {}) noexcept;

/// The cause of an error that a Reconstructor reports; none for others.
[[nodiscard]] Causes causes_of(PacketErrc error) noexcept;

/// The verdict on a text packet, given what decode_packet() said of it. Costs nothing when no
/// release objects to it, which a glance at most packets tells.
[[nodiscard]] inline Verdict judge(const tl::expected<PacketView, PacketError>& decoded,
                                   std::string_view text,
                                   const DecoderLimits& limits = {}) noexcept {
  if (decoded && !is_binary(decoded->type) &&
      (decoded->type != PacketType::Event || decoded->payload.first.kind != json::Kind::Number))
    return {};
  return verdict(causes_of(text, limits));
}

/// A sentence of a report, without a heap.
class Phrase {
 public:
  [[nodiscard]] std::string_view view() const noexcept { return {text_.data(), size_}; }
  void append(std::string_view piece) noexcept;
  void append(unsigned number) noexcept;

 private:
  std::array<char, 192> text_;
  std::size_t size_ = 0;
};

/// "every version rejects it", "accepted by every version", or "socket.io-parser 3.3.4+, 3.4.3+,
/// 4.0.1-4.0.3 and 4.2.3+ reject it, others accept it". `3.3.4+` ends with its line.
[[nodiscard]] Phrase phrase(const Verdict& verdict) noexcept;

}  // namespace core::socketio
