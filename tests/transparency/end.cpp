#include "tests/transparency/end.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace tests::transparency {

using namespace std::chrono_literals;

namespace {
/// An end that resets unheard waits this long without getting rid of a byte: then the proxy has
/// paused, too.
constexpr auto kStalled = 100ms;
}  // namespace

End::End(proxy::net::Descriptor socket, Role role, Random& random)
    : socket_(std::move(socket)), role_(role), random_(random), last_said_(Clock::now()) {
  fcntl(fd(), F_SETFL, fcntl(fd(), F_GETFL) | O_NONBLOCK);
  const std::size_t pieces[] = {32, 2'000, 20'000, 200'000};
  piece_max_ = pieces[random_.between(0, 3)];
  // Small pieces suit small scripts: a thousand of them should do.
  piece_max_ = std::max(piece_max_, (role_.says.bytes.size() + role_.hears.bytes.size()) / 1000);
  pause_percent_ = random_.chance(50) ? 0 : 5;
}

std::size_t End::may_say() const {
  std::size_t end = role_.says.bytes.size();
  for (std::size_t i = gate_; i < role_.says.gates.size(); ++i) {
    if (role_.says.gates[i].heard > heard_) {
      end = role_.says.gates[i].at;
      break;
    }
  }
  return end - said_;
}

std::size_t End::piece() { return random_.between(1, piece_max_); }

bool End::stopped_listening() const {
  return role_.hears_bytes_max < role_.hears.bytes.size() && heard_ >= role_.hears_bytes_max;
}

short End::wanted(Clock::time_point now) const {
  int events = 0;  // Errors are told anyway.
  if (now >= deaf_until_ && !fin_heard_ && !stopped_listening()) events |= POLLIN;
  if (now >= quiet_until_ && may_say() > 0) events |= POLLOUT;
  return static_cast<short>(events);
}

void End::on_events(short events, Clock::time_point now) {
  if ((events & POLLERR) != 0 && stopped_listening())
    return met_reset();  // Heard without reading, as it should be.
  if ((events & (POLLIN | POLLERR | POLLHUP)) != 0) listen(now);
  if (!done_ && (events & POLLOUT) != 0) say(now);
  if (!done_) end_if_due(now);
}

void End::say(Clock::time_point now) {
  for (int burst = 0; burst < 16; ++burst) {
    const std::size_t allowed = may_say();
    if (allowed == 0) return;
    const ssize_t count =
        send(fd(), role_.says.bytes.data() + said_, std::min(piece(), allowed), MSG_NOSIGNAL);
    if (count < 0) {
      if (errno == ECONNRESET || errno == EPIPE) met_reset();
      return;
    }
    said_ += static_cast<std::size_t>(count);
    last_said_ = now;
    while (gate_ < role_.says.gates.size() && role_.says.gates[gate_].at < said_) ++gate_;
    if (random_.chance(pause_percent_)) {
      quiet_until_ = now + std::chrono::milliseconds(random_.between(1, 10));
      return;
    }
  }
}

void End::listen(Clock::time_point now) {
  static char buffer[256 << 10];
  const ssize_t count = recv(fd(), buffer, std::min(piece() * 2, sizeof buffer), 0);
  if (count > 0) {
    heard({buffer, static_cast<std::size_t>(count)});
    if (random_.chance(pause_percent_))
      deaf_until_ = now + std::chrono::milliseconds(random_.between(1, 30));
    return;
  }
  if (count < 0) {
    if (errno == ECONNRESET || errno == EPIPE) met_reset();
    return;
  }
  fin_heard_ = true;
  if (role_.expects_reset) return fail("a FIN where the other side reset");
  if (heard_ != role_.hears.bytes.size())
    fail("FIN after " + std::to_string(heard_) + " of " + std::to_string(role_.hears.bytes.size()) +
         " bytes");
}

void End::heard(std::string_view bytes) {
  const std::string_view expected =
      std::string_view(role_.hears.bytes).substr(heard_, bytes.size());
  if (expected != bytes) {
    const auto differ = std::mismatch(expected.begin(), expected.end(), bytes.begin()).first;
    return fail("a wrong byte at " +
                std::to_string(heard_ + static_cast<std::size_t>(differ - expected.begin())));
  }
  heard_ += bytes.size();
}

void End::met_reset() {
  if (!role_.expects_reset) return fail("a reset that nobody sent");
  done_ = true;
  socket_.close();
}

void End::end_if_due(Clock::time_point now) {
  const bool all_said = said_ == role_.says.bytes.size();
  const bool all_heard = heard_ == role_.hears.bytes.size();
  bool fin_due = false;
  switch (role_.closing) {
    case Closing::Never:
      return;
    case Closing::WhenSaid:
      fin_due = all_said;
      break;
    case Closing::WhenAllIsDone:
      fin_due = all_said && all_heard;
      break;
    case Closing::AfterTheirs:
      fin_due = all_said && fin_heard_;
      break;
    case Closing::Reset: {
      const bool stalled = said_ > role_.reset_when_stalled_after && now - last_said_ > kStalled;
      if (stalled || (said_ >= role_.reset_after_said && heard_ >= role_.reset_after_heard)) {
        socket_.reset();
        done_ = true;
      }
      return;
    }
  }
  if (fin_due && !fin_sent_) {
    shutdown(fd(), SHUT_WR);
    fin_sent_ = true;
  }
  if (fin_sent_ && fin_heard_) {
    done_ = true;
    socket_.close();
  }
}

void End::fail(std::string why) {
  if (failure_.empty()) failure_ = std::move(why);
  done_ = true;
  socket_.reset();
}

}  // namespace tests::transparency
