#include "core/session/front_vector.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <random>
#include <vector>

using core::session::FrontVector;

TEST_CASE("FrontVector: does what a deque does, whatever is done to it") {
  const std::uint64_t seed = std::random_device{}();
  INFO("seed " << seed);
  std::mt19937_64 random(seed);
  FrontVector<int> ours;
  std::deque<int> theirs;
  for (int i = 0; i < 20'000; ++i) {
    const std::size_t at = theirs.empty() ? 0 : random() % theirs.size();
    const auto offset = static_cast<std::ptrdiff_t>(at);
    switch (random() % 6) {
      case 0:
      case 1:
        ours.push_back(i);
        theirs.push_back(i);
        break;
      case 2:
        if (theirs.empty()) break;
        ours.pop_front();
        theirs.pop_front();
        break;
      case 3:
        ours.insert(ours.begin() + offset, i);
        theirs.insert(theirs.begin() + offset, i);
        break;
      case 4:
        if (theirs.empty()) break;
        ours.erase(ours.begin() + offset);
        theirs.erase(theirs.begin() + offset);
        break;
      default: {
        const auto odd = [](int value) { return value % 7 == 0; };
        CHECK(ours.erase_if(odd) == std::erase_if(theirs, odd));
      }
    }
    REQUIRE(ours.size() == theirs.size());
    REQUIRE(ours.empty() == theirs.empty());
    REQUIRE(std::equal(ours.begin(), ours.end(), theirs.begin(), theirs.end()));
  }
}

TEST_CASE("FrontVector: emptied from the front, it keeps no memory") {
  FrontVector<std::vector<int>> queue;
  for (int i = 0; i < 100; ++i) queue.push_back(std::vector<int>(10, i));
  for (int i = 0; i < 100; ++i) {
    CHECK(queue.front().front() == i);
    queue.pop_front();
  }
  CHECK(queue.empty());
}
