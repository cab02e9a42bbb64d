#include "proxy/otlp/exporter.hpp"

#include <doctest/doctest.h>
#include <httplib.h>
#include <spdlog/sinks/ostream_sink.h>

#include <condition_variable>
#include <functional>
#include <mutex>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>
#include <utility>
#include <vector>

#include "tests/proxy/report/sample.hpp"
#include "tests/proxy/tls/authority.hpp"

using namespace std::chrono_literals;
using nlohmann::json;
using proxy::otlp::Exporter;
using tests::tls::SelfSigned;

namespace {

/// A collector that keeps what comes, and answers as it is told.
class Collector {
 public:
  struct Got {
    std::string path, body;
    httplib::Headers headers;
  };
  using Reply = std::function<void(std::size_t number, httplib::Response&)>;

  explicit Collector(Reply reply =
                         [](std::size_t, httplib::Response& response) {
                           response.set_content("{}", "application/json");
                         })
      : reply_(std::move(reply)) {
    server_.Post(".*", [this](const httplib::Request& request, httplib::Response& response) {
      std::size_t number;
      {
        const std::lock_guard lock(mutex_);
        got_.push_back({request.path, request.body, request.headers});
        number = got_.size();
        changed_.notify_all();
      }
      reply_(number, response);
    });
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::yield();
  }
  ~Collector() {
    server_.stop();
    thread_.join();
  }

  [[nodiscard]] proxy::otlp::Target target(const char* path) const {
    proxy::otlp::Target target;
    target.host = "127.0.0.1";
    target.port = static_cast<std::uint16_t>(port_);
    target.path = path;
    target.headers = {{"api-key", "s3cret"}};
    return target;
  }
  /// Waits for so many requests, and returns what came so far.
  std::vector<Got> wait_for(std::size_t count) {
    std::unique_lock lock(mutex_);
    CHECK(changed_.wait_for(lock, 30s, [&] { return got_.size() >= count; }));
    return got_;
  }
  std::vector<Got> got() { return wait_for(0); }

 private:
  Reply reply_;
  httplib::Server server_;
  int port_ = 0;
  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Got> got_;
};

constexpr proxy::otlp::Pace kQuick{
    .log_delay = 1ms, .retry_first = 2ms, .retry_max = 10ms, .flush = 2'000ms};

struct World {
  std::ostringstream said;
  proxy::otlp::Sources sources() {
    auto log = std::make_shared<spdlog::logger>(
        "test", std::make_shared<spdlog::sinks::ostream_sink_mt>(said));
    return {.numbers = [] { return proxy::admin::Numbers{}; },
            .clock = tests::kClock,
            .redaction = proxy::report::Redaction(proxy::report::Redaction::Mode::Shorten),
            .log = std::move(log)};
  }
};

proxy::otlp::Settings logs_to(const Collector& collector) {
  return {.metrics = {}, .logs = collector.target("/v1/logs"), .interval = 1h, .resource = {}};
}

rules::Finding finding(std::uint32_t number) {
  rules::Finding one = tests::orphan();
  one.number = number;
  return one;
}

std::vector<std::string> ids_of(const std::string& body) {
  std::vector<std::string> ids;
  const json document = json::parse(body);
  for (const json& record : document["resourceLogs"][0]["scopeLogs"][0]["logRecords"])
    ids.push_back(record["attributes"][0]["value"]["stringValue"]);
  return ids;
}

std::uint64_t dropped(const Exporter& exporter) { return exporter.counts().front().dropped; }

}  // namespace

TEST_CASE("otlp exporter: findings and metrics arrive, with the headers that were asked for") {
  Collector collector;
  World world;
  proxy::otlp::Settings settings = logs_to(collector);
  settings.metrics = collector.target("/v1/metrics");
  settings.interval = 5ms;
  Exporter exporter(std::move(settings), world.sources(), kQuick);
  exporter.tell(finding(1), {});
  exporter.start();
  bool metrics = false, logs = false;
  for (std::size_t count = 1; !metrics || !logs; ++count) {
    const Collector::Got last = collector.wait_for(count)[count - 1];
    CHECK(last.headers.find("api-key")->second == "s3cret");
    CHECK(last.headers.find("Content-Type")->second == "application/json");
    metrics |= last.path == "/v1/metrics" && json::parse(last.body).contains("resourceMetrics");
    if (last.path != "/v1/logs") continue;
    logs = true;
    CHECK(ids_of(last.body) == std::vector<std::string>{"f-1"});
  }
}

TEST_CASE("otlp exporter: what is no news is not sent, and the end sends what is left") {
  Collector collector;
  World world;
  {
    Exporter exporter(logs_to(collector), world.sources(), {.log_delay = 1h});
    exporter.start();
    exporter.tell(finding(1), {});
    exporter.tell(finding(1), {});
    exporter.tell(finding(2), {});
    exporter.tell(rules::Withdrawn{2, "refuted"}, {});
    exporter.finish();
    CHECK(dropped(exporter) == 0);
  }
  const auto got = collector.got();
  REQUIRE(got.size() == 1);
  CHECK(ids_of(got[0].body) == std::vector<std::string>{"f-1", "f-2", "f-2"});
}

TEST_CASE("otlp exporter: after 429, 503 and a broken connection the same batch comes again") {
  Collector collector([](std::size_t number, httplib::Response& response) {
    if (number == 1) response.status = 429;
    if (number == 2) response.status = 503;
    if (number < 3) response.set_header("Retry-After", "0");
  });
  World world;
  Exporter exporter(logs_to(collector), world.sources(), kQuick);
  exporter.start();
  exporter.tell(finding(1), {});
  const auto got = collector.wait_for(3);
  for (const auto& one : got) CHECK(ids_of(one.body) == std::vector<std::string>{"f-1"});
  exporter.finish();
  CHECK(collector.got().size() == 3);
  const auto counts = exporter.counts().front();
  CHECK(counts.sent == 1);
  CHECK(counts.failed == 2);
  CHECK(counts.dropped == 0);
  CHECK(world.said.str().find("tried again: HTTP 429") != std::string::npos);
  CHECK(world.said.str().find("takes them again") != std::string::npos);
}

TEST_CASE("otlp exporter: what is refused for good, or in part, is dropped and counted") {
  Collector collector([](std::size_t number, httplib::Response& response) {
    if (number == 1) response.status = 400;
    if (number == 2)
      response.set_content(R"({"partialSuccess":{"rejectedLogRecords":"1"}})", "application/json");
  });
  World world;
  Exporter exporter(logs_to(collector), world.sources(), kQuick);
  exporter.start();
  exporter.tell(finding(1), {});
  static_cast<void>(collector.wait_for(1));
  exporter.tell(finding(2), {});
  const auto got = collector.wait_for(2);
  CHECK(ids_of(got[1].body) == std::vector<std::string>{"f-2"});
  exporter.finish();
  CHECK(collector.got().size() == 2);
  CHECK(dropped(exporter) == 2);
}

TEST_CASE("otlp exporter: a full queue drops what comes, and waits for nobody") {
  std::mutex mutex;
  std::condition_variable changed;
  bool go = false;
  Collector collector([&](std::size_t, httplib::Response&) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return go; });
  });
  World world;
  proxy::otlp::Pace pace = kQuick;
  pace.log_queue = 2;
  Exporter exporter(logs_to(collector), world.sources(), pace);
  exporter.start();
  exporter.tell(finding(1), {});
  static_cast<void>(collector.wait_for(1));  // It hangs there from now on.
  for (std::uint32_t number = 2; number <= 6; ++number) exporter.tell(finding(number), {});
  CHECK(dropped(exporter) == 3);
  {
    const std::lock_guard lock(mutex);
    go = true;
    changed.notify_all();
  }
  exporter.finish();
  const auto got = collector.got();
  REQUIRE(got.size() == 2);
  CHECK(ids_of(got[1].body) == std::vector<std::string>{"f-2", "f-3"});
}

