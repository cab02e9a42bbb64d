#include "core/client/cookies.hpp"

#include <algorithm>

namespace core::client {
namespace {

std::string_view trimmed(std::string_view text) noexcept {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool is_max_age(std::string_view name) noexcept {
  constexpr std::string_view kName = "max-age";
  return std::equal(name.begin(), name.end(), kName.begin(), kName.end(), [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
  });
}

/// Takes `a=b` off the front of a list.
std::string_view take_pair(std::string_view& list) noexcept {
  const auto end = list.find(';');
  const std::string_view pair = list.substr(0, end);
  list = end == std::string_view::npos ? std::string_view{} : list.substr(end + 1);
  return pair;
}

}  // namespace

void Cookies::receive(std::string_view set_cookie) {
  const std::string_view pair = take_pair(set_cookie);
  const auto equals = pair.find('=');
  if (equals == std::string_view::npos) return;
  const std::string_view name = trimmed(pair.substr(0, equals));
  const std::string_view value = trimmed(pair.substr(equals + 1));
  if (name.empty()) return;

  bool forget = value.empty();
  while (!set_cookie.empty()) {
    const std::string_view attribute = take_pair(set_cookie);
    const auto at = attribute.find('=');
    if (at == std::string_view::npos || !is_max_age(trimmed(attribute.substr(0, at)))) continue;
    const std::string_view age = trimmed(attribute.substr(at + 1));
    forget = forget || age == "0" || age.starts_with('-');
  }
  const auto known = values_.find(name);
  if (forget) {
    if (known != values_.end()) values_.erase(known);
  } else if (known != values_.end()) {
    known->second = value;
  } else if (values_.size() < kCookiesMax) {
    values_.emplace(name, value);
  }
}

std::string Cookies::header() const {
  std::string text;
  for (const auto& [name, value] : values_) {
    if (!text.empty()) text += "; ";
    text.append(name).append("=").append(value);
  }
  return text;
}

}  // namespace core::client
