#include "proxy/net/balance.hpp"

#include <xxhash.h>

#include <algorithm>
#include <cassert>

#include "proxy/net/limits.hpp"

namespace proxy::net {
namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;

core::Duration rest_of(std::uint32_t rests) noexcept {
  const core::Duration doubled =
      core::Duration(limits::kRestMin) * (std::uint64_t{1} << std::min<std::uint32_t>(rests, 10));
  return std::min<core::Duration>(doubled, limits::kRestMax);
}

core::Duration::rep number_of(core::Instant at) noexcept { return at.time_since_epoch().count(); }

constexpr std::uint64_t bit(std::size_t upstream) noexcept { return std::uint64_t{1} << upstream; }

}  // namespace

Balance::Balance(BalancePolicy policy, std::vector<std::string> names)
    : policy_(policy), size_(names.size()), members_(std::make_unique<Member[]>(names.size())) {
  assert(size_ >= 1 && size_ <= limits::kUpstreamsMax);
  for (std::size_t i = 0; i < size_; ++i) {
    members_[i].hash = XXH3_64bits(names[i].data(), names[i].size());
    members_[i].name = std::move(names[i]);
  }
}

Balance::Way Balance::begin(const core::address::IpAddress& client, std::uint64_t random) noexcept {
  switch (policy_) {
    case BalancePolicy::Sticky:
      return {XXH3_64bits(client.bytes.data(), client.bytes.size())};
    case BalancePolicy::RoundRobin:
      return {turn_.fetch_add(1, kRelaxed)};
    case BalancePolicy::Random:
      break;
  }
  return {random};
}

std::uint8_t Balance::best(const Way& way, std::uint64_t among) const noexcept {
  std::size_t chosen = size_;
  std::uint64_t chosen_score = 0;
  for (std::size_t i = 0; i < size_; ++i) {
    if ((among & bit(i)) == 0) continue;
    const std::uint64_t score =
        policy_ == BalancePolicy::RoundRobin
            ? size_ - (i + size_ - way.key % size_) % size_
            : XXH3_64bits_withSeed(&members_[i].hash, sizeof members_[i].hash, way.key);
    if (chosen == size_ || score > chosen_score) {
      chosen = i;
      chosen_score = score;
    }
  }
  return static_cast<std::uint8_t>(chosen);
}

std::uint8_t Balance::first_choice(const Way& way) const noexcept {
  return best(way, ~std::uint64_t{0});
}

/// Whether it is up, or has rested enough and nobody else tries it: then we do.
bool Balance::may_be_tried(Member& member, core::Instant now) noexcept {
  core::Duration::rep until = member.rests_until.load(kRelaxed);
  if (until == 0) return true;
  if (until > number_of(now)) return false;
  const core::Instant next = now + rest_of(member.rests.load(kRelaxed));
  if (!member.rests_until.compare_exchange_strong(until, number_of(next), kRelaxed)) return false;
  member.rests.fetch_add(1, kRelaxed);
  return true;
}

std::optional<std::uint8_t> Balance::next(Way& way, core::Instant now) noexcept {
  const std::uint64_t all = size_ == 64 ? ~std::uint64_t{0} : bit(size_) - 1;
  std::uint64_t open = all & ~way.tried;
  if (open == 0) return std::nullopt;
  std::uint8_t chosen = best(way, open);
  while (has_choice() && !may_be_tried(members_[chosen], now)) {
    open &= ~bit(chosen);
    if (open == 0) {  // All rest.
      chosen = best(way, all & ~way.tried);
      break;
    }
    chosen = best(way, open);
  }
  way.tried |= bit(chosen);
  return chosen;
}

Balance::News Balance::failed(std::uint8_t upstream, core::Instant now) noexcept {
  Member& member = members_[upstream];
  member.failures.fetch_add(1, kRelaxed);
  core::Duration::rep up = 0;
  if (!member.rests_until.compare_exchange_strong(up, number_of(now + rest_of(0)), kRelaxed))
    return News::Known;
  member.rests.store(1, kRelaxed);
  return News::WentDown;
}

Balance::News Balance::reached(std::uint8_t upstream) noexcept {
  Member& member = members_[upstream];
  member.connections.fetch_add(1, kRelaxed);
  if (member.rests_until.load(kRelaxed) == 0) return News::Known;
  return member.rests_until.exchange(0, kRelaxed) == 0 ? News::Known : News::CameUp;
}

std::vector<Balance::Standing> Balance::standings() const {
  std::vector<Standing> all;
  for (std::size_t i = 0; i < size_; ++i) {
    const Member& member = members_[i];
    all.push_back({member.name, member.rests_until.load(kRelaxed) == 0,
                   member.connections.load(kRelaxed), member.failures.load(kRelaxed)});
  }
  return all;
}

}  // namespace proxy::net
