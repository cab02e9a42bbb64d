#include "core/capture/address.hpp"

#include <doctest/doctest.h>

#include <string>

using core::capture::endpoint_of;
using core::capture::text_of;

TEST_CASE("endpoint_of: what text_of writes, and other ways to write the same") {
  for (const char* text : {"127.0.0.1:3000", "0.0.0.0:0", "255.255.255.255:65535", "[::1]:3000",
                           "[::]:1", "[fe80::1:2]:80", "[1:2:3:4:5:6:7:8]:80", "[1::]:80"}) {
    const auto endpoint = endpoint_of(text);
    REQUIRE_MESSAGE(endpoint, text);
    CHECK(text_of(*endpoint) == text);
  }
  CHECK(text_of(*endpoint_of("[0:0:0:0:0:0:0:1]:3000")) == "[::1]:3000");
  CHECK(text_of(*endpoint_of("[fe80::1%eth0]:3000")) == "[fe80::1]:3000");
}

TEST_CASE("endpoint_of: anything else is none") {
  for (const char* text :
       {"", ":", "127.0.0.1", "127.0.0.1:", "127.0.0:1", "127.0.0.256:1", "1.2.3.4.5:1",
        "127.0.0.1:65536", "127.0.0.1:-1", "host:80", "[::1:80", "[1:2]:80", "[::1::2]:80",
        "[1:2:3:4:5:6:7:8:9]:80", "[1:2:3:4:5:6:7::8]:80", "[12345::]:80", "[g::]:80"})
    CHECK_MESSAGE(!endpoint_of(text), text);
}
