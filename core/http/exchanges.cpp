#include "core/http/exchanges.hpp"

#include <algorithm>
#include <cassert>
#include <optional>
#include <utility>

#include "core/http/head.hpp"
#include "core/http/target.hpp"

namespace core::http {
namespace {

/// Room for what most heads keep, so that their storage grows once.
constexpr std::size_t kHeadReserveBytes = 480;

}  // namespace

std::string_view HeadersView::operator[](Header header) const noexcept {
  return head_->value(header);
}

bool HeadersView::has(Header header) const noexcept {
  return head_->slices[static_cast<std::size_t>(header)].present;
}

/// One run of a parser: whose it is, and what its callbacks found.
struct Exchanges::Step {
  Exchanges& exchanges;
  Direction direction;
  Item item = NeedMore{};
  std::optional<ExchangeErrc> error;
};

/// llhttp's callbacks. One that makes an item pauses its parser.
struct Exchanges::Callbacks {
  static constexpr int kGoOn = HPE_OK;
  static constexpr int kPause = HPE_PAUSED;
  static constexpr int kStop = HPE_USER;

  static Step& step(llhttp_t* parser) noexcept { return *static_cast<Step*>(parser->data); }
  static Side& side(Step& step) noexcept { return step.exchanges.side(step.direction); }
  static std::size_t bytes_max(Step& step) noexcept {
    return step.exchanges.settings_->head_bytes_max;
  }

  static int on_message_begin(llhttp_t* parser) noexcept {
    Step& now = step(parser);
    Side& self = side(now);
    self.of_interest = false;
    if (now.direction == Direction::ToClient) {
      if (now.exchanges.pending_count_ == 0) {
        now.error = ExchangeErrc::ResponseWithoutRequest;
        return kStop;
      }
      self.of_interest = now.exchanges.front().of_interest;
    }
    self.in_head = self.in_message = true;
    if (now.direction == Direction::ToServer) now.exchanges.begun_ = true;
    self.head = std::make_unique<Head>();
    self.head->bytes.reserve(kHeadReserveBytes);
    return kGoOn;
  }

  static int on_url(llhttp_t* parser, const char* at, std::size_t size) noexcept {
    Step& now = step(parser);
    side(now).head->add_target({at, size}, bytes_max(now));
    return kGoOn;
  }

  static int on_url_complete(llhttp_t* parser) noexcept {
    Step& now = step(parser);
    Side& self = side(now);
    self.of_interest =
        split_target(self.head->target()).path.starts_with(now.exchanges.settings_->path_prefix);
    return kGoOn;
  }

  // The header callbacks also come for trailers, which nobody asks for.

  static int on_header_field(llhttp_t* parser, const char* at, std::size_t size) noexcept {
    Side& self = side(step(parser));
    if (self.in_head) self.head->add_name({at, size});
    return kGoOn;
  }

  static int on_header_field_complete(llhttp_t* parser) noexcept {
    Step& now = step(parser);
    Side& self = side(now);
    if (self.in_head)
      self.head->end_name(*now.exchanges.settings_, now.direction, self.of_interest);
    return kGoOn;
  }

  static int on_header_value(llhttp_t* parser, const char* at, std::size_t size) noexcept {
    Step& now = step(parser);
    Side& self = side(now);
    if (self.in_head) self.head->add_value({at, size}, bytes_max(now));
    return kGoOn;
  }

  static int on_header_value_complete(llhttp_t* parser) noexcept {
    Step& now = step(parser);
    Side& self = side(now);
    if (self.in_head) self.head->end_value(bytes_max(now));
    return kGoOn;
  }

  static int on_headers_complete(llhttp_t* parser) noexcept {
    Step& now = step(parser);
    side(now).in_head = false;
    return now.direction == Direction::ToServer ? request_head(parser, now)
                                                : response_head(parser, now);
  }

