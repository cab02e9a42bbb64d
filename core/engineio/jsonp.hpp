#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// JSONP: long-polling for browsers that may not ask other origins. A request has `j=<digits>` in
/// its query. Payloads are those of the Engine.IO version at hand, always text, wrapped:
///
///     response    ___eio[0]("6:4hello");
///     request     d=6%3A4hello
///
/// Both unwrappers take chunks and give text; however a body is cut, the text is the same.
/// Source: engine.io 1.8 to 6.6, transports/polling-jsonp.js; engine.io-client 3.5, the same file.
namespace core::engineio {

/// How a body ended.
enum class JsonpEnd : std::uint8_t {
  Complete,
  Nothing,    ///< A request without `d`, which servers pass over.
  Malformed,  ///< Not of the form.
};

/// Unwraps a response: a script that hands a string literal to a function.
///
/// Servers write JSON with U+2028 and U+2029 escaped, but the reader is JavaScript, so what is
/// legal there passes: control characters but line ends, and a backslash before what needs none.
/// `\x`, `\u{`, octal, line continuations and a backslash before what is not ASCII are refused: no
/// server writes them.
class JsonpResponse {
 public:
  /// The text that this chunk holds, valid until the next call of any member. Lone surrogates,
  /// which can only be escaped, come in WTF-8. After a fault there is no more text.
  [[nodiscard]] std::string_view receive(std::string_view chunk);

  /// The body is about to end: nothing, a half of a character only waits inside the quotes.
  [[nodiscard]] static std::string_view last_text() noexcept { return {}; }

  /// The body is complete. Then the unwrapper is ready for another.
  [[nodiscard]] JsonpEnd finish() noexcept;

  [[nodiscard]] bool malformed() const noexcept { return state_ == State::Malformed; }

 private:
  enum class State : std::uint8_t {
    Prefix,  ///< `___eio[`, `at_` bytes of it seen.
    Index,   ///< Digits, `at_` of them: 0, or 1 for some.
    Open,    ///< `(`
    Quote,   ///< `"`
    Text,
    Backslash,
    Unit,       ///< Four hex digits, `at_` of them in `unit_`.
    Close,      ///< `)`
    Semicolon,  ///< `;`, or whitespace.
    Done,
    Malformed,
  };

  void take(char byte);
  void take_escape(char byte);
  void take_unit();
  void release_half();

  std::string text_;
  std::uint16_t unit_ = 0;
  std::uint16_t half_ = 0;  ///< A high surrogate that may find its other half.
  std::uint8_t at_ = 0;
  State state_ = State::Prefix;
};

/// Unwraps a request: the field `d` of a form, as the server reads it. Other fields are passed
/// over.
///
/// Browsers change line ends in forms, so the client writes `\n` for a line feed and `\\n` for a
/// backslash and an `n`, and the server undoes that: the text may hold neither by itself.
/// A second `d` is a fault: a server drops both.
class JsonpForm {
 public:
  /// The text that this chunk holds, valid until the next call of any member. Escapes that are
  /// none stand for themselves.
  [[nodiscard]] std::string_view receive(std::string_view chunk);

  /// The body is about to end: the text that was held back, to be told what follows it.
  [[nodiscard]] std::string_view last_text();

  /// The body is complete. Then the unwrapper is ready for another.
  [[nodiscard]] JsonpEnd finish() noexcept;

  [[nodiscard]] bool malformed() const noexcept { return malformed_; }

 private:
  enum class State : std::uint8_t { Key, Data, OtherValue };

  void take(char byte);
  void take_key(char byte);
  void end_key();
  void take_data(char byte);
  void end_data();
  void release_percent();
  void put(char byte);

  std::string text_;
  std::array<char, 4> key_{};  ///< As written; longer keys are others.
  std::uint8_t key_bytes_ = 0;
  std::array<char, 2> percent_{};  ///< `%` and maybe a digit: an escape that is not complete.
  std::uint8_t percent_bytes_ = 0;
  std::uint8_t backslashes_ = 0;  ///< In a row at the end, 2 for more; the last is held back.
  State state_ = State::Key;
  bool has_data_ = false;
  bool malformed_ = false;
};

}  // namespace core::engineio
