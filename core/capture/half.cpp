#include "core/capture/half.hpp"

#include <algorithm>

#include "core/limits.hpp"

namespace core::capture {
namespace {

/// Offsets begin here, so that what was sent before the first byte has one too.
constexpr std::uint64_t kOrigin = std::uint64_t{1} << 32;
/// Farther from the next byte than any window reaches: a stray segment, of another connection.
constexpr std::uint64_t kStrayBytes = std::uint64_t{1} << 30;

}  // namespace

void Half::start(std::uint32_t sequence, Instant at) noexcept {
  started_ = true;
  latest_ = at;
  origin_ = sequence;
  next_ = acknowledged_ = kOrigin;
}

/// The offset nearest to the next byte that has this sequence number.
std::uint64_t Half::offset_of(std::uint32_t sequence) const noexcept {
  const std::uint32_t expected = origin_ + static_cast<std::uint32_t>(next_ - kOrigin);
  const auto distance = static_cast<std::int32_t>(sequence - expected);
  return next_ + static_cast<std::uint64_t>(static_cast<std::int64_t>(distance));
}

void Half::receive(std::uint32_t sequence, std::string_view payload, std::uint32_t absent_bytes,
                   Instant at, const Told& told) {
  std::uint64_t offset = offset_of(sequence);
  const std::uint64_t end = offset + payload.size() + absent_bytes;
  if (end <= next_ || offset > next_ + kStrayBytes || over_) return;
  if (offset < next_) {  // Sent again, with more behind it.
    const std::uint64_t old = next_ - offset;
    if (old > payload.size()) absent_bytes -= static_cast<std::uint32_t>(old - payload.size());
    payload.remove_prefix(std::min<std::uint64_t>(old, payload.size()));
    offset = next_;
  }
  if (ignored_) {
    next_ = end;
    latest_ = std::max(latest_, at);
  } else {
    take(offset, payload, absent_bytes, at, told);
  }
  deliver_waiting(told);
}

void Half::take(std::uint64_t offset, std::string_view bytes, std::uint64_t absent_bytes,
                Instant at, const Told& told) {
  if (offset == next_ && waiting_.empty()) return deliver(bytes, absent_bytes, at, told);
  keep(offset, bytes, 0, at);
  if (absent_bytes != 0) keep(offset + bytes.size(), {}, absent_bytes, at);
  if (waiting_bytes_ <= limits::kReorderBytesMax && waiting_.size() <= limits::kReorderPiecesMax)
    return;
  deliver_waiting(told);
  if (!waiting_.empty()) give_up(waiting_.begin()->first, told);  // Whoever has it.
}

/// Keeps the parts that are not there yet.
void Half::keep(std::uint64_t offset, std::string_view bytes, std::uint64_t absent_bytes,
                Instant at) {
  const std::uint64_t end = offset + bytes.size() + absent_bytes;
  while (offset < end) {
    // A piece that covers the front, or how far it is to the next one.
    auto following = waiting_.upper_bound(offset);
    if (following != waiting_.begin()) {
      const auto before = std::prev(following);
      const std::uint64_t covered = before->first + before->second.size();
      if (covered > offset) {
        const std::uint64_t skip = std::min(covered, end) - offset;
        bytes.remove_prefix(std::min<std::uint64_t>(skip, bytes.size()));
        offset += skip;
        continue;
      }
    }
    const std::uint64_t size =
        (following == waiting_.end() ? end : std::min(end, following->first)) - offset;
    Piece piece{{}, 0, at};
    if (absent_bytes != 0) {
      piece.absent_bytes = size;
    } else {
      piece.bytes = bytes.substr(0, size);
      bytes.remove_prefix(size);
      waiting_bytes_ += size;
    }
    waiting_.emplace_hint(following, offset, std::move(piece));
    offset += size;
  }
}

void Half::deliver(std::string_view bytes, std::uint64_t absent_bytes, Instant at,
                   const Told& told) {
  latest_ = std::max(latest_, at);
  next_ += bytes.size() + absent_bytes;
  if (next_ >= acknowledged_) hole_since_ = Instant::max();
  told.items.bytes(latest_, told.connection, told.direction, bytes);
  if (absent_bytes != 0) told.items.missing(latest_, told.connection, told.direction, absent_bytes);
}

void Half::deliver_waiting(const Told& told) {
  while (!waiting_.empty() && waiting_.begin()->first <= next_) {
    const auto node = waiting_.extract(waiting_.begin());
    waiting_bytes_ -= node.mapped().bytes.size();
    deliver(node.mapped().bytes, node.mapped().absent_bytes, node.mapped().at, told);
  }
  if (!fin_ || next_ < *fin_ || over_) return;
  over_ = true;
  hole_since_ = Instant::max();
  told.items.ended(std::max(latest_, fin_at_), told.connection, told.direction, StreamEnd::Fin);
}

void Half::fin(std::uint32_t sequence, Instant at, const Told& told) {
  if (fin_ || over_) return;
  fin_ = offset_of(sequence);
  fin_at_ = at;
  if (ignored_) next_ = std::max(next_, *fin_);
  deliver_waiting(told);
}

void Half::acknowledged(std::uint32_t sequence, Instant at) noexcept {
  if (over_ || ignored_) return;
  const std::uint64_t offset = offset_of(sequence);
  if (offset <= acknowledged_ || offset > next_ + kStrayBytes) return;
  acknowledged_ = offset;
  // The receiver had it before it said so.
  if (acknowledged_ > next_ && hole_since_ == Instant::max()) hole_since_ = at - Duration(1);
}

Instant Half::deadline() const noexcept {
  return hole_since_ == Instant::max() ? hole_since_ : hole_since_ + limits::kReorderPatience;
}

void Half::advance(Instant now, const Told& told) {
  while (hole_since_ != Instant::max() && deadline() <= now && !over_) {
    std::uint64_t end = acknowledged_;
    if (!waiting_.empty()) end = std::min(end, waiting_.begin()->first);
    if (fin_) end = std::min(end, *fin_);
    give_up(end, told);
  }
}

/// What is missing up to `end` will not come.
void Half::give_up(std::uint64_t end, const Told& told) {
  const std::uint64_t size = end - next_;
  if (hole_since_ != Instant::max()) latest_ = std::max(latest_, hole_since_);
  next_ = end;
  if (next_ >= acknowledged_) hole_since_ = Instant::max();
  if (size == 1 && waiting_.empty() && !fin_) {
    // An acknowledgement counts the FIN as a byte, and no message is so short.
    fin_ = next_;
    fin_at_ = latest_;
  } else {
    told.items.missing(latest_, told.connection, told.direction, size);
  }
  deliver_waiting(told);
}

void Half::drop() noexcept {
  waiting_.clear();
  waiting_bytes_ = 0;
  hole_since_ = Instant::max();
  over_ = true;
}

void Half::ignore() noexcept {
  waiting_.clear();
  waiting_bytes_ = 0;
  hole_since_ = Instant::max();
  ignored_ = true;
}

}  // namespace core::capture
