// The load of `./dev bench`: clients and server around a proxy.
//
//     bench_load --proxy PORT --upstream PORT --pid PID
//                [--mode echo|sessions|push|paced|idle|polling] [--payload string|dense|binary]
//                [--connections N] [--in-flight N] [--bytes N] [--rate N]
//                [--warm-up SECONDS] [--measure SECONDS] [--tls 1] [--deflate 1]
//
// Prints one line of JSON: `cpu` is what the proxy's process spent in the window.
// With `--tls 1` the clients speak TLS and believe every certificate; the server stays plain.

#include <memory>
#include <string_view>

#include "tests/bench/load/polling_load.hpp"
#include "tests/bench/load/websocket_load.hpp"

int main(int argc, char** argv) {
  using namespace tests::bench;
  Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    if (!std::string_view(argv[i]).starts_with("--")) fail("options come in pairs");
    options.values[argv[i] + 2] = argv[i + 1];
  }
  std::unique_ptr<Load> load;
  if (options.values.at("mode") == "polling")
    load = std::make_unique<PollingLoad>(options);
  else
    load = std::make_unique<WebSocketLoad>(options);
  load->run();
}
