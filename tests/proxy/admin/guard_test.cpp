#include "proxy/admin/guard.hpp"

#include <doctest/doctest.h>

#include <string>

using proxy::admin::Guard;
using Answer = proxy::admin::Guard::Answer;

namespace {

Guard::Answer with_host(const Guard& guard, std::string_view host) {
  return guard.judge({.path = "/metrics", .hosts = {host}, .origin = {}, .authorization = {}});
}

Guard::Answer with_token(const Guard& guard, std::string_view authorization,
                         std::string_view path = "/metrics") {
  return guard.judge(
      {.path = path, .hosts = {"localhost"}, .origin = {}, .authorization = authorization});
}

}  // namespace

TEST_CASE("guard: addresses and our own names pass, whatever their port and case") {
  const Guard guard({.hosts = {"sioscope.prod.svc"}}, {"Admin.example", 9100});
  for (const char* host : {"localhost", "LOCALHOST:9100", "localhost.", "127.0.0.1", "127.0.0.1:80",
                           "10.244.1.7:9100", "[::1]:9100", "[fe80::1]", "sioscope.prod.svc:9100",
                           "SIOSCOPE.prod.svc", "admin.example:9100", "admin.example.:1"})
    CHECK_MESSAGE(with_host(guard, host) == Answer::Pass, host);
}

TEST_CASE("guard: another name does not pass, however close it comes") {
  const Guard guard({.hosts = {"sioscope.prod.svc"}}, {"127.0.0.1", 9100});
  for (const char* host :
       {"evil.example", "evil.example:9100", "localhost.evil.example", "xlocalhost",
        "127.0.0.1.evil", "127.0.0.1.nip.io", "sioscope.prod.svc.evil", "sioscope", "", ":9100",
        ".", "[", "[]", "[localhost]x", "1.2.3", "0x7f000001", "localhost@evil.example",
        "evil.example/localhost"})
    CHECK_MESSAGE(with_host(guard, host) == Answer::UnknownHost, host);
}

TEST_CASE("guard: two Hosts are one too many, and none is no browser's") {
  const Guard guard({}, {"127.0.0.1", 9100});
  CHECK(guard.judge({.path = "/metrics",
                     .hosts = {"localhost", "localhost"},
                     .origin = {},
                     .authorization = {}}) == Answer::UnknownHost);
  CHECK(guard.judge({.path = "/metrics", .hosts = {}, .origin = {}, .authorization = {}}) ==
        Answer::Pass);
}

TEST_CASE("guard: only our own page may ask from a page") {
  const Guard guard({}, {"127.0.0.1", 9100});
  const auto from = [&](std::string_view origin) {
    return guard.judge(
        {.path = "/reset", .hosts = {"127.0.0.1:9100"}, .origin = origin, .authorization = {}});
  };
  CHECK(from("") == Answer::Pass);
  CHECK(from("http://127.0.0.1:9100") == Answer::Pass);
  CHECK(from("https://127.0.0.1:9100") == Answer::Pass);  // Behind somebody's TLS.
  CHECK(from("http://127.0.0.1:3000") == Answer::ForeignPage);
  CHECK(from("http://localhost:9100") == Answer::ForeignPage);
  CHECK(from("https://evil.example") == Answer::ForeignPage);
  CHECK(from("null") == Answer::ForeignPage);
}

TEST_CASE("guard: the token has to be there whole, for all but the probes") {
  const Guard guard({.token = "s3cret"}, {"0.0.0.0", 9100});
  CHECK(with_token(guard, "Bearer s3cret") == Answer::Pass);
  CHECK(with_token(guard, "bearer  s3cret") == Answer::Pass);
  for (const char* given : {"", "Bearer", "Bearer ", "Bearer s3cre", "Bearer s3crets",
                            "Bearer S3cret", "Basic s3cret", "s3cret", "Bearer s3crets3cret"})
    CHECK_MESSAGE(with_token(guard, given) == Answer::NoToken, given);
  CHECK(with_token(guard, "", "/healthz") == Answer::Pass);
  CHECK(with_token(guard, "", "/readyz") == Answer::Pass);
  CHECK(with_token(guard, "", "/readyz/") == Answer::NoToken);
  CHECK(with_token(Guard({}, {"127.0.0.1", 9100}), "") == Answer::Pass);
}

TEST_CASE("equal_in_constant_time: is equality") {
  using proxy::admin::equal_in_constant_time;
  CHECK(equal_in_constant_time("abc", "abc"));
  CHECK_FALSE(equal_in_constant_time("abd", "abc"));
  CHECK_FALSE(equal_in_constant_time("ab", "abc"));
  CHECK_FALSE(equal_in_constant_time("abcabc", "abc"));
  CHECK_FALSE(equal_in_constant_time("", "abc"));
  CHECK(equal_in_constant_time("", ""));
  CHECK_FALSE(equal_in_constant_time("a", ""));
}

TEST_CASE("others_can_reach: what only this machine can connect to, they cannot") {
  using proxy::admin::others_can_reach;
  for (const char* host : {"127.0.0.1", "127.8.9.10", "::1", "localhost", "::ffff:127.0.0.1"})
    CHECK_MESSAGE(!others_can_reach({host, 9100}), host);
  for (const char* host :
       {"0.0.0.0", "::", "10.0.0.1", "192.168.1.1", "fe80::1", "::ffff:10.0.0.1"})
    CHECK_MESSAGE(others_can_reach({host, 9100}), host);
}
