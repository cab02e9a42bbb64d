// How it is built: a stack of open containers. The edges of a container are collected behind those
// of the containers around it, and moved to their final place, in order, when it closes.

#include "core/json/document.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

#include "core/json/number.hpp"
#include "core/json/wtf8.hpp"

namespace core::json {
namespace {

/// A key that is an array index, which JavaScript enumerates first: canonical, at most 2^32 - 2.
std::optional<std::uint32_t> array_index(std::string_view key) noexcept {
  constexpr std::uint32_t kMax = 0xfffffffeU;
  if (key.empty() || key.size() > 10 || (key.size() > 1 && key.front() == '0')) return std::nullopt;
  std::uint32_t index = 0;
  const auto result = std::from_chars(key.data(), key.data() + key.size(), index);
  if (result.ec != std::errc() || result.ptr != key.data() + key.size() || index > kMax)
    return std::nullopt;
  return index;
}

/// Brings an object's members, given as written, into JavaScript's shape.
void settle_members(std::vector<Document::Edge>& members, std::size_t first) {
  using Edge = Document::Edge;
  struct Ranked {
    std::optional<std::uint32_t> index;
    std::size_t place;
    Edge edge;
  };
  std::vector<Ranked> ranked;
  ranked.reserve(members.size() - first);
  for (std::size_t i = first; i < members.size(); ++i)
    ranked.push_back({array_index(members[i].key), i, members[i]});

  std::sort(ranked.begin(), ranked.end(), [](const Ranked& a, const Ranked& b) {
    return a.edge.key != b.edge.key ? a.edge.key < b.edge.key : a.place < b.place;
  });
  std::size_t kept = 0;
  for (const Ranked& member : ranked) {
    if (kept != 0 && ranked[kept - 1].edge.key == member.edge.key)
      ranked[kept - 1].edge.node = member.edge.node;
    else
      ranked[kept++] = member;
  }
  ranked.resize(kept);

  std::sort(ranked.begin(), ranked.end(), [](const Ranked& a, const Ranked& b) {
    if (a.index.has_value() != b.index.has_value()) return a.index.has_value();
    return a.index != b.index ? *a.index < *b.index : a.place < b.place;
  });
  members.resize(first);
  for (const Ranked& member : ranked) members.push_back(member.edge);
}

struct OpenContainer {
  std::size_t node;
  std::size_t first_pending;  ///< Where its edges start among those not settled yet.
};

void append_unit_escape(unsigned unit, std::string& out) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out += "\\u";
  for (const unsigned shift : {12U, 8U, 4U, 0U}) out += kHex[unit >> shift & 0xfU];
}

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
    switch (byte) {
      case '"':
        out += "\\\"";
        break;
      case '\\':
        out += "\\\\";
        break;
      case '\b':
        out += "\\b";
        break;
      case '\t':
        out += "\\t";
        break;
      case '\n':
        out += "\\n";
        break;
      case '\f':
        out += "\\f";
        break;
      case '\r':
        out += "\\r";
        break;
      default:
        if (static_cast<unsigned char>(byte) < 0x20) {
          append_unit_escape(static_cast<unsigned char>(byte), out);
        } else if (const unsigned surrogate = surrogate_at(plain)) {
          append_unit_escape(surrogate, out);
          taken = 3;
        } else {
          out += byte;
        }
    }
    plain.remove_prefix(taken);
  }
  out += '"';
}

}  // namespace core::json
