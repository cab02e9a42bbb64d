#include "core/tap/polling_body.hpp"

#include <array>
#include <utility>

#include "core/engineio/packet.hpp"
#include "core/limits.hpp"

namespace core::tap {

void PollingBody::begin(PollingForm form, inflate::Coding coding, std::uint64_t announced_bytes) {
  open_ = true;
  large_bytes_ = announced_bytes > limits::kLargeBytes ? announced_bytes : 0;
  start_.clear();
  content_.reset();
  if (coding != inflate::Coding::Identity) content_.emplace(coding);
  // A body whose connection was cut leaves its decoder in the middle, but no other follows it.
  if (decoder_ && form_ == form) return;
  form_ = form;
  decoder_.emplace(form.kind, form.wrapping, limits::kMessageBytesMax);
}

void PollingBody::receive(std::string_view chunk, Direction direction, const Settings& settings,
                          Emitter& emit) {
  if (!open_) return;
  if (large_bytes_ != 0) {
    start_ += chunk.substr(0, limits::kExcerptBytesMax + 1 - start_.size());
    if (start_.size() > limits::kExcerptBytesMax) tell_large(direction, emit);
  }
  if (content_) {
    content_->receive(chunk);
    return inflate_all(direction, settings, emit);
  }
  decoder_->receive(chunk);
  read(direction, settings, emit);
}

void PollingBody::finish(Direction direction, const Settings& settings, Emitter& emit) {
  if (content_ && open_) {
    content_->finish();
    inflate_all(direction, settings, emit);
  }
  content_.reset();
  if (!open_) return;
  open_ = false;
  decoder_->finish();
  read(direction, settings, emit);
}

/// Its start is complete, so it is told the same however it was cut.
void PollingBody::tell_large(Direction direction, Emitter& emit) {
  const Excerpt excerpt = excerpt_of(start_);
  Event& event = emit.add(EventKind::Large, direction, excerpt.text);
  event.large.bytes = std::exchange(large_bytes_, 0);
  event.large.whole = false;
  event.large.truncated = true;
  start_ = {};
}

void PollingBody::inflate_all(Direction direction, const Settings& settings, Emitter& emit) {
  std::array<char, inflate::kPieceBytes> room;
  while (const auto text = content_->next(room)) {
    if (*text) {
      decoder_->receive(**text);
      read(direction, settings, emit);
      continue;
    }
    const auto [code, offset_bytes] = text->error();
    emit.unobserved(direction, Unobserved::ContentEncoding, offset_bytes,
                    static_cast<std::uint8_t>(static_cast<unsigned>(code) + 1));
    // Browsers take what came before an end that is missing, or before what follows the end.
    if (code == inflate::ContentErrc::Truncated || code == inflate::ContentErrc::Trailing) continue;
    open_ = false;
    decoder_.reset();
    return;
  }
}

void PollingBody::read(Direction direction, const Settings& settings, Emitter& emit) {
  while (const auto piece = decoder_->next()) {
    if (!*piece) {
      if (piece->error() == engineio::PayloadErrc::TooLarge)
        emit.unobserved(direction, Unobserved::OversizeMessage);
      else
        emit.add(EventKind::EngineError, direction, "(payload)").engine.reason =
            static_cast<std::uint8_t>(engineio::PacketErrc::BrokenPayload);
    } else if ((*piece)->binary) {
      read_binary((*piece)->bytes, form_.revision, direction, settings, emit);
    } else {
      read_text((*piece)->bytes, form_.revision, direction, settings, emit);
    }
  }
}

}  // namespace core::tap
