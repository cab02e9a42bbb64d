#include "proxy/net/balance.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <map>
#include <set>
#include <string>

#include "proxy/net/limits.hpp"

using namespace proxy::net;
using namespace std::chrono_literals;
using core::Instant;
using News = Balance::News;

namespace {

constexpr Instant kStart{100s};
const std::vector<std::string> kThree{"app-1:3000", "app-2:3000", "app-3:3000"};

core::address::IpAddress client(unsigned number) {
  return *core::address::ip_address_of("10.0." + std::to_string(number / 256) + "." +
                                       std::to_string(number % 256));
}

/// Where one connection goes if whoever is chosen first can be reached.
std::uint8_t chosen(Balance& balance, unsigned number, Instant now = kStart,
                    std::uint64_t random = 0) {
  Balance::Way way = balance.begin(client(number), random);
  return balance.next(way, now).value();
}

}  // namespace

TEST_CASE("Balance: sticky sends an address to one upstream, and addresses to all of them") {
  Balance balance(BalancePolicy::Sticky, kThree);
  std::map<std::uint8_t, int> shares;
  for (unsigned number = 0; number < 600; ++number) {
    const std::uint8_t first = chosen(balance, number);
    CHECK(chosen(balance, number) == first);
    ++shares[first];
  }
  CHECK(shares.size() == 3);
  for (const auto& [upstream, share] : shares) CHECK(share > 120);
}

TEST_CASE("Balance: sticky hangs on the names of upstreams, not on their order") {
  Balance one(BalancePolicy::Sticky, kThree);
  Balance other(BalancePolicy::Sticky, {kThree[2], kThree[0], kThree[1]});
  for (unsigned number = 0; number < 100; ++number)
    CHECK((chosen(one, number) + 1) % 3 == chosen(other, number));
}

TEST_CASE("Balance: an upstream that is down moves its own clients alone, and gets them back") {
  Balance balance(BalancePolicy::Sticky, kThree);
  std::map<unsigned, std::uint8_t> before;
  for (unsigned number = 0; number < 100; ++number) before[number] = chosen(balance, number);
  CHECK(balance.failed(1, kStart) == News::WentDown);
  for (unsigned number = 0; number < 100; ++number) {
    const std::uint8_t now = chosen(balance, number);
    CHECK(now != 1);
    if (before[number] != 1) CHECK(now == before[number]);
  }
  CHECK(balance.reached(1) == News::CameUp);
  for (unsigned number = 0; number < 100; ++number)
    CHECK(chosen(balance, number) == before[number]);
}

TEST_CASE("Balance: round robin goes from one to the next") {
  Balance balance(BalancePolicy::RoundRobin, kThree);
  for (unsigned turn = 0; turn < 7; ++turn) CHECK(chosen(balance, 1) == turn % 3);
}

TEST_CASE("Balance: random hangs on the number that it is given") {
  Balance balance(BalancePolicy::Random, kThree);
  std::set<std::uint8_t> seen;
  for (std::uint64_t random = 0; random < 50; ++random) {
    seen.insert(chosen(balance, 1, kStart, random));
    CHECK(chosen(balance, 1, kStart, random) == chosen(balance, 2, kStart, random));
  }
  CHECK(seen.size() == 3);
}

TEST_CASE("Balance: a connection tries each upstream once, its first choice first") {
  for (const BalancePolicy policy :
       {BalancePolicy::Sticky, BalancePolicy::RoundRobin, BalancePolicy::Random}) {
    Balance balance(policy, kThree);
    Balance::Way way = balance.begin(client(7), 99);
    CHECK(balance.first_choice(way) == balance.first_choice(way));
    std::set<std::uint8_t> tried;
    const std::uint8_t first = balance.first_choice(way);
    while (const auto upstream = balance.next(way, kStart)) {
      if (tried.empty()) CHECK(*upstream == first);
      CHECK(tried.insert(*upstream).second);
      balance.failed(*upstream, kStart);
    }
    CHECK(tried.size() == 3);
  }
}

TEST_CASE("Balance: where all rest, all are tried, in the order of choice") {
  Balance balance(BalancePolicy::RoundRobin, kThree);
  for (std::uint8_t upstream = 0; upstream < 3; ++upstream) balance.failed(upstream, kStart);
  Balance::Way way = balance.begin(client(1), 0);
  CHECK(balance.next(way, kStart + 1ms) == 0);
  CHECK(balance.next(way, kStart + 1ms) == 1);
  CHECK(balance.next(way, kStart + 1ms) == 2);
  CHECK_FALSE(balance.next(way, kStart + 1ms));
}

TEST_CASE("Balance: after a rest one connection tries it, and the others still pass it over") {
  Balance balance(BalancePolicy::RoundRobin, {"a:1", "b:1"});
  const auto goes_to_first = [&](Instant now) {
    Balance::Way way;  // The turn of the first.
    return balance.next(way, now) == 0;
  };
  CHECK(balance.failed(0, kStart) == News::WentDown);
  CHECK_FALSE(goes_to_first(kStart + limits::kRestMin - 1ms));
  const Instant probed = kStart + limits::kRestMin;
  CHECK(goes_to_first(probed));
  CHECK_FALSE(goes_to_first(probed));

  SUBCASE("it fails again: it rests twice as long, and that is no news") {
    CHECK(balance.failed(0, probed) == News::Known);
    CHECK_FALSE(goes_to_first(probed + 2 * limits::kRestMin - 1ms));
    CHECK(goes_to_first(probed + 2 * limits::kRestMin));
  }
  SUBCASE("it is reached: it is up") {
    CHECK(balance.reached(0) == News::CameUp);
    CHECK(goes_to_first(probed));
    CHECK(goes_to_first(probed));
    CHECK(balance.reached(0) == News::Known);
    CHECK(balance.failed(0, probed) == News::WentDown);
    CHECK(goes_to_first(probed + limits::kRestMin));
  }
}

TEST_CASE("Balance: rests have a longest") {
  Balance balance(BalancePolicy::RoundRobin, {"a:1", "b:1"});
  balance.failed(0, kStart);
  Instant now = kStart;
  for (int probe = 0; probe < 20; ++probe) {
    now += limits::kRestMax;
    Balance::Way way;
    CHECK(balance.next(way, now) == 0);
    balance.failed(0, now);
  }
}

TEST_CASE("Balance: many failures at once are one rest") {
  Balance balance(BalancePolicy::RoundRobin, {"a:1", "b:1"});
  CHECK(balance.failed(0, kStart) == News::WentDown);
  for (int more = 0; more < 50; ++more) CHECK(balance.failed(0, kStart + 1ms) == News::Known);
  Balance::Way way;
  CHECK(balance.next(way, kStart + limits::kRestMin) == 0);
}

TEST_CASE("Balance: who has no choice is always tried") {
  Balance balance(BalancePolicy::Sticky, {"a:1"});
  CHECK_FALSE(balance.has_choice());
  balance.failed(0, kStart);
  CHECK(chosen(balance, 1) == 0);
  CHECK(chosen(balance, 2) == 0);
}

TEST_CASE("Balance: it counts, by name") {
  Balance balance(BalancePolicy::Sticky, {"a:1", "b:1"});
  balance.reached(1);
  balance.reached(1);
  balance.failed(0, kStart);
  const auto standings = balance.standings();
  REQUIRE(standings.size() == 2);
  CHECK(standings[0].name == "a:1");
  CHECK_FALSE(standings[0].up);
  CHECK(standings[0].failures == 1);
  CHECK(standings[1].up);
  CHECK(standings[1].connections == 2);
}