  static int request_head(llhttp_t* parser, Step& now) noexcept {
    Exchanges& all = now.exchanges;
    Side& self = side(now);
    if (all.pending_count_ == kPipelinedRequestsMax) {
      now.error = ExchangeErrc::TooManyPipelined;
      return kStop;
    }
    const bool connect = parser->method == HTTP_CONNECT;
    const bool upgrade = parser->upgrade != 0 && !connect;
    const std::size_t slot = (all.pending_first_ + all.pending_count_) % kPipelinedRequestsMax;
    all.pending_[slot] = {.head = parser->method == HTTP_HEAD,
                          .connect = connect,
                          .upgrade = upgrade,
                          .websocket = names_token(self.head->value(Header::Upgrade), "websocket"),
                          .of_interest = self.of_interest};
    ++all.pending_count_;
    self.undecided = connect || upgrade;
    self.handed_out = true;
    now.item = RequestHead{
        HeadersView(*self.head), llhttp_method_name(static_cast<llhttp_method_t>(parser->method)),
        self.head->target(),     all.requests_++,
        self.of_interest,        self.head->truncated};
    return kPause;
  }

  static int response_head(llhttp_t* parser, Step& now) noexcept {
    Exchanges& all = now.exchanges;
    Side& self = side(now);
    const Pending& request = all.front();
    const std::uint16_t status = parser->status_code;

    // llhttp does not know the request, and reads a length where RFC 9112, section 6.3, forbids it.
    if (request.head || status / 100 == 1 || status == 204 || status == 304)
      parser->flags = static_cast<std::uint16_t>(parser->flags | F_SKIPBODY);
    if (is_interim(status)) {
      self.head.reset();
      return kGoOn;
    }

    if (status == 101 && !request.upgrade) {
      now.error = ExchangeErrc::UnexpectedUpgrade;
      return kStop;
    }
    if (status == 101 || (request.connect && status / 100 == 2)) {
      all.mode_ = Mode::SwitchDue;
      all.upgraded_ = {
          all.front_exchange(),
          request.websocket && names_token(self.head->value(Header::Upgrade), "websocket"),
          self.head->value(Header::SecWebSocketExtensions)};
    } else if (request.connect || request.upgrade) {
      all.decline();
    }
    self.handed_out = true;
    now.item = ResponseHead{HeadersView(*self.head), all.front_exchange(), status, self.of_interest,
                            self.head->truncated};
    return kPause;
  }

  static bool is_interim(unsigned status) noexcept { return status / 100 == 1 && status != 101; }

  static int on_body(llhttp_t* parser, const char* at, std::size_t size) noexcept {
    Step& now = step(parser);
    if (size == 0 || !side(now).of_interest) return kGoOn;
    const Exchanges& all = now.exchanges;
    now.item = Body{{at, size},
                    now.direction == Direction::ToServer ? all.requests_ - 1 : all.front_exchange(),
                    now.direction};
    return kPause;
  }

  static int on_message_complete(llhttp_t* parser) noexcept {
    Step& now = step(parser);
    Exchanges& all = now.exchanges;
    Side& self = side(now);
    if (now.direction == Direction::ToClient && is_interim(parser->status_code)) return kGoOn;

    self.in_message = false;
    self.last = llhttp_should_keep_alive(parser) == 0;
    if (now.direction == Direction::ToServer) {
      now.item = RequestEnd{all.requests_ - 1};
    } else {
      now.item = ResponseEnd{all.front_exchange()};
      all.pending_first_ =
          static_cast<std::uint8_t>((all.pending_first_ + 1u) % kPipelinedRequestsMax);
      --all.pending_count_;
    }
    if (self.undecided)
      self.reading = Reading::Held;
    else if (self.last)
      self.reading = Reading::Ended;
    return kPause;
  }

