#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/address/ip_address.hpp"
#include "core/instant.hpp"

namespace proxy::net {

/// How one of several upstreams is chosen for a connection (`--balance`).
enum class BalancePolicy : std::uint8_t {
  Sticky,      ///< by the client's address
  RoundRobin,  ///< one after the other
  Random,
};

/// Which of several upstreams each connection goes to, and which of them are passed over because
/// they could not be reached. One for all loops, on any thread, without a lock.
///
/// Sticky is rendezvous hashing: each upstream is scored by a hash of the client's address (without
/// its port) and the upstream's name, and the highest score is the client's. It is the same in
/// every run and on every machine, in whatever order upstreams are named, and an upstream that is
/// missing moves its own clients alone.
///
/// An upstream that cannot be reached rests: it is passed over for kRestMin, twice as long each
/// time that it fails again, kRestMax at most. After each rest one connection that would go there
/// tries it; if that fails too, the connection goes to its next choice, as all others did. Where
/// all rest, all are tried.
class Balance {
 public:
  /// `names` are `HOST:PORT`, one to kUpstreamsMax of them.
  Balance(BalancePolicy policy, std::vector<std::string> names);

  /// One connection's way through the upstreams.
  struct Way {
    std::uint64_t key = 0;    ///< what the order of its choices hangs on
    std::uint64_t tried = 0;  ///< bit set
  };
  /// @param random A number that nobody can tell; of use to BalancePolicy::Random alone.
  [[nodiscard]] Way begin(const core::address::IpAddress& client, std::uint64_t random) noexcept;
  /// The upstream to try next, counted from 0; nothing: all were tried.
  [[nodiscard]] std::optional<std::uint8_t> next(Way& way, core::Instant now) noexcept;
  /// The one that it would go to if all could be reached.
  [[nodiscard]] std::uint8_t first_choice(const Way& way) const noexcept;

  /// Whether what happened is news.
  enum class News : std::uint8_t { Known, WentDown, CameUp };
  News failed(std::uint8_t upstream, core::Instant now) noexcept;
  News reached(std::uint8_t upstream) noexcept;

  struct Standing {
    std::string name;
    bool up = true;
    std::uint64_t connections = 0;  ///< that reached it
    std::uint64_t failures = 0;     ///< attempts that did not
  };
  [[nodiscard]] std::vector<Standing> standings() const;
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool has_choice() const noexcept { return size_ > 1; }

 private:
  struct Member {
    std::string name;
    std::uint64_t hash = 0;
    std::atomic<core::Duration::rep> rests_until{0};  ///< 0: it is up
    std::atomic<std::uint32_t> rests{0};              ///< in a row
    std::atomic<std::uint64_t> connections{0};
    std::atomic<std::uint64_t> failures{0};
  };
  [[nodiscard]] std::uint8_t best(const Way& way, std::uint64_t among) const noexcept;
  [[nodiscard]] bool may_be_tried(Member& member, core::Instant now) noexcept;

  BalancePolicy policy_;
  std::size_t size_;
  std::unique_ptr<Member[]> members_;
  std::atomic<std::uint64_t> turn_{0};  ///< of BalancePolicy::RoundRobin
};

}  // namespace proxy::net
