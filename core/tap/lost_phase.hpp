#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "core/http/request_start.hpp"
#include "core/tap/emitter.hpp"

namespace core::tap {

/// A connection of which bytes are missing, while it spoke HTTP or had said nothing yet. It is read
/// again only where that is certain: when the client's next bytes begin a request.
///
/// A connection that had said nothing may be no HTTP at all, and then nothing of ours was missed:
/// the hole is told once something shows that it is.
class LostPhase {
 public:
  enum class Outcome : std::uint8_t {
    Lost,
    Http,  ///< held() begins a request; the rest of the input follows it
    Over,
  };
  enum class Told : std::uint8_t { Already, NotYet };

  LostPhase(Direction hole, Told told) noexcept : hole_(hole), told_(told) {}

  /// Takes what it looks at from the front of `bytes`.
  [[nodiscard]] Outcome receive(Direction direction, std::span<char>& bytes, Emitter& emit) {
    return direction == Direction::ToServer ? request(bytes, emit) : response(bytes, emit);
  }
  [[nodiscard]] std::span<char> held() noexcept { return held_; }

 private:
  Outcome request(std::span<char>& bytes, Emitter& emit) {
    while (start_ == http::Start::TooShort && !bytes.empty()) {
      held_ += bytes.front();
      bytes = bytes.subspan(1);
      start_ = http::request_start(held_);
    }
    if (start_ == http::Start::Yes) {
      tell(emit);
      return Outcome::Http;
    }
    // Whose middle this is, the response may tell.
    return start_ == http::Start::No && told_ == Told::Already ? Outcome::Over : Outcome::Lost;
  }

  Outcome response(std::span<char> bytes, Emitter& emit) {
    constexpr std::string_view kResponse = "HTTP/1.";
    if (told_ == Told::Already) return Outcome::Lost;
    for (const char byte : bytes) {
      if (byte != kResponse[response_bytes_]) return Outcome::Over;
      if (++response_bytes_ < kResponse.size()) continue;
      tell(emit);
      return start_ == http::Start::No ? Outcome::Over : Outcome::Lost;
    }
    return Outcome::Lost;
  }

  void tell(Emitter& emit) {
    if (told_ == Told::NotYet) emit.unobserved(hole_, Unobserved::CaptureHole);
    told_ = Told::Already;
  }

  std::string held_;
  std::size_t response_bytes_ = 0;
  Direction hole_;
  Told told_;
  http::Start start_ = http::Start::TooShort;
};

}  // namespace core::tap
