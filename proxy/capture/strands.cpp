#include "proxy/capture/strands.hpp"

#include <algorithm>
#include <utility>

#include "core/capture/address.hpp"
#include "proxy/capture/limits.hpp"

namespace proxy::capture {

using core::Direction;
using core::index_of;
using core::StreamEnd;

namespace {
constexpr Direction kDirections[] = {Direction::ToServer, Direction::ToClient};
}

void Strands::take(const Piece& piece, std::span<char> text) {
  if (piece.kind == Piece::Kind::Opened) {
    open(piece, {text.data(), text.size()});
    return release();
  }
  const auto found = strands_.find(piece.connection);
  if (found == strands_.end()) return;  // Its begin was lost.
  const std::shared_ptr<Strand> strand = found->second;
  if (piece.kind == Piece::Kind::Bytes)
    take_bytes(strand, piece, text);
  else
    take_end(strand, piece);
  release();
  while (held_bytes_ > limits::kHeldBytesMax) hide_first();
  if (strand->reset || strand->ended == 2) strands_.erase(found);
}

void Strands::open(const Piece& piece, std::string_view text) {
  const std::size_t space = text.find(' ');
  const auto client = core::capture::endpoint_of(text.substr(0, space));
  const auto server =
      core::capture::endpoint_of(space == text.npos ? std::string_view() : text.substr(space + 1));
  if (!client || !server || client->ipv6 != server->ipv6) return;
  auto strand = std::make_shared<Strand>();
  strand->tcp.emplace(*client, *server, static_cast<std::uint64_t>(piece.connection));
  if (disguise_ != nullptr) strand->disguise.emplace(*disguise_);
  strands_[piece.connection] = strand;
  hold({.at = piece.at,
        .strand = strand,
        .kind = Piece::Kind::Opened,
        .direction = Direction::ToServer,
        .bytes = {}});
}

void Strands::take_bytes(const std::shared_ptr<Strand>& strand, const Piece& piece,
                         std::span<char> text) {
  std::uint64_t& received = strand->received[index_of(piece.direction)];
  const std::uint64_t missing = piece.offset_bytes - received;
  received = piece.offset_bytes + text.size();
  // Where bytes are missing nobody knows any more where secrets stand.
  if (missing > 0 && strand->disguise) break_off(*strand);
  if (strand->broken_off) return;
  if (strand->disguise) return disguise(strand, piece, text);

  Held held{.at = piece.at,
            .strand = strand,
            .kind = Piece::Kind::Bytes,
            .direction = piece.direction,
            .begin = piece.offset_bytes,
            .skipped = missing,
            .bytes = {}};
  write(*strand, held, {text.data(), text.size()});  // Nothing is ever held.
}

void Strands::disguise(const std::shared_ptr<Strand>& strand, const Piece& piece,
                       std::span<char> text) {
  Held held{.at = piece.at,
            .strand = strand,
            .kind = Piece::Kind::Bytes,
            .direction = piece.direction,
            .begin = piece.offset_bytes,
            .bytes = {}};
  changes_.clear();
  core::disguise::Disguise& disguise = *strand->disguise;
  disguise.receive(piece.direction, text, changes_);

  const std::uint64_t end = piece.offset_bytes + text.size();
  const bool rewritten =
      disguise.rewritten_from(Direction::ToServer) || disguise.rewritten_from(Direction::ToClient);
  if (!rewritten && changes_.empty() && held_.empty() && disguise.settled(piece.direction) >= end)
    return write(*strand, held, {text.data(), text.size()});  // Nearly always.

  if (!strand->rewritten[index_of(piece.direction)]) {
    held.bytes.assign(text.data(), text.size());
    hold(std::move(held));
  }
  apply(*strand, changes_);
  if (rewritten)
    for (const Direction direction : kDirections) {
      if (!disguise.rewritten_from(direction)) continue;
      if (!std::exchange(strand->rewritten[index_of(direction)], true))
        cut_rewritten(*strand, direction);
      if (std::string bytes = disguise.take_rewritten(direction); !bytes.empty())
        hold({.at = piece.at,
              .strand = strand,
              .kind = Piece::Kind::Bytes,
              .direction = direction,
              .bytes = std::move(bytes),
              .final = true});
    }
  if (disguise.is_lost()) {
    release();  // What was written anew stands.
    break_off(*strand);
  }
}

void Strands::take_end(const std::shared_ptr<Strand>& strand, const Piece& piece) {
  if (strand->disguise && !strand->broken_off &&
      (piece.end == StreamEnd::Reset ||
       strand->disguise->settled(piece.direction) < strand->received[index_of(piece.direction)])) {
    changes_.clear();
    strand->disguise->give_up(changes_);
    apply(*strand, changes_);
  }
  strand->reset = strand->reset || piece.end == StreamEnd::Reset;
  ++strand->ended;
  hold({.at = piece.at,
        .strand = strand,
        .kind = Piece::Kind::Ended,
        .direction = piece.direction,
        .end = piece.end,
        .bytes = {}});
}

/// Writes changes over what waits. (What was written is settled, and never changed.)
void Strands::apply(const Strand& strand, const std::vector<core::disguise::Replacement>& changes) {
  for (const core::disguise::Replacement& change : changes) {
    const std::uint64_t change_end = change.offset_bytes + change.bytes.size();
    for (Held& held : held_) {
      if (held.strand.get() != &strand || held.kind != Piece::Kind::Bytes || held.final ||
          held.direction != change.direction)
        continue;
      const std::uint64_t begin = std::max(held.begin, change.offset_bytes);
      const std::uint64_t end = std::min(held.begin + held.bytes.size(), change_end);
      if (begin >= end) continue;
      held.bytes.replace(static_cast<std::size_t>(begin - held.begin),
                         static_cast<std::size_t>(end - begin), change.bytes,
                         static_cast<std::size_t>(begin - change.offset_bytes),
                         static_cast<std::size_t>(end - begin));
    }
  }
}

/// From here on the direction is written anew: what waits of its bytes is not to be written.
void Strands::cut_rewritten(Strand& strand, Direction direction) {
  const std::uint64_t from = *strand.disguise->rewritten_from(direction);
  for (Held& held : held_) {
    if (held.strand.get() != &strand || held.kind != Piece::Kind::Bytes ||
        held.direction != direction)
      continue;
    if (held.begin + held.bytes.size() <= from) continue;
    held.bytes.resize(held.begin < from ? static_cast<std::size_t>(from - held.begin) : 0);
  }
}

void Strands::break_off(Strand& strand) {
  if (std::exchange(strand.broken_off, true)) return;
  broken_off_.fetch_add(1, std::memory_order_relaxed);
  changes_.clear();
  strand.disguise->give_up(changes_);
  apply(strand, changes_);
  // A byte that is missing tells readers that this is not the end.
  if (strand.tcp)
    for (const Direction direction : kDirections) strand.tcp->skip(direction, 1);
}

void Strands::hold(Held held) {
  held_bytes_ += held.bytes.size();
  held_.push_back(std::move(held));
}

void Strands::release() {
  while (!held_.empty() && is_settled(held_.front())) {
    const Held held = std::move(held_.front());
    held_.pop_front();
    held_bytes_ -= std::min(held_bytes_, held.bytes.size());
    write(*held.strand, held, held.bytes);
  }
  if (held_.empty()) held_bytes_ = 0;
}

bool Strands::is_settled(const Held& held) const noexcept {
  if (held.kind != Piece::Kind::Bytes || held.final || !held.strand->disguise) return true;
  return held.strand->disguise->settled(held.direction) >= held.begin + held.bytes.size();
}

void Strands::write(Strand& strand, const Held& held, std::string_view bytes) {
  if (!strand.tcp) return;
  const core::Instant at = held.at + to_epoch_;
  if (first_ == core::Instant{}) first_ = at;
  last_ = at;
  switch (held.kind) {
    case Piece::Kind::Opened:
      return strand.tcp->open(at, blocks_);
    case Piece::Kind::Bytes:
      if (held.skipped > 0) strand.tcp->skip(held.direction, held.skipped);
      return strand.tcp->send(held.direction, bytes, at, blocks_);
    case Piece::Kind::Ended:
      strand.tcp->end(held.direction, held.end, at, blocks_);
      if (held.end == StreamEnd::Reset) strand.tcp.reset();  // It is told for both, and once.
      return;
  }
}

/// The oldest of what waits is hidden, so that it waits no more.
void Strands::hide_first() {
  break_off(*held_.front().strand);
  release();
}

void Strands::advance(core::Instant now) {
  while (!held_.empty() && now - held_.front().at > limits::kHeldMax) hide_first();
}

void Strands::finish() {
  while (!held_.empty()) hide_first();
}

}  // namespace proxy::capture
