#include "core/address/proxy_protocol.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace core::address;
using namespace std::string_literals;
using Kind = Preamble::Kind;

namespace {

/// `203.0.113.9:4000 198.51.100.7:443`, `-` where nobody is named, else the kind.
std::string read(std::string_view bytes) {
  const Preamble preamble = read_preamble(bytes);
  if (preamble.kind == Kind::None) return "none";
  if (preamble.kind == Kind::TooShort) return "too short";
  if (!preamble.proxied) return "-";
  return text_of(preamble.proxied->source) + " " + text_of(preamble.proxied->destination);
}

const std::string kSignature = "\r\n\r\n\0\r\nQUIT\n"s;

std::string v2(char version_command, char family, const std::string& rest) {
  return kSignature + version_command + family + static_cast<char>(rest.size() >> 8) +
         static_cast<char>(rest.size() & 0xff) + rest;
}

/// 203.0.113.9:4000 to 198.51.100.7:443.
const std::string kIpv4Addresses = "\xcb\x00\x71\x09\xc6\x33\x64\x07\x0f\xa0\x01\xbb"s;
const std::string kIpv6Addresses = "\x20\x01\x0d\xb8"s + std::string(11, '\0') + "\x01"s +
                                   "\x20\x01\x0d\xb8"s + std::string(11, '\0') + "\x02"s +
                                   "\x0f\xa0\x01\xbb"s;

const std::vector<std::string>& preambles() {
  static const std::vector<std::string> all{
      "PROXY TCP4 203.0.113.9 198.51.100.7 4000 443\r\n",
      "PROXY TCP6 2001:db8::1 2001:db8::2 4000 443\r\n",
      "PROXY UNKNOWN\r\n",
      v2('\x21', '\x11', kIpv4Addresses),
      v2('\x21', '\x21', kIpv6Addresses),
      v2('\x21', '\x11', kIpv4Addresses + "\x01\x00\x08http/1.1"s),
      v2('\x20', '\x00', ""),
  };
  return all;
}

}  // namespace

TEST_CASE("read_preamble: version 1 names both ends") {
  CHECK(read("PROXY TCP4 203.0.113.9 198.51.100.7 4000 443\r\nGET /") ==
        "203.0.113.9:4000 198.51.100.7:443");
  CHECK(read("PROXY TCP6 2001:db8::1 2001:db8::2 4000 443\r\n") ==
        "[2001:db8::1]:4000 [2001:db8::2]:443");
  CHECK(read("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n") ==
        "255.255.255.255:65535 255.255.255.255:65535");
  CHECK(read("PROXY TCP6 ::ffff:203.0.113.9 ::ffff:c633:6407 4000 443\r\n") ==
        "203.0.113.9:4000 198.51.100.7:443");
}

TEST_CASE("read_preamble: version 1 is over behind its line end") {
  const std::string line = "PROXY TCP4 203.0.113.9 198.51.100.7 4000 443\r\n";
  CHECK(read_preamble(line + "\r\n").bytes == line.size());
}

TEST_CASE("read_preamble: UNKNOWN names nobody, whatever follows in its line") {
  CHECK(read("PROXY UNKNOWN\r\n") == "-");
  // The longest line that there is, from the specification.
  const std::string longest =
      "PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
      "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n";
  REQUIRE(longest.size() == kPreambleV1BytesMax);
  CHECK(read(longest) == "-");
  CHECK(read("PROXY UNKNOWN" + std::string(93, ' ') + "\r\n") == "none");
}

TEST_CASE("read_preamble: version 1 that is damaged is none") {
  for (const char* line :
       {"PROXY TCP4 203.0.113.9 198.51.100.7 4000\r\n",
        "PROXY TCP4 203.0.113.9 198.51.100.7 4000 443 1\r\n",
        "PROXY TCP4 203.0.113.9 198.51.100.7 4000 65536\r\n",
        "PROXY TCP4 203.0.113.9 198.51.100.7 4000 -1\r\n",
        "PROXY TCP4  203.0.113.9 198.51.100.7 4000 443\r\n",
        "PROXY TCP4 203.0.113.9 198.51.100.7 4000 443 \r\n",
        "PROXY TCP4 2001:db8::1 2001:db8::2 4000 443\r\n",
        "PROXY TCP6 203.0.113.9 198.51.100.7 4000 443\r\n",
        "PROXY TCP6 fe80::1%eth0 fe80::2 4000 443\r\n",
        "PROXY UDP4 203.0.113.9 198.51.100.7 4000 443\r\n", "PROXY TCP4\r\n", "PROXY \r\n",
        "PROXY unknown\r\n", "proxy TCP4 203.0.113.9 198.51.100.7 4000 443\r\n"})
    CHECK_MESSAGE(read(line) == "none", line);
  CHECK(read("PROXY TCP4 " + std::string(100, '1')) == "none");
}

TEST_CASE("read_preamble: version 2 names both ends") {
  CHECK(read(v2('\x21', '\x11', kIpv4Addresses)) == "203.0.113.9:4000 198.51.100.7:443");
  CHECK(read(v2('\x21', '\x21', kIpv6Addresses)) == "[2001:db8::1]:4000 [2001:db8::2]:443");
}