TEST_CASE("otlp exporter: the end waits for a hanging collector no longer than it may") {
  std::mutex mutex;
  std::condition_variable changed;
  bool go = false;
  Collector collector([&](std::size_t, httplib::Response&) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return go; });
  });
  World world;
  proxy::otlp::Pace pace = kQuick;
  pace.flush = 50ms;
  Exporter exporter(logs_to(collector), world.sources(), pace);
  exporter.start();
  exporter.tell(finding(1), {});
  static_cast<void>(collector.wait_for(1));
  exporter.finish();  // Returns, although the collector never answers.
  CHECK(dropped(exporter) == 1);
  const std::lock_guard lock(mutex);
  go = true;
  changed.notify_all();
}

TEST_CASE(
    "otlp exporter: a collector that is not there costs what was to be sent, and nothing else") {
  World world;
  proxy::otlp::Target nowhere;
  nowhere.host = "127.0.0.1";
  nowhere.port = 9;
  nowhere.path = "/v1/logs";
  proxy::otlp::Pace pace = kQuick;
  pace.flush = 100ms;
  Exporter exporter({.metrics = {}, .logs = nowhere, .interval = 1h, .resource = {}},
                    world.sources(), pace);
  exporter.start();
  exporter.tell(finding(1), {});
  exporter.finish();
  CHECK(dropped(exporter) == 1);
  CHECK(world.said.str().find("no answer") != std::string::npos);
}

namespace {

/// What becomes of one finding that is sent over TLS to a server of that identity.
proxy::admin::Numbers::Exported over_tls(const SelfSigned& identity, const std::string& trusted) {
  httplib::SSLServer server(identity.certificate.c_str(), identity.key.c_str());
  server.Post("/v1/logs", [](const httplib::Request& request, httplib::Response&) {
    CHECK(ids_of(request.body) == std::vector<std::string>{"f-1"});
  });
  proxy::otlp::Target target;
  target.tls = true;
  target.host = "127.0.0.1";
  target.port = static_cast<std::uint16_t>(server.bind_to_any_port("127.0.0.1"));
  target.path = "/v1/logs";
  target.gzip = true;
  target.ca_file = trusted;
  std::thread thread([&] { server.listen_after_bind(); });
  while (!server.is_running()) std::this_thread::yield();
  World world;
  proxy::otlp::Pace pace = kQuick;
  pace.log_delay = 1h;  // So the end sends it, once.
  Exporter exporter({.metrics = {}, .logs = target, .interval = 1h, .resource = {}},
                    world.sources(), pace);
  exporter.start();
  exporter.tell(finding(1), {});
  exporter.finish();
  server.stop();
  thread.join();
  return exporter.counts().front();
}

}  // namespace

TEST_CASE("otlp exporter: over TLS it speaks to a collector whose certificate it can trust alone") {
  const SelfSigned right({.names = "DNS:localhost,IP:127.0.0.1"});
  const SelfSigned other({.names = "IP:127.0.0.1"});
  const SelfSigned elsewhere({.names = "DNS:a.b"});
  CHECK(over_tls(right, right.certificate).sent == 1);
  CHECK(over_tls(right, other.certificate).sent == 0);
  CHECK(over_tls(elsewhere, elsewhere.certificate).sent == 0);
  CHECK(over_tls(right, "").dropped == 1);  // The system knows nothing of it.
}
