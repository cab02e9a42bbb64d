#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "tests/bench/load/options.hpp"

namespace tests::bench {

/// What is sent: Socket.IO events that differ in their values, of `--bytes` each, in one of three
/// forms.
///
///     string   42["echo","abc..."]
///     dense    42["echo",[{"id":17,"ok":true,"at":[3,51]},...]]: as many values as fit
///     binary   451-["echo",{"_placeholder":true,"num":0}] and an attachment of `--bytes`
struct Payloads {
  explicit Payloads(const Options& options);

  static constexpr std::size_t kVariants = 16;
  bool binary;
  std::size_t bytes;                    ///< of what carries the weight: the text, or the attachment
  std::vector<std::string> packets;     ///< as the client's frames
  std::vector<std::string> for_client;  ///< as the server's
};

}  // namespace tests::bench
