#include "proxy/cli/client_key.hpp"

#include <doctest/doctest.h>

using proxy::cli::ClientKeyErrc;
using proxy::cli::parse_client_key;
using Source = core::tap::ClientKey::Source;

TEST_CASE("parse_client_key: each source with its name") {
  const auto cookie = parse_client_key("cookie:session_id");
  REQUIRE(cookie.has_value());
  CHECK(cookie->source == Source::Cookie);
  CHECK(cookie->name == "session_id");
  CHECK_FALSE(cookie->per_page);
  CHECK(parse_client_key("query:tab")->source == Source::Query);
  CHECK(parse_client_key("auth:user.id")->source == Source::Auth);
  CHECK(parse_client_key("auth:user.id")->name == "user.id");
}

TEST_CASE("parse_client_key: header names become lower case, others keep theirs") {
  CHECK(parse_client_key("header:X-Tab")->name == "x-tab");
  CHECK(parse_client_key("cookie:Tab")->name == "Tab");
}

TEST_CASE("parse_client_key: ',per-page' says that it tells pages apart") {
  const auto key = parse_client_key("query:tab,per-page");
  REQUIRE(key.has_value());
  CHECK(key->name == "tab");
  CHECK(key->per_page);
}

TEST_CASE("parse_client_key: what is wrong with it is told") {
  CHECK(parse_client_key("session_id").error() == ClientKeyErrc::NoSource);
  CHECK(parse_client_key("").error() == ClientKeyErrc::NoSource);
  CHECK(parse_client_key("body:id").error() == ClientKeyErrc::UnknownSource);
  CHECK(parse_client_key("Cookie:id").error() == ClientKeyErrc::UnknownSource);
  CHECK(parse_client_key("cookie:").error() == ClientKeyErrc::NoName);
  CHECK(parse_client_key("cookie:,per-page").error() == ClientKeyErrc::NoName);
  CHECK(parse_client_key("cookie:id,").error() == ClientKeyErrc::UnknownSuffix);
  CHECK(parse_client_key("cookie:id,per-user").error() == ClientKeyErrc::UnknownSuffix);
}
