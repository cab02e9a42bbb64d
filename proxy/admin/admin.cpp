#include "proxy/admin/admin.hpp"

#include <httplib.h>

#include <atomic>
#include <thread>

#include "proxy/net/listener.hpp"

namespace proxy::admin {
namespace {

/// Enough for a scraper, a probe and a person at once.
constexpr std::size_t kThreads = 4;

constexpr const char* kText = "text/plain; charset=utf-8";
constexpr const char* kJson = "application/json";
constexpr const char* kMetrics = "text/plain; version=0.0.4; charset=utf-8";

}  // namespace

struct Admin::Server {
  net::Endpoint bound;
  std::atomic<bool> draining = false;
  std::atomic<bool> ended = false;
  httplib::Server http;
  std::thread thread;
};

Admin::Admin(std::unique_ptr<Server> server) : server_(std::move(server)) {}

Admin::~Admin() {
  server_->http.stop();
  if (server_->thread.joinable()) server_->thread.join();
}

const net::Endpoint& Admin::bound() const noexcept { return server_->bound; }

void Admin::set_draining() noexcept { server_->draining = true; }

tl::expected<std::unique_ptr<Admin>, net::StartError> Admin::start(const net::Endpoint& endpoint,
                                                                   Sources sources) {
  // A socket of our own comes first: it says in plain words why an address cannot be had.
  auto probe = net::listen_on(endpoint, 1);
  if (!probe) return tl::unexpected(probe.error());
  const net::Endpoint bound = probe->bound;
  probe->sockets.clear();

  auto server = std::make_unique<Server>();
  server->bound = bound;
  httplib::Server& http = server->http;
  http.new_task_queue = [] { return new httplib::ThreadPool(kThreads); };
  http.set_keep_alive_max_count(1);  // Idle connections would each hold a thread.
  http.set_socket_options(
      [](socket_t fd) {  // Not httplib's SO_REUSEPORT, which hides a port in use.
        const int yes = 1;
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
      });

  const auto get = [&](const char* path, const char* type, std::function<std::string()> make) {
    http.Get(path,
             [type, make = std::move(make)](const httplib::Request&, httplib::Response& response) {
               response.set_header("Cache-Control", "no-store");
               response.set_content(make(), type);
             });
  };
  get("/healthz", kText, [] { return "ok\n"; });
  get("/metrics", kMetrics, std::move(sources.metrics));
  get("/api/findings", kJson, std::move(sources.findings));
  get("/api/verdict", kJson, std::move(sources.verdict));
  http.Get("/readyz",
           [&draining = server->draining](const httplib::Request&, httplib::Response& response) {
             response.status = draining ? 503 : 200;
             response.set_content(draining ? "draining\n" : "ready\n", kText);
           });

  if (!http.bind_to_port(bound.host, bound.port))
    return tl::unexpected(
        net::StartError{"cannot listen on " + bound.text() + "; choose another address"});
  server->thread = std::thread([&http, &ended = server->ended] {
    http.listen_after_bind();
    ended = true;
  });
  // stop() means nothing to a server that is not running yet.
  while (!http.is_running() && !server->ended)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  return std::unique_ptr<Admin>(new Admin(std::move(server)));
}

}  // namespace proxy::admin
