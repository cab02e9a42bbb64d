#pragma once

#include <cstdint>
#include <string>

#include "core/capture/exchange.hpp"

namespace core::capture {

/// Writes exchanges as HAR, in Chrome's dialect: `_webSocketMessages` with times in seconds, and
/// HTTP Toolkit's `_webSocketClose`. Our own keys are `_sioClient`, the client's address, and
/// `_sioBy`, who closed, and `_sioHoles`, how much is not in it. read_har() reads back what it
/// writes, to the microsecond. Source: HTTP Archive 1.2.
class HarWriter {
 public:
  /// Appends to `out`, which the caller may empty between calls; so may the others.
  void begin(std::string& out) const;
  void add(const Exchange& exchange, std::string& out);
  /// @param holes How many pieces of traffic were seen to be missing.
  void end(std::uint64_t holes, std::string& out) const;

 private:
  bool first_ = true;
};

}  // namespace core::capture
