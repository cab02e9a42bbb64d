#include "core/tap/polling_body.hpp"

#include "core/engineio/packet.hpp"
#include "core/limits.hpp"

namespace core::tap {

void PollingBody::begin(PollingForm form) {
  open_ = true;
  // A body whose connection was cut leaves its decoder in the middle, but no other follows it.
  if (decoder_ && form_ == form) return;
  form_ = form;
  decoder_.emplace(form.kind, form.wrapping, limits::kMessageBytesMax);
}

void PollingBody::receive(std::string_view chunk, Direction direction, const Settings& settings,
                          Emitter& emit) {
  if (!open_) return;
  decoder_->receive(chunk);
  read(direction, settings, emit);
}

void PollingBody::finish(Direction direction, const Settings& settings, Emitter& emit) {
  if (!open_) return;
  open_ = false;
  decoder_->finish();
  read(direction, settings, emit);
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
