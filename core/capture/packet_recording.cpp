#include "core/capture/packet_recording.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "core/capture/link_layer.hpp"
#include "core/limits.hpp"

namespace core::capture {

PacketRecording::PacketRecording(std::vector<PacketSource*> files) {
  for (PacketSource* const file : files) files_.push_back({file, file->next(), {}});
}

std::optional<Item> PacketRecording::next() {
  while (true) {
    if (auto item = items_.take(more_)) return item;
    if (more_ == SortedItems::More::Never) return std::nullopt;
    if (read()) continue;
    tcp_.finish();
    more_ = SortedItems::More::Never;
  }
}

bool PacketRecording::read() {
  File* earliest = nullptr;
  for (File& file : files_)
    if (file.next && (earliest == nullptr || file.next->at < earliest->next->at)) earliest = &file;
  if (earliest == nullptr) return false;
  const Packet& packet = *earliest->next;
  items_.reached(packet.at);
  tell_of(*earliest, packet);
  latest_ = std::max(latest_, packet.at);
  if (is_known(packet.link)) decode(packet);
  earliest->next = earliest->source->next();
  return true;
}

/// What is wrong with a packet as it stands in its file.
void PacketRecording::tell_of(File& file, const Packet& packet) {
  const auto problem = [&](std::string sentence) {
    found_.push_back(
        {static_cast<std::size_t>(&file - files_.data()), {0, std::move(sentence), true}});
  };
  if (!is_known(packet.link) && file.unknown.insert(packet.link).second)
    problem("packets of link type " + std::to_string(static_cast<unsigned>(packet.link)) +
            ", which is not supported; they are left out");
  if (packet.at + limits::kSortWindow < latest_ && !std::exchange(file.backwards_told, true))
    problem(
        "packets that are older than those before them: the clock was set back, or the file is "
        "out of order; sort it with reordercap");
}

void PacketRecording::decode(const Packet& packet) {
  const auto datagram = datagram_in(packet.bytes, packet.link);
  if (!datagram) return;
  const std::uint32_t absent_bytes =
      packet.original_bytes -
      std::min<std::uint32_t>(packet.original_bytes,
                              static_cast<std::uint32_t>(packet.bytes.size()));
  const auto ip = ip_.receive(*datagram, absent_bytes);
  if (!ip) return;
  if (const auto segment = segment_in(*ip)) tcp_.receive(*segment, packet.at);
}

Instant PacketRecording::began() const {
  Instant earliest = Instant::max();
  for (const File& file : files_)
    if (file.next) earliest = std::min(earliest, file.next->at);
  return earliest;
}

End PacketRecording::end() const {
  End whole;
  for (const File& file : files_) {
    const End one = file.source->end();
    whole.at = std::max(whole.at, one.at);
    whole.reached = whole.reached && one.reached;
    whole.command_ended = std::max(whole.command_ended, one.command_ended);
  }
  return whole;
}

std::vector<PacketRecording::Found> PacketRecording::take_problems() {
  std::vector<Found> all = std::exchange(found_, {});
  for (std::size_t i = 0; i < files_.size(); ++i)
    for (Problem& problem : files_[i].source->take_problems())
      all.push_back({i, std::move(problem)});
  return all;
}

}  // namespace core::capture
