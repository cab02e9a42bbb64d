#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "core/direction.hpp"
#include "core/limits.hpp"
#include "llhttp.h"

// How it works. Two llhttp parsers, one a direction, and a queue of the requests that wait for
// their response. llhttp speaks in callbacks; each one that makes an item pauses its parser, so
// `next` returns the item and resumes there at the next call. Header text is kept from the first
// byte of a head until the call after the head was handed out, and only then; bodies never.
//
// After a request that asks for an upgrade (or a CONNECT) the client's bytes are HTTP or something
// else, and only the response will tell. They are held back, bounded, and either read as requests
// once the server declined, or left in early_bytes() once it agreed.

namespace core::http {

/// Headers that are kept. The first group is of requests, the second of responses.
enum class Header : std::uint8_t {
  Host,
  UserAgent,
  Origin,
  Cookie,
  Authorization,
  XForwardedFor,
  SecWebSocketProtocol,
  SecWebSocketKey,
  Extra,  ///< The one that Settings names.

  AccessControlAllowOrigin,
  AccessControlAllowCredentials,
  SetCookie,  ///< Presence only: the value is always empty.

  Upgrade,  ///< From here on: of both.
  Connection,
  ContentType,
  ContentLength,
  ContentEncoding,
  TransferEncoding,
  SecWebSocketExtensions,
};
inline constexpr std::size_t kHeaderCount =
    static_cast<std::size_t>(Header::SecWebSocketExtensions) + 1;

/// What to look for; the same for all connections, and must outlive them.
struct Settings {
  /// Exchanges whose request path starts so are of interest. Of the others only heads and ends
  /// are reported, and no header but Upgrade and Sec-WebSocket-Extensions is kept.
  std::string path_prefix = "/socket.io/";
  /// The name of Header::Extra, in lower case; empty for none.
  std::string extra_header = {};
  /// Target and kept header values of one head.
  std::uint32_t head_bytes_max = limits::kHeadBytesMax;
  /// Client bytes held back while an upgrade is undecided.
  std::uint32_t early_bytes_max = limits::kEarlyBytesMax;
};

struct Head;  // Storage of a head; see head.hpp.

/// The kept headers of one head. Borrowed until the next call.
class HeadersView {
 public:
  /// The value without white space around it; empty when absent. A header that came several times
  /// is joined with ", " (Cookie with "; ").
  [[nodiscard]] std::string_view operator[](Header header) const noexcept;
  [[nodiscard]] bool has(Header header) const noexcept;

 private:
  friend class Exchanges;
  explicit HeadersView(const Head& head) noexcept : head_(&head) {}
  const Head* head_;
};

/// The input is used up. From finish(): nothing was open.
struct NeedMore {};

struct RequestHead {
  HeadersView headers;
  std::string_view method;  ///< As on the wire, "GET"; static storage.
  std::string_view target;  ///< As on the wire. Borrowed until the next call.
  std::uint32_t exchange;   ///< 0, 1, 2, ... on this connection.
  bool of_interest;
  bool truncated;  ///< The target was cut, or a header left out, for want of room.
};

/// Some bytes of a body, chunked encoding removed, content encoding not (that is core/inflate's).
/// Only of exchanges of interest. How a body is split into these means nothing.
struct Body {
  std::string_view bytes;  ///< Borrowed until the next call. Lies in the caller's input.
  std::uint32_t exchange;
  Direction direction;
};

/// The request is complete. Comes after its RequestHead, maybe after its response.
struct RequestEnd {
  std::uint32_t exchange;
};

/// A final response, or a 101. Other interim responses (100, 103) are read and not reported.
struct ResponseHead {
  HeadersView headers;
  std::uint32_t exchange;
  std::uint16_t status;
  bool of_interest;
  bool truncated;
};

/// The response is complete. Does not come after a 101, nor after a 2xx to CONNECT.
struct ResponseEnd {
  std::uint32_t exchange;
};

/// Comes right after the ResponseHead of a 101 that answers an upgrade request. HTTP is over: what
/// remains of the input, early_bytes() and all later bytes belong to the new protocol.
struct Upgraded {
  std::uint32_t exchange;
  bool websocket;  ///< Both sides named `websocket`.
  /// Sec-WebSocket-Extensions of the response. Borrowed as long as the Exchanges lives.
  std::string_view extensions;
};

/// Comes right after the ResponseHead of a 2xx to CONNECT. As with Upgraded, HTTP is over.
struct Tunnel {
  std::uint32_t exchange;
};

/// Bytes came after the message that ended this direction (`Connection: close`). They are not
/// read; said once a direction. The other direction goes on.
struct Leftover {
  Direction direction;
};

enum class ExchangeErrc : std::uint8_t {
  NotHttp,                 ///< llhttp, which is what Node reads with, rejects the bytes.
  Http2,                   ///< The client speaks HTTP/2.
  ResponseWithoutRequest,  ///< A response began and no request waits for one.
  UnexpectedUpgrade,       ///< A 101 to a request that asked for none.
  TooManyPipelined,        ///< More than kPipelinedRequestsMax requests wait.
  TooManyEarlyBytes,       ///< More than Settings::early_bytes_max came before an upgrade's answer.
  EndInsideMessage,        ///< The stream ended and its last message had not.
};

/// The words for a report, such as "bytes that are no HTTP/1.1".
[[nodiscard]] std::string_view reason_text(ExchangeErrc code) noexcept;

/// Reading is over for this connection, in both directions: they are no longer in step.
struct Error {
  std::uint64_t offset_bytes;  ///< In that direction's stream.
  Direction direction;
  ExchangeErrc code;
};

using Item = std::variant<NeedMore, RequestHead, Body, RequestEnd, ResponseHead, ResponseEnd,
                          Upgraded, Tunnel, Leftover, Error>;

using limits::kPipelinedRequestsMax;

/// HTTP/1.1 on one connection, passively, both directions in lockstep: the caller must feed the
/// bytes in the order in which it saw them. Responses are matched to requests in order.
///
/// Law: however the same bytes are cut into inputs, the items are the same, except that a body
/// may be split differently.
/// Source: RFC 9112; RFC 9110, section 7.8 (Upgrade), section 9.3.6 (CONNECT).
class Exchanges {
 public:
  /// Borrows `settings` for its whole life.
  explicit Exchanges(const Settings& settings) noexcept;
  ~Exchanges();
  Exchanges(Exchanges&&) noexcept;
  Exchanges& operator=(Exchanges&&) noexcept;

