#include "core/address/ip_address.hpp"

#include <doctest/doctest.h>

using namespace core::address;

TEST_CASE("ip_address_of: what text_of writes") {
  for (const char* text : {"127.0.0.1", "0.0.0.0", "255.255.255.255", "::1", "::", "fe80::1:2",
                           "1:2:3:4:5:6:7:8", "1::", "2001:db8:0:1::2"}) {
    const auto address = ip_address_of(text);
    REQUIRE_MESSAGE(address, text);
    CHECK(text_of(*address) == text);
  }
}

TEST_CASE("ip_address_of: other ways to write the same") {
  CHECK(text_of(*ip_address_of("0:0:0:0:0:0:0:1")) == "::1");
  CHECK(text_of(*ip_address_of("2001:DB8::A")) == "2001:db8::a");
  CHECK(text_of(*ip_address_of("fe80::1%eth0")) == "fe80::1");
  CHECK(text_of(*ip_address_of("64:ff9b::10.0.0.1")) == "64:ff9b::a00:1");
}

TEST_CASE("ip_address_of: an IPv4 address has one form, however it came") {
  const auto ipv4 = ip_address_of("10.0.0.1");
  REQUIRE(ipv4);
  CHECK(ipv4->is_ipv4());
  CHECK(ip_address_of("::ffff:10.0.0.1") == ipv4);
  CHECK(ip_address_of("::ffff:a00:1") == ipv4);
  CHECK(text_of(*ip_address_of("0:0:0:0:0:ffff:10.0.0.1")) == "10.0.0.1");
  CHECK_FALSE(ip_address_of("::10.0.0.1")->is_ipv4());
}

TEST_CASE("ip_address_of: anything else is none") {
  for (const char* text : {"",
                           ".",
                           "127.0.0",
                           "127.0.0.256",
                           "127.0.0.01",
                           "127.0.0.-1",
                           "127.0.0.1 ",
                           "1.2.3.4.5",
                           "1..2.3",
                           "1.2.3.",
                           "host",
                           "[::1]",
                           "10.0.0.1:80",
                           ":",
                           ":::",
                           "::1::2",
                           "1:2",
                           "1:2:3:4:5:6:7:8:9",
                           "1:2:3:4:5:6:7::8",
                           "12345::",
                           "g::",
                           "::1.2.3",
                           "1.2.3.4::",
                           "::1.2.3.4:5",
                           "1:2:3:4:5:6:7:1.2.3.4",
                           "::+1",
                           "::-1",
                           "%eth0",
                           "unknown"})
    CHECK_MESSAGE(!ip_address_of(text), text);
}

TEST_CASE("socket_end_of: IPv6 stands in brackets, and nothing else does") {
  for (const char* text : {"10.0.0.1:4000", "[2001:db8::1]:4000", "[::]:0"}) {
    const auto end = socket_end_of(text);
    REQUIRE_MESSAGE(end, text);
    CHECK(text_of(*end) == text);
  }
  CHECK(text_of(*socket_end_of("[::ffff:10.0.0.1]:80")) == "10.0.0.1:80");
  for (const char* text : {"10.0.0.1", "10.0.0.1:", "10.0.0.1:65536", "[10.0.0.1]:80", "::1:80",
                           "[::1]", "[::1:80", "host:80", ":80", ""})
    CHECK_MESSAGE(!socket_end_of(text), text);
}