TEST_CASE("read_preamble: TLVs of version 2 are passed over") {
  const std::string tlvs = "\x01\x00\x08http/1.1\x03\x00\x04\xde\xad\xbe\xef"s;
  const std::string whole = v2('\x21', '\x11', kIpv4Addresses + tlvs);
  CHECK(read(whole) == "203.0.113.9:4000 198.51.100.7:443");
  CHECK(read_preamble(whole + "GET /").bytes == whole.size());
  // A length that is no TLV's is nobody's business.
  CHECK(read(v2('\x21', '\x11', kIpv4Addresses + "\x01\xff\xff"s)) ==
        "203.0.113.9:4000 198.51.100.7:443");
}

TEST_CASE("read_preamble: LOCAL, UNSPEC, UNIX and UDP name nobody") {
  CHECK(read(v2('\x20', '\x00', "")) == "-");
  CHECK(read(v2('\x20', '\x11', kIpv4Addresses)) == "-");
  CHECK(read(v2('\x20', '\x11', "")) == "-");
  CHECK(read(v2('\x21', '\x00', "")) == "-");
  CHECK(read(v2('\x21', '\x31', std::string(216, 'u'))) == "-");
  CHECK(read(v2('\x21', '\x12', kIpv4Addresses)) == "-");
  CHECK(read(v2('\x21', '\x7f', "abc")) == "-");
}

TEST_CASE("read_preamble: version 2 that is damaged is none") {
  CHECK(read(v2('\x11', '\x11', kIpv4Addresses)) == "none");
  CHECK(read(v2('\x31', '\x11', kIpv4Addresses)) == "none");
  CHECK(read(v2('\x22', '\x11', kIpv4Addresses)) == "none");
  CHECK(read(v2('\x21', '\x11', kIpv4Addresses.substr(1))) == "none");
  CHECK(read(v2('\x21', '\x21', kIpv4Addresses)) == "none");
  CHECK(read(kSignature + "\x31"s) == "none");
}

TEST_CASE("read_preamble: version 2 is read up to its limit") {
  const std::string most(kPreambleBytesMax - 16 - kIpv4Addresses.size(), 't');
  CHECK(read(v2('\x21', '\x11', kIpv4Addresses + most)) == "203.0.113.9:4000 198.51.100.7:443");
  CHECK(read(v2('\x21', '\x11', kIpv4Addresses + most + "t")) == "none");
}

TEST_CASE("read_preamble: however much has come, it is too short until it is whole") {
  for (const std::string& preamble : preambles()) {
    for (std::size_t size = 0; size < preamble.size(); ++size)
      CHECK_MESSAGE(read(preamble.substr(0, size)) == "too short", preamble, " at ", size);
    CHECK(read_preamble(preamble).bytes == preamble.size());
    CHECK(read_preamble(preamble + "GET / HTTP/1.1\r\n").bytes == preamble.size());
  }
}

TEST_CASE("read_preamble: requests and TLS are none from their first byte on") {
  for (const char* bytes : {"G", "GET / HTTP/1.1\r\n", "POST", "\x16\x03\x01", "\r\nGET /", "P "})
    CHECK_MESSAGE(read(bytes) == "none", bytes);
  CHECK(read("PRI * HTTP/2.0") == "none");
}

TEST_CASE("preamble_of: what is read back is what was written") {
  const auto check = [](const char* source, const char* destination) {
    const Proxied proxied{*socket_end_of(source), *socket_end_of(destination)};
    for (const PreambleVersion version : {PreambleVersion::V1, PreambleVersion::V2}) {
      const std::string written = preamble_of(proxied, version);
      const Preamble preamble = read_preamble(written);
      CHECK(preamble.kind == Kind::Whole);
      CHECK(preamble.bytes == written.size());
      CHECK(preamble.proxied == proxied);
    }
  };
  check("203.0.113.9:4000", "198.51.100.7:443");
  check("[2001:db8::1]:4000", "[2001:db8::2]:443");
  check("203.0.113.9:4000", "[::1]:443");
  check("[::1]:1", "127.0.0.1:2");
}

TEST_CASE("preamble_of: byte for byte as the specification has it") {
  const Proxied ipv4{*socket_end_of("203.0.113.9:4000"), *socket_end_of("198.51.100.7:443")};
  CHECK(preamble_of(ipv4, PreambleVersion::V1) == preambles()[0]);
  CHECK(preamble_of(ipv4, PreambleVersion::V2) == preambles()[3]);
  const Proxied ipv6{*socket_end_of("[2001:db8::1]:4000"), *socket_end_of("[2001:db8::2]:443")};
  CHECK(preamble_of(ipv6, PreambleVersion::V1) == preambles()[1]);
  CHECK(preamble_of(ipv6, PreambleVersion::V2) == preambles()[4]);
  const Proxied mixed{*socket_end_of("203.0.113.9:4000"), *socket_end_of("[::1]:443")};
  CHECK(preamble_of(mixed, PreambleVersion::V1) == "PROXY TCP6 ::ffff:cb00:7109 ::1 4000 443\r\n");
}
