#pragma once

#include <chrono>
#include <cstdint>
#include <istream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/direction.hpp"

/// The records of `--findings`, read back: DESIGN's contract seen from its other end. All text is
/// printable (report::printable), for it came from the wire and a file may hold anything. A key
/// that is missing or of another type reads as empty.
namespace proxy::explain {

using Time = std::chrono::sys_time<std::chrono::milliseconds>;

struct Evidence {
  std::optional<Time> at;
  core::Direction direction = core::Direction::ToClient;
  std::string session;  ///< `s-12`; empty when it belongs to none
  std::string what;     ///< `packet`, `handshake`, ...
  std::string packet;   ///< empty when it is none
  bool truncated = false;
  std::string note;
};

struct Socket {
  std::string ns;
  std::string id;
};

struct Session {
  std::string id;
  std::string sid;
  std::string transport;  ///< empty of a successor, whose record is shorter
  std::int64_t eio = 0;
  std::vector<Socket> sockets;
};

struct Finding {
  std::string id;
  std::string rule;
  std::string severity;
  std::string confidence;
  bool unproven = false;
  std::string grade;  ///< how the client is known; empty when there is none
  Session session;
  std::optional<Session> successor;
  std::uint64_t count = 1;
  std::optional<Time> first_seen;
  std::optional<Time> last_seen;
  std::string fault;
  std::string summary;
  std::string remedy;
  std::vector<Evidence> evidence;
  std::optional<std::string> withdrawn;  ///< the reason, when it was
  std::optional<std::string> ignored;    ///< likewise, when a configuration file says so
  bool known = false;                    ///< it stands in the baseline
};

struct Reading {
  /// Those of the last run, each in its last form, in the order they arose.
  std::vector<Finding> findings;
  /// A file is appended to, and every run counts from f-1 again.
  std::size_t runs = 0;
  std::string verdict;        ///< of the last run, when it is there
  std::size_t lines_bad = 0;  ///< lines that are no records
  std::size_t first_bad = 0;  ///< the number of the first of them
  bool cut = false;           ///< the last line is half a record: the writer was killed
  bool unreadable = false;    ///< reading itself failed
};

/// Reads to the end. A record replaces the one before it with the same id. A new run begins after a
/// verdict, and where an id returns for something that began when the finding known by it had
/// ended: the run before was killed.
[[nodiscard]] Reading read_findings(std::istream& in);

/// `f-0001` and `f-1` are the same.
[[nodiscard]] std::string normal_id(std::string_view id);

}  // namespace proxy::explain
