// How placeholders_fit() works: one walk over the text with a byte a level. If it meets no misfit,
// none exists: duplicate keys and enclosing placeholders can only hide one. If it does meet one,
// find_placeholders() decides on the tree, where duplicates are settled.

#include "core/socketio/placeholders.hpp"

#include <algorithm>
#include <array>
#include <new>

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

std::optional<std::vector<Placeholder>> find_placeholders(const json::Document& document,
                                                          std::uint32_t attachments) {
  std::vector<Placeholder> found;
  std::vector<std::size_t> to_visit = {0};
  while (!to_visit.empty()) {
    const std::size_t index = to_visit.back();
    to_visit.pop_back();
    const json::Document::Node& node = document.node(index);
    if (node.kind == json::Kind::Object) {
      const json::Document::Node* const mark = document.find(node, "_placeholder");
      if (mark != nullptr && mark->kind == json::Kind::True) {
        const json::Document::Node* const num = document.find(node, "num");
        const std::optional<double> number =
            num == nullptr ? std::nullopt : fitting_number(num->kind, num->raw, attachments);
        if (!number) return std::nullopt;
        found.push_back({index, *number});
        continue;
      }
    }
    for (const auto* edge = document.begin(node); edge != document.end(node); ++edge)
      to_visit.push_back(edge->node);
  }
  std::sort(found.begin(), found.end(),
            [](const Placeholder& a, const Placeholder& b) { return a.node < b.node; });
  return found;
}

}  // namespace core::socketio