  /// Takes bytes from the front of `input` and returns one item. Call it until it says NeedMore
  /// (then `input` is empty). Items say themselves whom they concern: after a declined upgrade,
  /// requests that were held back come out of a call for the other direction. After an Error all
  /// input is swallowed. After Upgraded or Tunnel it must not be called.
  [[nodiscard]] Item next(Direction direction, std::span<char>& input) noexcept;

  /// The direction's stream ended. Returns its last item: ResponseEnd when the end of the stream
  /// ends a response, Error{EndInsideMessage}, else NeedMore. Call once, after NeedMore.
  [[nodiscard]] Item finish(Direction direction) noexcept;

  /// After Upgraded or Tunnel: client bytes that had arrived before, the first of the new
  /// protocol's stream. Owned here; the caller may overwrite them.
  [[nodiscard]] std::span<char> early_bytes() noexcept;

  /// Bytes of the direction's stream that were read, up to the last item's end. What is held back
  /// was not.
  [[nodiscard]] std::uint64_t offset_bytes(Direction direction) const noexcept {
    return sides_[index_of(direction)].offset_bytes;
  }
  /// Whether a request has begun. Its bytes have been taken, so it is one.
  [[nodiscard]] bool has_begun() const noexcept { return begun_; }
  /// Whether the client's next byte begins a request: the last one is complete, and none is held
  /// back.
  [[nodiscard]] bool between_requests() const noexcept {
    return mode_ == Mode::Http && early_bytes_.empty() &&
           !sides_[static_cast<std::size_t>(Direction::ToServer)].in_message;
  }
  /// Whether a request's head has begun and is not complete.
  [[nodiscard]] bool in_request_head() const noexcept {
    return mode_ == Mode::Http && sides_[index_of(Direction::ToServer)].in_head;
  }
  /// Requests whose heads were seen.
  [[nodiscard]] std::uint32_t requests() const noexcept { return requests_; }

  /// Requests seen (their heads, at least) that have no complete final response yet.
  [[nodiscard]] std::size_t unanswered() const noexcept { return pending_count_; }

 private:
  struct Callbacks;
  struct Step;

  enum class Mode : std::uint8_t { Http, SwitchDue, Switched, Failed };

  /// What is done with a direction's bytes.
  enum class Reading : std::uint8_t {
    Messages,   ///< Parsed.
    Held,       ///< Kept back: the answer to an upgrade is not known yet.
    Ended,      ///< The last message is over; anything but a line end is Leftover.
    Swallowed,  ///< Leftover was reported, or the stream ended.
  };

  /// What of a request its response needs.
  struct Pending {
    bool head : 1;
    bool connect : 1;
    bool upgrade : 1;
    bool websocket : 1;
    bool of_interest : 1;
  };

  /// One direction.
  struct Side {
    llhttp_t parser;
    std::unique_ptr<Head> head;  ///< From a head's first byte until the call after its item.
    std::uint64_t offset_bytes = 0;
    Reading reading = Reading::Messages;
    bool paused : 1 = false;       ///< The parser may go on without further input.
    bool finished : 1 = false;     ///< finish() was called.
    bool handed_out : 1 = false;   ///< `head` went out with the last item.
    bool of_interest : 1 = false;  ///< The message being read; so are the next three.
    bool in_head : 1 = false;
    bool in_message : 1 = false;
    bool undecided : 1 = false;  ///< A request for an upgrade that has no final response.
    bool last : 1 = false;       ///< The message just read was this direction's last.
  };

  [[nodiscard]] Side& side(Direction direction) noexcept;
  [[nodiscard]] const Pending& front() const noexcept { return pending_[pending_first_]; }
  [[nodiscard]] std::uint32_t front_exchange() const noexcept;
  void drop_handed_out() noexcept;
  [[nodiscard]] Item read(Direction direction, std::span<char>& input) noexcept;
  [[nodiscard]] Item parse(Direction direction, std::span<char>& input) noexcept;
  [[nodiscard]] Item hold(std::span<char>& input) noexcept;
  void decline() noexcept;
  [[nodiscard]] Item read_early() noexcept;
  [[nodiscard]] Item end(Direction direction) noexcept;
  [[nodiscard]] Item fail(Direction direction, ExchangeErrc code,
                          std::uint64_t offset_bytes) noexcept;

  const Settings* settings_;
  std::array<Side, 2> sides_;
  std::string early_bytes_;
  std::size_t early_read_bytes_ = 0;  ///< Of early_bytes_, once the upgrade was declined.
  std::uint32_t requests_ = 0;        ///< Heads seen.
  Upgraded upgraded_{};               ///< What to say when a switch is due.
  std::array<Pending, kPipelinedRequestsMax> pending_{};  ///< A ring.
  std::uint8_t pending_first_ = 0;
  std::uint8_t pending_count_ = 0;
  Mode mode_ = Mode::Http;
  bool begun_ = false;     ///< A request has.
  bool declined_ = false;  ///< Bytes that were held back are to be read as requests first.
};

}  // namespace core::http
