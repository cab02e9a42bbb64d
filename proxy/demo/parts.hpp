#pragma once

#include "proxy/demo/demo.hpp"

/// What run_demo() chooses between.
namespace proxy::demo {

[[nodiscard]] int tell_story(const DemoOptions& options);
[[nodiscard]] int run_server(const DemoOptions& options);
[[nodiscard]] int run_client(const DemoOptions& options);

}  // namespace proxy::demo
