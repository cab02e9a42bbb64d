#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/capture/exchange.hpp"
#include "core/capture/recording.hpp"
#include "core/http/exchanges.hpp"

namespace core::capture {

/// A recording, as exchanges: the way back from put_on_wire(). Engine.IO's requests on the given
/// path, their answers, and the messages of their WebSockets, each once it is over. Bodies and
/// messages come unpacked; of headers those that the analysis reads.
class ExchangeBuilder {
 public:
  /// @param settings Outlive it.
  explicit ExchangeBuilder(const http::Settings& settings) noexcept;
  ~ExchangeBuilder();
  ExchangeBuilder(const ExchangeBuilder&) = delete;
  ExchangeBuilder& operator=(const ExchangeBuilder&) = delete;

  /// Items come in a recording's order; their bytes are left as they are.
  void observe(const Item& item);
  /// The recording is over: what is open is handed out as it is, without its end.
  void finish();
  /// Places at which bytes were missing: what was there is in no exchange.
  [[nodiscard]] std::uint64_t holes() const noexcept { return holes_; }
  /// Those that were completed since the last call.
  [[nodiscard]] std::vector<Exchange> take();

 private:
  class Connection;

  const http::Settings& settings_;
  std::unordered_map<ConnectionId, std::unique_ptr<Connection>> connections_;
  std::vector<Exchange> complete_;
  std::uint64_t holes_ = 0;
};

}  // namespace core::capture
