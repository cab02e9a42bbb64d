// Asks a server one question, prints the answer and whatever else happens, and leaves.
//
//     example http://localhost:3000
#include <iostream>
#include <memory>
#include <sioscope/driver.hpp>

int main(int argc, char** argv) {
  const auto url = sioscope::parse_server_url(argc > 1 ? argv[1] : "http://localhost:3000");
  const auto tls = sioscope::TlsContext::make({});
  if (!url || !tls) {
    std::cerr << (url ? tls.error() : url.error()) << '\n';
    return 2;
  }
  sioscope::Options options;
  options.engine.target.host = url->remote.authority();
  options.namespaces = {{.ns = url->ns}};
  options.offline.policy = sioscope::OfflinePolicy::Buffer;  // What is said now is sent later.

  const auto loop = sioscope::make_loop();
  std::unique_ptr<sioscope::ClientDriver> driver;
  int exit_code = 1;
  const auto leave = [&] {
    driver->act([](auto& client, auto now, auto& out) { client.disconnect(now, out); });
  };
  const auto told = [&](const sioscope::Happening& happening) {
    if (const auto* it = std::get_if<sioscope::Connected>(&happening))
      std::cout << "connected as " << it->sid << '\n';
    if (const auto* it = std::get_if<sioscope::Received>(&happening))
      std::cout << it->name << '(' << it->arguments << ")\n";
    if (const auto* it = std::get_if<sioscope::Acknowledged>(&happening)) {
      std::cout << "the answer is " << it->arguments << '\n';
      exit_code = 0;
      leave();
    }
    if (const auto* it = std::get_if<sioscope::AckFailed>(&happening)) {
      std::cout << "no answer to " << it->id << '\n';
      leave();
    }
    if (std::holds_alternative<sioscope::EngineClosed>(happening)) uv_stop(loop.get());
  };
  driver = std::make_unique<sioscope::ClientDriver>(*loop, options, told);
  driver->set_remote(url->remote, &*tls);
  driver->act([](auto& client, auto now, auto& out) {
    client.connect(now, out);
    return client.emit({.name = "question",
                        .arguments = R"(42,{"why":true})",
                        .ask = sioscope::Ask::Ack,
                        .ack_timeout = std::chrono::seconds(5)},
                       now, out);
  });
  uv_run(loop.get(), UV_RUN_DEFAULT);
  return exit_code;
}
