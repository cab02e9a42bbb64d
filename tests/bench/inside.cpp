// Where our own time goes: the same echoes as load.cpp's, without sockets. Each read is decoded by
// a tap and published in a ring, as an I/O thread does it; then the ring is emptied into the
// analysis, as the observer does it. Prints nanoseconds per message of each part.
//
//     bench_inside [--in-flight N] [--bytes N] [--connections N] [--seconds S]

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/event_buffer.hpp"
#include "core/limits.hpp"
#include "core/tap/tap.hpp"
#include "proxy/observe/clock.hpp"
#include "proxy/observe/event_ring.hpp"
#include "rules/analysis.hpp"
#include "tests/bench/load/frames.hpp"

namespace tests::bench {
namespace {

using core::Direction;

double nanoseconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

class Inside {
 public:
  Inside(std::size_t connections, std::size_t in_flight, std::size_t bytes)
      : in_flight_(in_flight) {
    for (std::size_t i = 0; i < connections; ++i)
      taps_.push_back(std::make_unique<core::tap::Tap>(settings_, core::ConnectionId{i + 1}));
    reads_.resize(connections * 2);
    payload_ = "42[\"echo\",\"";
    while (payload_.size() + 2 < bytes)
      payload_ += static_cast<char>('a' + payload_.size() * 7 % 26);
    payload_ += "\"]";
    greet();
  }

  void run(double seconds) {
    const double end = nanoseconds() + seconds * 1e9;
    while (nanoseconds() < end) turn();
    const double total = static_cast<double>(messages_);
    std::printf("tap and ring %6.1f ns, analysis %6.1f ns per message\n", tap_ns_ / total,
                analysis_ns_ / total);
    if (analysis_.tally().deliveries != messages_ / 2 || ring_.lost() != 0) {
      std::fprintf(stderr, "bench_inside: the analysis did not see every message\n");
      std::exit(1);
    }
  }

 private:
  void receive(std::size_t connection, Direction direction, std::string bytes) {
    taps_[connection]->receive(direction, bytes, proxy::observe::now(), events_);
    publish();
  }

  void publish() {
    ring_.publish(events_.bytes());
    events_.clear();
  }

  void drain() {
    while (const core::Event* const event = ring_.front()) {
      analysis_.observe({*event, ring_.front_text()});
      ring_.pop();
    }
  }

  void greet() {
    for (std::size_t i = 0; i < taps_.size(); ++i) {
      taps_[i]->open("127.0.0.1:" + std::to_string(i + 1), proxy::observe::now(), events_);
      receive(i, Direction::ToServer,
              "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\n"
              "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
      std::string greeting =
          "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
          "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzhZRbK+xOo=\r\n\r\n";
      append_server_frame(greeting, kText,
                          "0{\"sid\":\"" + std::to_string(1000 + i) +
                              "\",\"upgrades\":[],\"pingInterval\":25000,\"pingTimeout\":20000}");
      receive(i, Direction::ToClient, greeting);
      std::string connect;
      append_client_frame(connect, kText, "40", 7);
      receive(i, Direction::ToServer, connect);
      std::string connected;
      append_server_frame(connected, kText, "40{\"sid\":\"s" + std::to_string(i) + "\"}");
      receive(i, Direction::ToClient, connected);
    }
    drain();
  }

  /// As many events as are in flight, and their echoes. No two events are alike.
  void write_echoes(std::string& to_server, std::string& to_client) {
    constexpr std::size_t kNumberAt = sizeof("42[\"echo\",\"") - 1, kDigits = 12;
    to_server.clear();
    to_client.clear();
    for (std::size_t i = 0; i < in_flight_; ++i) {
      std::uint64_t number = ++events_sent_;
      for (std::size_t digit = 0; digit < kDigits; ++digit, number /= 26)
        payload_[kNumberAt + digit] = static_cast<char>('a' + number % 26);
      append_client_frame(to_server, kText, payload_, 0x9e37'79b9U * static_cast<unsigned>(i + 1));
      append_server_frame(to_client, kText, payload_);
    }
  }

  void turn() {
    for (std::size_t i = 0; i < taps_.size(); ++i) write_echoes(reads_[2 * i], reads_[2 * i + 1]);
    const double start = nanoseconds();
    for (std::size_t i = 0; i < reads_.size(); ++i) {
      taps_[i / 2]->receive(i % 2 == 0 ? Direction::ToServer : Direction::ToClient, reads_[i],
                            proxy::observe::now(), events_);
      publish();
    }
    const double tapped = nanoseconds();
    drain();
    analysis_ns_ += nanoseconds() - tapped;
    tap_ns_ += tapped - start;
    messages_ += reads_.size() * in_flight_;
  }

  core::tap::Settings settings_;
  std::size_t in_flight_;
  std::string payload_;
  std::uint64_t events_sent_ = 0;
  std::vector<std::string> reads_;  ///< by connection, to the server and to the client
  std::vector<std::unique_ptr<core::tap::Tap>> taps_;
  core::EventBuffer events_;
  proxy::observe::EventRing ring_{core::limits::kEventRingBytes};
  rules::Analysis analysis_;
  std::uint64_t messages_ = 0;
  double tap_ns_ = 0, analysis_ns_ = 0;
};

}  // namespace
}  // namespace tests::bench

int main(int argc, char** argv) {
  std::map<std::string, double> options{
      {"--in-flight", 16}, {"--bytes", 60}, {"--connections", 64}, {"--seconds", 1}};
  for (int i = 1; i + 1 < argc; i += 2) options[argv[i]] = std::atof(argv[i + 1]);
  const auto count = [&](const char* name) { return static_cast<std::size_t>(options[name]); };
  tests::bench::Inside(count("--connections"), count("--in-flight"), count("--bytes"))
      .run(options["--seconds"]);
}
