#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>

namespace core::socketio {

/// A release of socket.io-parser. Nothing on the wire says which one a peer has; its client's
/// version says a little: socket.io-client 4.5.0 and later asks npm for the newest 4.2, a bundle
/// for browsers keeps the parser that was the newest when it was made.
struct ParserVersion {
  std::uint8_t major;
  std::uint8_t minor;
  std::uint8_t patch;

  [[nodiscard]] friend constexpr auto operator<=>(const ParserVersion&,
                                                  const ParserVersion&) noexcept = default;
};

/// Releases between which differences were measured, in order. Only those of a line (`3.3`, `4.2`)
/// are told apart whose neighbours do not always agree; the last one stands for all after it.
///
/// 4.0.0 is left out: it refuses the CONNECT that every protocol 5 session starts with, and
/// socket.io and socket.io-client ask for `~4.0.1` from 3.0.0 on.
struct ParserLine {
  ParserVersion first;
  std::uint8_t releases;  ///< Patch releases from `first` on.
};
inline constexpr std::array<ParserLine, 8> kParserLines = {{
    {{2, 0, 0}, 1},
    {{3, 0, 0}, 1},  // To 3.1.2.
    {{3, 1, 3}, 1},  // To 3.2.0.
    {{3, 3, 0}, 7},
    {{3, 4, 0}, 6},
    {{4, 0, 1}, 5},
    {{4, 1, 0}, 3},
    {{4, 2, 0}, 8},
}};

/// A set of releases of socket.io-parser, a bit each.
class Releases {
 public:
  constexpr Releases() noexcept = default;
  constexpr explicit Releases(std::uint32_t bits) noexcept : bits_(bits) {}

  /// The first bit of a line, and its bits.
  [[nodiscard]] static constexpr Releases line(std::size_t index) noexcept {
    std::uint32_t before = 0;
    for (std::size_t i = 0; i < index; ++i) before += kParserLines[i].releases;
    return Releases(((1U << kParserLines[index].releases) - 1) << before);
  }

  /// The one release, or the measured one that stands for it.
  [[nodiscard]] static constexpr Releases only(ParserVersion version) noexcept {
    std::size_t index = 0;
    while (index + 1 < kParserLines.size() && kParserLines[index + 1].first <= version) ++index;
    const ParserLine& line = kParserLines[index];
    const std::uint32_t patch =
        line.releases == 1 || version < line.first ? 0U : version.patch - 0U - line.first.patch;
    const std::uint32_t last = line.releases - 1U;
    const std::uint32_t lowest = Releases::line(index).bits_ & (~Releases::line(index).bits_ + 1);
    return Releases(lowest << (patch < last ? patch : last));
  }

  /// All between the two.
  [[nodiscard]] static constexpr Releases between(ParserVersion first,
                                                  ParserVersion last) noexcept {
    const std::uint32_t up_to_last = only(last).bits_ | (only(last).bits_ - 1);
    return Releases(up_to_last & ~(only(first).bits_ - 1));
  }

  /// `first` and later ones of its line.
  [[nodiscard]] static constexpr Releases since(ParserVersion first) noexcept {
    return between(first, {first.major, first.minor, 0xff});
  }

  [[nodiscard]] static constexpr Releases all() noexcept {
    return between({0, 0, 0}, {0xff, 0xff, 0xff});
  }

  [[nodiscard]] constexpr bool contains(ParserVersion version) const noexcept {
    return !(*this & only(version)).empty();
  }
  [[nodiscard]] constexpr bool contains(Releases others) const noexcept {
    return (*this & others) == others;
  }
  [[nodiscard]] constexpr bool empty() const noexcept { return bits_ == 0; }
  [[nodiscard]] constexpr std::uint32_t bits() const noexcept { return bits_; }

  [[nodiscard]] friend constexpr Releases operator|(Releases a, Releases b) noexcept {
    return Releases(a.bits_ | b.bits_);
  }
  [[nodiscard]] friend constexpr Releases operator&(Releases a, Releases b) noexcept {
    return Releases(a.bits_ & b.bits_);
  }
  [[nodiscard]] constexpr Releases operator~() const noexcept {
    return Releases(~bits_ & all().bits_);
  }
  [[nodiscard]] friend constexpr bool operator==(Releases, Releases) noexcept = default;

 private:
  std::uint32_t bits_ = 0;
};

static_assert(Releases::line(7).bits() == 0xff00'0000, "every release has a bit of its own");
static_assert(Releases::all().bits() == 0xffff'ffff);
static_assert(Releases::since({4, 2, 7}).contains(ParserVersion{4, 2, 9}), "what is yet to come");
static_assert(!Releases::since({3, 3, 4}).contains(ParserVersion{3, 4, 0}));
static_assert(Releases::between({4, 0, 1}, {4, 0, 3}).contains(ParserVersion{4, 0, 3}));
static_assert(!Releases::between({4, 0, 1}, {4, 0, 3}).contains(ParserVersion{4, 0, 4}));
static_assert(Releases::between({2, 0, 0}, {3, 3, 3}).contains(Releases::line(2)));

}  // namespace core::socketio