  static llhttp_settings_t table() noexcept {
    llhttp_settings_t settings;
    llhttp_settings_init(&settings);
    settings.on_message_begin = on_message_begin;
    settings.on_url = on_url;
    settings.on_url_complete = on_url_complete;
    settings.on_header_field = on_header_field;
    settings.on_header_field_complete = on_header_field_complete;
    settings.on_header_value = on_header_value;
    settings.on_header_value_complete = on_header_value_complete;
    settings.on_headers_complete = on_headers_complete;
    settings.on_body = on_body;
    settings.on_message_complete = on_message_complete;
    return settings;
  }
};

Exchanges::Exchanges(const Settings& settings) noexcept : settings_(&settings) {
  static const llhttp_settings_t callbacks = Callbacks::table();
  llhttp_init(&side(Direction::ToServer).parser, HTTP_REQUEST, &callbacks);
  llhttp_init(&side(Direction::ToClient).parser, HTTP_RESPONSE, &callbacks);
  // Which message is a direction's last is decided here: a 103 with `Connection: close` is not.
  for (Side& one : sides_) llhttp_set_lenient_keep_alive(&one.parser, 1);
}

Exchanges::~Exchanges() = default;
Exchanges::Exchanges(Exchanges&&) noexcept = default;
Exchanges& Exchanges::operator=(Exchanges&&) noexcept = default;

Item Exchanges::next(Direction direction, std::span<char>& input) noexcept {
  assert(mode_ != Mode::Switched);
  if (mode_ == Mode::SwitchDue) {  // The response's head stays: `upgraded_` borrows from it.
    mode_ = Mode::Switched;
    --pending_count_;
    if (front().connect) return Tunnel{upgraded_.exchange};
    return upgraded_;
  }
  drop_handed_out();
  if (mode_ == Mode::Failed) {
    input = {};
    return NeedMore{};
  }
  if (declined_) {
    Item item = read_early();
    if (!std::holds_alternative<NeedMore>(item)) return item;
  }
  return read(direction, input);
}

Item Exchanges::finish(Direction direction) noexcept {
  drop_handed_out();
  side(direction).finished = true;
  if (mode_ != Mode::Http) return NeedMore{};
  return end(direction);
}

std::span<char> Exchanges::early_bytes() noexcept { return early_bytes_; }

Exchanges::Side& Exchanges::side(Direction direction) noexcept {
  return sides_[static_cast<std::size_t>(direction)];
}

std::uint32_t Exchanges::front_exchange() const noexcept { return requests_ - pending_count_; }

void Exchanges::drop_handed_out() noexcept {
  for (Side& one : sides_) {
    if (!one.handed_out) continue;
    one.handed_out = false;
    one.head.reset();
  }
}

Item Exchanges::read(Direction direction, std::span<char>& input) noexcept {
  Side& self = side(direction);
  switch (self.reading) {
    case Reading::Messages:
      return parse(direction, input);
    case Reading::Held:
      return hold(input);
    case Reading::Ended: {
      const auto is_line_end = [](char c) { return c == '\r' || c == '\n'; };
      const bool leftover = !std::all_of(input.begin(), input.end(), is_line_end);
      self.offset_bytes += input.size();
      input = {};
      if (!leftover) return NeedMore{};
      self.reading = Reading::Swallowed;
      return Leftover{direction};
    }
    case Reading::Swallowed:
      self.offset_bytes += input.size();
      input = {};
      return NeedMore{};
  }
  return NeedMore{};
}

Item Exchanges::parse(Direction direction, std::span<char>& input) noexcept {
  Side& self = side(direction);
  if (input.empty() && !self.paused) return NeedMore{};

  // A paused parser may have more to say without further bytes; it wants a pointer all the same.
  static constexpr char kNothing = 0;
  const char* begin = input.empty() ? &kNothing : input.data();
  Step step{*this, direction, NeedMore{}, std::nullopt};
  self.parser.data = &step;
  const llhttp_errno_t result = llhttp_execute(&self.parser, begin, input.size());
  self.parser.data = nullptr;

  const std::size_t taken_bytes =
      result == HPE_OK ? input.size()
                       : static_cast<std::size_t>(llhttp_get_error_pos(&self.parser) - begin);
  self.offset_bytes += taken_bytes;
  input = input.subspan(taken_bytes);
  self.paused = result == HPE_PAUSED;
  if (result == HPE_OK) return NeedMore{};
  if (result == HPE_PAUSED_UPGRADE) {
    // The upgrade was declined before its request was complete: HTTP goes on behind the body.
    llhttp_reset(&self.parser);
    return parse(direction, input);
  }
  if (step.error) return fail(direction, *step.error, self.offset_bytes);
  if (result == HPE_PAUSED_H2_UPGRADE)
    return fail(direction, ExchangeErrc::Http2, self.offset_bytes);
  if (result != HPE_PAUSED) return fail(direction, ExchangeErrc::NotHttp, self.offset_bytes);

  llhttp_resume(&self.parser);
  return step.item;
}

/// Client bytes while an upgrade is undecided.
Item Exchanges::hold(std::span<char>& input) noexcept {
  const std::size_t room_bytes = settings_->early_bytes_max - early_bytes_.size();
  if (input.size() > room_bytes) {
    const std::uint64_t offset_bytes =
        side(Direction::ToServer).offset_bytes + settings_->early_bytes_max;
    input = {};
    return fail(Direction::ToServer, ExchangeErrc::TooManyEarlyBytes, offset_bytes);
  }
  early_bytes_.append(input.data(), input.size());
  input = {};
  return NeedMore{};
}

/// The final response to an upgrade request is not a switch: HTTP goes on.
void Exchanges::decline() noexcept {
  Side& client = side(Direction::ToServer);
  client.undecided = false;
  if (client.reading != Reading::Held) return;  // The request is still on its way.
  client.reading = client.last ? Reading::Ended : Reading::Messages;
  client.paused = false;
  llhttp_reset(&client.parser);
  declined_ = true;
}

/// What was held back is read now; NeedMore when there is no more of it.
Item Exchanges::read_early() noexcept {
  Side& client = side(Direction::ToServer);
  if (client.reading != Reading::Held) {
    std::span<char> early = std::span(early_bytes_).subspan(early_read_bytes_);
    Item item = read(Direction::ToServer, early);
    early_read_bytes_ = early_bytes_.size() - early.size();
    if (!std::holds_alternative<NeedMore>(item)) return item;
  }

  // All read, or the next request for an upgrade holds back the rest.
  declined_ = false;
  if (client.reading == Reading::Held)
    early_bytes_.erase(0, early_read_bytes_);
  else
    std::string().swap(early_bytes_);  // To assign an empty one would keep the memory.
  early_read_bytes_ = 0;
  return client.finished ? end(Direction::ToServer) : Item(NeedMore{});
}

/// The stream has ended and all of it was read, unless some is held back.
Item Exchanges::end(Direction direction) noexcept {
  Side& self = side(direction);
  if (self.reading != Reading::Messages) return NeedMore{};
  if (direction == Direction::ToServer && declined_) return NeedMore{};

  Step step{*this, direction, NeedMore{}, std::nullopt};
  self.parser.data = &step;
  const llhttp_errno_t result = llhttp_finish(&self.parser);
  self.parser.data = nullptr;
  if (result == HPE_INVALID_EOF_STATE)
    return fail(direction, ExchangeErrc::EndInsideMessage, self.offset_bytes);
  self.reading = Reading::Swallowed;
  return step.item;
}

Item Exchanges::fail(Direction direction, ExchangeErrc code, std::uint64_t offset_bytes) noexcept {
  mode_ = Mode::Failed;
  for (Side& one : sides_) one.head.reset();
  std::string().swap(early_bytes_);
  return Error{offset_bytes, direction, code};
}

std::string_view reason_text(ExchangeErrc code) noexcept {
  switch (code) {
    case ExchangeErrc::NotHttp:
      return "bytes that are no HTTP/1.1";
    case ExchangeErrc::Http2:
      return "HTTP/2";
    case ExchangeErrc::ResponseWithoutRequest:
      return "a response that no request waits for";
    case ExchangeErrc::UnexpectedUpgrade:
      return "a 101 that no request asked for";
    case ExchangeErrc::TooManyPipelined:
      return "more requests in flight than are followed";
    case ExchangeErrc::TooManyEarlyBytes:
      return "too many bytes ahead of the answer to an upgrade";
    case ExchangeErrc::EndInsideMessage:
      return "the stream ended inside a message";
  }
  return {};
}

}  // namespace core::http
