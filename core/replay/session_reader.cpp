#include "core/replay/session_reader.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <deque>
#include <optional>
#include <span>
#include <utility>
#include <variant>

#include "core/client/codec.hpp"
#include "core/client/engine_packet.hpp"
#include "core/engineio/payload_decoder.hpp"
#include "core/http/target.hpp"
#include "core/inflate/content_decoder.hpp"
#include "core/json/json.hpp"
#include "core/limits.hpp"
#include "core/websocket/deflate.hpp"
#include "core/websocket/reader.hpp"

namespace core::replay {
namespace {

using client::EnginePacket;
using client::Message;
using client::Revision;
using engineio::PacketType;

/// Parameters of Engine.IO itself. Source: Engine.IO protocol v4, "Handshake"; v3 likewise.
bool is_engines_own(std::string_view name) noexcept {
  constexpr std::array<std::string_view, 6> kOwn = {"EIO", "transport", "t", "sid", "j", "b64"};
  return std::find(kOwn.begin(), kOwn.end(), name) != kOwn.end();
}

/// What is left of a query without them.
std::string application_query(std::string_view query) {
  std::string own;
  while (!query.empty()) {
    const std::string_view pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    if (pair.empty() || is_engines_own(pair.substr(0, pair.find('=')))) continue;
    if (!own.empty()) own += '&';
    own += pair;
  }
  return own;
}

std::optional<Duration> milliseconds(std::string_view object, std::string_view name) {
  const auto member = json::find_member(object, name);
  if (!member || member->kind != json::Kind::Number) return std::nullopt;
  std::int64_t number = 0;
  std::from_chars(member->raw.data(), member->raw.data() + member->raw.size(), number);
  return std::chrono::milliseconds(number);
}

/// What a request asked that its answer needs.
struct Asked {
  std::string sid;  ///< empty: a handshake
  Revision revision = Revision::V4;
  bool jsonp = false;
  bool of_interest = false;
  std::string query, origin;
  bool octet_stream = false;
};

/// A body that comes in parts, as packets.
class Body {
 public:
  void begin(const Asked& asked, Direction direction, bool octet_stream, inflate::Coding coding) {
    using engineio::PayloadKind;
    using engineio::PayloadWrapping;
    const PayloadKind kind = asked.revision == Revision::V4 ? PayloadKind::V4
                             : octet_stream                 ? PayloadKind::V3Binary
                                                            : PayloadKind::V3Text;
    const PayloadWrapping wrapping = !asked.jsonp ? PayloadWrapping::None
                                     : direction == Direction::ToServer
                                         ? PayloadWrapping::JsonpForm
                                         : PayloadWrapping::JsonpResponse;
    decoder_.emplace(kind, wrapping, limits::kMessageBytesMax);
    content_.emplace(coding);
  }
  template <class Take>
  void receive(std::string_view chunk, Take take) {
    if (!decoder_) return;
    content_->receive(chunk);
    read(take);
  }
  template <class Take>
  void finish(Take take) {
    if (!decoder_) return;
    content_->finish();
    read(take);
    decoder_->finish();
    packets(take);
    decoder_.reset();
  }

 private:
  template <class Take>
  void read(Take take) {
    std::array<char, inflate::kPieceBytes> room;
    while (const auto text = content_->next(room)) {
      if (!*text) continue;
      decoder_->receive(**text);
      packets(take);
    }
  }
  template <class Take>
  void packets(Take take) {
    while (const auto piece = decoder_->next())
      if (*piece) take(Message{(*piece)->binary, std::string((*piece)->bytes)});
  }

  std::optional<engineio::PayloadDecoder> decoder_;
  std::optional<inflate::ContentDecoder> content_;
};

}  // namespace

/// A session while it is read.
struct SessionReader::Live {
  RecordedSession recorded;
  std::array<std::optional<client::PacketReader>, 2> readers;
  std::array<std::vector<Message>, 2> pending;  ///< of the packet that is not complete

  void handshake(std::string_view json, Instant at) {
    recorded.opened = at;
    if (const auto interval = milliseconds(json, "pingInterval"))
      recorded.ping_interval = *interval;
    if (const auto timeout = milliseconds(json, "pingTimeout")) recorded.ping_timeout = *timeout;
  }
  void part(Direction by, Instant at) {
    if (!recorded.parted) recorded.parted = Parted{at, by};
  }
  void engine_packet(EnginePacket packet, Direction direction, Instant at) {
    if (packet.type == PacketType::Close) return part(direction, at);
    if (packet.type == PacketType::Message) message(std::move(packet.content), direction, at);
  }
  void message(Message message, Direction direction, Instant at) {
    const std::size_t i = index_of(direction);
    if (!readers[i]) {
      // socket.io-msgpack-parser writes bytes only; text never begins with an attachment.
      if (recorded.said.empty() && message.binary) recorded.parser = client::Parser::Msgpack;
      readers[i].emplace(client::Format{recorded.parser, recorded.revision});
    }
    pending[i].push_back(message);
    auto packet = readers[i]->receive(std::move(message));
    if (packet && !*packet) return;  // Attachments are to come.
    Said said{at, direction, std::exchange(pending[i], {}), std::nullopt};
    if (packet)
      said.packet = std::move(**packet);
    else
      readers[i]->reset();
    recorded.said.push_back(std::move(said));
  }
};

/// A connection while it is read.
struct SessionReader::Wire {
  explicit Wire(const http::Settings& settings) : exchanges(settings) {}

