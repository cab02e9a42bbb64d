#include "proxy/admin/admin.hpp"

#include <doctest/doctest.h>
#include <httplib.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "proxy/net/listener.hpp"

using proxy::admin::Admin;

namespace {

std::unique_ptr<Admin> start(proxy::admin::Access access = {}) {
  auto admin = Admin::start({"127.0.0.1", 0}, std::move(access),
                            {.metrics = [] { return std::string("m 1\n"); },
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
  const auto second = Admin::start(admin->bound(), {}, {});
  REQUIRE_FALSE(second.has_value());
  CHECK(second.error().sentence.find("in use") != std::string::npos);
}

TEST_CASE("admin: it can be ended at once, and its address taken again") {
  const auto bound = start()->bound();
  CHECK(Admin::start(bound, {}, {}).has_value());
}

TEST_CASE(
    "admin: what is posted is answered as its source says, also without a body or its length") {
  std::string body;
  auto admin = Admin::start({"127.0.0.1", 0}, {},
                            {.metrics = [] { return std::string(); },
                             .findings = [] { return std::string(); },
                             .verdict = [] { return std::string(); },
                             .mark =
                                 [&](const std::string& text) {
                                   body = text;
                                   return proxy::admin::Answer{201, "{}"};
                                 },
                             .reset =
                                 [](const std::string&) {
                                   return proxy::admin::Answer{204, ""};
                                 }});
  REQUIRE(admin.has_value());
  httplib::Client client((*admin)->bound().host, (*admin)->bound().port);
  CHECK(client.Post("/marks", "{\"name\":\"x\"}", "application/json")->status == 201);
  CHECK(body == "{\"name\":\"x\"}");
  const auto bare = client.Post("/marks");
  CHECK(bare->status == 201);
  CHECK(body.empty());
  CHECK(client.Post("/reset")->status == 204);
  CHECK(client.Post("/assert", "{}", "application/json")->status == 404);  // None was given.
  CHECK(client.Post("/marks", std::string(20'000, ' '), "application/json")->status == 413);
  for (const auto& refused : {client.Get("/marks"), client.Delete("/marks"),
                              client.Put("/reset", "{}", "application/json")}) {
    CHECK(refused->status == 405);
    CHECK(refused->get_header_value("Allow") == "POST");
    CHECK(refused->body.find("POST and nothing else") != std::string::npos);
  }
}

TEST_CASE("admin: whoever waits for an answer keeps nobody else from one") {
  std::mutex mutex;
  std::condition_variable changed;
  std::size_t waiting = 0;
  bool go = false;
  auto admin = Admin::start({"127.0.0.1", 0}, {},
                            {.metrics = [] { return std::string("m\n"); },
                             .findings = [] { return std::string(); },
                             .verdict = [] { return std::string(); },
                             .assert_since =
                                 [&](const std::string&) {
                                   std::unique_lock lock(mutex);
                                   ++waiting;
                                   changed.notify_all();
                                   changed.wait(lock, [&] { return go; });
                                   return proxy::admin::Answer{200, "{}"};
                                 }});
  REQUIRE(admin.has_value());
  const auto bound = (*admin)->bound();
  std::atomic<int> answered = 0;
  std::vector<std::thread> clients;
  for (std::size_t i = 0; i < proxy::admin::kAssertsMax; ++i)
    clients.emplace_back([&] {
      httplib::Client client(bound.host, bound.port);
      client.set_read_timeout(60);
      const auto result = client.Post("/assert", "{}", "text/plain");
      if (result && result->status == 200) ++answered;
    });
  {
    std::unique_lock lock(mutex);
    CHECK(changed.wait_for(lock, std::chrono::seconds(30),
                           [&] { return waiting == proxy::admin::kAssertsMax; }));
  }
  CHECK(get(**admin, "/metrics")->body == "m\n");
  {
    const std::lock_guard lock(mutex);
    go = true;
    changed.notify_all();
  }
  for (std::thread& client : clients) client.join();
  CHECK(answered == static_cast<int>(proxy::admin::kAssertsMax));
}

TEST_CASE("admin: without the token only the probes answer, whatever the path") {
  const auto admin = start({.token = "s3cret"});
  httplib::Client client(admin->bound().host, admin->bound().port);
  CHECK(client.Get("/healthz")->status == 200);
  CHECK(client.Get("/readyz")->status == 200);
  for (const char* path : {"/metrics", "/api/findings", "/api/verdict", "/nowhere"}) {
    const auto refused = client.Get(path);
    CHECK(refused->status == 401);
    CHECK(refused->get_header_value("WWW-Authenticate") == "Bearer realm=\"sioscope\"");
    CHECK(refused->body.find("m 1") == std::string::npos);
  }
  CHECK(client.Post("/reset")->status == 401);
  client.set_bearer_token_auth("s3cret");
  CHECK(client.Get("/metrics")->body == "m 1\n");
  client.set_bearer_token_auth("s3cre");
  CHECK(client.Get("/metrics")->status == 401);
}

TEST_CASE("admin: a Host that is not ours learns nothing, not even from a probe") {
  const auto admin = start({.hosts = {"sioscope.prod.svc"}});
  httplib::Client client(admin->bound().host, admin->bound().port);
  const auto status = [&](const char* path, const httplib::Headers& headers) {
    return client.Get(path, headers)->status;
  };
  CHECK(status("/metrics", {{"Host", "evil.example"}}) == 403);
  CHECK(status("/healthz", {{"Host", "evil.example:9100"}}) == 403);
  CHECK(status("/nowhere", {{"Host", "evil.example"}}) == 403);
  CHECK(status("/metrics", {{"Host", "sioscope.prod.svc:9100"}}) == 200);
  CHECK(status("/metrics", {{"Host", "10.1.2.3:9100"}}) == 200);  // As kubelet does.
  CHECK(status("/metrics", {{"Host", "localhost"}, {"Origin", "https://evil.example"}}) == 403);
}
