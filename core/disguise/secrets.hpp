#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

namespace core::disguise {

/// What may be written in a secret's place without breaking what holds it.
enum class Alphabet : std::uint8_t {
  Letters,  ///< `A-Z a-z 0-9`
  Digits,   ///< `1-9`: inside a JSON number
};

/// Where a secret stands in a text.
struct Secret {
  std::size_t begin;
  std::size_t bytes;
  Alphabet alphabet = Alphabet::Letters;

  friend bool operator==(const Secret&, const Secret&) = default;
};

/// Each function adds what it finds to `out`, in the order of the text.

/// A request or response head, from its first line to the empty one: the values of cookies (not
/// their names), credentials behind their scheme, values of headers that are named like a secret
/// (`X-Api-Key`), and of query parameters that are (`?token=`), also in `Referer`.
/// Engine.IO's own parameters are none: without `sid` no capture could be followed.
void find_in_head(std::string_view head, std::vector<Secret>& out);

/// The same of one header. `name` is in lower case.
void find_in_header(std::string_view name, std::string_view value, std::vector<Secret>& out);
/// The same of a request's target.
void find_in_target(std::string_view target, std::vector<Secret>& out);

/// A Socket.IO CONNECT as text, `0/chat,{"token":"..."}` or, before Engine.IO 4,
/// `0/chat?token=...`: every string and number in its payload but `pid` and `offset`, which are
/// recovery's, and values in its query. Source: Socket.IO protocol v5, "Connection to a namespace".
void find_in_connect(std::string_view packet, std::vector<Secret>& out);

/// Whether an Engine.IO packet, with its digit, is a CONNECT that has something to hide.
[[nodiscard]] bool is_connect(std::string_view engine_packet) noexcept;

/// The same of socket.io-msgpack-parser: strings inside `data`. `bytes` is a whole packet of any
/// type; others than CONNECT (type 0) hide nothing.
void find_in_msgpack(std::string_view bytes, std::vector<Secret>& out);

/// The body of a polling request of either revision, plain or JSONP's form: every CONNECT in it.
/// A form holds its payload percent-encoded: there whatever follows a CONNECT is hidden, letter by
/// letter.
void find_in_payload(std::string_view body, std::vector<Secret>& out);

/// Fills `out`, which is as long as the secret, with bytes that depend on the secret alone and tell
/// nothing about it. Equal secrets give equal bytes.
using Keystream = std::function<void(std::string_view secret, std::span<char> out)>;

/// Writes pseudonyms over the secrets of `text`, which were found in it.
void hide(std::span<const Secret> secrets, const Keystream& keystream, std::span<char> text);

/// Writes pseudonyms over what a whole Engine.IO message hides, with its digit, as a WebSocket
/// carries it: only a CONNECT hides anything. False: it did not.
[[nodiscard]] bool hide_in_message(bool binary, const Keystream& keystream,
                                   std::span<char> message);

}  // namespace core::disguise
