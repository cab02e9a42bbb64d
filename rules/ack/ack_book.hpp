#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/instant.hpp"

namespace rules::ack {

/// The latest EVENTs of one side of a session that asked to be acknowledged, answered or not.
class AckBook {
 public:
  struct Request {
    std::uint64_t topic = 0;
    std::uint64_t content = 0;
    core::Instant at{};
    std::uint32_t ns = 0;
    std::uint32_t id = 0;
    bool waits = false;  ///< for its ACK
    bool told = false;   ///< in a finding
  };

  void add(const Request& request) noexcept {
    Request& place = requests_[next_];
    lost_track_ |= place.waits;
    place = request;
    next_ = (next_ + 1) % requests_.size();
  }
  /// nullptr: never asked, or so long ago that later ones took its place.
  [[nodiscard]] Request* find(std::uint32_t ns, std::uint32_t id) noexcept {
    for (Request& request : requests_)
      if (request.id == id && request.ns == ns && request.at != core::Instant{}) return &request;
    return nullptr;
  }
  /// In no order; those with the default `at` are empty.
  [[nodiscard]] auto& requests() noexcept { return requests_; }
  /// Whether one that waited had to make room.
  [[nodiscard]] bool lost_track() const noexcept { return lost_track_; }

 private:
  /// More in flight at once are a flood; then we say less, not something wrong.
  std::array<Request, 16> requests_{};
  std::size_t next_ = 0;
  bool lost_track_ = false;
};

}  // namespace rules::ack
