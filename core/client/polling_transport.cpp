#include "core/client/polling_transport.hpp"

#include <utility>

#include "core/engineio/payload.hpp"
#include "core/limits.hpp"

namespace core::client {

PollingTransport::Exchange PollingTransport::open_exchange(std::string_view method,
                                                           std::string_view body, Actions& out) {
  const LinkId link = numbers_.next();
  out.push_back(OpenLink{link});
  std::string request(method);
  request += ' ' + request_target(target_, "polling", sid_) + " HTTP/1.1\r\nHost: " + target_.host +
             "\r\nAccept: */*\r\nConnection: close\r\n";
  if (method == "POST")
    request +=
        "Content-Type: text/plain;charset=UTF-8\r\nContent-Length: " + std::to_string(body.size()) +
        "\r\n";
  request.append("\r\n").append(body);
  return {link, std::move(request),
          HttpReader(HttpReader::Reads::Responses, limits::kMessageBytesMax)};
}

void PollingTransport::start(Actions& out) { poll(out); }

void PollingTransport::set_session(std::string sid, std::optional<std::uint64_t> payload_bytes_max,
                                   Actions& out) {
  sid_ = std::move(sid);
  if (payload_bytes_max && *payload_bytes_max > 0) payload_bytes_max_ = *payload_bytes_max;
  poll(out);
}

void PollingTransport::poll(Actions& out) {
  if (state_ == State::Running && !get_ && !paused_) get_ = open_exchange("GET", {}, out);
}

void PollingTransport::resume(Actions& out) {
  paused_ = false;
  poll(out);
}

void PollingTransport::send(const EnginePacket& packet, Actions& out) {
  outbox_.push_back(encode_engine_text(packet));
  post(out);
}

void PollingTransport::post(Actions& out) {
  if (state_ != State::Running || post_ || outbox_.empty()) return;
  std::string body;
  std::size_t taken = 0;  // At least one, though it were too large: the server then says so.
  for (; taken < outbox_.size(); ++taken) {
    const std::string& packet = outbox_[taken];
    if (taken > 0 && body.size() + 1 + packet.size() > payload_bytes_max_) break;
    if (taken > 0) body += engineio::kPacketSeparator;
    body += packet;
  }
  outbox_.erase(outbox_.begin(), outbox_.begin() + static_cast<std::ptrdiff_t>(taken));
  post_ = open_exchange("POST", body, out);
}

bool PollingTransport::owns(LinkId link) const noexcept {
  return (get_ && get_->link == link) || (post_ && post_->link == link);
}

void PollingTransport::opened(LinkId link, Actions& out) {
  Exchange& exchange = get_ && get_->link == link ? *get_ : *post_;
  out.push_back(SendBytes{link, std::move(exchange.request)});
}

void PollingTransport::receive(LinkId link, std::string_view bytes, Actions& out,
                               std::vector<Message>& in) {
  const bool is_get = get_ && get_->link == link;
  Exchange& exchange = is_get ? *get_ : *post_;
  exchange.reader.receive(bytes);
  const auto response = exchange.reader.next();
  if (!response) return fail("the server sent no HTTP", out);
  if (!*response) return;
  if ((*response)->status != 200) return fail("the server refused a request", out);

  out.push_back(CloseLink{link});
  if (!is_get) {
    post_.reset();
    return post(out);
  }
  get_.reset();
  engineio::PayloadReader packets((*response)->body);
  while (const auto packet = packets.next()) in.push_back({false, std::string(*packet)});
  if (!sid_.empty()) poll(out);
}

void PollingTransport::closed(LinkId link, Actions& out) {
  if (get_ && get_->link == link) get_.reset();
  if (post_ && post_->link == link) post_.reset();
  fail("a request broke off", out);
}

void PollingTransport::fail(std::string_view reason, Actions& out) {
  abandon(out);
  state_ = State::Failed;
  reason_ = reason;
}

void PollingTransport::abandon(Actions& out) {
  if (get_) out.push_back(CloseLink{get_->link});
  if (post_) out.push_back(CloseLink{post_->link});
  get_.reset();
  post_.reset();
}

}  // namespace core::client
