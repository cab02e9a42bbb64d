#include "core/capture/ip.hpp"

#include <doctest/doctest.h>

#include "core/capture/link_layer.hpp"
#include "tests/core/capture/packets.hpp"

using namespace packets;
using core::capture::Ip;
using core::capture::LinkType;

namespace {

constexpr auto kUp = Direction::ToServer;

/// `10.0.0.1 10.0.0.2 payload`, with what was cut off; or nothing.
std::string carried(Ip& ip, std::string_view datagram, std::uint32_t absent_bytes = 0) {
  const auto found = ip.receive(datagram, absent_bytes);
  if (!found) return "nothing";
  const auto address = [](const core::capture::Endpoint& end) {
    const std::string text = core::capture::text_of(end);
    return text.substr(0, text.rfind(':'));
  };
  return address(found->source) + " " + address(found->destination) + " " +
         std::string(found->bytes) +
         (found->absent_bytes == 0 ? "" : " -" + std::to_string(found->absent_bytes));
}
std::string carried(std::string_view datagram, std::uint32_t absent_bytes = 0) {
  Ip ip;
  return carried(ip, datagram, absent_bytes);
}

std::string in(std::string_view frame, LinkType link) {
  const auto datagram = core::capture::datagram_in(frame, link);
  return datagram ? std::string(*datagram) : "nothing";
}

}  // namespace

TEST_CASE("link layer: the datagram in a frame of each kind") {
  const std::string macs(12, 'm');
  CHECK(in(macs + "\x08\x00IP"s, LinkType::Ethernet) == "IP");
  CHECK(in(macs + "\x86\xddIP"s, LinkType::Ethernet) == "IP");
  CHECK(in(macs + "\x81\x00\x00\x07\x08\x00IP"s, LinkType::Ethernet) == "IP");
  CHECK(in(macs + "\x88\xa8\x00\x07\x81\x00\x00\x07\x86\xddIP"s, LinkType::Ethernet) == "IP");
  CHECK(in(std::string(14, 's') + "\x08\x00IP"s, LinkType::LinuxSll) == "IP");
  CHECK(in("\x08\x00"s + std::string(18, 's') + "IP", LinkType::LinuxSll2) == "IP");
  CHECK(in("\x02\0\0\0IP"s, LinkType::Null) == "IP");
  CHECK(in("\0\0\0\x02IP"s, LinkType::Loop) == "IP");
  for (const LinkType raw :
       {LinkType::Raw, LinkType::RawOpenBsd, LinkType::RawBsdOs, LinkType::Ipv4, LinkType::Ipv6})
    CHECK(in("IP", raw) == "IP");
}

TEST_CASE("link layer: what is no IP, is cut, or is not known") {
  CHECK(in(std::string(12, 'm') + "\x08\x06" + "ARP", LinkType::Ethernet) == "nothing");
  CHECK(in("short", LinkType::Ethernet) == "nothing");
  CHECK(in(std::string(12, 'm') + "\x81\x00\x00"s, LinkType::Ethernet) == "nothing");
  CHECK(in("IP", LinkType{105}) == "nothing");
  CHECK_FALSE(core::capture::is_known(LinkType{105}));
  CHECK(core::capture::is_known(LinkType::LinuxSll2));
}

TEST_CASE("ip: version 4, with options, padding, and a length left to the network card") {
  CHECK(carried(ipv4("data", kUp)) == "10.0.0.1 10.0.0.2 data");
  CHECK(carried(ipv4("data", kUp) + "padding") == "10.0.0.1 10.0.0.2 data");
  std::string options = ipv4("opt.data", kUp);
  options[0] = '\x46';
  CHECK(carried(options) == "10.0.0.1 10.0.0.2 data");
  std::string offloaded = ipv4("data", kUp);
  offloaded[2] = offloaded[3] = '\0';
  CHECK(carried(offloaded, 3) == "10.0.0.1 10.0.0.2 data -3");
}

TEST_CASE("ip: version 6, behind its extension headers") {
  const std::string ends = "[2001:db8::1] [2001:db8::2] ";
  CHECK(carried(ipv6("data", kUp)) == ends + "data");
  CHECK(carried(ipv6("\x3c\x00hopxxx\x06\x01"s + std::string(14, 'd') + "data", kUp, 0)) ==
        ends + "data");
  CHECK(carried(ipv6("\x06\x01"s + std::string(10, 'a') + "data", kUp, 51)) == ends + "data");
  CHECK(carried(ipv6("\x11\x00hopxxxUDP"s, kUp, 0)) == "nothing");
  CHECK(carried(ipv6("\x06\xff"s + "short", kUp, 0)) == "nothing");
}

TEST_CASE("ip: what the capture cut off is counted") {
  const std::string datagram = ipv4("abcdef", kUp);
  CHECK(carried(datagram.substr(0, 23)) == "10.0.0.1 10.0.0.2 abc -3");
  CHECK(carried(datagram.substr(0, 19)) == "nothing");
}

TEST_CASE("ip: fragments are put together, in any order, the first bytes win") {
  constexpr std::uint16_t kMore = 0x2000;
  const std::string one = ipv4("01234567", kUp, kMore, 9),
                    two = ipv4("89abcdef", kUp, kMore | 1, 9), three = ipv4("xyz", kUp, 2, 9);
  const std::string whole = "10.0.0.1 10.0.0.2 0123456789abcdefxyz";
  Ip ip;
  CHECK(carried(ip, one) == "nothing");
  CHECK(carried(ip, two) == "nothing");
  CHECK(carried(ip, three) == whole);
  CHECK(carried(ip, three) == "nothing");
  CHECK(carried(ip, ipv4("other id", kUp, kMore, 8)) == "nothing");
  CHECK(carried(ip, ipv4("XXXXXXXX", kUp, kMore | 1, 9)) == "nothing");
  CHECK(carried(ip, two) == "nothing");
  CHECK(carried(ip, one) == "10.0.0.1 10.0.0.2 01234567XXXXXXXXxyz");

  const auto fragment = [&](std::uint16_t place, std::string_view bytes) {
    return ipv6("\x06\0"s + big(place, 2) + "\0\0\0\x07"s + std::string(bytes), kUp, 44);
  };
  CHECK(carried(ip, fragment(1, "01234567")) == "nothing");
  CHECK(carried(ip, fragment(8, "89")) == "[2001:db8::1] [2001:db8::2] 0123456789");
  CHECK(carried(ip, fragment(0, "atomic")) == "[2001:db8::1] [2001:db8::2] atomic");
}

TEST_CASE("ip: other protocols, and what is no IP") {
  std::string udp = ipv4("data", kUp);
  udp[9] = '\x11';
  CHECK(carried(udp) == "nothing");
  CHECK(carried("") == "nothing");
  CHECK(carried(std::string(40, 'x')) == "nothing");
  std::string lies = ipv4("data", kUp);
  lies[0] = '\x4f';
  CHECK(carried(lies) == "nothing");
}

TEST_CASE("address: the shortest form, as RFC 5952 has it") {
  core::capture::Endpoint end{.address = {}, .port = 80, .ipv6 = true};
  CHECK(text_of(end) == "[::]:80");
  end.address[15] = 1;
  CHECK(text_of(end) == "[::1]:80");
  end.address = {0x20, 0x01, 0x0d, 0xb8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xab, 0xcd};
  CHECK(text_of(end) == "[2001:db8:0:1::abcd]:80");
  end.address = {0x20, 0x01, 0, 0, 0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6};
  CHECK(text_of(end) == "[2001:0:1:2:3:4:5:6]:80");
}
