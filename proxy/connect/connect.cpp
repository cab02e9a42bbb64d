#include "proxy/connect/connect.hpp"

#include <unistd.h>

#include <csignal>
#include <iostream>
#include <memory>
#include <set>
#include <utility>

#include "core/json/json.hpp"
#include "proxy/client/driver.hpp"
#include "proxy/client/stop_signals.hpp"
#include "proxy/connect/diagnosis.hpp"
#include "proxy/connect/happening_json.hpp"
#include "proxy/connect/lines.hpp"
#include "proxy/report/paint.hpp"

namespace proxy::connect {
namespace {

using namespace core::client;
using core::Instant;

/// One run: it ends when nothing is left to do, or when nothing more can be done.
///
///     connecting ► saying, hearing ► goodbye ► the engine is closed: end
class Conversation {
 public:
  Conversation(uv_loop_t& loop, const ConnectOptions& options, const client::TlsContext& tls);
  [[nodiscard]] int run();

 private:
  void told(const Happening& happening);
  void heard(const Received& event);
  void emit(Emission emission);
  void line(std::string_view text);
  void closed(const EngineClosed& closed);
  void refused(const ConnectError& error);
  void out_of_time();
  /// Whether all that was asked for is done. Somebody who only listens is never done.
  [[nodiscard]] bool done() const noexcept;
  /// Whether it goes on when something was lost.
  [[nodiscard]] bool stays() const noexcept {
    return options_.client.reconnection == Reconnection::Always;
  }
  void consider_end();
  void fail(const std::string& sentence);
  void say_goodbye();
  void look_for_end();
  void print(const Happening& happening) const;

