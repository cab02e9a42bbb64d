#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/instant.hpp"

namespace core::client {

enum class Ask : std::uint8_t { Nothing, Ack };

/// An event to be sent.
struct Emission {
  std::string ns = "/";
  std::string name = {};
  /// The inside of a JSON array, `1,{"a":2}`; where an attachment belongs it says
  /// `{"_placeholder":true,"num":0}`.
  std::string arguments = {};
  std::vector<std::string> attachments = {};
  Ask ask = Ask::Nothing;
  std::optional<Duration> ack_timeout = {};  ///< counted from emit(); with Ask::Ack
};

/// What becomes of an emission while its namespace is not connected.
enum class OfflinePolicy : std::uint8_t {
  Error,   ///< emit() says NotConnected
  Drop,    ///< emit() says Fate::Dropped, which is no error
  Buffer,  ///< kept and sent, in order, as soon as the namespace is connected
};

struct OfflineOptions {
  OfflinePolicy policy = OfflinePolicy::Error;
  std::size_t emissions_max = 1'000;  ///< kept at most, in all namespaces together
};

/// An emission, counted from 1 in the order of the calls.
enum class EmissionNumber : std::uint64_t {};

/// What emit() did.
enum class Fate : std::uint8_t {
  Sent,
  Buffered,  ///< EmissionSent or EmissionDropped will follow
  Dropped,
};
struct Receipt {
  EmissionNumber number;
  Fate fate;
  std::optional<std::uint64_t> ack_id;  ///< with Ask::Ack, unless Dropped
};

/// Why nothing was sent or kept.
enum class EmitErrc : std::uint8_t {
  NotConnected,  ///< offline, or CONNECT is not answered yet
  NoNamespace,   ///< it was never asked for, was refused or was left
  BufferFull,    ///< OfflineOptions::emissions_max
  ReservedName,  ///< such as `connect`: no server would take it
  NotJson,       ///< the arguments
  Attachments,   ///< too many, or a placeholder that names none
  TooLarge,      ///< for the server's maxPayload: it would end the session
};

}  // namespace core::client
