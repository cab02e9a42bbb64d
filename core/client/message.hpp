#pragma once

#include <string>

namespace core::client {

/// A message of either transport, before it is taken for a packet: text, or bytes.
struct Message {
  bool binary = false;
  std::string data;
};

}  // namespace core::client
