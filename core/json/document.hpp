#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/json/json.hpp"

namespace core::json {

/// What `JSON.parse` makes of a text, as a flat tree: members in the order JavaScript enumerates
/// them (integer keys first, ascending, then the rest as written) and each key once (its first
/// place, its last value). For reports and tools; the hot path never needs it. No recursion: any
/// depth works.
class Document {
 public:
  /// One entry of an array or an object.
  struct Edge {
    std::string_view key;  ///< Unescaped, WTF-8; empty in arrays. Borrows the document.
    std::size_t node;      ///< Index of the value.
  };

  struct Node {
    Kind kind;
    std::string_view raw;  ///< Of scalars: source text. Borrows the parsed text.
    std::size_t edges_begin = 0;
    std::size_t edges_end = 0;
  };

  /// @param text Text that inspect() accepted. Borrowed as long as the document lives.
  explicit Document(std::string_view text);

  Document(const Document&) = delete;
  Document& operator=(const Document&) = delete;

  /// Node 0 is the whole text.
  [[nodiscard]] const Node& node(std::size_t index) const noexcept { return nodes_[index]; }
  [[nodiscard]] std::size_t size() const noexcept { return nodes_.size(); }
  [[nodiscard]] const Edge* begin(const Node& node) const noexcept {
    return edges_.data() + node.edges_begin;
  }
  [[nodiscard]] const Edge* end(const Node& node) const noexcept {
    return edges_.data() + node.edges_end;
  }

  /// A member of an object, or nullptr.
  [[nodiscard]] const Node* find(const Node& object, std::string_view key) const noexcept;

 private:
  std::vector<Node> nodes_;
  std::vector<Edge> edges_;
  std::string keys_;  ///< Unescaped keys, one behind the other; never grows once edges refer to it.
};

/// Something printed in place of a node.
struct Replacement {
  std::size_t node;
  /// JSON text; empty is JavaScript's `undefined`: null in an array, left out of an object.
  std::string_view text;
};

/// Appends `JSON.stringify(value)`.
/// @param replacements Ordered by node.
void stringify(const Document& document, const std::vector<Replacement>& replacements,
               std::string& out);

/// Appends `JSON.stringify(text)` for one string.
/// @param plain WTF-8; lone surrogates come out as `\udXXX`.
void quote(std::string_view plain, std::string& out);

}  // namespace core::json
