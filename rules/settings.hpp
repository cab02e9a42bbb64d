#pragma once

#include <string>
#include <vector>

#include "core/session/lineage.hpp"
#include "core/session/session.hpp"

namespace rules {

/// What findings depend on beside the events.
struct Settings {
  core::session::ClientKeyNames key_names = core::session::ClientKeyNames::User;
  /// What every session speaks (`--parser`); Unknown: as its first word tells.
  core::session::Parser parser = core::session::Parser::Unknown;
  /// Events of which the user says that they are handled twice (`--handled-twice`).
  std::vector<std::string> handled_twice = {};
  /// What the upstreams are called, `127.0.0.1:3000`, in the order in which events count them.
  /// Empty where there is one.
  std::vector<std::string> upstreams = {};
};

}  // namespace rules
