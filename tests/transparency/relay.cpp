#include <signal.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

#include "core/limits.hpp"
#include "proxy/net/forwarder.hpp"

// The forwarder alone, with nobody to read its rings, behind the command line of `sioscope proxy`:
//
//     relay proxy --listen HOST:PORT --upstream URL [--threads N]
//
// For the transparency test and for measuring what forwarding costs by itself.
int main(int argc, char** argv) {
  const auto option = [&](std::string_view name, const char* otherwise) {
    for (int i = 1; i + 1 < argc; ++i)
      if (name == argv[i]) return argv[i + 1];
    return const_cast<char*>(otherwise);
  };
  const auto fail = [](const proxy::net::StartError& error) {
    std::fprintf(stderr, "relay: %s\n", error.sentence.c_str());
    return 2;
  };
  const auto listen = proxy::net::parse_endpoint(option("--listen", "127.0.0.1:0"));
  if (!listen) return fail(listen.error());
  const auto upstream = proxy::net::parse_http_url(option("--upstream", ""));
  if (!upstream) return fail(upstream.error());

  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);

  auto log = spdlog::stderr_logger_mt("relay");
  const core::tap::Settings tap;
  std::vector<std::unique_ptr<proxy::observe::EventRing>> rings;
  std::vector<proxy::observe::EventRing*> ring_list;
  for (int i = 0; i < std::atoi(option("--threads", "1")); ++i)
    ring_list.push_back(rings
                            .emplace_back(std::make_unique<proxy::observe::EventRing>(
                                core::limits::kEventRingBytes))
                            .get());
  auto forwarder = proxy::net::Forwarder::start({.listen = *listen,
                                                 .upstreams = {upstream->endpoint},
                                                 .tap = tap,
                                                 .rings = ring_list,
                                                 .wake_observer = [] {},
                                                 .log = *log});
  if (!forwarder) return fail(forwarder.error());
  std::fprintf(stderr, "sioscope: listening on http://%s\n", (*forwarder)->bound().text().c_str());

  int signal_number = 0;
  sigwait(&ends, &signal_number);
  (*forwarder)->drain(std::chrono::steady_clock::now());
}
