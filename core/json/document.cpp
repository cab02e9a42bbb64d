// How it is built: a stack of open containers. The edges of a container are collected behind those
// of the containers around it, and moved to their final place, in order, when it closes.

#include "core/json/document.hpp"

#include <algorithm>

#include "core/json/escape.hpp"
#include "core/json/members.hpp"
#include "core/json/number.hpp"
#include "core/json/wtf8.hpp"

namespace core::json {
namespace {

struct OpenContainer {
  std::size_t node;
  std::size_t first_pending;  ///< Where its edges start among those not settled yet.
};

void append_scalar(const Document::Node& node, std::string& scratch, std::string& out) {
  switch (node.kind) {
    case Kind::Null:
    case Kind::True:
    case Kind::False:
      out += node.raw;
      break;
    case Kind::Number:
      append_number(number_of(node.raw), out);
      break;
    case Kind::String:
      scratch.clear();
      unescape(node.raw, scratch);
      quote(scratch, out);
      break;
    case Kind::Array:
    case Kind::Object:
      break;
  }
}

}  // namespace

Document::Document(std::string_view text) {
  keys_.reserve(text.size());  // Unescaping never makes a key longer, so views into it stay good.
  std::vector<Edge> pending;
  std::vector<OpenContainer> open;
  std::string_view key;
  const auto add = [&](Kind kind, std::string_view raw) {
    if (!open.empty()) pending.push_back({key, nodes_.size()});
    key = {};
    nodes_.push_back({kind, raw});
  };

  while (!text.empty()) {
    switch (text.front()) {
      case '[':
      case '{':
        add(text.front() == '[' ? Kind::Array : Kind::Object, {});
        open.push_back({nodes_.size() - 1, pending.size()});
        text.remove_prefix(1);
        break;
      case ']':
      case '}': {
        const OpenContainer closed = open.back();
        open.pop_back();
        if (text.front() == '}') settle_members(pending, closed.first_pending);
        Node& container = nodes_[closed.node];
        container.edges_begin = edges_.size();
        edges_.insert(edges_.end(),
                      pending.begin() + static_cast<std::ptrdiff_t>(closed.first_pending),
                      pending.end());
        container.edges_end = edges_.size();
        pending.resize(closed.first_pending);
        text.remove_prefix(1);
        break;
      }
      case ',':
      case ':':
      case ' ':
      case '\t':
      case '\n':
      case '\r':
        text.remove_prefix(1);
        break;
      default: {
        const Value value = leading_value(text);
        text.remove_prefix(value.raw.size());
        const std::size_t next = text.find_first_not_of(" \t\r\n");
        if (value.kind == Kind::String && next != std::string_view::npos && text[next] == ':') {
          const std::size_t start = keys_.size();
          unescape(value.raw, keys_);
          key = std::string_view(keys_).substr(start);
        } else {
          add(value.kind, value.raw);
        }
      }
    }
  }
}

const Document::Node* Document::find(const Node& object, std::string_view key) const noexcept {
  for (const Edge* edge = begin(object); edge != end(object); ++edge)
    if (edge->key == key) return &nodes_[edge->node];
  return nullptr;
}

void stringify(const Document& document, const std::vector<Replacement>& replacements,
               std::string& out) {
  struct Open {
    const Document::Node* container;
    const Document::Edge* next;
    bool empty;  ///< Nothing printed yet.
  };
  std::vector<Open> open;
  std::string scratch;
  const auto replacement_of = [&](std::size_t index) -> const Replacement* {
    const auto found =
        std::lower_bound(replacements.begin(), replacements.end(), index,
                         [](const Replacement& r, std::size_t node) { return r.node < node; });
    return found != replacements.end() && found->node == index ? &*found : nullptr;
  };
  const auto print = [&](std::size_t index, const Replacement* replacement) {
    const Document::Node& node = document.node(index);
    if (replacement != nullptr) {
      out += replacement->text.empty() ? "null" : replacement->text;
    } else if (node.kind == Kind::Array || node.kind == Kind::Object) {
      out += node.kind == Kind::Array ? '[' : '{';
      open.push_back({&node, document.begin(node), true});
    } else {
      append_scalar(node, scratch, out);
    }
  };

  print(0, replacement_of(0));
  while (!open.empty()) {
    Open& top = open.back();
    const bool in_object = top.container->kind == Kind::Object;
    if (top.next == document.end(*top.container)) {
      out += in_object ? '}' : ']';
      open.pop_back();
      continue;
    }
    const Document::Edge& edge = *top.next++;
    const Replacement* const replacement = replacement_of(edge.node);
    if (in_object && replacement != nullptr && replacement->text.empty()) continue;
    if (!top.empty) out += ',';
    top.empty = false;
    if (in_object) {
      quote(edge.key, out);
      out += ':';
    }
    print(edge.node, replacement);
  }
}

void quote(std::string_view plain, std::string& out) {
  out += '"';
  while (!plain.empty()) {
    const char byte = plain.front();
    std::size_t taken = 1;
    if (const std::string_view escape = short_escape(byte); !escape.empty()) {
      out += escape;
    } else if (static_cast<unsigned char>(byte) < 0x20) {
      out += escape_unit(static_cast<unsigned char>(byte)).view();
    } else if (const unsigned surrogate = surrogate_at(plain)) {
      out += escape_unit(surrogate).view();
      taken = 3;
    } else {
      out += byte;
    }
    plain.remove_prefix(taken);
  }
  out += '"';
}

}  // namespace core::json
