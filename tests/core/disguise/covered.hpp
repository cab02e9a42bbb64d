#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/disguise/disguise.hpp"

// What a capture would hold of one connection, for tests.

namespace covering {

/// Bytes that depend on the secret alone; tests need no better.
inline void keystream(std::string_view secret, std::span<char> out) {
  std::uint64_t state = std::hash<std::string_view>{}(secret) | 1;
  for (char& c : out) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    c = static_cast<char>(state >> 56);
  }
}

/// Both directions as they would be recorded.
class Covered {
 public:
  explicit Covered(const core::disguise::Settings& settings) : disguise_(settings) {}

  void receive(core::Direction direction, std::string_view bytes) {
    Stream& stream = streams_[core::index_of(direction)];
    if (!disguise_.rewritten_from(direction)) stream.bytes += bytes;
    std::string copy(bytes);
    std::vector<core::disguise::Replacement> changes;
    const std::uint64_t settled_before[] = {disguise_.settled(core::Direction::ToServer),
                                            disguise_.settled(core::Direction::ToClient)};
    disguise_.receive(direction, copy, changes);
    for (const auto& change : changes) {
      Stream& changed = streams_[core::index_of(change.direction)];
      if (change.offset_bytes < settled_before[core::index_of(change.direction)])
        settled_was_touched = true;
      changed.bytes.replace(static_cast<std::size_t>(change.offset_bytes), change.bytes.size(),
                            change.bytes);
    }
    for (const auto one : {core::Direction::ToServer, core::Direction::ToClient})
      if (const auto from = disguise_.rewritten_from(one)) {
        Stream& written = streams_[core::index_of(one)];
        if (!written.rewritten) written.bytes.resize(static_cast<std::size_t>(*from));
        written.rewritten = true;
        written.bytes += disguise_.take_rewritten(one);
      }
  }
  void give_up() {
    std::vector<core::disguise::Replacement> changes;
    disguise_.give_up(changes);
    for (const auto& change : changes)
      streams_[core::index_of(change.direction)].bytes.replace(
          static_cast<std::size_t>(change.offset_bytes), change.bytes.size(), change.bytes);
  }

  [[nodiscard]] const std::string& bytes(core::Direction direction) const {
    return streams_[core::index_of(direction)].bytes;
  }
  [[nodiscard]] const core::disguise::Disguise& disguise() const { return disguise_; }
  bool settled_was_touched = false;

 private:
  struct Stream {
    std::string bytes;
    bool rewritten = false;
  };
  core::disguise::Disguise disguise_;
  std::array<Stream, 2> streams_;
};

}  // namespace covering
