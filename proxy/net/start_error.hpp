#pragma once

#include <string>

namespace proxy::net {

/// Why the program cannot start: one sentence for the user saying what, which, and what to do.
struct StartError {
  std::string sentence;
};

}  // namespace proxy::net
