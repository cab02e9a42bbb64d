#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "core/instant.hpp"

namespace core::client {

/// The acks that one namespace waits for. Ids start at 0 and rise through all of a client's life,
/// never starting over, so that an answer that comes late cannot be taken for another's.
class WaitingAcks {
 public:
  /// A new id, waited for until `deadline`, or for as long as the connection lasts.
  [[nodiscard]] std::uint64_t ask(std::optional<Instant> deadline) {
    const std::uint64_t id = next_++;
    deadlines_.emplace(id, deadline);
    if (deadline) due_.emplace(*deadline, id);
    return id;
  }
  /// The answer came, or never will. False: nobody waits for it (any more).
  bool settle(std::uint64_t id) {
    const auto found = deadlines_.find(id);
    if (found == deadlines_.end()) return false;
    if (found->second) due_.erase({*found->second, id});
    deadlines_.erase(found);
    return true;
  }
  /// The ids whose time is over; they are waited for no longer.
  [[nodiscard]] std::vector<std::uint64_t> expire(Instant now) {
    std::vector<std::uint64_t> ids;
    while (!due_.empty() && due_.begin()->first <= now) {
      ids.push_back(due_.begin()->second);
      settle(ids.back());
    }
    return ids;
  }
  [[nodiscard]] std::vector<std::uint64_t> ids() const {
    std::vector<std::uint64_t> ids;
    for (const auto& [id, deadline] : deadlines_) ids.push_back(id);
    return ids;
  }
  [[nodiscard]] std::optional<Instant> deadline() const noexcept {
    return due_.empty() ? std::nullopt : std::optional(due_.begin()->first);
  }

 private:
  std::uint64_t next_ = 0;
  std::map<std::uint64_t, std::optional<Instant>> deadlines_;
  std::set<std::pair<Instant, std::uint64_t>> due_;
};

/// The acks that one namespace owes its server. Each is given once, and to the connection that
/// asked: an answer that comes later would be taken for another's.
class OwedAcks {
 public:
  void owe(std::uint64_t id, std::size_t most) {
    ids_.insert(id);
    if (ids_.size() > most) ids_.erase(ids_.begin());
  }
  /// False: it is not owed.
  [[nodiscard]] bool pay(std::uint64_t id) { return ids_.erase(id) > 0; }
  void forgive() { ids_.clear(); }

 private:
  std::set<std::uint64_t> ids_;
};

}  // namespace core::client
