#include "proxy/capture/capture.hpp"

#include <doctest/doctest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <sstream>

#include "proxy/observe/clock.hpp"
#include "tests/proxy/capture/read_back.hpp"

using namespace std::chrono_literals;
using core::ConnectionId;
using core::Direction;
using proxy::capture::Capture;

namespace {

struct Bench {
  Bench() : log("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(said)) {}
  ~Bench() { std::filesystem::remove(path); }
  [[nodiscard]] std::unique_ptr<Capture> start(std::size_t loops) {
    auto started = Capture::start({.rotation = {path, 1 << 30, 2, {}},
                                   .secrets = proxy::capture::Secrets::Kept,
                                   .socketio_path = "/socket.io/",
                                   .loops = loops,
                                   .to_epoch = 500'000h,
                                   .application = "a test",
                                   .log = log});
    REQUIRE(started);
    return std::move(*started);
  }

  std::string path = (std::filesystem::temp_directory_path() /
                      ("capture-" + std::to_string(::getpid()) + ".pcapng"))
                         .string();
  std::ostringstream said;
  spdlog::logger log;
};

}  // namespace

TEST_CASE("Capture: two loops, one history, and its end") {
  Bench bench;
  auto capture = bench.start(2);
  for (std::size_t loop = 0; loop < 2; ++loop) {
    proxy::capture::Recorder& recorder = capture->recorder(loop);
    const auto id = ConnectionId(1 + loop);
    recorder.opened(id, "127.0.0.1:" + std::to_string(5000 + loop), "127.0.0.1:3000",
                    proxy::observe::now());
    recorder.bytes(id, Direction::ToServer, 0, std::string_view("hello"), proxy::observe::now());
    recorder.falls_asleep();
  }
  const core::Instant end = proxy::observe::now();
  capture->finish(end, end - 1s);
  CHECK(capture->counts().written == 4);
  CHECK(capture->counts().lost_in_ring == 0);

  const auto read = read_back::read(read_back::slurp(bench.path));
  CHECK(read.by_client.size() == 2);
  CHECK(read.end.reached);
  CHECK(read.end.at == end + core::Duration(500'000h));
  CHECK(read.end.command_ended == end - 1s + core::Duration(500'000h));
}

TEST_CASE("Capture: what does not fit into the ring is counted and told, and leaves a gap") {
  Bench bench;
  auto capture = bench.start(1);
  proxy::capture::Recorder& recorder = capture->recorder(0);
  // The low-water mark stays behind, so nothing is taken until the loop sleeps.
  const core::Instant at = proxy::observe::now();
  recorder.opened(ConnectionId(1), "127.0.0.1:5000", "127.0.0.1:3000", at);
  const std::string much(64 << 10, 'm');
  std::uint64_t offset = 0;
  for (int i = 0; i < 400; ++i, offset += much.size())
    recorder.bytes(ConnectionId(1), Direction::ToServer, offset, much, at);
  recorder.falls_asleep();
  while (capture->counts().written == 0) ::usleep(1000);
  recorder.bytes(ConnectionId(1), Direction::ToServer, offset, much, proxy::observe::now());
  capture->finish(proxy::observe::now());
  CHECK(capture->counts().lost_in_ring > 100);
  CHECK(bench.said.str().find("cannot keep up") != std::string::npos);
  const auto read = read_back::read(read_back::slurp(bench.path));
  CHECK(read.by_client.at("127.0.0.1:5000").find("> missing ") != std::string::npos);
}
