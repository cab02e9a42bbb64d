#include "core/session/realm.hpp"

#include <doctest/doctest.h>

#include <string>

using core::ConnectionId;
using core::SessionId;
using core::session::RealmFinder;

namespace {

constexpr SessionId kNone = SessionId::None;
constexpr SessionId kA{1};
constexpr SessionId kB{2};
constexpr SessionId kC{3};

/// A finder with the requests of one group, each on a connection of its own.
struct Requests {
  SessionId request(std::string_view t, SessionId session, std::uint64_t group = 9) {
    return finder.request(group, t, ConnectionId{++last}, 0, session);
  }
  SessionId opened(SessionId session) { return finder.opened(ConnectionId{last}, 0, session); }

  RealmFinder finder;
  std::uint64_t last = 0;
};

}  // namespace

TEST_CASE("RealmFinder: a suffix borrows the base of the other session of its page") {
  Requests requests;
  CHECK(requests.request("Q86FtxB", kA) == kNone);
  CHECK(requests.request("Q86FtxB.0", kB) == kA);
}

TEST_CASE("RealmFinder: the order of the two does not matter") {
  Requests requests;
  CHECK(requests.request("Q86FtxB.0", kB) == kNone);
  CHECK(requests.request("Q86FtxB", kA) == kB);
}

TEST_CASE("RealmFinder: two pages may share the plain form by chance") {
  Requests requests;
  CHECK(requests.request("Q86FtxB", kA) == kNone);
  CHECK(requests.request("Q86FtxB", kB) == kNone);
}

TEST_CASE("RealmFinder: a session that used the plain form explains its own suffixes") {
  Requests requests;
  CHECK(requests.request("Q86FtxB", kA) == kNone);
  CHECK(requests.request("Q86FtxB", kB) == kNone);
  CHECK(requests.request("Q86FtxB.0", kB) == kNone);
}

TEST_CASE("RealmFinder: a base that several others used names nobody") {
  Requests requests;
  CHECK(requests.request("Q86FtxB", kA) == kNone);
  CHECK(requests.request("Q86FtxB", kC) == kNone);
  CHECK(requests.request("Q86FtxB.0", kB) == kNone);
}

TEST_CASE("RealmFinder: another group is another browser") {
  Requests requests;
  CHECK(requests.request("Q86FtxB", kA, 9) == kNone);
  CHECK(requests.request("Q86FtxB.0", kB, 10) == kNone);
}

TEST_CASE("RealmFinder: a handshake speaks once it is answered") {
  Requests requests;
  CHECK(requests.request("Q86FtxB", kA) == kNone);
  CHECK(requests.request("Q86FtxB.0", kNone) == kNone);
  CHECK(requests.opened(kB) == kA);
  CHECK(requests.opened(kC) == kNone);  // It is somebody's now.
}

TEST_CASE("RealmFinder: an unanswered handshake of the same base keeps everybody silent") {
  Requests requests;
  CHECK(requests.request("Q86FtxB", kA) == kNone);
  CHECK(requests.request("Q86FtxB", kNone) == kNone);
  CHECK(requests.request("Q86FtxB.0", kB) == kNone);
}

TEST_CASE("RealmFinder: remembers a short while only") {
  Requests requests;
  CHECK(requests.request("Q86FtxB", kA) == kNone);
  for (int i = 0; i < 64; ++i) CHECK(requests.request("other" + std::to_string(i), kC) == kNone);
  CHECK(requests.request("Q86FtxB.0", kB) == kNone);
}
