#pragma once

#include "core/msgpack/reader.hpp"

namespace core::msgpack {

/// Walks over whole values without recursion or allocation, and notes what JavaScript would take
/// in a way that only Document knows.
class Walk {
 public:
  explicit Walk(Reader& reader) noexcept : reader_(reader) {}

  /// Reads the content of a value whose head next() gave: nothing unless it is an array or a map.
  /// @param around How many arrays and maps are open around it.
  /// @return false: see error().
  [[nodiscard]] bool skip_content(const Token& head, std::size_t around) noexcept;

  /// Reads a value, as far as its head.
  [[nodiscard]] bool next(Token& token) noexcept {
    return reader_.next(token) || fail(reader_.error());
  }
  /// ... or to its end.
  [[nodiscard]] bool skip_value(Token& head, std::size_t around) noexcept {
    return next(head) && skip_content(head, around);
  }

  /// A key was read by next().
  void note_key(const Token& key) noexcept;

  /// Some key is an array or a map, which are strings only after a fashion, or `__proto__`, which
  /// sets the prototype: whether all this is accepted, and what it means, says Document.
  [[nodiscard]] bool is_odd() const noexcept { return odd_; }

  [[nodiscard]] const Error& error() const noexcept { return error_; }

 private:
  bool fail(const Error& error) noexcept {
    error_ = error;
    return false;
  }

  Reader& reader_;
  Error error_{};
  bool odd_ = false;
};

}  // namespace core::msgpack