  http::Exchanges exchanges;
  std::deque<Asked> asked;  ///< without their whole answer, oldest first
  std::array<Body, 2> bodies;
  bool answers = false;  ///< the response at hand is a payload
  std::array<std::optional<websocket::Reader>, 2> frames;
  Asked upgraded;
  Live* session = nullptr;  ///< of the WebSocket, or of the last handshake here
  bool over = false;
  bool upgrade_done = false;

  void read(SessionReader& all, const capture::Item& item);
  void read_http(SessionReader& all, Direction direction, std::span<char> bytes, Instant at);
  void take(SessionReader& all, const http::Item& item, Instant at);
  void request(const http::RequestHead& head);
  void response(const http::ResponseHead& head);
  void upgrade(SessionReader& all, const http::Upgraded& switched, Direction direction,
               std::span<char> rest, Instant at);
  void read_frames(SessionReader& all, Direction direction, std::span<char> bytes, Instant at);
  void packet(SessionReader& all, const Asked& of, Message message, Direction direction,
              Instant at);
};

void SessionReader::Wire::read(SessionReader& all, const capture::Item& item) {
  if (const auto* bytes = std::get_if<capture::Bytes>(&item.what)) {
    if (over) return;
    if (frames[0])
      read_frames(all, bytes->direction, bytes->bytes, item.at);
    else
      read_http(all, bytes->direction, bytes->bytes, item.at);
  } else if (std::holds_alternative<capture::Missing>(item.what)) {
    over = true;
  } else if (const auto* ended = std::get_if<capture::Ended>(&item.what)) {
    if (frames[0] && session != nullptr && upgrade_done) session->part(ended->direction, item.at);
  }
}

void SessionReader::Wire::read_http(SessionReader& all, Direction direction, std::span<char> bytes,
                                    Instant at) {
  while (!over) {
    const http::Item item = exchanges.next(direction, bytes);
    if (std::holds_alternative<http::NeedMore>(item)) return;
    if (const auto* switched = std::get_if<http::Upgraded>(&item))
      return upgrade(all, *switched, direction, bytes, at);
    take(all, item, at);
  }
}

void SessionReader::Wire::take(SessionReader& all, const http::Item& item, Instant at) {
  const auto to = [&](const Asked& of, Direction direction) {
    return [&all, &of, direction, at, this](Message message) {
      packet(all, of, std::move(message), direction, at);
    };
  };
  if (const auto* head = std::get_if<http::RequestHead>(&item)) {
    request(*head);
  } else if (const auto* answer = std::get_if<http::ResponseHead>(&item)) {
    response(*answer);
  } else if (const auto* body = std::get_if<http::Body>(&item)) {
    const Asked& of = body->direction == Direction::ToServer ? asked.back() : asked.front();
    if (body->direction == Direction::ToServer || answers)
      bodies[index_of(body->direction)].receive(body->bytes, to(of, body->direction));
  } else if (std::holds_alternative<http::RequestEnd>(item)) {
    bodies[index_of(Direction::ToServer)].finish(to(asked.back(), Direction::ToServer));
  } else if (std::holds_alternative<http::ResponseEnd>(item)) {
    if (answers)
      bodies[index_of(Direction::ToClient)].finish(to(asked.front(), Direction::ToClient));
    answers = false;
    asked.pop_front();
  } else {
    over = true;
  }
}

void SessionReader::Wire::request(const http::RequestHead& head) {
  const http::TargetView target = http::split_target(head.target);
  const auto parameter = [&](std::string_view name) {
    return http::query_parameter(target.query, name);
  };
  Asked one;
  one.of_interest = head.of_interest;
  one.sid = std::string(parameter("sid").value_or(""));
  one.revision = parameter("EIO") == "3" ? Revision::V3 : Revision::V4;
  one.jsonp = parameter("j").has_value();
  one.query = application_query(target.query);
  one.origin = std::string(head.headers[http::Header::Origin]);
  const std::string_view type = head.headers[http::Header::ContentType];
  const auto coding = inflate::coding_of(head.headers[http::Header::ContentEncoding]);
  if (one.of_interest && head.method == "POST" && coding)
    bodies[index_of(Direction::ToServer)].begin(
        one, Direction::ToServer, type.starts_with("application/octet-stream"), *coding);
  asked.push_back(std::move(one));
}

void SessionReader::Wire::response(const http::ResponseHead& head) {
  const std::string_view type = head.headers[http::Header::ContentType];
  const auto coding = inflate::coding_of(head.headers[http::Header::ContentEncoding]);
  const Asked& of = asked.front();
  answers = of.of_interest && head.status == 200 && coding.has_value();
  if (answers)
    bodies[index_of(Direction::ToClient)].begin(
        of, Direction::ToClient, type.starts_with("application/octet-stream"), *coding);
}

void SessionReader::Wire::upgrade(SessionReader& all, const http::Upgraded& switched,
                                  Direction direction, std::span<char> rest, Instant at) {
  const auto deflate = websocket::decode_extensions(switched.extensions);
  upgraded = asked.front();
  if (!upgraded.of_interest || !switched.websocket || !deflate) {
    over = true;
    return;
  }
  for (const Direction one : {Direction::ToServer, Direction::ToClient}) {
    std::optional<websocket::DeflateParameters> parameters;
    if (*deflate) parameters = (**deflate)[one];
    frames[index_of(one)].emplace(one, parameters, limits::kMessageBytesMax);
  }
  if (!upgraded.sid.empty()) session = &all.session(upgraded.sid);
  std::string early(exchanges.early_bytes().begin(), exchanges.early_bytes().end());
  read_frames(all, Direction::ToServer, early, at);
  read_frames(all, direction, rest, at);
}

void SessionReader::Wire::read_frames(SessionReader& all, Direction direction,
                                      std::span<char> bytes, Instant at) {
  while (true) {
    const websocket::Item item = frames[index_of(direction)]->next(bytes);
    if (const auto* message = std::get_if<websocket::Message>(&item)) {
      const bool binary = message->type == websocket::MessageType::Binary;
      packet(all, upgraded, {binary, std::string(message->payload)}, direction, at);
    } else if (const auto* control = std::get_if<websocket::Control>(&item)) {
      const bool closes = control->type == websocket::ControlType::Close;
      if (closes && session != nullptr && upgrade_done) session->part(direction, at);
    } else {
      return;
    }
  }
}

void SessionReader::Wire::packet(SessionReader& all, const Asked& of, Message message,
                                 Direction direction, Instant at) {
  auto packet = client::decode_engine(message, of.revision);
  if (!packet) return;
  const bool websocket = frames[0].has_value();
  if (packet->type == PacketType::Open && direction == Direction::ToClient && of.sid.empty()) {
    const auto sid = json::find_member(packet->content.data, "sid");
    if (!sid || sid->kind != json::Kind::String || sid->raw.size() < 3) return;
    session = &all.session(std::string(sid->raw.substr(1, sid->raw.size() - 2)));
    session->recorded.revision = of.revision;
    session->recorded.query = of.query;
    session->recorded.origin = of.origin;
    session->recorded.carried = websocket ? Carried::WebSocket : Carried::Polling;
    upgrade_done = websocket;
    return session->handshake(packet->content.data, at);
  }
  Live* const live = !of.sid.empty() ? &all.session(of.sid) : session;
  if (live == nullptr) return;
  if (packet->type == PacketType::Upgrade && websocket) {
    live->recorded.carried = Carried::PollingThenWebSocket;
    upgrade_done = true;
    return;
  }
  live->engine_packet(std::move(*packet), direction, at);
}

SessionReader::SessionReader(std::string path) : path_(std::move(path)) {
  while (path_.size() > 1 && path_.ends_with('/')) path_.pop_back();
  settings_.path_prefix = path_;
}

SessionReader::~SessionReader() = default;

void SessionReader::read(const capture::Item& item) {
  auto& wire = wires_[item.connection];
  if (!wire) wire = std::make_unique<Wire>(settings_);
  wire->read(*this, item);
}

SessionReader::Live& SessionReader::session(const std::string& sid) {
  auto& live = sessions_[sid];
  if (!live) {
    live = std::make_unique<Live>();
    live->recorded.sid = sid;
  }
  return *live;
}

std::vector<RecordedSession> SessionReader::take() {
  std::vector<RecordedSession> all;
  // Without a handshake it began before the recording, and nobody knows how.
  for (auto& [sid, live] : sessions_)
    if (live->recorded.opened != Instant{}) all.push_back(std::move(live->recorded));
  std::stable_sort(all.begin(), all.end(),
                   [](const auto& one, const auto& other) { return one.opened < other.opened; });
  sessions_.clear();
  wires_.clear();
  return all;
}

}  // namespace core::replay
