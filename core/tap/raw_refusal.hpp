#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace core::tap {

/// An HTTP response where the server's first frame should be. Servers from 4.1 on answer a
/// client of another generation so, which comes with an `EIO` that they do not speak: `101` first,
/// and then, into the upgraded socket,
///
///     HTTP/1.1 400 Bad Request
///
/// No frame begins like that: `H` is a Close with RSV1 and without FIN.
/// (Seen byte for byte of 4.1.3, 4.5.4 and 4.8.4; 3.1.2 says nothing after its 101.)
/// Source: engine.io 5 and 6, lib/server.ts, abortUpgrade().
class RawRefusal {
 public:
  enum class Verdict : std::uint8_t { Undecided, Refused, Frames };

  /// The first bytes from the server, until it has a verdict. Takes what it must see from the front
  /// of `bytes`; after Frames that is held() and comes before the rest.
  [[nodiscard]] Verdict receive(std::span<char>& bytes) noexcept {
    while (verdict_ == Verdict::Undecided && !bytes.empty()) {
      if (!fits(bytes.front())) {
        verdict_ = Verdict::Frames;
        break;
      }
      held_[held_bytes_++] = bytes.front();
      bytes = bytes.subspan(1);
      if (held_bytes_ == kForm.size()) verdict_ = Verdict::Refused;
    }
    return verdict_;
  }

  [[nodiscard]] std::span<char> held() noexcept { return std::span(held_).first(held_bytes_); }

  /// After Refused.
  [[nodiscard]] std::uint16_t status() const noexcept {
    const auto digit = [this](std::size_t at) { return held_[at] - '0'; };
    return static_cast<std::uint16_t>(digit(9) * 100 + digit(10) * 10 + digit(11));
  }

 private:
  static constexpr std::string_view kForm = "HTTP/1.# ###";  ///< `#`: a digit.

  [[nodiscard]] bool fits(char byte) const noexcept {
    const char expected = kForm[held_bytes_];
    return expected == '#' ? byte >= '0' && byte <= '9' : byte == expected;
  }

  std::array<char, kForm.size()> held_{};
  std::uint8_t held_bytes_ = 0;
  Verdict verdict_ = Verdict::Undecided;
};

}  // namespace core::tap
