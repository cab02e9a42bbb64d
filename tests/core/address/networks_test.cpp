#include "core/address/networks.hpp"

#include <doctest/doctest.h>

using namespace core::address;

namespace {
bool holds(const char* network, const char* address) {
  return network_of(network)->holds(*ip_address_of(address));
}
}  // namespace

TEST_CASE("Network: its prefix decides, to the bit") {
  CHECK(holds("10.0.0.0/8", "10.255.255.255"));
  CHECK_FALSE(holds("10.0.0.0/8", "11.0.0.0"));
  CHECK(holds("192.0.2.128/25", "192.0.2.128"));
  CHECK_FALSE(holds("192.0.2.128/25", "192.0.2.127"));
  CHECK(holds("172.16.0.0/12", "172.31.0.1"));
  CHECK_FALSE(holds("172.16.0.0/12", "172.32.0.1"));
  CHECK(holds("2001:db8::/33", "2001:db8:7fff::1"));
  CHECK_FALSE(holds("2001:db8::/33", "2001:db8:8000::1"));
}

TEST_CASE("Network: an address alone is a network of one") {
  CHECK(holds("10.0.0.1", "10.0.0.1"));
  CHECK_FALSE(holds("10.0.0.1", "10.0.0.2"));
  CHECK(holds("::1", "::1"));
  CHECK_FALSE(holds("::1", "::2"));
}

TEST_CASE("Network: the families are apart, and a mapped address is IPv4") {
  CHECK(holds("10.0.0.0/8", "::ffff:10.1.2.3"));
  CHECK(holds("::ffff:10.0.0.0/104", "10.1.2.3"));
  CHECK_FALSE(holds("0.0.0.0/0", "2001:db8::1"));
  CHECK(holds("0.0.0.0/0", "203.0.113.9"));
  CHECK(holds("::/0", "2001:db8::1"));
}

TEST_CASE("network_of: bits behind the prefix are passed over") {
  CHECK(network_of("10.1.2.3/8") == network_of("10.0.0.0/8"));
  CHECK(network_of("2001:db8::7/32") == network_of("2001:db8::/32"));
}

TEST_CASE("network_of: anything else is none") {
  for (const char* text : {"", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8/8",
                           "10.0.0.0/255.0.0.0", "10/8", "2001:db8::/129", "localhost",
                           "fe80::1%eth0", "[::1]", "10.0.0.1:80", " 10.0.0.0/8"})
    CHECK_MESSAGE(!network_of(text), text);
}

TEST_CASE("Networks: nobody is trusted while none is named") {
  Networks trusted;
  CHECK(trusted.empty());
  CHECK_FALSE(trusted.hold(*ip_address_of("127.0.0.1")));
  trusted.add(*network_of("127.0.0.0/8"));
  trusted.add(*network_of("fd00::/8"));
  CHECK(trusted.hold(*ip_address_of("127.0.0.1")));
  CHECK(trusted.hold(*ip_address_of("fd12::1")));
  CHECK_FALSE(trusted.hold(*ip_address_of("10.0.0.1")));
}
