#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/capture/synthetic_tcp.hpp"
#include "core/disguise/disguise.hpp"
#include "core/instant.hpp"
#include "proxy/capture/piece.hpp"

namespace proxy::capture {

enum class Secrets : std::uint8_t {
  Pseudonyms,  ///< and what is not Socket.IO's is hidden
  Kept,
};

/// The connections of a capture: pieces in order in, packets in order out.
///
/// A piece in which a secret has begun and not ended waits, and all behind it with it, until it is
/// known what to write; that is seldom, and bounded in bytes and time.
class Strands {
 public:
  /// `disguise` outlives it; nullptr keeps secrets. `to_epoch` is added to instants.
  Strands(const core::disguise::Settings* disguise, core::Duration to_epoch)
      : disguise_(disguise), to_epoch_(to_epoch) {}

  /// Takes the next piece; `text` may be written over.
  void take(const Piece& piece, std::span<char> text);
  /// Time has come to `now`: what has waited too long is hidden.
  void advance(core::Instant now);
  /// Nothing more will come: what waits is hidden and written.
  void finish();

  /// Packets that can be written, as pcapng blocks; the caller empties it.
  [[nodiscard]] std::string& blocks() noexcept { return blocks_; }
  /// Of blocks(), in the capture's time.
  [[nodiscard]] core::Instant first() const noexcept { return first_; }
  [[nodiscard]] core::Instant last() const noexcept { return last_; }
  /// The blocks were taken.
  void taken() noexcept {
    blocks_.clear();
    first_ = {};
  }
  /// Connections that were not recorded to their end. From any thread.
  [[nodiscard]] std::uint64_t broken_off() const noexcept {
    return broken_off_.load(std::memory_order_relaxed);
  }

 private:
  struct Strand {
    std::optional<core::disguise::Disguise> disguise;
    std::optional<core::capture::SyntheticTcp> tcp;  ///< nothing: its begin was lost
    std::array<std::uint64_t, 2> received{};         ///< by direction, from the loop
    std::array<bool, 2> rewritten{};
    std::uint8_t ended = 0;  ///< directions
    bool reset = false;
    bool broken_off = false;  ///< nothing more is recorded but its end
  };
  /// What waits.
  struct Held {
    core::Instant at;
    std::shared_ptr<Strand> strand;
    Piece::Kind kind;
    core::Direction direction;
    core::StreamEnd end{};
    std::uint64_t begin = 0;    ///< of Bytes, in the direction's stream
    std::uint64_t skipped = 0;  ///< bytes that are missing before it
    std::string bytes;
    bool final = false;  ///< written anew: nothing will touch it
  };

  void open(const Piece& piece, std::string_view text);
  void take_bytes(const std::shared_ptr<Strand>& strand, const Piece& piece, std::span<char> text);
  void disguise(const std::shared_ptr<Strand>& strand, const Piece& piece, std::span<char> text);
  void take_end(const std::shared_ptr<Strand>& strand, const Piece& piece);
  void apply(const Strand& strand, const std::vector<core::disguise::Replacement>& changes);
  void cut_rewritten(Strand& strand, core::Direction direction);
  void break_off(Strand& strand);
  void hold(Held held);
  void release();
  [[nodiscard]] bool is_settled(const Held& held) const noexcept;
  void write(Strand& strand, const Held& held, std::string_view bytes);
  void hide_first();

  const core::disguise::Settings* disguise_;
  core::Duration to_epoch_;
  std::unordered_map<core::ConnectionId, std::shared_ptr<Strand>> strands_;
  std::deque<Held> held_;
  std::size_t held_bytes_ = 0;
  std::vector<core::disguise::Replacement> changes_;
  std::string blocks_;
  core::Instant first_{}, last_{};
  std::atomic<std::uint64_t> broken_off_ = 0;
};

}  // namespace proxy::capture
