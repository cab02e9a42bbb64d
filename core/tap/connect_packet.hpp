#pragma once

#include <string_view>

#include "core/direction.hpp"
#include "core/event.hpp"
#include "core/tap/emitter.hpp"
#include "core/tap/tap.hpp"

namespace core::tap {

/// A CONNECT packet of any parser. Borrows everything.
struct ConnectPacket {
  std::string_view head;  ///< as reports show it, up to its payload: `40/chat,`
  std::string_view ns;
  std::string_view payload;  ///< a JSON object, or empty when there is none or it is too large
  std::string_view hidden;   ///< then its bytes, whatever they are
  Reading reading = Reading::Text;
};

/// Emits it, either way. Its excerpt is written anew, without what is secret: `pid` is shortened,
/// `auth` becomes a keyed pseudonym, so that equal stays equal.
void emit_connect(const ConnectPacket& packet, Direction direction, const Settings& settings,
                  Emitter& emit);

}  // namespace core::tap
