#include "core/address/forwarded_for.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace core::address;

namespace {

Networks internal() {
  Networks networks;
  networks.add(*network_of("10.0.0.0/8"));
  networks.add(*network_of("fd00::/8"));
  return networks;
}

/// `-` for nobody.
std::string client(std::string_view value) {
  const auto address = forwarded_for(value, internal());
  return address ? text_of(*address) : "-";
}

}  // namespace

TEST_CASE("forwarded_for: the rightmost address that is not trusted") {
  CHECK(client("203.0.113.9") == "203.0.113.9");
  CHECK(client("203.0.113.9, 10.0.0.2") == "203.0.113.9");
  CHECK(client("203.0.113.9, 10.0.0.2, 10.0.0.3") == "203.0.113.9");
  CHECK(client("2001:db8::1, fd00::2") == "2001:db8::1");
}

TEST_CASE("forwarded_for: what the client claimed itself stands left of it, and is not believed") {
  CHECK(client("6.6.6.6, 203.0.113.9") == "203.0.113.9");
  CHECK(client("10.0.0.9, 203.0.113.9, 10.0.0.2") == "203.0.113.9");
}

TEST_CASE("forwarded_for: where all are trusted the leftmost is the client") {
  CHECK(client("10.0.0.9, 10.0.0.2") == "10.0.0.9");
}

TEST_CASE("forwarded_for: a word that is no address ends the walk") {
  CHECK(client("203.0.113.9, unknown, 10.0.0.2") == "10.0.0.2");
  CHECK(client("203.0.113.9, unknown") == "-");
  CHECK(client("_hidden") == "-");
  CHECK(client("999.0.0.1") == "-");
  CHECK(client("<script>") == "-");
  CHECK(client(std::string(8000, 'x')) == "-");
}

TEST_CASE("forwarded_for: ports and brackets are left out, empty elements passed over") {
  CHECK(client("203.0.113.9:4711") == "203.0.113.9");
  CHECK(client("[2001:db8::1]:4711") == "2001:db8::1");
  CHECK(client("[2001:db8::1]") == "2001:db8::1");
  CHECK(client("::ffff:203.0.113.9") == "203.0.113.9");
  CHECK(client(" ,203.0.113.9 ,\t, 10.0.0.2,") == "203.0.113.9");
  CHECK(client("[203.0.113.9]") == "-");
  CHECK(client("") == "-");
  CHECK(client(" , ,") == "-");
  CHECK(client(std::string(8000, ',')) == "-");
}

TEST_CASE("forwarded_for: spaces alone do not part addresses") {
  CHECK(client("203.0.113.9 10.0.0.2") == "-");
}
