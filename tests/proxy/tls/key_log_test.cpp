#include "proxy/tls/key_log.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include "tests/proxy/tls/pair.hpp"

using namespace tests::tls;
using proxy::tls::KeyLog;

namespace {

std::set<std::string> lines_of(const std::string& path) {
  std::ifstream file(path);
  std::set<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.insert(line);
  return lines;
}

}  // namespace

TEST_CASE("key log: both sides write the secrets with which Wireshark reads a connection") {
  Trusting trusting;
  const std::string here = trusting.folder.path("here.keys"), there = trusting.folder.path("there");
  const auto server_log = KeyLog::open(here), client_log = KeyLog::open(there);
  REQUIRE(server_log.has_value());
  REQUIRE(client_log.has_value());
  const auto clients = std::move(
      TowardsClients::make({.certificates = {{trusting.own}}, .key_log = &*server_log}).value());
  const auto upstream =
      std::move(TowardsUpstream::make(
                    {.name = "app.example", .ca_file = trusting.ca, .key_log = &*client_log})
                    .value());
  Pair pair(*clients, *upstream, trusting.sessions);
  REQUIRE(pair.shake_hands());

  const auto lines = lines_of(here);
  CHECK(lines == lines_of(there));
  CHECK(lines.size() == 5);
  static const std::regex form("[A-Z_0-9]+ [0-9a-f]{64} [0-9a-f]{64,96}");
  std::set<std::string> labels;
  for (const std::string& line : lines) {
    CHECK(std::regex_match(line, form));
    labels.insert(line.substr(0, line.find(' ')));
  }
  CHECK(labels.contains("CLIENT_TRAFFIC_SECRET_0"));
  CHECK(labels.contains("SERVER_TRAFFIC_SECRET_0"));
  CHECK(std::filesystem::status(here).permissions() ==
        (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
}

TEST_CASE("key log: a certificate chosen by name logs, too, and what is there already stays") {
  const Authority authority;
  const Folder folder;
  const std::string path = folder.file("keys", "# ours\n");
  const auto log = KeyLog::open(path);
  REQUIRE(log.has_value());
  const auto clients = std::move(
      TowardsClients::make(
          {.certificates = {{folder.file("1.pem", authority.issue().both())},
                            {folder.file("2.pem",
                                         authority.issue({.names = "DNS:two.example"}).both())}},
           .key_log = &*log})
          .value());
  const Owned<SSL_CTX> context(SSL_CTX_new(TLS_client_method()));
  SSL_CTX_set_max_proto_version(context.get(), TLS1_2_VERSION);
  Owned<SSL> ssl(SSL_new(context.get()));
  SSL_set_tlsext_host_name(ssl.get(), "two.example");
  Pair pair(*clients, std::move(ssl));
  REQUIRE(pair.shake_hands());
  const auto lines = lines_of(path);
  REQUIRE(lines.size() == 2);
  CHECK(*lines.begin() == "# ours");
  CHECK(lines.rbegin()->starts_with("CLIENT_RANDOM "));
}

TEST_CASE("key log: a file that cannot be written is an errno") {
  const auto log = KeyLog::open("/nonexistent/keys");
  REQUIRE_FALSE(log.has_value());
  CHECK(log.error() == ENOENT);
}
