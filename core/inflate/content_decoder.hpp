#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <variant>

#include <tl/expected.hpp>

#include "core/inflate/brotli_stream.hpp"
#include "core/inflate/zlib_stream.hpp"
#include "core/limits.hpp"

// How it works. The first byte of a body chooses what reads it (a body without any is empty in
// every coding), and only then is it allocated. It writes into the caller's buffer, so nothing
// grows here, and it is freed as soon as the body or its reading ends.

namespace core::inflate {

/// How a body is coded. Source: RFC 9110, section 8.4.1; RFC 7932.
enum class Coding : std::uint8_t { Identity, Gzip, Deflate, Brotli };

/// Reads a Content-Encoding header; empty says Identity. Nothing: a coding that is not read here,
/// or several on top of each other.
[[nodiscard]] std::optional<Coding> coding_of(std::string_view content_encoding) noexcept;

enum class ContentErrc : std::uint8_t {
  Corrupt,    ///< Browsers fail the response too.
  Truncated,  ///< The body ended before its data did. Browsers take what there is.
  Trailing,   ///< Bytes follow the data's end. Chromium takes them as text, Firefox drops them,
              ///< Node reads on in Gzip.
  TooLarge,   ///< The text is longer than the limit. Not malformed: unobserved.
  NoMemory,   ///< Likewise.
};

/// The words for a report.
[[nodiscard]] std::string_view reason_text(ContentErrc code) noexcept;

struct ContentError {
  ContentErrc code;
  std::uint64_t offset_bytes;  ///< In the text: how much of it came before.
};

/// What a call of ContentDecoder::next() should be given to write to, at best.
inline constexpr std::size_t kPieceBytes = 16 * 1024;

/// Decodes one body that arrives in chunks, as browsers do: `deflate` may be wrapped as in RFC 1950
/// or not, and the checksum of `gzip` is not looked at.
///
///     ContentDecoder decoder(coding);   std::array<char, kPieceBytes> room;
///     decoder.receive(chunk);  while (auto piece = decoder.next(room)) ...     for each chunk
///     decoder.finish();        while (auto piece = decoder.next(room)) ...     at the end
///
/// Law: however the body is cut, and however large `room` is, the text and the error are the same.
class ContentDecoder {
 public:
  /// @param text_bytes_max Of other codings than Identity, whose text is the chunks themselves.
  explicit ContentDecoder(Coding coding,
                          std::uint64_t text_bytes_max = limits::kInflatedBytesMax) noexcept
      : text_bytes_max_(text_bytes_max), coding_(coding) {}

  /// Hands over a chunk: borrowed until next() has returned nothing.
  void receive(std::string_view chunk) noexcept { chunk_ = chunk; }

  /// Says that the body is complete.
  void finish() noexcept { finished_ = true; }

  /// The next piece of text, never empty, in `room` (which must not be empty) or in the chunk.
  /// Nothing: wants more. After an error, which comes once, the rest of the body is skipped.
  [[nodiscard]] std::optional<tl::expected<std::string_view, ContentError>> next(
      std::span<char> room) noexcept;

 private:
  struct Starting {};
  struct Ended {};     ///< The data is over.
  struct Skipping {};  ///< An error was told.

  [[nodiscard]] bool start() noexcept;
  [[nodiscard]] StreamStep step(std::span<char> room) noexcept;
  [[nodiscard]] tl::unexpected<ContentError> fail(ContentErrc code) noexcept;

  std::variant<Starting, ZlibStream, BrotliStream, Ended, Skipping> phase_;
  std::string_view chunk_;
  std::uint64_t text_bytes_ = 0;  ///< Handed out.
  std::uint64_t text_bytes_max_;
  Coding coding_;
  bool finished_ = false;
};

}  // namespace core::inflate
