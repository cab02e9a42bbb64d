#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/direction.hpp"
#include "core/instant.hpp"
#include "rules/book.hpp"

namespace proxy::capture {

/// What is to be said about a packet of a capture: `f-1 leak/... (error, certain): ...`.
struct Note {
  core::Instant at;  ///< of the packet, in the capture's time
  core::Direction direction;
  std::string text;

  friend bool operator==(const Note&, const Note&) = default;
};

/// The findings of a run as notes on the packets that prove them: one for each frame of evidence
/// (silence has none), the last of which says all.
class Notes {
 public:
  /// `offset`: what is added to an instant to make it the capture's time.
  explicit Notes(core::Duration offset) : offset_(offset) {}

  /// As records come: the last one of a number counts.
  void apply(const rules::Record& record);
  /// By instant. Bounded: past limits::kNotesMax further findings get none.
  [[nodiscard]] std::vector<Note> sorted() const;

 private:
  core::Duration offset_;
  std::map<std::uint32_t, std::vector<Note>> by_finding_;
  std::size_t count_ = 0;
};

enum class Annotated : std::uint8_t { Yes, NothingToSay, Failed };

/// Writes the file anew with these notes as comments of their packets, and puts it in its place.
/// What cannot be written leaves the file as it was. `notes` are sorted by instant.
[[nodiscard]] Annotated annotate(const std::string& path, const std::vector<Note>& notes);

}  // namespace proxy::capture
