#include "core/capture/pcap_reader.hpp"

#include <doctest/doctest.h>

#include "core/limits.hpp"
#include "tests/core/capture/packets.hpp"

using namespace packets;
using core::capture::PcapReader;

namespace {

/// `1000000001 abc/3 link 1` a packet, then the problems.
std::vector<std::string> read(const std::string& file, std::size_t piece_bytes = 1000) {
  Text source(file, piece_bytes);
  core::capture::Input input(source);
  PcapReader reader(input);
  std::vector<std::string> lines;
  while (const auto packet = reader.next())
    lines.push_back(std::to_string(packet->at.time_since_epoch().count()) + " " +
                    std::string(packet->bytes) + "/" + std::to_string(packet->original_bytes) +
                    " link " + std::to_string(static_cast<int>(packet->link)));
  for (const auto& problem : reader.take_problems())
    lines.push_back(std::to_string(problem.offset_bytes) + ": " + problem.sentence);
  CHECK(reader.end().reached == (lines.empty() || lines.back().find(": ") == std::string::npos));
  return lines;
}

using Lines_ = std::vector<std::string>;

}  // namespace

TEST_CASE("pcap: nanoseconds, a cut packet, and the link type without what stands above it") {
  std::string file = pcap({{1'000'000'001, "abc"}, {2'500'000'000, "defgh", 3}});
  const Lines_ expected{"1000000001 abc/3 link 101", "2500000000 de/5 link 101"};
  CHECK(read(file) == expected);
  CHECK(read(file, 1) == expected);
  file[23] = '\x14';  // FCS bytes, in the upper half.
  CHECK(read(file) == expected);
}

TEST_CASE("pcap: microseconds, in big endian") {
  const std::string file = big(0xa1b2c3d4, 4) + big(2, 2) + big(4, 2) + big(0, 8) + big(96, 4) +
                           big(1, 4) + big(7, 4) + big(9, 4) + big(3, 4) + big(3, 4) + "abc";
  CHECK(PcapReader::recognises(file));
  CHECK(read(file) == Lines_{"7000009000 abc/3 link 1"});
}

TEST_CASE("pcap: a file that breaks off says where, and what came before stands") {
  const std::string file = pcap({{1, "abc"}, {2, "def"}});
  CHECK(read(file.substr(0, file.size() - 1)) ==
        Lines_{"1 abc/3 link 101", "43: the file ends inside a packet"});
  CHECK(read(file.substr(0, 50)) ==
        Lines_{"1 abc/3 link 101", "43: the file ends inside a packet"});
  CHECK(read(file.substr(0, 20)) == Lines_{"0: the file ends inside its header"});
}

TEST_CASE("pcap: a length that cannot be ends the reading, and takes no memory") {
  std::string file = pcap({{1, "abc"}}) + little(1, 4) + little(0, 4) + little(0xffffffff, 4) +
                     little(0xffffffff, 4) + "abc";
  CHECK(read(file).back() ==
        "43: a packet of 4294967295 bytes, more than any capture holds: the file is damaged from "
        "here on");
}

TEST_CASE("pcap: other files are none") {
  CHECK_FALSE(PcapReader::recognises(""));
  CHECK_FALSE(PcapReader::recognises("\xa1\xb2\xc3"));
  CHECK_FALSE(PcapReader::recognises("{\"log\":{}}"));
}
