#include "core/websocket/deflate.hpp"

#include <algorithm>
#include <cassert>

namespace core::websocket {
namespace {

/// The empty stored block with which a sender flushes, and which it leaves out.
/// Source: RFC 7692, section 7.2.1.
constexpr std::string_view kTail("\x00\x00\xFF\xFF", 4);

}  // namespace

tl::expected<std::size_t, InflateErrc> Inflater::next(std::string_view& deflated,
                                                      std::span<char> out) noexcept {
  assert(!out.empty());
  if (!stream_) {
    if (!share_.take(budget_, inflate::zlib_stream_bytes(parameters_.window_bits)))
      return tl::unexpected(InflateErrc::NoMemory);
    stream_ = inflate::ZlibStream::open(inflate::Wrapping::Raw, parameters_.window_bits);
    if (!stream_) return tl::unexpected(InflateErrc::NoMemory);
  }
  std::size_t written_bytes = 0;
  while (true) {
    const inflate::StreamStep step = stream_->step(deflated, out.subspan(written_bytes));
    written_bytes += step.written_bytes;
    switch (step.state) {
      case inflate::StreamState::GoesOn:
        return written_bytes;
      case inflate::StreamState::Ended:
        stream_->reset();
        final_block_ = true;
        if (deflated.empty() || written_bytes == out.size()) return written_bytes;
        break;
      case inflate::StreamState::Corrupt:
        return tl::unexpected(InflateErrc::Corrupt);
      case inflate::StreamState::NoMemory:
        return tl::unexpected(InflateErrc::NoMemory);
    }
  }
}

tl::expected<std::size_t, InflateErrc> Inflater::finish(std::span<char> out) noexcept {
  std::string_view tail = kTail.substr(tail_read_bytes_);
  const auto written_bytes = next(tail, out);
  tail_read_bytes_ = static_cast<std::uint8_t>(kTail.size() - tail.size());
  if (written_bytes && *written_bytes < out.size()) end_message();
  return written_bytes;
}

void Inflater::end_message() noexcept {
  tail_read_bytes_ = 0;
  if (parameters_.takeover == ContextTakeover::No) {
    stream_.reset();
    share_.give_back();
  } else if (final_block_ && !stream_->between_blocks()) {
    stream_->reset();  // The tail came right behind the last block, where it makes no block.
  }
  final_block_ = false;
}

}  // namespace core::websocket
