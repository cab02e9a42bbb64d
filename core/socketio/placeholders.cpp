// How placeholders_fit() works, each step for what the one before leaves open:
// - a search for placeholders as the official encoder writes them, which nearly always are all;
// - one walk over the text with a byte a level. If it meets no misfit, none exists: duplicate keys
//   and enclosing placeholders can only hide one;
// - find_placeholders() on the tree, where duplicates are settled.

#include "core/socketio/placeholders.hpp"

#include <algorithm>
#include <array>
#include <new>
#include <optional>

#include "core/json/json.hpp"
#include "core/json/marks.hpp"
#include "core/json/number.hpp"

namespace core::socketio {
namespace {

std::optional<double> fitting_number(json::Kind kind, std::string_view raw,
                                     std::uint32_t attachments) noexcept {
  if (kind != json::Kind::Number) return std::nullopt;
  const double number = json::number_of(raw);
  if (!(number >= 0 && number < attachments)) return std::nullopt;
  return number;
}

/// Whether whatever could be a placeholder is written `{"_placeholder":true,"num":0}`, and fits.
/// Without a backslash in the text a key is written as it is meant, and no string holds a quote.
bool are_plain_and_fit(std::string_view text, std::uint32_t attachments) noexcept {
  constexpr std::string_view kOpening = R"({")";
  constexpr std::string_view kKey = R"(_placeholder")";
  constexpr std::string_view kNext = R"(:true,"num":)";
  if (text.find('\\') != std::string_view::npos) return false;
  for (std::size_t at = 0; (at = text.find(kKey, at)) != std::string_view::npos;) {
    if (!text.substr(0, at).ends_with(kOpening)) return false;
    at += kKey.size();
    if (!text.substr(at).starts_with(kNext)) return false;
    at += kNext.size();
    const std::size_t close = text.find('}', at);
    constexpr std::size_t kDigitsMax = 2;  // A few attachments; more is for a closer look.
    if (close - at > kDigitsMax) return false;
    std::uint32_t number = 0;
    for (; at != close; ++at) {
      if (text[at] < '0' || text[at] > '9') return false;
      number = number * 10 + static_cast<std::uint32_t>(text[at] - '0');
    }
    if (number >= attachments) return false;
  }
  return true;
}

struct Level {
  bool is_object;
  bool is_placeholder;  ///< `_placeholder` is true.
  bool fits;            ///< `num` names an attachment.
};

enum class Scan : std::uint8_t { Fits, Unclear };

class Scanner {
 public:
  Scanner(std::string_view text, std::uint32_t attachments) noexcept
      : begin_(text.data()), end_(begin_ + text.size()), marks_(text), attachments_(attachments) {
    levels_[0] = {false, false, false};
  }

  Scan run() noexcept {
    bool key_follows = false;
    for (const char* at = begin_; at != end_;) {
      switch (*at) {
        case '[':
        case '{':
          if (++depth_ == levels_.size()) return Scan::Unclear;
          key_follows = *at == '{';
          levels_[depth_] = {key_follows, false, false};
          ++at;
          break;
        case '}':
          if (levels_[depth_].is_placeholder && !levels_[depth_].fits) return Scan::Unclear;
          [[fallthrough]];
        case ']':
          --depth_;
          ++at;
          break;
        case ',':
          key_follows = levels_[depth_].is_object;
          ++at;
          break;
        case '"':
          at = key_follows ? member(at) : string(at).end;
          key_follows = false;
          break;
        default:
          ++at;
      }
    }
    return Scan::Fits;
  }

 private:
  struct String {
    const char* end;
    bool has_escapes;
  };

  String string(const char* at) noexcept {
    marks_.drop_before(at + 1);
    bool has_escapes = false;
    const char* mark = marks_.take();
    for (; *mark != '"'; mark = marks_.take()) {
      has_escapes = true;
      marks_.drop_before(mark + 2);
    }
    return {mark + 1, has_escapes};
  }

  /// Takes a key. Its value is looked at and left to the walk.
  const char* member(const char* at) noexcept {
    const String string_at = string(at);
    const std::string_view key(at, static_cast<std::size_t>(string_at.end - at));
    const auto is = [&](std::string_view quoted) noexcept {
      if (!string_at.has_escapes) return key == quoted;
      return json::string_equals(key, quoted.substr(1, quoted.size() - 2));
    };
    if (is(R"("_placeholder")"))
      levels_[depth_].is_placeholder = *value_of(string_at.end) == 't';
    else if (is(R"("num")"))
      levels_[depth_].fits = fits(value_of(string_at.end));
    return string_at.end;
  }

