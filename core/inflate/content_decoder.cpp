#include "core/inflate/content_decoder.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace core::inflate {
namespace {

struct NamedCoding {
  std::string_view name;
  Coding coding;
};

constexpr NamedCoding kCodings[] = {
    {"", Coding::Identity},   {"identity", Coding::Identity}, {"gzip", Coding::Gzip},
    {"x-gzip", Coding::Gzip}, {"deflate", Coding::Deflate},   {"br", Coding::Brotli},
};

constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

/// CMF, the first byte of a zlib header: compression method 8 in its low half, the window's bits
/// less 8 in its high half. Raw deflate could begin so only with a stored block that fills its
/// padding with a one, and no encoder does. Source: RFC 1950, section 2.2.
constexpr bool begins_zlib_header(char byte) noexcept {
  const auto cmf = static_cast<unsigned char>(byte);
  return (cmf & 0x0F) == 8 && cmf >> 4 <= kWindowBitsMax - 8;
}

}  // namespace

std::optional<Coding> coding_of(std::string_view content_encoding) noexcept {
  for (const NamedCoding& known : kCodings)
    if (std::ranges::equal(content_encoding, known.name, {}, lower)) return known.coding;
  return std::nullopt;
}

std::optional<tl::expected<std::string_view, ContentError>> ContentDecoder::next(
    std::span<char> room) noexcept {
  assert(!room.empty());
  if (coding_ == Coding::Identity || std::holds_alternative<Skipping>(phase_)) {
    const std::string_view piece = std::exchange(chunk_, {});
    if (piece.empty() || coding_ != Coding::Identity) return std::nullopt;
    text_bytes_ += piece.size();
    return piece;
  }
  if (std::holds_alternative<Starting>(phase_)) {
    if (chunk_.empty()) return std::nullopt;
    if (!start()) return fail(ContentErrc::NoMemory);
  }
  if (!std::holds_alternative<Ended>(phase_)) {
    // At the limit one more byte is asked for, to tell a text that ends there from a longer one.
    char beyond;
    const bool full = text_bytes_ == text_bytes_max_;
    const std::uint64_t wanted_bytes =
        std::min<std::uint64_t>(room.size(), text_bytes_max_ - text_bytes_);
    const StreamStep made = step(full ? std::span(&beyond, 1) : room.first(wanted_bytes));
    if (made.written_bytes > 0) {
      // Whatever stopped it will stop it again, at the next call.
      if (full) return fail(ContentErrc::TooLarge);
      text_bytes_ += made.written_bytes;
      return std::string_view(room.data(), made.written_bytes);
    }
    switch (made.state) {
      case StreamState::GoesOn:
        if (finished_) return fail(ContentErrc::Truncated);
        return std::nullopt;
      case StreamState::Corrupt:
        return fail(ContentErrc::Corrupt);
      case StreamState::NoMemory:
        return fail(ContentErrc::NoMemory);
      case StreamState::Ended:
        break;
    }
    const auto* brotli = std::get_if<BrotliStream>(&phase_);
    if (brotli != nullptr && brotli->unread_bytes() > 0) return fail(ContentErrc::Trailing);
    phase_ = Ended{};
  }
  if (chunk_.empty()) return std::nullopt;
  return fail(ContentErrc::Trailing);
}

/// The first byte is there. False: there is no memory.
bool ContentDecoder::start() noexcept {
  if (coding_ == Coding::Brotli) {
    auto stream = BrotliStream::open();
    if (stream) phase_ = std::move(*stream);
    return stream.has_value();
  }
  const Wrapping wrapping = coding_ == Coding::Gzip              ? Wrapping::Gzip
                            : begins_zlib_header(chunk_.front()) ? Wrapping::Zlib
                                                                 : Wrapping::Raw;
  auto stream = ZlibStream::open(wrapping, kWindowBitsMax);
  if (stream) phase_ = std::move(*stream);
  return stream.has_value();
}

StreamStep ContentDecoder::step(std::span<char> room) noexcept {
  if (auto* zlib = std::get_if<ZlibStream>(&phase_)) return zlib->step(chunk_, room);
  auto& brotli = std::get<BrotliStream>(phase_);
  const StreamStep made = brotli.step(chunk_, room);
  if (!finished_ || made.written_bytes > 0 || made.state != StreamState::GoesOn) return made;
  return brotli.finish(room);
}

tl::unexpected<ContentError> ContentDecoder::fail(ContentErrc code) noexcept {
  phase_ = Skipping{};
  chunk_ = {};
  return tl::unexpected(ContentError{code, text_bytes_});
}

std::string_view reason_text(ContentErrc code) noexcept {
  switch (code) {
    case ContentErrc::Corrupt:
      return "a compressed body that does not decode: browsers fail the response";
    case ContentErrc::Truncated:
      return "a compressed body that ends before its data";
    case ContentErrc::Trailing:
      return "a compressed body with bytes behind its data";
    case ContentErrc::TooLarge:
      return "a compressed body of more text than is read";
    case ContentErrc::NoMemory:
      return "a compressed body that no memory was left for";
  }
  return {};
}

}  // namespace core::inflate
