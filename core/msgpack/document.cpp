// How it is built: a stack of open containers. Each collects its members as written; a key becomes
// a property key as soon as its value is whole, which is when JavaScript does it and may throw.

#include "core/msgpack/document.hpp"

#include <optional>
#include <utility>

#include "core/json/document.hpp"
#include "core/json/members.hpp"
#include "core/limits.hpp"
#include "core/msgpack/text.hpp"

namespace core::msgpack {

class Document::Builder {
 public:
  Builder(Document& document, std::size_t values_max) noexcept
      : document_(document), values_max_(values_max) {}

  [[nodiscard]] std::optional<Error> run() {
    Reader& reader = document_.reader_;
    do {
      Token token;
      if (!reader.next(token)) return reader.error();
      const bool is_container = token.kind == Kind::Array || token.kind == Kind::Map;
      if (nodes().size() == values_max_) return Error{Errc::TooOdd, 0, token.begin};
      if (is_container && token.size != 0 && open_.size() == limits::kMsgpackDepthMax)
        return Error{Errc::TooDeep, 0, token.begin};

      const std::size_t node = nodes().size();
      nodes().push_back({token, raw_from(token.begin), {}});
      if (is_container && token.size != 0)
        open_.push_back({node, token.size, token.kind == Kind::Map, true, 0});
      else if (const std::optional<Errc> problem = deliver(node))
        return Error{*problem, 0, token.begin};
    } while (!open_.empty());
    if (!reader.finish()) return reader.error();
    return std::nullopt;
  }

 private:
  struct Open {
    std::size_t node;
    std::uint32_t left;  ///< Elements or members still to come.
    bool is_map;
    bool expects_key;
    std::size_t key;  ///< Node of the key read last.
  };

  std::vector<Node>& nodes() noexcept { return document_.nodes_; }

  [[nodiscard]] std::string_view raw_from(std::size_t begin) const noexcept {
    return document_.reader_.between(begin, document_.reader_.at());
  }

  /// A value is whole: it goes to the container around it, which may be whole then, and so on.
  std::optional<Errc> deliver(std::size_t node) {
    while (!open_.empty()) {
      Open& around = open_.back();
      if (around.is_map && around.expects_key) {
        around.key = node;
        around.expects_key = false;
        return std::nullopt;
      }
      std::string key;
      if (around.is_map)
        if (const std::optional<Errc> problem = append_key(around.key, key)) return problem;
      around.expects_key = true;
      if (const std::optional<Errc> problem = assign(nodes()[around.node], std::move(key), node))
        return problem;
      if (--around.left != 0) return std::nullopt;

      node = around.node;
      nodes()[node].raw = raw_from(nodes()[node].token.begin);
      if (around.is_map) json::settle_members(nodes()[node].edges, 0);
      open_.pop_back();
    }
    return std::nullopt;
  }

  /// `object[key] = value`, or the next element.
  std::optional<Errc> assign(Node& object, std::string key, std::size_t value) {
    if (key == "__proto__" && has_prototype_setter(object)) {
      switch (nodes()[value].token.kind) {
        case Kind::Null:
          object.prototype = kNoPrototype;
          break;
        case Kind::Array:
        case Kind::Map:
        case Kind::Date:
        case Kind::Extension:
          object.prototype = value;
          break;
        case Kind::Binary:
        case Kind::ArrayBuffer:
          return Errc::TooOdd;
        case Kind::Undefined:
        case Kind::False:
        case Kind::True:
        case Kind::Number:
        case Kind::String:
          break;  // Ignored.
      }
      return std::nullopt;
    }
    object.edges.push_back({std::move(key), value});
    return std::nullopt;
  }

  /// Where an object's chain of prototypes ends.
  [[nodiscard]] bool has_prototype_setter(const Node& object) noexcept {
    std::size_t prototype = object.prototype;
    while (prototype != kObjectPrototype && prototype != kNoPrototype)
      prototype = nodes()[prototype].prototype;
    return prototype == kObjectPrototype;
  }

