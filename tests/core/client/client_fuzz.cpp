// Law: whatever a server says, however it is cut, the client holds three links at most and has one
// engine at a time, every ack ends once, and the happenings are the same. No input asserts.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "core/client/client.hpp"

namespace {

using namespace core;
using namespace std::chrono_literals;
using client::LinkId;

[[noreturn]] void broken(const char* law) {
  std::fprintf(stderr, "broken: %s\n", law);
  std::abort();
}

/// What a step of the input does; the value is its first byte, modulo their number.
enum class Step : std::uint8_t { Bytes, Body, Text, Binary, Switch, Close, Time, Emit, Count };

/// A client and a server that does what an input says, step after step: `<step> <n> <n bytes>`.
class Play {
 public:
  Play(std::uint8_t choice, std::size_t chunk_bytes)
      : chunk_bytes_(chunk_bytes), client_(options(choice), 3) {
    client::Output out;
    client_.connect(now_, out);
    carry_out(out);
  }

  void run(std::string_view input) {
    while (input.size() >= 2) {
      const auto step = static_cast<Step>(static_cast<std::uint8_t>(input[0]) %
                                          static_cast<std::uint8_t>(Step::Count));
      const std::string_view bytes = input.substr(2, static_cast<std::uint8_t>(input[1]));
      input.remove_prefix(2 + bytes.size());
      take(step, bytes);
    }
    client::Output out;
    client_.disconnect(now_, out);
    carry_out(out);
    pass(10s);
    if (!links_.empty()) broken("links are left behind");
    if (!waiting_.empty()) broken("an ack was lost");
  }
  [[nodiscard]] const std::string& happened() const noexcept { return happened_; }

 private:
  static client::Options options(std::uint8_t choice) {
    client::Options options;
    options.engine.target.host = "x";
    options.engine.transports = (choice & 1) != 0   ? client::Transports::WebSocket
                                : (choice & 2) != 0 ? client::Transports::Polling
                                                    : client::Transports::PollingThenWebSocket;
    if ((choice & 4) != 0) options.engine.revision = client::Revision::V3;
    if ((choice & 8) != 0) options.parser = client::Parser::Msgpack;
    if ((choice & 16) != 0) options.offline.policy = client::OfflinePolicy::Buffer;
    if ((choice & 32) != 0)
      options.engine.limits = {.attachments_max = 2,
                               .empty_binary = client::Limits::EmptyBinary::Accept,
                               .message_bytes_max = 100,
                               .payload_bytes_max = 100};
    return options;
  }

  void take(Step step, std::string_view bytes) {
    switch (step) {
      case Step::Bytes:
        return say(std::string(bytes));
      case Step::Body:
        return say("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(bytes.size()) +
                   "\r\n\r\n" + std::string(bytes));
      case Step::Text:
      case Step::Binary: {
        std::string frame(1, step == Step::Text ? '\x81' : '\x82');
        if (bytes.size() > 125) bytes = bytes.substr(0, 125);
        frame += static_cast<char>(bytes.size());
        return say(frame.append(bytes));
      }
      case Step::Switch:
        return accept();
      case Step::Close: {
        if (links_.empty()) return;
        const LinkId link = links_.rbegin()->first;
        links_.erase(link);
        client::Output out;
        client_.closed(link, now_, out);
        return carry_out(out);
      }
      case Step::Time:
        return pass(bytes.size() * 100ms);
      case Step::Emit: {
        client::Output out;
        const auto receipt = client_.emit(
            {.name = std::string(bytes.substr(0, 3)),
             .arguments = std::string(bytes.substr(std::min<std::size_t>(bytes.size(), 3))),
             .ask = client::Ask::Ack,
             .ack_timeout = 1s},
            now_, out);
        if (receipt && receipt->ack_id) waiting_.insert(*receipt->ack_id);
        return carry_out(out);
      }
      case Step::Count:
        return;
    }
  }

  /// Bytes on the newest link.
  void say(const std::string& bytes) {
    if (links_.empty()) return;
    const LinkId link = links_.rbegin()->first;
    const std::size_t step = chunk_bytes_ == 0 ? bytes.size() : chunk_bytes_;
    for (std::size_t at = 0; at < bytes.size(); at += step) {
      client::Output out;
      client_.receive(link, std::string_view(bytes).substr(at, step), now_, out);
      carry_out(out);
    }
  }
  /// Accepts the newest link's WebSocket.
  void accept() {
    if (links_.empty()) return;
    const std::string& request = links_.rbegin()->second;
    const auto key = request.find("Sec-WebSocket-Key: ");
    if (key == std::string::npos) return;
    say("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Accept: " +
        client::accept_key(request.substr(key + 19, request.find('\r', key) - key - 19)) +
        "\r\n\r\n");
  }
  void pass(Duration span) {
    const Instant end = now_ + span;
    while (const auto due = client_.deadline()) {
      if (*due > end) break;
      now_ = std::max(now_, *due);
      client::Output out;
      client_.advance(now_, out);
      carry_out(out);
    }
    now_ = end;
  }

  void carry_out(client::Output& out) {
    std::deque<LinkId> opening;
    for (auto& action : out.actions) {
      if (const auto* open = std::get_if<client::OpenLink>(&action)) {
        links_[open->link];
        opening.push_back(open->link);
      } else if (const auto* bytes = std::get_if<client::SendBytes>(&action)) {
        const auto link = links_.find(bytes->link);
        if (link == links_.end()) broken("bytes for a link that is over");
        link->second = bytes->bytes;
      } else {
        links_.erase(std::get<client::CloseLink>(action).link);
      }
    }
    if (links_.size() > 3) broken("more links than one engine may hold");
    for (const auto& happening : out.happenings) note(happening);
    for (const LinkId link : opening) {
      client::Output more;
      client_.opened(link, now_, more);
      carry_out(more);
    }
  }
  void note(const client::Happening& happening) {
    happened_ += static_cast<char>('a' + happening.index());
    if (std::holds_alternative<client::EngineOpened>(happening)) {
      if (live_) broken("two live engines");
      live_ = true;
    }
    if (std::holds_alternative<client::EngineClosed>(happening)) live_ = false;
    if (const auto* it = std::get_if<client::Received>(&happening))
      happened_.append(it->name).append(it->arguments);
    if (const auto* it = std::get_if<client::Acknowledged>(&happening))
      if (waiting_.erase(it->id) == 0) broken("an ack was told twice");
    if (const auto* it = std::get_if<client::AckFailed>(&happening))
      if (waiting_.erase(it->id) == 0) broken("an ack failed twice");
  }

  std::size_t chunk_bytes_;
  Instant now_{Duration(1s)};
  std::map<LinkId, std::string> links_;  ///< with what was sent last
  std::set<std::uint64_t> waiting_;
  bool live_ = false;
  std::string happened_;
  client::Client client_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(data) + 1, size - 1);
  Play whole(data[0], 0), pieces(data[0], 1 + data[0] % 5);
  whole.run(input);
  pieces.run(input);
  if (whole.happened() != pieces.happened()) {
    std::fprintf(stderr, "the happenings depend on the cutting:\n%s\n%s\n",
                 whole.happened().c_str(), pieces.happened().c_str());
    std::abort();
  }
  return 0;
}
