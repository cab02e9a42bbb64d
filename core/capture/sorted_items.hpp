#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>

#include "core/capture/recording.hpp"
#include "core/limits.hpp"

namespace core::capture {

/// Items on their way to the order of a Recording: they come nearly sorted, and wait until nothing
/// can come before them any more. Owns what they say.
class SortedItems {
 public:
  enum class More : std::uint8_t { ToCome, Never };

  void opened(Instant at, ConnectionId connection, std::string client, std::string server,
              Opened::From from) {
    add(at, connection,
        {.text = std::move(client),
         .server = std::move(server),
         .what = Opened{.client = {}, .server = {}, .from = from}});
  }
  void bytes(Instant at, ConnectionId connection, Direction direction, std::string_view bytes) {
    if (!bytes.empty())
      add(at, connection, {.text = std::string(bytes), .server = {}, .what = Bytes{direction, {}}});
  }
  void missing(Instant at, ConnectionId connection, Direction direction, std::uint64_t bytes) {
    add(at, connection, {.text = {}, .server = {}, .what = Missing{direction, bytes}});
  }
  void ended(Instant at, ConnectionId connection, Direction direction, StreamEnd end) {
    add(at, connection, {.text = {}, .server = {}, .what = Ended{direction, end}});
  }

  /// Nothing earlier than a reordering before `at` will come.
  void reached(Instant at) noexcept { newest_ = std::max(newest_, at); }

  /// The first item, once it is certain to be that. Borrowed until the next call.
  [[nodiscard]] std::optional<Item> take(More more) {
    if (items_.empty()) return std::nullopt;
    const auto first = items_.begin();
    const Instant at = std::get<Instant>(first->first);
    if (more == More::ToCome && at + limits::kSortWindow > newest_ &&
        held_bytes_ <= limits::kSortBytesMax)
      return std::nullopt;
    released_ = at;
    const auto node = items_.extract(first);
    held_bytes_ -= weight(node.mapped());
    taken_ = std::move(node.mapped());
    Item item{at, std::get<ConnectionId>(node.key()), taken_.what};
    if (auto* opened = std::get_if<Opened>(&item.what)) {
      opened->client = taken_.text;
      opened->server = taken_.server;
    } else if (auto* bytes = std::get_if<Bytes>(&item.what)) {
      bytes->bytes = taken_.text;
    }
    return item;
  }

 private:
  struct Kept {
    std::string text;  ///< the bytes, or the client's address
    std::string server;
    decltype(Item::what) what;
  };
  using Key = std::tuple<Instant, ConnectionId, std::uint64_t>;

  static std::size_t weight(const Kept& kept) noexcept { return sizeof(Kept) + kept.text.size(); }

  /// What comes too late to be sorted comes now.
  void add(Instant at, ConnectionId connection, Kept kept) {
    held_bytes_ += weight(kept);
    items_.emplace(Key{std::max(at, released_), connection, added_++}, std::move(kept));
  }

  std::map<Key, Kept> items_;
  Kept taken_{};
  Instant newest_{};
  Instant released_{};
  std::uint64_t added_ = 0;
  std::size_t held_bytes_ = 0;
};

}  // namespace core::capture
