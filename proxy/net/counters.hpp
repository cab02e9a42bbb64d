#pragma once

#include <atomic>
#include <cstdint>

namespace proxy::net {

/// A number that one thread changes and others read: plain loads and stores, no locked instruction.
class Counter {
 public:
  void add(std::uint64_t count) noexcept {
    value_.store(value_.load(std::memory_order_relaxed) + count, std::memory_order_relaxed);
  }
  void subtract(std::uint64_t count) noexcept {
    value_.store(value_.load(std::memory_order_relaxed) - count, std::memory_order_relaxed);
  }
  void raise_to(std::uint64_t count) noexcept {
    if (count > value_.load(std::memory_order_relaxed))
      value_.store(count, std::memory_order_relaxed);
  }
  [[nodiscard]] std::uint64_t get() const noexcept {
    return value_.load(std::memory_order_relaxed);
  }

 private:
  std::atomic<std::uint64_t> value_{0};
};

/// TLS handshakes of one side.
struct HandshakeCounters {
  Counter full;
  Counter resumed;  ///< took an earlier session up again
  Counter failed;
};

/// What one loop counts. Written by its thread alone.
struct Counters {
  Counter accepted;            ///< client connections
  Counter active;              ///< of them, still there
  Counter bytes_to_server;     ///< read from clients
  Counter bytes_to_client;     ///< read from upstream
  Counter upstream_failures;   ///< connections that got a 502
  Counter accept_pauses;       ///< times that descriptors or memory ran out
  Counter full;                ///< times that there were as many connections as there may be
  Counter timeouts;            ///< connections ended for want of a request
  Counter stalls;              ///< reads that their receiver did not take whole
  Counter pending_bytes_peak;  ///< the most that one direction ever had to hold
  HandshakeCounters client_handshakes;
  HandshakeCounters upstream_handshakes;
};

struct HandshakeTotals {
  std::uint64_t full = 0;
  std::uint64_t resumed = 0;
  std::uint64_t failed = 0;

  void add(const HandshakeCounters& counters) noexcept {
    full += counters.full.get();
    resumed += counters.resumed.get();
    failed += counters.failed.get();
  }
};

/// The counters of all loops at one moment.
struct Totals {
  std::uint64_t accepted = 0;
  std::uint64_t active = 0;
  std::uint64_t bytes_to_server = 0;
  std::uint64_t bytes_to_client = 0;
  std::uint64_t upstream_failures = 0;
  std::uint64_t accept_pauses = 0;
  std::uint64_t full = 0;
  std::uint64_t timeouts = 0;
  std::uint64_t stalls = 0;
  std::uint64_t pending_bytes_peak = 0;
  HandshakeTotals client_handshakes;
  HandshakeTotals upstream_handshakes;
};

}  // namespace proxy::net
