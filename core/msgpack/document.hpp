#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

#include "core/msgpack/reader.hpp"

namespace core::msgpack {

/// What notepack.io makes of bytes, as a flat tree with JavaScript's notion of objects:
///
/// - a key is made a property key: 1 is "1", an array `[1,[2]]` is "1,2", a map is
///   "[object Object]" or, when it has lost its toString(), an error;
/// - each key once, in its first place with its last value, array indices first;
/// - `__proto__` sets the prototype, which find() looks through, unless a prototype of null took
///   that meaning away.
///
/// Given up (`TooOdd`) are a map as a key whose prototype is an array or a date, and binary as a
/// prototype: there JavaScript's built-in methods would run on what they were not made for.
///
/// For reports, tools, and packets that Walk calls odd; the hot path never needs it. No recursion.
class Document {
 public:
  /// A member or an element.
  struct Edge {
    std::string key;   ///< UTF-8; empty in arrays.
    std::size_t node;  ///< Index of the value.
  };

  static constexpr std::size_t kObjectPrototype = SIZE_MAX;
  static constexpr std::size_t kNoPrototype = SIZE_MAX - 1;

  struct Node {
    Token token;
    std::string_view raw;  ///< Borrows the bytes.
    std::vector<Edge> edges;
    std::size_t prototype = kObjectPrototype;  ///< Of maps: or a node.
  };

  /// Decodes everything, as notepack.io's decode().
  /// @param bytes Borrowed as long as the document lives.
  /// @param values_max More values are `TooOdd`.
  [[nodiscard]] static tl::expected<Document, Error> read(std::string_view bytes,
                                                          std::size_t values_max = SIZE_MAX);

  [[nodiscard]] const Node& root() const noexcept { return nodes_[0]; }
  [[nodiscard]] const Node& node(std::size_t index) const noexcept { return nodes_[index]; }

  /// `object[key]`, for a key that no built-in prototype has; nullptr is undefined.
  [[nodiscard]] const Node* find(const Node& object, std::string_view key) const noexcept;

  /// Whether `Object.prototype.toString.call(value)` is "[object Object]".
  [[nodiscard]] static bool is_object(const Node& value) noexcept {
    return value.token.kind == Kind::Map;  // An ArrayBuffer for a prototype is given up.
  }

  /// Appends `JSON.stringify(value)`; binary as `{"$base64":"..."}`, and of undefined nothing.
  void stringify(const Node& value, std::string& out) const;

 private:
  class Builder;

  explicit Document(std::string_view bytes) : reader_(bytes) {}

  Reader reader_;
  std::vector<Node> nodes_;
};

}  // namespace core::msgpack
