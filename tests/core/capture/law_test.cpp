// The law: however the bytes of one conversation are cut into segments, and however these are
// reordered within the window and repeated, the recording holds the same bytes and the same ends.
#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "core/capture/pcap_reader.hpp"
#include "tests/core/capture/packets.hpp"

using namespace packets;

namespace {

using Random = std::mt19937_64;

std::size_t up_to(Random& random, std::size_t most) {
  return std::uniform_int_distribution<std::size_t>(0, most)(random);
}

/// Segments of `stream`, which may overlap and come again.
std::vector<Segment> cut(const std::string& stream, Direction direction, std::uint32_t first,
                         Random& random) {
  std::vector<Segment> all;
  for (std::size_t at = 0; at < stream.size();) {
    const std::size_t size = 1 + up_to(random, 20);
    const std::size_t back = std::min(at, up_to(random, 3) == 0 ? up_to(random, 10) : 0);
    all.push_back({direction, first + static_cast<std::uint32_t>(at - back), 0, 0,
                   stream.substr(at - back, size + back)});
    at += size;
    if (up_to(random, 4) == 0) all.push_back(all[up_to(random, all.size() - 1)]);
  }
  all.push_back({direction, first + static_cast<std::uint32_t>(stream.size()), 0, kFin, {}});
  return all;
}

std::string text(std::size_t size, char base) {
  std::string out;
  for (std::size_t i = 0; i < size; ++i) out += static_cast<char>(base + static_cast<int>(i % 26));
  return out;
}

/// All bytes of a direction, joined, with its end.
std::string stream_of(const std::vector<std::string>& lines, const std::string& arrow) {
  std::string all;
  for (const std::string& line : lines)
    if (line.find(arrow) == 1) {
      const std::string what = line.substr(4);
      all += what.front() == '"' ? what.substr(1, what.size() - 2) : what;
    }
  return all;
}

}  // namespace

TEST_CASE("law: any cutting, order and repetition of segments gives the same bytes") {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    Random random(seed);
    const auto first = static_cast<std::uint32_t>(random());  // So that numbers wrap, now and then.
    const std::string up = text(up_to(random, 400), 'a'), down = text(up_to(random, 400), 'A');
    std::vector<Segment> segments = cut(up, Direction::ToServer, first + 1, random);
    const std::vector<Segment> back = cut(down, Direction::ToClient, 500, random);
    segments.insert(segments.end(), back.begin(), back.end());
    std::shuffle(segments.begin(), segments.end(), random);
    segments.insert(segments.begin(), {Direction::ToServer, first, 0, kSyn, {}});
    segments.insert(segments.begin() + 1, {Direction::ToClient, 499, first + 1, kSyn | kAck, {}});

    const auto lines = lines_of(timed(segments));
    INFO("seed " << seed);
    CHECK(stream_of(lines, " > ") == up + "fin");
    CHECK(stream_of(lines, " < ") == down + "fin");
  }
}

TEST_CASE("law: a recording does not depend on how its file was read") {
  Random random(7);
  std::vector<Segment> segments{{Direction::ToServer, 0, 0, kSyn, {}}};
  for (const Segment& one : cut(text(300, 'a'), Direction::ToServer, 1, random))
    segments.push_back(one);
  const std::string file = pcap(timed(segments));
  const auto read = [&](std::size_t piece_bytes) {
    Text source(file, piece_bytes);
    core::capture::Input input(source);
    core::capture::PcapReader reader(input);
    core::capture::PacketRecording recording({&reader});
    return lines_of(recording);
  };
  const auto whole = read(file.size());
  CHECK(whole.size() == 3);
  for (const std::size_t piece_bytes : {1, 7, 100}) CHECK(read(piece_bytes) == whole);
}
