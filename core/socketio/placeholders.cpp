// How placeholders_fit() works: one walk over the text with a byte a level. If it meets no misfit,
// none exists: duplicate keys and enclosing placeholders can only hide one. If it does meet one,
// find_placeholders() decides on the tree, where duplicates are settled.

#include "core/socketio/placeholders.hpp"

#include <algorithm>
#include <array>
#include <new>
#include <optional>

#include "core/json/json.hpp"
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

struct Level {
  bool is_object = false;
  bool is_placeholder = false;  ///< `_placeholder` is true.
  bool fits = false;            ///< `num` names an attachment.
};

enum class Scan : std::uint8_t { Fits, Unclear };

class Scanner {
 public:
  Scanner(std::string_view text, std::uint32_t attachments) noexcept
      : rest_(text), attachments_(attachments) {
    levels_[0] = {};
  }

  Scan run() noexcept {
    bool key_follows = false;
    while (!rest_.empty()) {
      switch (rest_.front()) {
        case '[':
        case '{':
          if (++depth_ == levels_.size()) return Scan::Unclear;
          key_follows = rest_.front() == '{';
          levels_[depth_] = {key_follows};
          rest_.remove_prefix(1);
          break;
        case '}':
          if (levels_[depth_].is_placeholder && !levels_[depth_].fits) return Scan::Unclear;
          [[fallthrough]];
        case ']':
          --depth_;
          rest_.remove_prefix(1);
          break;
        case ',':
          key_follows = levels_[depth_].is_object;
          rest_.remove_prefix(1);
          break;
        case '"': {
          const std::string_view string = json::leading_value(rest_).raw;
          rest_.remove_prefix(string.size());
          if (key_follows) member(string);
          key_follows = false;
          break;
        }
        default:
          rest_.remove_prefix(1);
      }
    }
    return Scan::Fits;
  }

 private:
  /// A key was read; its value is looked at and left to the walk.
  void member(std::string_view key) noexcept {
    const bool has_escapes = key.find('\\') != std::string_view::npos;
    const auto is = [&](std::string_view quoted) noexcept {
      if (!has_escapes) return key == quoted;
      return json::string_equals(key, quoted.substr(1, quoted.size() - 2));
    };
    const bool says_placeholder = is(R"("_placeholder")");
    if (!says_placeholder && !is(R"("num")")) return;

    const std::string_view value = rest_.substr(rest_.find_first_not_of(" \t\r\n:"));
    Level& level = levels_[depth_];
    if (says_placeholder) {
      level.is_placeholder = value.front() == 't';
    } else {
      const bool is_number = value.front() == '-' || (value.front() >= '0' && value.front() <= '9');
      level.fits = is_number &&
                   fitting_number(json::Kind::Number, json::leading_value(value).raw, attachments_);
    }
  }

  std::string_view rest_;
  std::uint32_t attachments_;
  std::size_t depth_ = 0;
  std::array<Level, 256> levels_;  // Level 0 is none; the others are written when entered.
};

}  // namespace

bool placeholders_fit(std::string_view data, std::uint32_t attachments) noexcept {
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
