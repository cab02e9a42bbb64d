#include "core/disguise/disguise.hpp"

#include <algorithm>
#include <variant>

#include "core/http/target.hpp"
#include "core/limits.hpp"

namespace core::disguise {
namespace {

constexpr char kCover = 'x';
constexpr Direction kDirections[] = {Direction::ToServer, Direction::ToClient};

}  // namespace

Disguise::Disguise(const Settings& settings)
    : settings_(settings), exchanges_(std::make_unique<http::Exchanges>(settings.http)) {}

void Disguise::receive(Direction direction, std::span<char> bytes, std::vector<Replacement>& out) {
  Side& side = sides_[index_of(direction)];
  const std::uint64_t begin = side.received;
  side.received += bytes.size();
  if (websocket_) return read_websocket(direction, bytes, out);
  if (exchanges_) {
    side.unsettled.append(bytes.data(), bytes.size());
    return read_http(direction, bytes, out);
  }
  out.push_back({direction, begin, std::string(bytes.size(), kCover)});
  side.settled = side.received;
}

void Disguise::give_up(std::vector<Replacement>& out) {
  websocket_ = nullptr;
  hide_from_here(out);
}

std::uint64_t Disguise::settled(Direction direction) const noexcept {
  const Side& side = sides_[index_of(direction)];
  if (!websocket_) return side.settled;
  if (direction == Direction::ToServer && !websocket_->plain[index_of(direction)])
    return websocket_->client.settled();
  return side.received;
}

std::optional<std::uint64_t> Disguise::rewritten_from(Direction direction) const noexcept {
  if (!websocket_ || !websocket_->plain[index_of(direction)]) return std::nullopt;
  return websocket_->begin[index_of(direction)];
}

// --- HTTP ---

void Disguise::read_http(Direction direction, std::span<char> bytes,
                         std::vector<Replacement>& out) {
  while (exchanges_) {
    const http::Item item = exchanges_->next(direction, bytes);
    if (const auto* upgraded = std::get_if<http::Upgraded>(&item)) return upgrade(*upgraded, out);
    if (std::holds_alternative<http::NeedMore>(item)) break;
    take(item, out);
  }
  if (!exchanges_) return;
  const Side& side = sides_[index_of(direction)];
  if (side.in_body && side.body.empty()) settle(direction, exchanges_->offset_bytes(direction));
}

void Disguise::take(const http::Item& item, std::vector<Replacement>& out) {
  Side& asking = sides_[index_of(Direction::ToServer)];
  Side& answering = sides_[index_of(Direction::ToClient)];
  if (const auto* request = std::get_if<http::RequestHead>(&item)) {
    asking.of_interest =
        http::split_target(request->target).path.starts_with(settings_.path_prefix);
    of_interest_.push_back(asking.of_interest);
    take_head(Direction::ToServer, out);
  } else if (std::holds_alternative<http::ResponseHead>(item)) {
    answering.of_interest = of_interest_.front();
    take_head(Direction::ToClient, out);
  } else if (const auto* body = std::get_if<http::Body>(&item)) {
    take_body(*body, out);
  } else if (std::holds_alternative<http::RequestEnd>(item)) {
    take_request_end(out);
  } else if (std::holds_alternative<http::ResponseEnd>(item)) {
    settle(Direction::ToClient, exchanges_->offset_bytes(Direction::ToClient));
    answering.in_body = false;
    of_interest_.pop_front();
  } else {
    hide_from_here(out);  // A tunnel, no HTTP, or bytes behind its end.
  }
}

void Disguise::take_head(Direction direction, std::vector<Replacement>& out) {
  Side& side = sides_[index_of(direction)];
  const std::uint64_t end = exchanges_->offset_bytes(direction);
  std::string head = side.unsettled.substr(0, static_cast<std::size_t>(end - side.settled));
  std::vector<Secret> secrets;
  find_in_head(head, secrets);
  if (!secrets.empty()) {
    hide(secrets, settings_.keystream, head);
    out.push_back({direction, side.settled, std::move(head)});
  }
  settle(direction, end);
  side.in_body = true;
}

void Disguise::take_body(const http::Body& body, std::vector<Replacement>& out) {
  Side& side = sides_[index_of(body.direction)];
  const std::uint64_t end = exchanges_->offset_bytes(body.direction);
  if (side.of_interest && body.direction == Direction::ToServer) {
    side.body.emplace_back(end - body.bytes.size(), body.bytes.size());
    if (side.unsettled.size() > limits::kMessageBytesMax) hide_from_here(out);
    return;
  }
  if (!side.of_interest)
    out.push_back(
        {body.direction, end - body.bytes.size(), std::string(body.bytes.size(), kCover)});
  settle(body.direction, end);
}

void Disguise::take_request_end(std::vector<Replacement>& out) {
  Side& side = sides_[index_of(Direction::ToServer)];
  std::string payload;
  for (const auto& [offset, bytes] : side.body)
    payload.append(side.unsettled, static_cast<std::size_t>(offset - side.settled), bytes);
  std::vector<Secret> secrets;
  find_in_payload(payload, secrets);
  if (!secrets.empty()) {
    hide(secrets, settings_.keystream, payload);
    std::string_view rest = payload;
    for (const auto& [offset, bytes] : side.body) {
      out.push_back({Direction::ToServer, offset, std::string(rest.substr(0, bytes))});
      rest.remove_prefix(bytes);
    }
  }
  side.body.clear();
  side.in_body = false;
  settle(Direction::ToServer, exchanges_->offset_bytes(Direction::ToServer));
}

void Disguise::upgrade(const http::Upgraded& upgraded, std::vector<Replacement>& out) {
  const bool of_interest = of_interest_.front();
  const auto deflate = websocket::decode_extensions(upgraded.extensions);
  if (!of_interest || !upgraded.websocket || !deflate) return hide_from_here(out);

  std::array<std::string, 2> rest;
  std::array<std::uint64_t, 2> begin{};
  for (const Direction direction : kDirections) {
    rest[index_of(direction)] = std::move(sides_[index_of(direction)].unsettled);
    begin[index_of(direction)] = sides_[index_of(direction)].settled;
  }
  websocket_ = std::make_unique<WebSocket>(
      WebSocket{ClientFrames(begin[index_of(Direction::ToServer)]), {}, begin});
  if (*deflate)
    for (const Direction direction : kDirections)
      websocket_->plain[index_of(direction)].emplace(direction, (**deflate)[direction]);
  exchanges_ = nullptr;
  of_interest_ = {};
  for (const Direction direction : kDirections)
    if (!rest[index_of(direction)].empty())
      read_websocket(direction, rest[index_of(direction)], out);
}

void Disguise::hide_from_here(std::vector<Replacement>& out) {
  exchanges_ = nullptr;
  for (const Direction direction : kDirections) {
    Side& side = sides_[index_of(direction)];
    if (side.settled < side.received)
      out.push_back({direction, side.settled,
                     std::string(static_cast<std::size_t>(side.received - side.settled), kCover)});
    side.settled = side.received;
    side.unsettled = {};
    side.body = {};
  }
}

/// Nothing before `offset_bytes` will change any more.
void Disguise::settle(Direction direction, std::uint64_t offset_bytes) {
  Side& side = sides_[index_of(direction)];
  side.unsettled.erase(0, static_cast<std::size_t>(offset_bytes - side.settled));
  side.settled = offset_bytes;
}

// --- WebSocket ---

void Disguise::read_websocket(Direction direction, std::span<char> bytes,
                              std::vector<Replacement>& out) {
  const auto hide = [this](websocket::MessageType type, std::span<char> message) {
    return hide_in_message(type == websocket::MessageType::Binary, settings_.keystream, message);
  };
  auto& plain = websocket_->plain[index_of(direction)];
  // Servers that refuse after their 101 write a bare HTTP response.
  const bool begins =
      sides_[index_of(direction)].received - bytes.size() == websocket_->begin[index_of(direction)];
  if (plain && begins && direction == Direction::ToClient && bytes[0] == 'H') plain.reset();
  if (plain)
    lost_ = !plain->receive(bytes, hide, rewritten_[index_of(direction)]) || lost_;
  else if (direction == Direction::ToServer)
    websocket_->client.receive(bytes, hide, out);
  sides_[index_of(direction)].settled = plain || direction == Direction::ToClient
                                            ? sides_[index_of(direction)].received
                                            : websocket_->client.settled();
}

}  // namespace core::disguise
