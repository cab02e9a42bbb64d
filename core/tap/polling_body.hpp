#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/engineio/payload_decoder.hpp"
#include "core/inflate/content_decoder.hpp"
#include "core/tap/emitter.hpp"
#include "core/tap/messages.hpp"
#include "core/tap/tap.hpp"

namespace core::tap {

/// What a long-polling body is, as its head and its request's query say.
struct PollingForm {
  Revision revision = Revision::V4;
  engineio::PayloadKind kind = engineio::PayloadKind::V4;
  engineio::PayloadWrapping wrapping = engineio::PayloadWrapping::None;

  bool operator==(const PollingForm&) const = default;
};

/// The polling payloads that go in one direction of a connection, one body after the other: reads
/// the packets in them, and says what it could not read.
class PollingBody {
 public:
  /// A body begins. Bodies that are no payload are not begun, and what is received of them passes.
  /// @param coding How it is compressed.
  /// @param announced_bytes Its Content-Length; 0: none. One that is large is told, with its start.
  void begin(PollingForm form, inflate::Coding coding, std::uint64_t announced_bytes = 0);
  void receive(std::string_view chunk, Direction direction, const Settings& settings,
               Emitter& emit);
  /// The body is complete.
  void finish(Direction direction, const Settings& settings, Emitter& emit);

 private:
  void tell_large(Direction direction, Emitter& emit);
  void inflate_all(Direction direction, const Settings& settings, Emitter& emit);
  void read(Direction direction, const Settings& settings, Emitter& emit);

  PollingForm form_;
  bool open_ = false;
  /// Kept for the next body of its form.
  std::optional<engineio::PayloadDecoder> decoder_;
  std::optional<inflate::ContentDecoder> content_;  ///< Of a compressed body.
  std::uint64_t large_bytes_ = 0;                   ///< Of a large body that was not told yet.
  std::string start_;                               ///< ... what there is of its start
};

}  // namespace core::tap