  /// @param at Behind a key.
  static const char* value_of(const char* at) noexcept {
    while (*at == ':' || *at == ' ' || *at == '\n' || *at == '\r' || *at == '\t') ++at;
    return at;
  }

  bool fits(const char* value) const noexcept {
    if (*value != '-' && (*value < '0' || *value > '9')) return false;
    const std::string_view rest(value, static_cast<std::size_t>(end_ - value));
    const std::string_view number = json::leading_value(rest).raw;
    return fitting_number(json::Kind::Number, number, attachments_).has_value();
  }

  const char* begin_;
  const char* end_;
  json::Marks marks_;
  std::uint32_t attachments_;
  std::size_t depth_ = 0;
  std::array<Level, 256> levels_;  // Level 0 is none; the others are written when entered.
};

}  // namespace

bool placeholders_fit(std::string_view data, std::uint32_t attachments) noexcept {
  if (are_plain_and_fit(data, attachments)) return true;
  if (Scanner(data, attachments).run() == Scan::Fits) return true;
  try {
    return find_placeholders(json::Document(data), attachments).has_value();
  } catch (const std::bad_alloc&) {
    return true;
  }
}

namespace {

bool marks_placeholder(const json::Document::Node& mark, Marks marks) {
  if (marks == Marks::True) return mark.kind == json::Kind::True;
  switch (mark.kind) {
    case json::Kind::Null:
    case json::Kind::False:
      return false;
    case json::Kind::True:
    case json::Kind::Array:
    case json::Kind::Object:
      return true;
    case json::Kind::Number:
      return json::number_of(mark.raw) != 0;
    case json::Kind::String:
      return mark.raw != R"("")";
  }
  return false;
}

/// Walks as the official parser does, depth first and in the order of members, and does not enter
/// placeholders. Ends when `visit` returns false.
template <class Visit>
void walk(const json::Document& document, Marks marks, Visit visit) {
  std::vector<std::size_t> to_visit = {0};
  while (!to_visit.empty()) {
    const std::size_t index = to_visit.back();
    to_visit.pop_back();
    const json::Document::Node& node = document.node(index);
    const json::Document::Node* const mark =
        node.kind == json::Kind::Object ? document.find(node, "_placeholder") : nullptr;
    const bool is_placeholder = mark != nullptr && marks_placeholder(*mark, marks);
    if (!visit(index, node, is_placeholder)) return;
    if (is_placeholder) continue;
    for (const auto* edge = document.end(node); edge != document.begin(node);)
      to_visit.push_back((--edge)->node);
  }
}

bool has_own_property(const json::Document& document, const json::Document::Node& node) {
  return node.kind == json::Kind::Object && document.find(node, "hasOwnProperty") != nullptr;
}

}  // namespace

tl::expected<std::vector<Placeholder>, PacketErrc> find_placeholders(const json::Document& document,
                                                                     std::uint32_t attachments,
                                                                     OwnMembers own_members) {
  tl::expected<std::vector<Placeholder>, PacketErrc> found;
  walk(document, Marks::True,
       [&](std::size_t index, const json::Document::Node& node, bool is_placeholder) {
         if (!is_placeholder) {
           if (own_members == OwnMembers::AskObject && has_own_property(document, node))
             found = tl::unexpected(PacketErrc::HasOwnProperty);
           return found.has_value();
         }
         const json::Document::Node* const num = document.find(node, "num");
         const std::optional<double> number =
             num == nullptr ? std::nullopt : fitting_number(num->kind, num->raw, attachments);
         if (number)
           found->push_back({index, *number});
         else
           found = tl::unexpected(PacketErrc::IllegalPlaceholder);
         return found.has_value();
       });
  if (found)
    std::sort(found->begin(), found->end(),
              [](const Placeholder& a, const Placeholder& b) { return a.node < b.node; });
  return found;
}

bool meets_has_own_property(const json::Document& document, Marks marks) {
  bool met = false;
  walk(document, marks, [&](std::size_t, const json::Document::Node& node, bool is_placeholder) {
    met = !is_placeholder && has_own_property(document, node);
    return !met;
  });
  return met;
}

}  // namespace core::socketio
