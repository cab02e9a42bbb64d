// Law: a file of packets read byte by byte gives the recording that it gives when read whole, its
// instants never fall, and no input asserts. The input is the file.

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "core/capture/pcap_reader.hpp"
#include "core/capture/pcapng_reader.hpp"
#include "tests/core/capture/packets.hpp"

namespace {

using namespace core::capture;

std::vector<std::string> told(const std::string& file, std::size_t piece_bytes) {
  packets::Text source(file, piece_bytes);
  Input input(source);
  std::unique_ptr<PacketSource> reader;
  if (PcapngReader::recognises(file))
    reader = std::make_unique<PcapngReader>(input);
  else if (PcapReader::recognises(file))
    reader = std::make_unique<PcapReader>(input);
  else
    return {};
  PacketRecording recording({reader.get()});
  packets::Lines lines;
  core::Instant latest{};
  while (const auto item = recording.next()) {
    if (item->at < latest) std::abort();
    latest = item->at;
    lines.add(*item);
    if (latest.time_since_epoch().count() % 7 == 3) recording.ignore(item->connection);
  }
  std::vector<std::string> all = lines.all();
  for (const auto& found : recording.take_problems())
    all.push_back(std::to_string(found.problem.offset_bytes) + found.problem.sentence);
  all.push_back(std::to_string(recording.end().at.time_since_epoch().count()));
  return all;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string file(reinterpret_cast<const char*>(data), size);
  if (told(file, size + 1) != told(file, 1)) std::abort();
  return 0;
}