  /// Appends `String(value)`: arrays are their elements, joined by commas, and so are arrays in
  /// them.
  std::optional<Errc> append_key(std::size_t value, std::string& key) {
    struct Step {
      std::size_t array;
      std::size_t next;
    };
    std::vector<Step> arrays;
    for (std::size_t node = value;;) {
      const Node& item = nodes()[node];
      if (item.token.kind == Kind::Array) {
        arrays.push_back({node, 0});
      } else if (item.token.kind == Kind::Map) {
        if (const std::optional<Errc> problem = check_string(item)) return problem;
        key += "[object Object]";
      } else if (item.token.kind == Kind::Extension) {
        key += std::to_string(static_cast<int>(number_of(item.raw))) + ',';
        append_utf8(document_.reader_.content(item.token), key);
      } else if (arrays.empty() ||
                 (item.token.kind != Kind::Null && item.token.kind != Kind::Undefined)) {
        append_string(document_.reader_, item.token, item.raw, key);
      }

      while (!arrays.empty() && arrays.back().next == nodes()[arrays.back().array].edges.size())
        arrays.pop_back();
      if (arrays.empty()) return std::nullopt;
      Step& top = arrays.back();
      if (top.next != 0) key += ',';
      node = nodes()[top.array].edges[top.next++].node;
    }
  }

  /// Whether a map has the toString() of all objects.
  std::optional<Errc> check_string(const Node& map) noexcept {
    std::optional<Errc> problem;
    for (const Node* link = &map;; link = &nodes()[link->prototype]) {
      if (link->token.kind != Kind::Map) return Errc::TooOdd;
      for (const Edge& edge : link->edges)
        if (edge.key == "toString") problem = Errc::KeyNotPrimitive;
      if (link->prototype == kObjectPrototype) return problem;
      if (link->prototype == kNoPrototype) return Errc::KeyNotPrimitive;
    }
  }

  Document& document_;
  std::size_t values_max_;
  std::vector<Open> open_;
};

tl::expected<Document, Error> Document::read(std::string_view bytes, std::size_t values_max) {
  tl::expected<Document, Error> result(Document{bytes});
  if (const std::optional<Error> error = Builder(*result, values_max).run())
    return tl::unexpected(*error);
  return result;
}

const Document::Node* Document::find(const Node& object, std::string_view key) const noexcept {
  for (const Node* link = &object;; link = &nodes_[link->prototype]) {
    for (const Edge& edge : link->edges)
      if (link->token.kind == Kind::Map && edge.key == key) return &nodes_[edge.node];
    if (link->prototype == kObjectPrototype || link->prototype == kNoPrototype) return nullptr;
  }
}

void Document::stringify(const Node& value, std::string& out) const {
  struct Open {
    const Node* container;
    std::size_t next;
    bool empty;  ///< Nothing printed yet.
  };
  std::vector<Open> open;
  const auto print = [&](const Node& node) {
    const Kind kind = node.token.kind;
    if (kind == Kind::Array || kind == Kind::Map) {
      out += kind == Kind::Array ? '[' : '{';
      open.push_back({&node, 0, true});
    } else if (kind == Kind::Extension) {
      out += '[' + std::to_string(static_cast<int>(number_of(node.raw))) + ',';
      append_json(reader_, {Kind::Binary, node.token.size, 0, node.token.content}, {}, out);
      out += ']';
    } else {
      append_json(reader_, node.token, node.raw, out);
    }
  };

  print(value);
  while (!open.empty()) {
    Open& top = open.back();
    const bool in_object = top.container->token.kind == Kind::Map;
    if (top.next == top.container->edges.size()) {
      out += in_object ? '}' : ']';
      open.pop_back();
      continue;
    }
    const Edge& edge = top.container->edges[top.next++];
    const Node& node = nodes_[edge.node];
    const bool is_undefined = node.token.kind == Kind::Undefined;
    if (in_object && is_undefined) continue;
    if (!top.empty) out += ',';
    top.empty = false;
    if (in_object) {
      json::quote(edge.key, out);
      out += ':';
    }
    if (is_undefined)
      out += "null";
    else
      print(node);
  }
}

}  // namespace core::msgpack