  uv_loop_t& loop_;
  const ConnectOptions& options_;
  report::Colours colours_ = report::colours_for(STDOUT_FILENO);
  int exit_code_ = 0;
  bool leaving_ = false;
  bool was_open_ = false;
  bool was_connected_ = false;
  bool input_ended_ = true;
  std::uint64_t events_ = 0;  ///< that count
  std::set<EmissionNumber> unsent_;
  std::set<std::uint64_t> unanswered_;
  client::ClientDriver driver_;
  client::Alarm time_out_;
  client::Alarm last_look_;  ///< at whether all links are gone
  client::StopSignals signals_;
  std::unique_ptr<Lines> lines_;
};

Conversation::Conversation(uv_loop_t& loop, const ConnectOptions& options,
                           const client::TlsContext& tls)
    : loop_(loop),
      options_(options),
      driver_(loop, options.client, [this](const Happening& it) { told(it); }),
      time_out_(loop, [this] { out_of_time(); }),
      last_look_(loop, [this] { look_for_end(); }),
      signals_(loop, [this] {
        if (leaving_) return uv_stop(&loop_);  // The second time it is meant.
        if (!was_connected_ || options_.count > 0 || !unanswered_.empty()) exit_code_ = 1;
        say_goodbye();
      }) {
  driver_.set_remote(options.remote, &tls);
}

int Conversation::run() {
  if (options_.timeout) time_out_.set(observe::now() + *options_.timeout);
  for (const Emission& emission : options_.emissions) emit(emission);
  driver_.act([](Client& it, Instant now, Output& out) { it.connect(now, out); });
  if (options_.reads_stdin) {
    input_ended_ = false;
    lines_ = std::make_unique<Lines>(
        loop_, [this](std::string_view text) { line(text); },
        [this] {
          input_ended_ = true;
          consider_end();
        });
  }
  uv_run(&loop_, UV_RUN_DEFAULT);
  return exit_code_;
}

// --- What is said ---

void Conversation::line(std::string_view text) {
  if (text.find_first_not_of(" \t\r") == std::string_view::npos) return;
  auto emission = parse_emission(text, options_.pattern);
  if (!emission) {
    std::cerr << "sioscope connect: " << report::printable(emission.error()) << std::endl;
    exit_code_ = 1;
    return;
  }
  emit(std::move(*emission));
}

std::string_view word(EmitErrc code) noexcept {
  switch (code) {
    case EmitErrc::NotConnected:
      return "is not sent: not connected";
    case EmitErrc::NoNamespace:
      return "is not sent: its namespace is over";
    case EmitErrc::BufferFull:
      return "is not sent: too many wait for the connection";
    case EmitErrc::ReservedName:
      return "cannot be sent: the name means something to Socket.IO itself";
    case EmitErrc::NotJson:
      return "cannot be sent: its arguments are no JSON";
    case EmitErrc::Attachments:
      return "cannot be sent: its attachments do not fit";
    case EmitErrc::TooLarge:
      return "is not sent: it is larger than the server takes (its maxHttpBufferSize)";
  }
  return {};
}

void Conversation::emit(Emission emission) {
  const std::string name = emission.name;
  const auto receipt = driver_.act(
      [&](Client& it, Instant now, Output& out) { return it.emit(std::move(emission), now, out); });
  if (!receipt) return fail("'" + name + "' " + std::string(word(receipt.error())));
  if (receipt->fate == Fate::Buffered) unsent_.insert(receipt->number);
  if (receipt->ack_id) unanswered_.insert(*receipt->ack_id);
}

// --- What is told ---

void Conversation::told(const Happening& happening) {
  print(happening);
  was_open_ = was_open_ || std::holds_alternative<EngineOpened>(happening);
  was_connected_ = was_connected_ || std::holds_alternative<Connected>(happening);
  if (const auto* it = std::get_if<EmissionSent>(&happening)) unsent_.erase(it->number);
  if (const auto* it = std::get_if<Acknowledged>(&happening)) unanswered_.erase(it->id);
  if (const auto* it = std::get_if<Received>(&happening)) heard(*it);
  if (const auto* it = std::get_if<AckFailed>(&happening); it && unanswered_.erase(it->id) > 0) {
    exit_code_ = 1;
    if (it->why == AckFailure::TimedOut && !stays())
      return fail("no acknowledgement came in time; see --ack");
    if (it->why == AckFailure::Disconnected && !stays())
      return fail("the connection to " + it->ns + " ended before an acknowledgement came");
  }
  if (const auto* it = std::get_if<EmissionDropped>(&happening); it && !leaving_)
    return fail("an event was not sent: " + std::string(it->reason));
  if (const auto* it = std::get_if<ConnectError>(&happening)) return refused(*it);
  if (const auto* it = std::get_if<EngineClosed>(&happening)) return closed(*it);
  consider_end();
}

void Conversation::heard(const Received& event) {
  if (!options_.wait_for || event.name == *options_.wait_for) ++events_;
  if (!event.id) return;
  driver_.act([&event](Client& it, Instant, Output& out) {
    it.acknowledge(event.ns, *event.id, event.arguments, out, event.attachments);
  });
}

void Conversation::refused(const ConnectError& error) {
  std::string why = error.data;
  if (const auto shape = core::json::inspect(error.data);
      shape && shape->kind == core::json::Kind::Object)
    if (const auto message = core::json::find_member(error.data, "message");
        message && message->kind == core::json::Kind::String) {
      why.clear();
      core::json::unescape(message->raw, why);
    }
  fail("the server refused the namespace " + error.ns + ": " + why);
}

void Conversation::closed(const EngineClosed& closed) {
  if (leaving_) return;  // Links may still have to say goodbye: the loop ends when they have.
  if (stays()) return;
  if (!was_open_)
    return fail(why_no_session(
        {options_.remote, options_.client.engine.target.path, options_.client.engine.revision},
        closed, driver_.last_end()));
  fail("the connection ended: " + std::string(name(closed.reason)) + " (" +
       std::string(closed.detail) + ')');
}

// --- The end ---

bool Conversation::done() const noexcept {
  const bool asked_for_something =
      options_.count > 0 || !options_.emissions.empty() || options_.reads_stdin;
  return asked_for_something && was_connected_ && input_ended_ && unsent_.empty() &&
         unanswered_.empty() && events_ >= options_.count;
}

void Conversation::consider_end() {
  if (!leaving_ && done()) say_goodbye();
}

void Conversation::out_of_time() {
  if (leaving_) return;
  if (!was_connected_)
    return fail(options_.remote.text() + " did not connect in time; see --timeout");
  if (!unanswered_.empty()) return fail("no acknowledgement came in time; see --timeout");
  if (events_ < options_.count)
    return fail((options_.wait_for ? "'" + *options_.wait_for + "'" : "an event") +
                std::string(" did not come in time (") + std::to_string(events_) + " of " +
                std::to_string(options_.count) + "); see --timeout");
  say_goodbye();  // It was to listen for so long.
}

void Conversation::fail(const std::string& sentence) {
  exit_code_ = 1;
  if (leaving_) return;  // One sentence, the first.
  std::cerr << "sioscope connect: " << report::printable(sentence) << std::endl;
  say_goodbye();
}

void Conversation::say_goodbye() {
  leaving_ = true;
  lines_.reset();
  driver_.act([](Client& it, Instant now, Output& out) { it.disconnect(now, out); });
  look_for_end();
}

void Conversation::look_for_end() {
  constexpr auto kBetweenLooks = std::chrono::milliseconds(2);
  if (driver_.linked()) return last_look_.set(observe::now() + kBetweenLooks);
  uv_stop(&loop_);
}

void Conversation::print(const Happening& happening) const {
  const std::string line = happening_json(happening);
  const bool mine = std::holds_alternative<Received>(happening) ||
                    std::holds_alternative<Acknowledged>(happening);
  const bool bad = std::holds_alternative<ConnectError>(happening) ||
                   std::holds_alternative<AckFailed>(happening);
  if (colours_ == report::Colours::Off)
    std::cout << line << std::endl;
  else
    std::cout << report::paint(report::printable(line),
                               mine  ? report::Ink::Bold
                               : bad ? report::Ink::Red
                                     : report::Ink::Dim,
                               colours_)
              << std::endl;
}

}  // namespace

int run_connect(const ConnectOptions& options) {
  std::signal(SIGPIPE, SIG_IGN);  // A gone reader is an error of one write.
  const auto tls = client::TlsContext::make(options.tls);
  if (!tls) {
    std::cerr << "sioscope connect: " << tls.error() << std::endl;
    return 2;
  }
  const auto loop = client::make_loop();
  return Conversation(*loop, options, *tls).run();
}

}  // namespace proxy::connect
