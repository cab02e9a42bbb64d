#pragma once

#include <cstdint>

#include <tl/expected.hpp>

#include "core/socketio/packet.hpp"

namespace core::socketio {

/// Whether a packet's placeholders name attachments it has; see placeholders_fit().
enum class Placeholders : std::uint8_t { Fit, Illegal };

enum class Progress : std::uint8_t {
  Complete,  ///< The receiver hands a packet to the application now.
  Pending,   ///< Attachments are missing.
};

/// What one decoder (one direction of one session) is waiting for. It needs headers only and keeps
/// no payload: two words.
///
/// After an error the official decoder goes on with what it has, and so does this:
///
/// - `TextWhileReconstructing`: still waits for the same attachments, so each later text fails too;
/// - `BinaryWithoutHeader`, or a text that does not decode: nothing changed;
/// - `IllegalPlaceholder`: waits for ever. Binary is swallowed, every text fails.
///
/// The server, and clients before 4.5.2 over some transports, do go on; later clients destroy the
/// decoder when they close, which is reset().
/// Source: socket.io-parser 4.2.7, 4.0.5 and 3.3.6, Decoder.add() and BinaryReconstructor.
class Reconstructor {
 public:
  using Result = tl::expected<Progress, PacketErrc>;

  /// A text packet was decoded.
  /// @param attachments Of its header; 0 for packets that are not binary.
  [[nodiscard]] Result receive_packet(std::uint32_t attachments,
                                      Placeholders placeholders) noexcept {
    if (waiting_) return tl::unexpected(PacketErrc::TextWhileReconstructing);
    if (attachments == 0) return Progress::Complete;
    waiting_ = true;
    placeholders_ = placeholders;
    missing_ = attachments;
    return Progress::Pending;
  }

  /// A binary packet came that announces no attachments, which some dialects let through. It is
  /// handed on at once; then the decoder waits for ever, as after `IllegalPlaceholder`.
  [[nodiscard]] Result receive_uncounted() noexcept {
    if (waiting_) return tl::unexpected(PacketErrc::TextWhileReconstructing);
    waiting_ = true;
    missing_ = 0;
    return Progress::Complete;
  }

  /// A text came that does not decode. While attachments are missing the decoder does not look at
  /// it and has another complaint.
  /// @return The error that the official decoder throws.
  [[nodiscard]] PacketErrc receive_malformed(PacketErrc decode_error) const noexcept {
    // `4` without data is no string, and fails before that question comes up.
    if (decode_error == PacketErrc::NoData) return decode_error;
    return waiting_ ? PacketErrc::TextWhileReconstructing : decode_error;
  }

  /// A binary message came.
  [[nodiscard]] Result receive_binary() noexcept {
    if (!waiting_) return tl::unexpected(PacketErrc::BinaryWithoutHeader);
    if (missing_ == 0) return Progress::Pending;  // It threw before; the count never fits again.
    --missing_;
    if (missing_ != 0) return Progress::Pending;
    if (placeholders_ == Placeholders::Illegal)
      return tl::unexpected(PacketErrc::IllegalPlaceholder);
    waiting_ = false;
    return Progress::Complete;
  }

  /// Whether the next text packet fails.
  [[nodiscard]] bool is_waiting() const noexcept { return waiting_; }

  /// Attachments still missing; 0 also after `IllegalPlaceholder`.
  [[nodiscard]] std::uint32_t missing() const noexcept { return missing_; }

  /// The decoder was destroyed: its connection closed.
  void reset() noexcept { *this = {}; }

 private:
  std::uint32_t missing_ = 0;
  Placeholders placeholders_ = Placeholders::Fit;
  bool waiting_ = false;
};

}  // namespace core::socketio
