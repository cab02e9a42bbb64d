#include "core/capture/pcapng_reader.hpp"

#include <doctest/doctest.h>

#include "tests/core/capture/packets.hpp"

using namespace packets;
using core::capture::PcapngReader;
using Lines_ = std::vector<std::string>;

namespace {

/// `1000 abc/3 link 101` a packet, then the problems, then when the capture ended.
Lines_ read(const std::string& file, std::size_t piece_bytes = 1000) {
  Text source(file, piece_bytes);
  core::capture::Input input(source);
  PcapngReader reader(input);
  Lines_ lines;
  while (const auto packet = reader.next())
    lines.push_back(std::to_string(packet->at.time_since_epoch().count()) + " " +
                    std::string(packet->bytes) + "/" + std::to_string(packet->original_bytes) +
                    " link " + std::to_string(static_cast<int>(packet->link)));
  for (const auto& problem : reader.take_problems())
    lines.push_back(std::to_string(problem.offset_bytes) + ": " + problem.sentence);
  const auto end = reader.end();
  lines.push_back((end.reached ? "ends at " : "breaks off at ") +
                  std::to_string(end.at.time_since_epoch().count()));
  return lines;
}

std::string resolution(const Pcapng& made, char value) { return made.option(9, {&value, 1}); }

}  // namespace

TEST_CASE("pcapng: packets in either byte order, whatever else stands between them") {
  for (const bool big_endian : {false, true}) {
    const Pcapng made{big_endian};
    const std::string file = made.section() + made.interface(1) + made.packet(5, "abc") +
                             made.block(4, "names") + made.block(0x0a, "secrets") +
                             made.block(0x40000bad, "anything") + made.packet(7, "defgh");
    CHECK(PcapngReader::recognises(file));
    const Lines_ expected{"5000 abc/3 link 1", "7000 defgh/5 link 1", "ends at 7000"};
    CHECK(read(file) == expected);
    CHECK(read(file, 1) == expected);
  }
}

TEST_CASE("pcapng: the clock of an interface: its resolution, and where it starts") {
  const Pcapng made;
  const auto at = [&](char value, std::uint64_t ticks, std::string more = {}) {
    return read(made.section() + made.interface(101, resolution(made, value) + more) +
                made.packet(ticks, "x"))
        .front();
  };
  CHECK(at(9, 1'700'000'000'123'456'789) == "1700000000123456789 x/1 link 101");
  CHECK(at(3, 1'234) == "1234000000 x/1 link 101");
  CHECK(at(12, 1'234'567) == "1234 x/1 link 101");
  CHECK(at(0, 3) == "3000000000 x/1 link 101");
  CHECK(at('\x8a', 1536) == "1500000000 x/1 link 101");  // 2^-10 seconds.
  CHECK(at('\xa1', 1ULL << 32) == "500000000 x/1 link 101");
  CHECK(at(9, 5, made.option(14, made.number(2, 8))) == "2000000005 x/1 link 101");
  CHECK(at(0, ~0ULL) == "9000000000000000000 x/1 link 101");  // No overflow.
}

TEST_CASE("pcapng: a clock too fine is said, and microseconds assumed") {
  const Pcapng made;
  CHECK(read(made.section() + made.interface(1, resolution(made, 30)) + made.packet(1, "x")) ==
        Lines_{"1000 x/1 link 1", "28: an interface whose clock is finer than can be read",
               "ends at 1000"});
}

TEST_CASE("pcapng: sections have interfaces of their own") {
  const Pcapng little, big{true};
  CHECK(read(little.section() + little.interface(1) + little.interface(101) +
             little.packet(1, "one", 1) + big.section() + big.interface(113) +
             big.packet(2, "two") + big.packet(3, "three", 1)) ==
        Lines_{"1000 one/3 link 101", "2000 two/3 link 113",
               "188: a packet of interface 1, which is not described", "ends at 2000"});
}

TEST_CASE("pcapng: simple packets have no time, and old ones their own place for the interface") {
  const Pcapng made;
  CHECK(read(made.section() + made.interface(1, {}, 4) + made.packet(5, "abc") +
             made.block(3, made.number(6, 4) + "defg") +
             made.block(2, made.number(0, 2) + made.number(9, 2) + made.number(0, 4) +
                               made.number(8, 4) + made.number(2, 4) + made.number(3, 4) + "hi")) ==
        Lines_{"5000 abc/3 link 1", "5000 defg/6 link 1", "8000 hi/3 link 1",
               "84: packets without a time; each is taken to have come with the one before it",
               "ends at 8000"});
}

TEST_CASE("pcapng: the statistics say when the capture ended, and what it lacks") {
  const Pcapng made;
  const auto statistics = [&](std::string options) {
    return made.block(5, made.number(0, 4) + made.number(0, 8) + options);
  };
  const std::string start = made.section() + made.interface(1) + made.packet(5, "abc");
  CHECK(read(start + statistics(made.option(3, made.number(0, 4) + made.number(9, 4)))) ==
        Lines_{"5000 abc/3 link 1", "ends at 9000"});
  CHECK(read(start +
             statistics(made.option(5, made.number(2, 8)) + made.option(7, made.number(3, 8)))) ==
        Lines_{"5000 abc/3 link 1", "84: whoever captured this dropped 5 packets", "ends at 5000"});
}

TEST_CASE("pcapng: a file that breaks off, or is damaged, says where") {
  const Pcapng made;
  const std::string start = made.section() + made.interface(1);
  const std::string file = start + made.packet(5, "abc");
  for (std::size_t size = start.size() + 1; size < file.size(); ++size)
    CHECK(read(file.substr(0, size)) ==
          Lines_{"48: the file ends inside a block", "breaks off at 0"});
  CHECK(read(file + made.block(4, std::string(100, 'x')).substr(0, 50)) ==
        Lines_{"5000 abc/3 link 1", "84: the file ends inside a block", "breaks off at 5000"});
  CHECK(read(file + made.number(6, 4) + made.number(8, 4)) ==
        Lines_{"5000 abc/3 link 1",
               "84: a block of 8 bytes, which cannot be: the file is damaged from here on",
               "breaks off at 5000"});
  CHECK(read(file + made.number(6, 4) + made.number(0xfffffff0, 4)).at(1) ==
        "84: a block of 4294967280 bytes, more than any capture holds");
  CHECK(read(made.block(0x0a0d0d0a, "nonsense")) ==
        Lines_{"0: a section whose byte order cannot be told: the file is damaged from here on",
               "breaks off at 0"});
}

TEST_CASE("pcapng: of endless damage the beginning is told") {
  const Pcapng made;
  std::string file = made.section() + made.interface(1);
  for (int i = 0; i < 1000; ++i) file += made.block(6, "short");
  const Lines_ lines = read(file);
  CHECK(lines.size() == 20 + 2);
  CHECK(lines[20].ends_with(": more of the kind, which is not listed"));
}

TEST_CASE("pcapng: packets that are longer than their block are left out") {
  const Pcapng made;
  CHECK(read(made.section() + made.interface(1) +
             made.block(6, std::string(12, '\0') + made.number(100, 4) + made.number(100, 4)) +
             made.block(6, "short") + made.packet(5, "abc")) ==
        Lines_{"5000 abc/3 link 1", "48: a packet that is longer than its block",
               "80: a packet block without a packet", "ends at 5000"});
}
