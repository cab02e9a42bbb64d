#include <spdlog/logger.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <iomanip>
#include <iostream>
#include <mutex>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "proxy/client/driver.hpp"
#include "proxy/client/stop_signals.hpp"
#include "proxy/demo/leaky_client.hpp"
#include "proxy/client/listening.hpp"
#include "proxy/demo/parts.hpp"
#include "proxy/net/forwarder.hpp"
#include "proxy/observe/observer.hpp"
#include "proxy/report/ledger.hpp"
#include "proxy/report/terminal.hpp"
#include "proxy/report/verdict_text.hpp"

/// `sioscope demo`. Everything that is told happened: lines about clients and server come from
/// their machines, lines about findings from the observer.
///
/// One thread runs server, clients and the telling; the proxy has its own, and the observer's
/// records come over in a queue. A beat every half second carries the plot:
///
///     connect ► news ► the poison packet ► news, news ... until the proxy has its proof, or
///     patience ends
namespace proxy::demo {
namespace {

using namespace std::chrono_literals;
using core::Instant;
namespace client = core::client;
namespace server = core::server;
using proxy::client::Alarm;
using proxy::client::make_loop;
using proxy::client::random_seed;
using proxy::client::StopSignals;
using CarefulDriver = proxy::client::ClientDriver;
using LeakyDriver = proxy::client::Driver<LeakyClient, client::Output>;

constexpr auto kBeat = 500ms;
constexpr int kFirstNewsBeat = 2;
constexpr int kPoisonBeat = 4;
constexpr int kEnoughBeats = 13;  ///< the proof is usually in by then
constexpr int kLastBeat = 24;     ///< 12 seconds: no proof any more
constexpr auto kNewsSettles = 200ms;
constexpr std::string_view kLeakRule = "leak/orphan-after-parse-error";

constexpr std::string_view kIntroduction = R"(
A client that leaks, and the proxy that sees it. Four parts run in this one process and talk over real
sockets on this machine:

  server          a small, correct Socket.IO server that sends news to everyone
  careful client  a client that works as it should
  leaky client    one that does what socket.io-client 4.5.2 to 4.7.5 do (socketio/socket.io#5128)
  sioscope        the proxy between them and the server: it passes every byte on, unchanged, and watches

)";

constexpr std::string_view kWhatNext = R"(
What to try next, with your own server on port 3000:

  sioscope proxy --listen 127.0.0.1:3001 --upstream http://127.0.0.1:3000
      then let your client connect to port 3001, and read along
  sioscope check --upstream http://127.0.0.1:3000 -- npm test
      fails the build when a session leaks; your tests find the proxy's address in SIOSCOPE_URL
  sioscope rules leak/orphan-after-parse-error
      what this rule wants to see before it says so
)";

std::string seconds(core::Duration duration) {
  std::ostringstream text;
  text << std::fixed << std::setprecision(1) << std::chrono::duration<double>(duration).count()
       << " s";
  return text.str();
}

/// One of the two clients, as the story follows it.
struct Actor {
  std::string_view name;
  std::set<std::string> sids;  ///< every Engine.IO session it ever had
  std::string sid;             ///< the one it uses now
  int handled = 0;             ///< news that reached its application
  int lives = 0;
};

class Story {
 public:
  explicit Story(report::Colours colours);
  [[nodiscard]] int tell(std::chrono::milliseconds ping_interval,
                         std::chrono::milliseconds ping_timeout);

 private:
  [[nodiscard]] tl::expected<void, net::StartError> set_stage(server::Options options);
  [[nodiscard]] static client::Options client_options(std::string host, std::string_view app);
  void say(std::string_view who, const std::string& what);
  void careful_told(const client::Happening& happening);
  void leaky_told(const client::Happening& happening);
  void connected(Actor& actor, const client::EngineOpened& opened);
  void server_told(const server::Happening& happening);
  void beat();
  void send_news();
  void count_news();
  void take_records();
  [[nodiscard]] int judge(const observe::Snapshot& last);
  [[nodiscard]] bool proven() const;

