#pragma once

#include <cstdint>
#include <map>

#include "rules/rule.hpp"

namespace rules::handshake {

/// handshake/cors: a browser may not read the answer to a handshake of another origin.
///
/// How it works. The headers tell what a browser has to do with an answer, not that a browser sent
/// the request: other clients name an origin too and read on, and behind a proxy that rewrites Host
/// every page looks like one of another origin. So what counts is that nothing follows: a session
/// whose handshake was unreadable is looked at a few seconds later, and one that was used is proof
/// that its kind of client minds no headers.
class Cors : public Rule {
 public:
  static const Description kDescription;
  static constexpr FactSet kFacts{core::session::FactKind::Answered,
                                  core::session::FactKind::Opened};

  explicit Cors(const Context& context) : Rule(context, kDescription) {}
  void observe(const core::session::Fact& fact);
  void due(core::Instant at, std::uint64_t key);

 private:
  enum class Lack : std::uint8_t { Nothing, Origin, Wildcard, Credentials, Preflight };
  [[nodiscard]] static Lack lack_of(const core::session::ExchangeFact& exchange) noexcept;
  [[nodiscard]] static std::string_view text_of(Lack lack) noexcept;

  /// A client, by its fingerprint: what came of its handshakes so far.
  struct Face {
    std::uint32_t refused = 0;
    bool minds_nothing = false;  ///< it went on all the same
    core::Instant asked{};       ///< its latest request but preflights
  };
  [[nodiscard]] Face& face(std::uint64_t fingerprint);
  void stayed_away(std::uint64_t fingerprint, Lack lack, const core::session::Session* session,
                   core::Instant asked, core::Instant at);

  struct Doubt {
    std::uint64_t fingerprint;
    Lack lack;
    core::Instant asked;
    core::SessionId session = core::SessionId::None;  ///< None: of a preflight
  };
  /// Handshakes and preflights that no browser goes on from, by the alarm's key.
  std::map<std::uint64_t, Doubt> doubts_;
  std::uint64_t next_ = 0;
  Doubt latest_{};  ///< the answer whose session is about to open
  std::map<std::uint64_t, Face> faces_;
};

}  // namespace rules::handshake
