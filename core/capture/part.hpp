#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/json/json.hpp"
#include "core/json/number.hpp"
#include "core/json/wtf8.hpp"

namespace core::capture {

/// A value in a JSON document, or nothing: whatever is not there, or of another kind, reads as
/// empty. Borrows the document.
class Part {
 public:
  Part() = default;
  explicit Part(std::optional<json::Value> value) : value_(value) {}

  [[nodiscard]] Part operator[](std::string_view key) const {
    return is(json::Kind::Object) ? Part(json::find_member(value_->raw, key)) : Part();
  }
  [[nodiscard]] bool there() const noexcept { return value_.has_value(); }
  [[nodiscard]] bool is(json::Kind kind) const noexcept { return value_ && value_->kind == kind; }
  /// UTF-8, as it went over the wire: no encoder writes half a surrogate pair.
  [[nodiscard]] std::string text() const {
    std::string out;
    if (!is(json::Kind::String)) return out;
    json::unescape(value_->raw, out);
    for (std::size_t at = out.find('\xed'); at != std::string::npos; at = out.find('\xed', at + 3))
      if (json::surrogate_at(std::string_view(out).substr(at)) != 0)
        out.replace(at, 3, "\xef\xbf\xbd");
    return out;
  }
  [[nodiscard]] std::optional<double> number() const noexcept {
    if (!is(json::Kind::Number)) return std::nullopt;
    return json::number_of(value_->raw);
  }
  template <class Take>
  void each(Take take) const {
    if (!is(json::Kind::Array)) return;
    json::ElementReader elements(value_->raw);
    while (const auto element = elements.next()) take(Part(element));
  }
  [[nodiscard]] std::string_view raw() const noexcept {
    return value_ ? value_->raw : std::string_view{};
  }

 private:
  std::optional<json::Value> value_;
};

}  // namespace core::capture