  report::Colours colours_;
  report::WallClock clock_ = report::WallClock::now();
  report::Redaction redaction_{report::Redaction::Mode::Shorten};
  report::Ledger ledger_;
  report::Terminal terminal_;
  spdlog::logger log_{"demo"};  ///< no sinks: the story says what happens
  core::tap::Settings tap_;
  Instant began_;

  std::mutex records_mutex_;
  std::vector<rules::Record> records_;  ///< from the observer's thread

  net::uv::OwnedLoop loop_ = make_loop();
  net::uv::Owned<uv_async_t> records_came_;
  observe::Observer observer_;
  std::unique_ptr<net::Forwarder> forwarder_;
  std::unique_ptr<proxy::client::Listening<core::server::Server>> server_;
  std::unique_ptr<CarefulDriver> careful_;
  std::unique_ptr<LeakyDriver> leaky_;
  Alarm beat_alarm_;
  Alarm count_alarm_;
  StopSignals signals_;

  Actor careful_actor_{.name = "careful client", .sids = {}, .sid = {}};
  Actor leaky_actor_{.name = "leaky client", .sids = {}, .sid = {}};
  int beats_ = 0;
  int news_ = 0;
  std::size_t copies_ = 0;  ///< of the last news, on the wire
  bool interrupted_ = false;
};

Story::Story(report::Colours colours)
    : colours_(colours),
      terminal_(std::cout, clock_, redaction_, colours, report::Terminal::Progress::Off),
      observer_(1,
                [this](const rules::Record& record) {
                  const std::lock_guard lock(records_mutex_);
                  records_.push_back(record);
                  uv_async_send(records_came_.get());
                }),
      beat_alarm_(*loop_, [this] { beat(); }),
      count_alarm_(*loop_, [this] { count_news(); }),
      signals_(*loop_, [this] {
        interrupted_ = true;
        uv_stop(loop_.get());
      }) {
  tap_.hash_key = random_seed();
  records_came_.reset(new uv_async_t);
  uv_async_init(loop_.get(), records_came_.get(), [](uv_async_t* async) {
    if (async->data) static_cast<Story*>(async->data)->take_records();
  });
  records_came_->data = this;
}

client::Options Story::client_options(std::string host, std::string_view app) {
  client::Options options;
  options.engine.target.host = std::move(host);
  options.engine.target.query = "app=" + std::string(app);
  options.back_off = {450ms, 450ms, 1.0 / 3};  // 300 to 600 ms: the story is to be short.
  return options;
}

tl::expected<void, net::StartError> Story::set_stage(server::Options options) {
  server_ = std::make_unique<proxy::client::Listening<core::server::Server>>(
      *loop_, std::move(options), [this](const server::Happening& it) { server_told(it); });
  const auto served = server_->listen({"127.0.0.1", 0});
  if (!served) return tl::unexpected(served.error());

  std::array<observe::EventRing*, 1> rings{&observer_.ring(0)};
  auto forwarder = net::Forwarder::start({.listen = {"127.0.0.1", 0},
                                          .upstreams = {*served},
                                          .tap = tap_,
                                          .rings = rings,
                                          .wake_observer = [this] { observer_.wake(); },
                                          .log = log_});
  if (!forwarder) return tl::unexpected(forwarder.error());
  forwarder_ = std::move(*forwarder);
  observer_.start();

  const net::Endpoint proxy = forwarder_->bound();
  careful_ = std::make_unique<CarefulDriver>(*loop_, client_options(proxy.text(), "careful"),
                                             [this](const auto& it) { careful_told(it); });
  leaky_ = std::make_unique<LeakyDriver>(*loop_, client_options(proxy.text(), "leaky"),
                                         [this](const auto& it) { leaky_told(it); });
  careful_->set_remote({proxy.host, proxy.port});
  leaky_->set_remote({proxy.host, proxy.port});
  say("server",
      "listens on " + served->text() + "; sioscope stands in front of it on " + proxy.text());
  return {};
}

void Story::say(std::string_view who, const std::string& what) {
  std::ostringstream line;
  line << std::setw(7) << seconds(observe::now() - began_) << "  "
       << report::paint(who, report::Ink::Bold, colours_)
       << std::string(who.size() < 16 ? 16 - who.size() : 1, ' ') << what << '\n';
  std::cout << line.str() << std::flush;
}

// --- What the machines tell ---

void Story::connected(Actor& actor, const client::EngineOpened& opened) {
  actor.sid = opened.sid;
  actor.sids.insert(opened.sid);
  ++actor.lives;
  say(actor.name,
      (actor.lives == 1 ? "connects: session " : "is back: session ") + redaction_.sid(actor.sid));
}

void Story::careful_told(const client::Happening& happening) {
  Actor& actor = careful_actor_;
  if (const auto* opened = std::get_if<client::EngineOpened>(&happening)) connected(actor, *opened);
  if (const auto* received = std::get_if<client::Received>(&happening))
    actor.handled += received->name == "news" ? 1 : 0;
  if (const auto* closed = std::get_if<client::EngineClosed>(&happening);
      closed && closed->reason == client::CloseReason::ParseError)
    say(actor.name,
        "cannot read that. It closes session " + redaction_.sid(actor.sid) + " first ...");
  if (const auto* scheduled = std::get_if<client::ReconnectScheduled>(&happening))
    say(actor.name, "... and will be back in " + seconds(scheduled->at - observe::now()));
}

void Story::leaky_told(const client::Happening& happening) {
  Actor& actor = leaky_actor_;
  if (const auto* opened = std::get_if<client::EngineOpened>(&happening)) {
    connected(actor, *opened);
    for (const std::string& sid : leaky_->machine().orphans())
      say(actor.name, report::paint("session " + redaction_.sid(sid) +
                                        " is an orphan now: open, answering pings, and "
                                        "nobody listens to it",
                                    report::Ink::Yellow, colours_));
  }
  if (std::holds_alternative<client::Connected>(happening))
    leaky_->act([](LeakyClient& it, Instant now, client::Output& out) {
      static_cast<void>(it.emit({.name = "hello", .ask = client::Ask::Ack}, now, out));
    });
  if (const auto* received = std::get_if<client::Received>(&happening))
    actor.handled += received->name == "news" ? 1 : 0;
  if (const auto* scheduled = std::get_if<client::ReconnectScheduled>(&happening))
    say(actor.name, "cannot read that. It will be back in " +
                        seconds(scheduled->at - observe::now()) +
                        ", and forgets to close session " + redaction_.sid(actor.sid));
}

void Story::server_told(const server::Happening& happening) {
  const auto* received = std::get_if<server::Received>(&happening);
  if (!received || !received->id) return;
  server_->act([received](server::Server& it, Instant now, server::Output& out) {
    it.acknowledge(received->socket, *received->id, "\"hello\"", now, out);
  });
}

// --- The plot ---

void Story::beat() {
  if (beats_ >= kLastBeat || (beats_ >= kEnoughBeats && proven())) return uv_stop(loop_.get());
  if (beats_ == 0) {
    careful_->act(
        [](client::Client& it, Instant now, client::Output& out) { it.connect(now, out); });
    leaky_->act([](LeakyClient& it, Instant now, client::Output& out) { it.connect(now, out); });
  } else if (beats_ == kPoisonBeat) {
    say("server",
        report::paint("has a bug: io.emit(null, null) sends everyone the packet 42[null,null]",
                      report::Ink::Red, colours_));
    server_->act([](server::Server& it, Instant now, server::Output& out) {
      it.broadcast_raw("/", "2[null,null]", now, out);
    });
  } else if (beats_ == kFirstNewsBeat || (beats_ > kPoisonBeat + 1 && beats_ % 2 == 1)) {
    send_news();
  }
  ++beats_;
  beat_alarm_.set(began_ + beats_ * kBeat);
}

void Story::send_news() {
  ++news_;
  careful_actor_.handled = leaky_actor_.handled = 0;
  const auto sessions = server_->machine().sessions();
  copies_ = static_cast<std::size_t>(std::count_if(
      sessions.begin(), sessions.end(), [](const auto& it) { return it.sockets.contains("/"); }));
  server_->act([this](server::Server& it, Instant now, server::Output& out) {
    it.broadcast("/", "news", std::to_string(news_), now, out);
  });
  count_alarm_.set(observe::now() + kNewsSettles);
}

void Story::count_news() {
  const auto handled = static_cast<std::size_t>(careful_actor_.handled + leaky_actor_.handled);
  std::string text = "news " + std::to_string(news_) + " goes to " + std::to_string(copies_) +
                     " sessions; the clients handle " + std::to_string(handled) +
                     " of these copies";
  if (copies_ > handled)
    text += report::paint(": " + std::to_string(copies_ - handled) + " went to nobody",
                          report::Ink::Yellow, colours_);
  say("server", text);
}

/// Findings, as the observer hands them over.
void Story::take_records() {
  std::vector<rules::Record> records;
  {
    const std::lock_guard lock(records_mutex_);
    records.swap(records_);
  }
  for (const rules::Record& record : records) {
    const std::size_t known = ledger_.findings().size();
    ledger_.apply(record);
    const bool fresh = ledger_.findings().size() > known;
    if (fresh) say("sioscope", report::paint("reports:", report::Ink::Green, colours_) + "\n");
    terminal_.show(record);
    if (fresh) std::cout << '\n';
  }
}

bool Story::proven() const {
  const auto findings = ledger_.findings();
  return std::any_of(findings.begin(), findings.end(), [this](const report::Assessed& one) {
    const rules::Finding& it = one.finding;
    return it.rule == kLeakRule && it.confidence >= rules::Confidence::Likely &&
           leaky_actor_.sids.contains(it.session.engine_sid);
  });
}

// --- The end ---

int Story::judge(const observe::Snapshot& last) {
  report::Verdict verdict;
  verdict.tally = last.tally;
  if (last.tally.unproven > 0) verdict.doubts.push_back(report::Doubt::Unproven);
  if (!last.tally.unobserved.empty()) verdict.doubts.push_back(report::Doubt::Unobserved);
  const auto findings = ledger_.findings();
  const bool bad = std::any_of(findings.begin(), findings.end(), [](const auto& it) {
    return it.finding.severity == rules::Severity::Error &&
           it.finding.confidence >= rules::Confidence::Likely;
  });
  verdict.result = bad                      ? report::Result::Findings
                   : verdict.doubts.empty() ? report::Result::Clean
                                            : report::Result::Inconclusive;
  std::cout << "\nThe verdict, as `sioscope proxy` and `sioscope check` give it at the end:\n\n"
            << report::verdict_text(verdict, findings, redaction_, colours_) << std::flush;

  const auto slandered = std::find_if(findings.begin(), findings.end(), [this](const auto& one) {
    const rules::Finding& it = one.finding;
    return (it.rule.starts_with("leak/") || it.rule.starts_with("duplicate/")) &&
           it.confidence > rules::Confidence::Possible &&
           careful_actor_.sids.contains(it.session.engine_sid);
  });
  if (slandered != findings.end()) {
    std::cerr << "sioscope: the demo failed: the careful client was accused of "
              << slandered->finding.rule << "; please report it with the output above\n";
    return 1;
  }
  if (!proven()) {
    std::cerr << "sioscope: the demo failed: the orphan of the leaky client was not found; on a "
                 "very busy machine "
                 "run it again, else please report it with the output above\n";
    return 1;
  }
  std::cout << kWhatNext << std::flush;
  return 0;
}

int Story::tell(std::chrono::milliseconds ping_interval, std::chrono::milliseconds ping_timeout) {
  std::cout << kIntroduction << std::flush;
  began_ = observe::now();
  server::Options options;
  options.engine.ping_interval = ping_interval;
  options.engine.ping_timeout = ping_timeout;
  if (const auto staged = set_stage(std::move(options)); !staged) {
    std::cerr << "sioscope: " << staged.error().sentence << '\n';
    return 2;
  }
  beat();
  uv_run(loop_.get(), UV_RUN_DEFAULT);

  forwarder_->drain(std::chrono::steady_clock::now());
  const observe::Snapshot last = observer_.finish();
  take_records();
  if (interrupted_) return 0;
  return judge(last);
}

}  // namespace

int tell_story(const DemoOptions& options) {
  const auto colours = options.colour == DemoOptions::Colour::Off
                           ? report::Colours::Off
                           : report::colours_for(STDOUT_FILENO);
  return Story(colours).tell(options.ping_interval, options.ping_timeout);
}

}  // namespace proxy::demo
