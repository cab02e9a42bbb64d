#pragma once

#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "proxy/capture/capture_file.hpp"
#include "proxy/capture/strands.hpp"

namespace CLI {
class App;
}

namespace proxy::cli {

/// `--capture` and what goes with it, as written.
struct WrittenCapture {
  std::string file;
  std::string size = "128MB";
  std::string files = "8";
  std::string age;
  bool secrets = false;
};

/// The same, checked.
struct CaptureOptions {
  capture::Rotation rotation;
  capture::Secrets secrets = capture::Secrets::Pseudonyms;
};

void add_capture_options(CLI::App& app, WrittenCapture& written);
/// Nothing: there is to be no capture. Errors: a sentence.
[[nodiscard]] tl::expected<std::optional<CaptureOptions>, std::string> read_capture(
    const WrittenCapture& written);

}  // namespace proxy::cli
