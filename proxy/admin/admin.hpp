#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <tl/expected.hpp>

#include "proxy/admin/guard.hpp"
#include "proxy/net/address.hpp"
#include "proxy/net/start_error.hpp"

namespace proxy::admin {

/// Asserts that may wait at once: as many parallel test workers as one machine runs.
inline constexpr std::size_t kAssertsMax = 32;
/// The longest body of a request: a name and two marks.
inline constexpr std::size_t kBodyBytesMax = std::size_t{16} << 10;

struct Answer {
  int status = 200;
  std::string body;  ///< JSON, or empty
};

/// What the admin server tells, made anew for every request, on one of its own threads. Requests
/// come several at once.
struct Sources {
  std::function<std::string()> metrics;   ///< Prometheus text
  std::function<std::string()> findings;  ///< a JSON array
  std::function<std::string()> verdict;   ///< a JSON object
  /// What is posted, by the request's body. One that is not set is not served.
  std::function<Answer(const std::string&)> mark = {};
  std::function<Answer(const std::string&)> assert_since = {};
  std::function<Answer(const std::string&)> reset = {};
};

/// A small HTTP server beside the proxy, on threads of its own, for probes, scrapers and people:
///
///     GET /healthz       200 while the process runs
///     GET /readyz        200, or 503 once draining
///     GET /metrics       Prometheus text
///     GET /api/findings  what stands, as the records of --findings
///     GET /api/verdict   what it comes to so far
///     POST /marks        names this instant, so that one test can be judged by itself
///     POST /assert       judges what happened since a mark
///     POST /reset        findings, marks and the verdict's numbers start afresh
///
/// **Marks.** `POST /marks` with `{"name":"my test"}`, or without a body, answers 201 and
/// `{"mark":"m-1","name":"my test"}`. Everything that happened before has been analysed then, and
/// what happens after the answer is behind the mark. Numbers rise. The newest 1,024 are kept.
///
/// **Asserts.** `POST /assert` with `{"since":"m-1","grace":"2s"}` judges the sessions whose
/// handshake came behind that mark, until now or until the mark of `"until":"m-2"`. What belongs to
/// an older session, say an orphan of the test before, is not this test's. It waits while a session
/// among them is a suspect that is neither proven nor refuted, for as long as `grace` (default 2s;
/// `250ms`, `5s`); what nobody suspects is answered for at once. Give the server short pings in
/// tests, or the grace is over before a ping can prove anything, and the result is `inconclusive`.
///
/// It answers 200 and the verdict record of --findings, over the mark alone: `result` and
/// `own_exit` are what the program would come to if this were all (--fail-on, ignores and baseline
/// as ever, and no sessions are a doubt where traffic is expected); `sessions` are those that
/// opened, `deliveries`, `events` and `unobserved` what passed in that time over any session;
/// `child_exit` is null. Only `findings` differs: it is an array, the records of those sessions'
/// findings, and the numbers by severity stand in `counts`. `advice` has a sentence for each doubt.
///
/// **Reset.** `POST /reset` answers 204. Live sessions stay tracked, and `/metrics` goes on
/// counting; a finding from before stays forgotten, also when it grows. It is not a way to judge
/// tests one by one: the exit code is about what came after the last reset.
///
/// What is wrong with a request is said in `{"error":"one sentence"}`: 400 for a body that is no
/// JSON object, an unknown member, a wrong type or a bad duration; 404 for a mark that was never
/// given or is forgotten; 405 for another method; 413 for a body over 16 KiB; 503 while 32 asserts
/// wait already.
///
/// **Access** is guard.hpp's: 403 for a Host that is not known and for pages of others, 401 without
/// the token where there is one, whatever the path; the two probes need none. Nothing else is told
/// to who is refused.
class Admin {
 public:
  /// Binds and serves until destroyed. Port 0 picks one.
  [[nodiscard]] static tl::expected<std::unique_ptr<Admin>, net::StartError> start(
      const net::Endpoint& endpoint, Access access, Sources sources);
  ~Admin();
  Admin(const Admin&) = delete;
  Admin& operator=(const Admin&) = delete;

  [[nodiscard]] const net::Endpoint& bound() const noexcept;
  /// From now on /readyz says 503, so that no new clients are sent here.
  void set_draining() noexcept;

 private:
  struct Server;
  explicit Admin(std::unique_ptr<Server> server);
  std::unique_ptr<Server> server_;
};

}  // namespace proxy::admin
