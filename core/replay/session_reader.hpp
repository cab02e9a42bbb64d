#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/capture/recording.hpp"
#include "core/http/exchanges.hpp"
#include "core/replay/recorded_session.hpp"

namespace core::replay {

/// A recording in, its sessions out: what each side said, whole and in order, whatever it travelled
/// over. What cannot be followed (a hole, a broken frame) ends there; what came before stands.
///
/// This is for replay, which needs payloads: it keeps all of them in memory.
class SessionReader {
 public:
  /// Requests whose path starts with `path` are Socket.IO's.
  explicit SessionReader(std::string path = "/socket.io/");
  ~SessionReader();
  SessionReader(const SessionReader&) = delete;
  SessionReader& operator=(const SessionReader&) = delete;

  /// Items come in a recording's order. Their bytes are overwritten.
  void read(const capture::Item& item);
  /// The sessions so far, by handshake. Nothing may follow.
  [[nodiscard]] std::vector<RecordedSession> take();

 private:
  struct Wire;
  struct Live;

  [[nodiscard]] Live& session(const std::string& sid);

  http::Settings settings_;
  std::string path_;
  std::unordered_map<ConnectionId, std::unique_ptr<Wire>> wires_;
  std::map<std::string, std::unique_ptr<Live>> sessions_;  ///< by sid
};

}  // namespace core::replay
