#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <tl/expected.hpp>

#include "core/replay/stage.hpp"
#include "proxy/net/address.hpp"
#include "proxy/net/start_error.hpp"

namespace proxy::replay {

/// The recorded server on a real address, on a thread of its own.
class Serving {
 public:
  [[nodiscard]] static tl::expected<std::unique_ptr<Serving>, net::StartError> start(
      const net::Endpoint& listen, core::replay::StageOptions stage);
  /// Ends it; clients are cut off.
  ~Serving();
  Serving(const Serving&) = delete;
  Serving& operator=(const Serving&) = delete;

  /// With the real port.
  [[nodiscard]] const net::Endpoint& bound() const noexcept { return bound_; }
  /// Sessions that clients have opened so far.
  [[nodiscard]] std::size_t sessions() const noexcept;

 private:
  struct Loop;
  Serving();

  net::Endpoint bound_;
  std::unique_ptr<Loop> loop_;
  std::thread thread_;
};

}  // namespace proxy::replay
