#include "proxy/admin/admin.hpp"

#include <httplib.h>

#include <atomic>
#include <map>
#include <thread>

#include "proxy/net/listener.hpp"

namespace proxy::admin {
namespace {

/// Enough for a scraper, a probe and a person at once, whoever else waits.
constexpr std::size_t kThreads = kAssertsMax + 4;

constexpr int kBacklog = 128;

constexpr const char* kText = "text/plain; charset=utf-8";
constexpr const char* kJson = "application/json";
constexpr const char* kMetrics = "text/plain; version=0.0.4; charset=utf-8";

void answer(httplib::Response& response, const Answer& answer) {
  response.status = answer.status;
  response.set_header("Cache-Control", "no-store");
  if (!answer.body.empty()) response.set_content(answer.body, kJson);
}

/// A path for POST alone.
void serve_post(httplib::Server& http, const char* path,
                const std::function<Answer(const std::string&)>& source) {
  http.Post(path, [source](const httplib::Request& request, httplib::Response& response) {
    answer(response, source(request.body));
  });
  const auto refuse = [path](const httplib::Request&, httplib::Response& response) {
    response.set_header("Allow", "POST");
    answer(response,
           {405, "{\"error\":\"" + std::string(path) + " takes POST and nothing else\"}\n"});
  };
  http.Get(path, refuse);
  http.Put(path, refuse);
  http.Patch(path, refuse);
  http.Delete(path, refuse);
}

/// `curl -X POST` sends neither a body nor its length, and httplib would wait for one to come.
bool has_no_body(const httplib::Request& request) {
  return request.method == "POST" && !request.has_header("Content-Length") &&
         !request.has_header("Transfer-Encoding");
}

Guard::Answer judge(const Guard& guard, const httplib::Request& request) {
  const std::string origin = request.get_header_value("Origin");
  const std::string authorization = request.get_header_value("Authorization");
  Guard::Request asked{
      .path = request.path, .hosts = {}, .origin = origin, .authorization = authorization};
  const auto [first, last] = request.headers.equal_range("Host");
  for (auto header = first; header != last; ++header) asked.hosts.push_back(header->second);
  return guard.judge(asked);
}

/// Whether it was refused, and so answered.
bool refused(const Guard& guard, const httplib::Request& request, httplib::Response& response) {
  switch (judge(guard, request)) {
    case Guard::Answer::Pass:
      return false;
    case Guard::Answer::UnknownHost:
      answer(response, {403,
                        "{\"error\":\"this Host is not known here; name it with "
                        "--admin-host\"}\n"});
      return true;
    case Guard::Answer::ForeignPage:
      answer(response, {403, "{\"error\":\"pages of other origins may not ask here\"}\n"});
      return true;
    case Guard::Answer::NoToken:
      response.set_header("WWW-Authenticate", "Bearer realm=\"sioscope\"");
      answer(response, {401,
                        "{\"error\":\"send the token of --admin-token-file as "
                        "Authorization: Bearer TOKEN\"}\n"});
      return true;
  }
  return true;
}

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
                                                                   Access access, Sources sources) {
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
  socket_t listening = INVALID_SOCKET;
  http.set_socket_options([&listening](socket_t fd) {
    const int yes = 1;  // Not httplib's SO_REUSEPORT, which hides a port in use.
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    listening = fd;
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

  http.set_payload_max_length(kBodyBytesMax);
  std::map<std::string, std::function<Answer(const std::string&)>> posts;
  for (const auto& [path, source] : {std::pair{"/marks", &sources.mark},
                                     {"/assert", &sources.assert_since},
                                     {"/reset", &sources.reset}}) {
    if (!*source) continue;
    serve_post(http, path, *source);
    posts.emplace(path, *source);
  }
  http.set_pre_routing_handler(
      [posts = std::move(posts), guard = Guard(std::move(access), endpoint)](
          const httplib::Request& request, httplib::Response& response) {
        using Handled = httplib::Server::HandlerResponse;
        if (refused(guard, request, response)) return Handled::Handled;
        const auto found = has_no_body(request) ? posts.find(request.path) : posts.end();
        if (found == posts.end()) return Handled::Unhandled;
        answer(response, found->second(""));
        return Handled::Handled;
      });

  if (!http.bind_to_port(bound.host, bound.port))
    return tl::unexpected(
        net::StartError{"cannot listen on " + bound.text() + "; choose another address"});
  // httplib's backlog is 5: where more test workers assert at once, some would try again a second
  // later.
  ::listen(listening, kBacklog);
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
