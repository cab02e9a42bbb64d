#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "core/address/networks.hpp"
#include "core/direction.hpp"
#include "core/event.hpp"
#include "core/ids.hpp"
#include "core/instant.hpp"
#include "core/session/lineage.hpp"
#include "core/tap/tap.hpp"

/// Transcripts: conversations as people write them down, turned into the bytes that a proxy would
/// see. README.md in this folder describes the format.
namespace transcripts {

/// One thing that happens, in order of time.
struct Step {
  enum class Kind { Open, Bytes, Close, Check };
  core::Instant at;
  Kind kind;
  core::ConnectionId connection;
  core::Direction direction;
  std::string text;  ///< Bytes: the bytes; Open: the client's address; Check: what must hold
  core::StreamEnd end;
  std::uint8_t upstream = 0;    ///< Open: which of several upstreams it goes to; 0: there is one
  std::uint8_t instead_of = 0;  ///< ... since that one could not be reached
};

/// One conversation and what it must come to.
struct Scenario {
  std::string name;  ///< file, title and transport, for people
  core::tap::ClientKey key;
  std::vector<core::tap::DedupeKey> dedupe_keys;
  std::vector<std::string> handled_twice;
  core::address::Networks trust;
  std::vector<std::string> upstreams;  ///< their names, where there are several
  core::Instant command_ended{};       ///< default: none was watched
  std::vector<Step> steps;
  core::Instant end;
  /// As rendered by Play::outcome(); see README.md.
  std::vector<std::string> expected;
};

/// Every scenario of every `.txt` file in the folder, in order of file and line. Throws
/// std::runtime_error, naming file and line, on a mistake in a transcript.
[[nodiscard]] std::vector<Scenario> read_all(const std::filesystem::path& folder);

/// The scenarios of one text, as a file would hold them.
[[nodiscard]] std::vector<Scenario> read_text(const std::string& text, const std::string& name);

}  // namespace transcripts
