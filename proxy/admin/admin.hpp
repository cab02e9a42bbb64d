#pragma once

#include <functional>
#include <memory>
#include <string>
#include <tl/expected.hpp>

#include "proxy/net/address.hpp"
#include "proxy/net/start_error.hpp"

namespace proxy::admin {

/// What the admin server tells, made anew for every request, on one of its own threads.
struct Sources {
  std::function<std::string()> metrics;   ///< Prometheus text
  std::function<std::string()> findings;  ///< a JSON array
  std::function<std::string()> verdict;   ///< a JSON object
};

/// A small HTTP server beside the proxy, on threads of its own, for probes, scrapers and people:
///
///     GET /healthz       200 while the process runs
///     GET /readyz        200, or 503 once draining
///     GET /metrics       Prometheus text
///     GET /api/findings  what stands, as the records of --findings
///     GET /api/verdict   what it comes to so far
///
/// It has no authentication: bind it to loopback, or where only those may reach it who may read
/// findings.
class Admin {
 public:
  /// Binds and serves until destroyed. Port 0 picks one.
  [[nodiscard]] static tl::expected<std::unique_ptr<Admin>, net::StartError> start(
      const net::Endpoint& endpoint, Sources sources);
  ~Admin();
  Admin(const Admin&) = delete;
  Admin& operator=(const Admin&) = delete;

  [[nodiscard]] const net::Endpoint& bound() const noexcept;
  /// From now on /readyz says 503, so that no new clients are sent here.
  void set_draining() noexcept;

 private:
  struct Server;
  explicit Admin(std::unique_ptr<Server> server);
  std::unique_ptr<Server> server_;
};

}  // namespace proxy::admin
