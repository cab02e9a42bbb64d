#include "core/engineio/payload.hpp"

namespace core::engineio {

std::optional<tl::expected<std::string_view, PayloadErrc>> PayloadStream::next() noexcept {
  if (kept_was_given_) release_kept();
  if (skipping_) chunk_ = {};

  if (const std::size_t end = chunk_.find(kPacketSeparator); end != std::string_view::npos) {
    const std::string_view piece = chunk_.substr(0, end);
    chunk_.remove_prefix(end + 1);
    if (kept_.empty()) return piece;
    if (piece.size() <= kept_bytes_max_ - kept_.size()) {
      kept_.append(piece);
      kept_was_given_ = true;
      return std::string_view(kept_);
    }
  } else if (chunk_.size() <= kept_bytes_max_ - kept_.size()) {
    kept_.append(chunk_);
    chunk_ = {};
    if (finished_) return take_last();
    return std::nullopt;
  }

  skipping_ = true;
  release_kept();
  return tl::unexpected(PayloadErrc::TooLarge);
}

std::optional<tl::expected<std::string_view, PayloadErrc>> PayloadStream::take_last() noexcept {
  finished_ = false;
  if (skipping_) {
    skipping_ = false;
    return std::nullopt;
  }
  kept_was_given_ = true;
  return std::string_view(kept_);
}

/// An idle connection keeps nothing; and an assignment would keep the buffer.
void PayloadStream::release_kept() noexcept {
  kept_was_given_ = false;
  std::string().swap(kept_);
}

}  // namespace core::engineio
