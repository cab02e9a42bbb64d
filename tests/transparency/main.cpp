#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <list>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "proxy/net/address.hpp"
#include "tests/proxy/tls/authority.hpp"
#include "tests/transparency/end.hpp"
#include "tests/transparency/program.hpp"

// Streams conversations of every kind through the built program, every kind with every ending first
// and then at random, and compares every byte and every ending at both ends.
//
//     transparency --program PATH [--seed N] [--megabytes 200] [--tls]
//
// With --tls through two of it, one that originates TLS and one that terminates it: what comes out
// and how it ends must be the same.

namespace tests::transparency {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kAtOnce = 24;
constexpr auto kConversationTime = 30s;

struct Exchange {
  Conversation conversation;
  std::unique_ptr<End> client;
  std::unique_ptr<End> server;
  Clock::time_point deadline;
};

/// A connection from the proxy that has not said yet which conversation it carries.
struct Arrival {
  proxy::net::Descriptor socket;
  std::string bytes;
};

Role client_role(const Conversation& c, Random& random) {
  Role role{.says = c.client, .hears = c.server, .hears_bytes_max = c.server.bytes.size()};
  switch (c.ending) {
    case Ending::ClientFirst:
      role.closing = Closing::WhenAllIsDone;
      break;
    case Ending::ClientHalfClose:
      role.closing = Closing::WhenSaid;
      break;
    case Ending::ServerFirst:
    case Ending::ServerHalfClose:
      role.closing = Closing::AfterTheirs;
      break;
    case Ending::ClientReset:  // Not before an answer: the server's end has to be there to see it.
      role.closing = Closing::Reset;
      role.reset_after_said = random.between(0, c.client.bytes.size());
      role.reset_after_heard = random.between(1, c.server.bytes.size());
      break;
    case Ending::ClientResetUnheard:
      role.closing = Closing::Reset;
      role.reset_after_said = SIZE_MAX;
      role.reset_when_stalled_after = c.flood_at;
      break;
    case Ending::ServerReset:
      role.expects_reset = true;
      break;
    case Ending::ServerResetUnheard:
      role.expects_reset = true;
      role.hears_bytes_max = c.flood_at;
      break;
  }
  return role;
}

Role server_role(const Conversation& c, Random& random) {
  Role role{.says = c.server, .hears = c.client, .hears_bytes_max = c.client.bytes.size()};
  switch (c.ending) {
    case Ending::ServerFirst:
      role.closing = Closing::WhenAllIsDone;
      break;
    case Ending::ServerHalfClose:
      role.closing = Closing::WhenSaid;
      break;
    case Ending::ClientFirst:
    case Ending::ClientHalfClose:
      role.closing = Closing::AfterTheirs;
      break;
    case Ending::ServerReset:
      role.closing = Closing::Reset;
      role.reset_after_said = random.between(0, c.server.bytes.size());
      role.reset_after_heard = random.between(1, c.client.bytes.size());
      break;
    case Ending::ServerResetUnheard:
      role.closing = Closing::Reset;
      role.reset_after_said = SIZE_MAX;
      role.reset_when_stalled_after = c.flood_at;
      break;
    case Ending::ClientReset:
      role.expects_reset = true;
      break;
    case Ending::ClientResetUnheard:
      role.expects_reset = true;
      role.hears_bytes_max = c.flood_at;
      break;
  }
  return role;
}

void no_delay(int fd) {
  const int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

/// The whole run.
class Run {
 public:
  Run(std::uint64_t seed, std::size_t bytes_wanted) : random_(seed), bytes_wanted_(bytes_wanted) {
    const auto any = *proxy::net::resolve({"127.0.0.1", 0});
    listener_ =
        proxy::net::Descriptor(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    bind(listener_.get(), any.front().get(), any.front().length);
    listen(listener_.get(), 256);
    for (const Kind kind : kKinds)
      for (const Ending ending : kEndings) planned_.push_back({kind, ending});
    for (const Ending ending : {Ending::ClientResetUnheard, Ending::ServerResetUnheard})
      for (const Kind kind : {Kind::KeepAlive, Kind::WebSocket}) planned_.push_back({kind, ending});
  }

  [[nodiscard]] std::uint16_t upstream_port() const {
    return proxy::net::local_address(listener_.get()).endpoint().port;
  }

  void through(std::uint16_t proxy_port) {
    proxy_ = proxy::net::resolve({"127.0.0.1", proxy_port})->front();
    while (true) {
      while (exchanges_.size() < kAtOnce && next()) {
      }
      if (exchanges_.empty()) return;
      turn();
    }
  }

  [[nodiscard]] std::size_t passed() const { return passed_; }
  [[nodiscard]] std::size_t failed() const { return failed_; }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }

 private:
  struct Plan {
    Kind kind;
    Ending ending;
  };

  /// Begins one more conversation; false when there is enough.
  bool next() {
    Plan plan{kKinds[random_.between(0, kKinds.size() - 1)],
              kEndings[random_.between(0, kEndings.size() - 1)]};
    if (!planned_.empty()) {
      plan = planned_.front();
      planned_.pop_front();
    } else if (bytes_ >= bytes_wanted_) {
      return false;
    }
    const std::size_t number = ++last_number_;
    Exchange& exchange = exchanges_[number];
    exchange.conversation = write_conversation(number, plan.kind, plan.ending, random_);
    exchange.deadline = Clock::now() + kConversationTime;
    proxy::net::Descriptor socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    no_delay(socket.get());
    const bool connected = connect(socket.get(), proxy_.get(), proxy_.length) == 0;
    exchange.client = std::make_unique<End>(std::move(socket),
                                            client_role(exchange.conversation, random_), random_);
    if (!connected) exchange.client->fail("cannot connect to the proxy");
    return true;
  }

  void turn() {
    const auto now = Clock::now();
    std::vector<pollfd> polls{{listener_.get(), POLLIN, 0}};
    std::vector<End*> ends;
    for (auto& [number, exchange] : exchanges_)
      for (End* end : {exchange.client.get(), exchange.server.get()})
        if (end != nullptr && !end->done()) {
          ends.push_back(end);
          polls.push_back({end->fd(), end->wanted(now), 0});
        }
    const std::size_t first_arrival = polls.size();
    for (const Arrival& arrival : arrivals_) polls.push_back({arrival.socket.get(), POLLIN, 0});
    poll(polls.data(), polls.size(), 1);

    for (std::size_t i = 0; i < ends.size(); ++i)
      if (!ends[i]->done()) ends[i]->on_events(polls[i + 1].revents, now);
    std::size_t at = first_arrival;
    for (auto arrival = arrivals_.begin(); arrival != arrivals_.end(); ++at)
      arrival = polls[at].revents != 0 && identify(*arrival) ? arrivals_.erase(arrival)
                                                             : std::next(arrival);
    if (polls[0].revents != 0) accept_all();
    for (auto it = exchanges_.begin(); it != exchanges_.end();) it = settle(it, now);
  }

  void accept_all() {
    int fd;
    while ((fd = accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
      no_delay(fd);
      arrivals_.push_back({proxy::net::Descriptor(fd), {}});
    }
  }

  /// True when the arrival is settled: it has found its conversation, or is worth a failure.
  bool identify(Arrival& arrival) {
    char buffer[1000];
    const ssize_t count = recv(arrival.socket.get(), buffer, sizeof buffer, 0);
    if (count < 0 && errno == EAGAIN) return false;
    if (count <= 0) {
      stray("the proxy ended an upstream connection before its request was there");
      return true;
    }
    arrival.bytes.append(buffer, static_cast<std::size_t>(count));
    constexpr std::string_view header = "X-Conversation: ";
    const std::size_t start = arrival.bytes.find(header);
    if (start == std::string::npos || arrival.bytes.find('\r', start) == std::string::npos)
      return false;
    const auto found = exchanges_.find(
        static_cast<std::size_t>(std::atoll(arrival.bytes.c_str() + start + header.size())));
    if (found == exchanges_.end() || found->second.server) {
      stray("a second upstream connection for one conversation");
      return true;
    }
    Exchange& exchange = found->second;
    exchange.server = std::make_unique<End>(std::move(arrival.socket),
                                            server_role(exchange.conversation, random_), random_);
    exchange.server->heard(arrival.bytes);
    return true;
  }

  using Exchanges = std::map<std::size_t, Exchange>;
  Exchanges::iterator settle(Exchanges::iterator it, Clock::time_point now) {
    Exchange& exchange = it->second;
    const bool client_failed = !exchange.client->failure().empty();
    const bool server_failed = exchange.server && !exchange.server->failure().empty();
    const bool both_done = exchange.client->done() && exchange.server && exchange.server->done();
    if (!both_done && !client_failed && !server_failed && now < exchange.deadline)
      return std::next(it);

    bytes_ +=
        exchange.client->bytes_heard() + (exchange.server ? exchange.server->bytes_heard() : 0);
    if (both_done && !client_failed && !server_failed)
      ++passed_;
    else
      report(exchange);
    return exchanges_.erase(it);
  }

  void report(const Exchange& exchange) {
    ++failed_;
    const Conversation& c = exchange.conversation;
    const auto side = [](const char* who, const End* end, const Script& script,
                         const Script& other) {
      if (end == nullptr) return std::string(who) + ": never came";
      return std::string(who) + ": " +
             (!end->failure().empty() ? end->failure()
              : end->done()           ? "done"
                                      : "still waiting") +
             " (said " + std::to_string(end->bytes_said()) + " of " +
             std::to_string(script.bytes.size()) + ", heard " + std::to_string(end->bytes_heard()) +
             " of " + std::to_string(other.bytes.size()) + ")";
    };
    std::printf("FAILED %zu %s %s\n  %s\n  %s\n", c.number, std::string(name(c.kind)).c_str(),
                std::string(name(c.ending)).c_str(),
                side("client", exchange.client.get(), c.client, c.server).c_str(),
                side("server", exchange.server.get(), c.server, c.client).c_str());
  }

  void stray(const char* what) {
    ++failed_;
    std::printf("FAILED: %s\n", what);
  }

  Random random_;
  std::size_t bytes_wanted_;
  proxy::net::Descriptor listener_;
  proxy::net::SocketAddress proxy_;
  std::deque<Plan> planned_;
  Exchanges exchanges_;
  std::list<Arrival> arrivals_;
  std::size_t last_number_ = 0;
  std::size_t passed_ = 0;
  std::size_t failed_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace
}  // namespace tests::transparency

namespace {

using tests::transparency::Program;

/// The programs under test, in the order in which a conversation passes them.
class Chain {
 public:
  Chain(const std::string& program, std::uint16_t upstream_port) {
    programs_.push_back(std::make_unique<Program>(program, address("http", upstream_port)));
  }
  /// By TLS in between.
  Chain(const std::string& program, std::uint16_t upstream_port,
        const tests::tls::Authority& authority) {
    const std::string own = folder_.file("own.pem", authority.issue().both());
    const std::string ca = folder_.file("ca.pem", authority.certificate());
    programs_.push_back(std::make_unique<Program>(program, address("http", upstream_port),
                                                  std::vector<std::string>{"--tls-cert", own}));
    programs_.insert(programs_.begin(),
                     std::make_unique<Program>(program, address("https", programs_[0]->port()),
                                               std::vector<std::string>{"--upstream-ca", ca}));
  }
  /// Null when one never started.
  [[nodiscard]] std::uint16_t port() const { return programs_.front()->port(); }
  /// True: all ended by themselves when asked to.
  [[nodiscard]] bool finish() const {
    bool all = true;
    for (const auto& program : programs_) all = program->finish().has_value() && all;
    return all;
  }

 private:
  static std::string address(const char* scheme, std::uint16_t port) {
    return std::string(scheme) + "://127.0.0.1:" + std::to_string(port);
  }

  tests::tls::Folder folder_;
  std::vector<std::unique_ptr<Program>> programs_;
};

}  // namespace

int main(int argc, char** argv) {
  std::string program;
  std::uint64_t seed = std::random_device{}();
  std::size_t megabytes = 200;
  bool tls = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view option = argv[i];
    if (option == "--tls") tls = true;
    if (i + 1 == argc) break;
    if (option == "--program") program = argv[i + 1];
    if (option == "--seed") seed = std::strtoull(argv[i + 1], nullptr, 10);
    if (option == "--megabytes") megabytes = std::strtoull(argv[i + 1], nullptr, 10);
  }
  if (program.empty()) {
    std::fprintf(stderr, "usage: transparency --program PATH [--seed N] [--megabytes N] [--tls]\n");
    return 2;
  }
  std::printf("transparency: seed %llu\n", static_cast<unsigned long long>(seed));
  std::fflush(stdout);

  const auto began = tests::transparency::Clock::now();
  tests::transparency::Run run(seed, megabytes << 20);
  const tests::tls::Authority authority;
  const Chain under_test =
      tls ? Chain(program, run.upstream_port(), authority) : Chain(program, run.upstream_port());
  if (under_test.port() == 0) {
    std::printf("%s did not start\ntransparency: 0 passed, 1 failed\n", program.c_str());
    return 1;
  }
  run.through(under_test.port());
  std::size_t failed = run.failed();
  if (!under_test.finish()) {
    ++failed;
    std::printf("FAILED: the program did not exit by itself after SIGTERM\n");
  }
  const std::chrono::duration<double> took = tests::transparency::Clock::now() - began;
  std::printf("%zu MB compared in %.1f s\n", run.bytes() >> 20, took.count());
  std::printf("transparency: %zu passed, %zu failed\n", run.passed(), failed);
  return failed == 0 ? 0 : 1;
}
