#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "core/direction.hpp"
#include "core/http/exchanges.hpp"

// How it works. An Exchanges reads along, in both directions, and tells where each request's head
// ends. The new line goes in front of the empty one, so it is the last of its head: a line of the
// same name that stands there already comes before it, as one that was appended to. Nothing else
// is changed, and nothing is waited for, but that an empty line's CR is held until its LF has come.

namespace core::http {

/// Adds one header line to the head of every request on a connection, and passes on everything
/// else as it is: bodies, what follows an upgrade, and, from the first byte on that is no HTTP/1.1
/// as Node reads it, all the rest. Requests that a client sends behind one for an upgrade, before
/// that is answered, go without the line.
///
/// Law: however the same bytes are cut, the same bytes come out; without the lines that were added
/// they are those that went in.
class HeaderAdder {
 public:
  /// `line` is whole, `X-Forwarded-For: 203.0.113.9\r\n`.
  explicit HeaderAdder(std::string line);
  HeaderAdder(HeaderAdder&&) noexcept;
  HeaderAdder& operator=(HeaderAdder&&) noexcept;
  ~HeaderAdder();

  /// The client sent `bytes`. Returns what goes to the server: a part of `bytes`, or of `storage`,
  /// which is written over.
  [[nodiscard]] std::span<const char> receive_from_client(std::span<char> bytes,
                                                          std::string& storage);
  /// The server sent `bytes`, which go on as they are.
  void receive_from_server(std::span<char> bytes) noexcept;
  /// The client's stream has ended: what goes to the server before its end.
  [[nodiscard]] std::string_view finish() noexcept;

  /// Nothing more will be added: the connection is a WebSocket's, or cannot be followed.
  [[nodiscard]] bool over() const noexcept { return exchanges_ == nullptr; }
  /// Why it cannot be followed; nothing while it can, and where it was upgraded.
  [[nodiscard]] std::optional<ExchangeErrc> error() const noexcept { return error_; }

 private:
  /// Reads on and hands each head's end, as an offset in the client's stream, to `at_head`,
  /// which may find that it is none.
  template <class AtHead>
  void read(Direction direction, std::span<char> bytes, AtHead at_head) noexcept;
  [[nodiscard]] bool ends_in_half_an_empty_line() const noexcept;

  std::string line_;
  std::unique_ptr<Exchanges> exchanges_;  ///< nullptr: over
  std::uint64_t received_bytes_ = 0;      ///< of the client's stream
  std::string tail_;                      ///< its last three bytes
  bool held_ = false;                     ///< ... of which the last, a CR, was not passed on
  std::optional<ExchangeErrc> error_;
};

}  // namespace core::http
