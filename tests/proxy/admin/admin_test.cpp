#include "proxy/admin/admin.hpp"

#include <doctest/doctest.h>
#include <httplib.h>

#include "proxy/net/listener.hpp"

using proxy::admin::Admin;

namespace {

std::unique_ptr<Admin> start() {
  auto admin = Admin::start({"127.0.0.1", 0}, {.metrics = [] { return std::string("m 1\n"); },
                                               .findings = [] { return std::string("[]"); },
                                               .verdict = [] { return std::string("{}"); }});
  REQUIRE(admin.has_value());
  return std::move(*admin);
}

httplib::Result get(const Admin& admin, const char* path) {
  return httplib::Client(admin.bound().host, admin.bound().port).Get(path);
}

}  // namespace

TEST_CASE("admin: each path answers with its own") {
  const auto admin = start();
  CHECK(admin->bound().port != 0);
  CHECK(get(*admin, "/healthz")->status == 200);
  CHECK(get(*admin, "/metrics")->body == "m 1\n");
  CHECK(get(*admin, "/metrics")
            ->get_header_value("Content-Type")
            .starts_with("text/plain; version=0.0.4"));
  CHECK(get(*admin, "/api/findings")->body == "[]");
  CHECK(get(*admin, "/api/verdict")->get_header_value("Content-Type") == "application/json");
  CHECK(get(*admin, "/nowhere")->status == 404);
}

TEST_CASE("admin: readiness ends when draining starts, health does not") {
  const auto admin = start();
  CHECK(get(*admin, "/readyz")->status == 200);
  admin->set_draining();
  CHECK(get(*admin, "/readyz")->status == 503);
  CHECK(get(*admin, "/healthz")->status == 200);
}

TEST_CASE("admin: a port in use is refused with a sentence") {
  const auto admin = start();
  const auto second = Admin::start(admin->bound(), {});
  REQUIRE_FALSE(second.has_value());
  CHECK(second.error().sentence.find("in use") != std::string::npos);
}

TEST_CASE("admin: it can be ended at once, and its address taken again") {
  const auto bound = start()->bound();
  CHECK(Admin::start(bound, {}).has_value());
}
