#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include <tl/expected.hpp>

#include "core/direction.hpp"
#include "core/inflate/budget.hpp"
#include "core/inflate/zlib_stream.hpp"

namespace core::websocket {

enum class ContextTakeover : std::uint8_t {
  No,   ///< Each message is compressed on its own.
  Yes,  ///< A message may refer back to the messages before it.
};

/// How the messages of one direction are compressed. Source: RFC 7692, section 7.1.
struct DeflateParameters {
  std::uint8_t window_bits = inflate::kWindowBitsMax;  ///< 8..15; references reach 2^bits back.
  ContextTakeover takeover = ContextTakeover::Yes;

  friend bool operator==(const DeflateParameters&, const DeflateParameters&) = default;
};

/// permessage-deflate as it was agreed on, for both directions.
struct PerMessageDeflate {
  std::array<DeflateParameters, 2> parameters{};  ///< By the Direction that they compress.

  [[nodiscard]] constexpr const DeflateParameters& operator[](Direction direction) const noexcept {
    return parameters[static_cast<std::size_t>(direction)];
  }
};

enum class ExtensionsErrc : std::uint8_t {
  Malformed,         ///< No list of extensions. Source: RFC 6455, section 9.1.
  UnknownExtension,  ///< One that is not permessage-deflate, or that once more.
  BadParameter,      ///< Unknown, repeated, or with a value that it must not have in a response.
};

struct ExtensionsError {
  ExtensionsErrc code;
  std::size_t offset_bytes;  ///< Where in the header's value.
};

/// Reads the Sec-WebSocket-Extensions of a 101 response; nothing when none was agreed on.
/// After an error the messages cannot be read, and clients fail the connection.
/// Source: RFC 6455, section 9.1; RFC 7692, section 7.1.
[[nodiscard]] tl::expected<std::optional<PerMessageDeflate>, ExtensionsError> decode_extensions(
    std::string_view header_value) noexcept;

enum class InflateErrc : std::uint8_t { Corrupt, NoMemory };

/// Inflates the messages of one direction, in order. Holds nothing before the first message and,
/// without context takeover, nothing between messages; else 7 KiB and the window.
///
///     while (true) { written = inflater.next(piece, room);  ... if (written < room.size()) break;
///     } while (true) { written = inflater.finish(room);       ... if (written < room.size())
///     break; }
///
/// Judges as `ws` and Chromium do: a block that says it is the last (BFINAL) clears the context,
/// and more may follow it; a message that stops inside a block is taken as far as it goes.
/// After an error, which takes its whole message with it, it must not be used.
/// Law: however a message is cut, its text is the same. But a reference beyond the agreed window,
/// which a sender must not make, is Corrupt only where zlib no longer holds what it means.
/// Source: RFC 7692, section 7.2.2.
class Inflater {
 public:
  /// @param budget What its stream's memory is taken from, if from any; where that is used up,
  /// it is NoMemory. Outlives it.
  explicit Inflater(DeflateParameters parameters, inflate::Budget* budget = nullptr) noexcept
      : budget_(budget), parameters_(parameters) {}

  /// Takes bytes of the message from the front of `deflated`, writes text to the front of `out`
  /// (which must not be empty) and returns how many bytes of it. When that does not fill `out`, all
  /// of `deflated` was taken and all its text given.
  [[nodiscard]] tl::expected<std::size_t, InflateErrc> next(std::string_view& deflated,
                                                            std::span<char> out) noexcept;

  /// The message is complete: as next(), for what is left. When it does not fill `out` the inflater
  /// is ready for the next message.
  [[nodiscard]] tl::expected<std::size_t, InflateErrc> finish(std::span<char> out) noexcept;

 private:
  void end_message() noexcept;

  std::optional<inflate::ZlibStream> stream_;
  inflate::Share share_;  ///< the stream's
  inflate::Budget* budget_;
  DeflateParameters parameters_;
  std::uint8_t tail_read_bytes_ = 0;  ///< Of the four that a sender cut off the message's end.
  bool final_block_ = false;          ///< The message had a block that said it is the last.
};

}  // namespace core::websocket
