#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/bench/load/frames.hpp"
#include "tests/bench/load/options.hpp"

namespace tests::bench {

/// What is sent: Socket.IO events of `--bytes` each, no two of them alike, in one of three forms.
///
///     string   42["echo","abc..."]
///     dense    42["echo",[{"id":17,"ok":true,"at":[3,51]},...]]: as many values as fit
///     binary   451-["echo",{"_placeholder":true,"num":0}] and an attachment of `--bytes`
///
/// With `--deflate 1` they are compressed, beforehand: a few thousand that differ, over and over.
class Payloads {
 public:
  explicit Payloads(const Options& options);

  /// The next event as the client's frames, good until the next call.
  [[nodiscard]] const std::string& next_packet() { return stamped(packets_); }
  /// ... as the server's.
  [[nodiscard]] const std::string& next_for_client() { return stamped(for_client_); }

  /// Whether it is what carries the weight: the text, or the attachment.
  [[nodiscard]] bool is_it(const FrameView& frame) const noexcept {
    if (deflated) return frame.deflated;
    return frame.payload.size() == bytes_ && frame.opcode == (binary_ ? kBinary : kText);
  }

  bool deflated;

 private:
  /// Values whose branches no predictor learns by heart.
  static constexpr std::size_t kVariants = 16;
  static constexpr std::size_t kDeflatedVariants = 2048;
  static constexpr std::size_t kStampBytes = 8;
  struct Frame {
    std::string bytes;
    std::uint32_t key;  ///< 0: not masked
  };

  const std::string& stamped(std::vector<Frame>& frames);

  bool binary_;
  std::size_t bytes_;           ///< of the text, or the attachment
  std::size_t stamp_from_end_;  ///< the last letters of the text, or bytes of the attachment
  std::uint32_t count_ = 0;
  std::vector<Frame> packets_;
  std::vector<Frame> for_client_;
};

}  // namespace tests::bench
