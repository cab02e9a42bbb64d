#include "proxy/demo/demo.hpp"

#include <csignal>
#include <iostream>

#include "proxy/demo/parts.hpp"

namespace proxy::demo {

int run_demo(const DemoOptions& options) {
  std::signal(SIGPIPE, SIG_IGN);  // A gone reader is an error of one write.
  if (options.serve && options.client) {
    std::cerr << "sioscope: --serve and --client exclude each other; run two processes\n";
    return 2;
  }
  if (options.serve) return run_server(options);
  if (options.client) return run_client(options);
  return tell_story(options);
}

}  // namespace proxy::demo
