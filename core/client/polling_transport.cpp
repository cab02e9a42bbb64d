#include "core/client/polling_transport.hpp"

#include <iterator>
#include <utility>

#include "core/client/payload.hpp"

namespace core::client {

PollingTransport::Exchange PollingTransport::open_exchange(std::string_view method,
                                                           std::string_view body, Actions& out) {
  const LinkId link = numbers_.next();
  out.push_back(OpenLink{link});
  std::string request = requests_.head(method, "polling") + "Accept: */*\r\nConnection: close\r\n";
  if (method == "POST")
    request.append("Content-Type: ")
        .append(kTextPayload)
        .append("\r\nContent-Length: ")
        .append(std::to_string(body.size()))
        .append("\r\n");
  request.append("\r\n").append(body);
  return {link, std::move(request),
          HttpReader(HttpReader::Reads::Responses, limits_.payload_bytes_max)};
}

void PollingTransport::set_session(std::optional<std::uint64_t> payload_bytes_max, Actions& out) {
  has_session_ = true;
  answer_.reset();
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

void PollingTransport::say_goodbye(Actions& out) {
  paused_ = true;
  leaving_ = true;
  send({engineio::PacketType::Close, {}}, out);
}

void PollingTransport::send(const EnginePacket& packet, Actions& out) {
  outbox_.push_back(encode_engine_text(packet, revision_));
  post(out);
}

void PollingTransport::post(Actions& out) {
  if (state_ != State::Running || post_ || outbox_.empty()) return;
  std::string body;
  auto next = outbox_.begin();  // At least one goes, though it were too large.
  for (; next != outbox_.end(); ++next) {
    const std::size_t before = body.size();
    append_packet(body, *next, revision_);
    if (before == 0 || body.size() <= payload_bytes_max_) continue;
    body.resize(before);
    break;
  }
  outbox_.erase(outbox_.begin(), next);
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
  Exchange& exchange = get_ && get_->link == link ? *get_ : *post_;
  exchange.reader.receive(bytes);
  take_response(exchange, bytes, out, in);
}

void PollingTransport::closed(LinkId link, Actions& out, std::vector<Message>& in) {
  Exchange& exchange = get_ && get_->link == link ? *get_ : *post_;
  exchange.reader.finish();
  take_response(exchange, {}, out, in);
  if (owns(link)) fail(link, "a request broke off", out);  // Else it was whole.
}

void PollingTransport::take_response(Exchange& exchange, std::string_view bytes, Actions& out,
                                     std::vector<Message>& in) {
  auto response = exchange.reader.next();
  if (!response) {
    if (bytes.empty()) return;  // Cut off: closed() says so.
    answer_ = Answer{.start = std::string(bytes.substr(0, Answer::kStartBytes))};
    return fail(exchange.link, "the server sent no HTTP, or too much of it", out);
  }
  if (!*response) return;
  const HttpMessage& message = **response;
  requests_.take_cookies(message);
  if (message.status != 200) {
    answer_ = answer_of(message);
    return fail(exchange.link, "the server refused a request", out);
  }
  out.push_back(CloseLink{exchange.link});
  if (post_ && &exchange == &*post_) {
    post_.reset();
    return post(out);
  }
  get_.reset();
  if (!has_session_) answer_ = answer_of(message);
  auto packets = decode_payload(message.body, message.header("content-type"), revision_);
  if (!packets) return fail(LinkId::None, "the server sent no Engine.IO payload", out);
  in.insert(in.end(), std::make_move_iterator(packets->begin()),
            std::make_move_iterator(packets->end()));
  if (has_session_) poll(out);
}

void PollingTransport::fail(LinkId link, std::string_view reason, Actions& out) {
  if (!leaving_) {
    abandon(out);
    state_ = State::Failed;
    reason_ = reason;
    return;
  }
  if (link != LinkId::None) out.push_back(CloseLink{link});
  if (get_ && get_->link == link) get_.reset();
  if (!post_ || post_->link != link) return;
  post_.reset();
  if (outbox_.empty()) return;
  // What this post held may be lost: nothing may arrive that came after it, but the goodbye.
  outbox_ = {encode_engine_text({engineio::PacketType::Close, {}}, revision_)};
  post(out);
}

void PollingTransport::abandon(Actions& out) {
  if (get_) out.push_back(CloseLink{get_->link});
  if (post_) out.push_back(CloseLink{post_->link});
  get_.reset();
  post_.reset();
}

}  // namespace core::client
