#pragma once

#include <array>
#include <memory>

#include "core/session/session.hpp"
#include "rules/ack/ack_book.hpp"
#include "rules/duplicate/buffered_flush.hpp"
#include "rules/duplicate/fan_out_times_n.hpp"
#include "rules/duplicate/offsets.hpp"
#include "rules/duplicate/reply_amplification.hpp"
#include "rules/duplicate/seen.hpp"
#include "rules/topics.hpp"

namespace rules {

/// What the rules that see every message remember of one session: made at the first that needs it,
/// gone with the session. A few inline words each; what few sessions need hangs on a pointer.
struct Remembered final : core::session::Session::Memory {
  Heard heard;
  duplicate::Run run;
  duplicate::Flush flush;
  duplicate::Echoes echoes;
  std::unique_ptr<duplicate::Offsets> offsets;
  std::array<std::unique_ptr<duplicate::Seen>, 2> ids;  ///< by direction
  std::array<std::unique_ptr<ack::AckBook>, 2> acks;    ///< by the direction of what asks
};

[[nodiscard]] inline Remembered& memory_of(core::session::Session& session) {
  if (session.memory == nullptr) session.memory = std::make_unique<Remembered>();
  return static_cast<Remembered&>(*session.memory);
}
/// nullptr: nothing was ever remembered of it.
[[nodiscard]] inline Remembered* remembered(const core::session::Session* session) noexcept {
  return session == nullptr ? nullptr : static_cast<Remembered*>(session->memory.get());
}
/// What hangs on a pointer, made when it is first needed.
template <class Part>
[[nodiscard]] Part& made(std::unique_ptr<Part>& part) {
  if (part == nullptr) part = std::make_unique<Part>();
  return *part;
}

}  // namespace rules
