#include "core/http/target.hpp"

#include <cstddef>

namespace core::http {
namespace {

int hex_digit(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// Takes one decoded character off the front of `text`, which is not empty.
char take_decoded(std::string_view& text) noexcept {
  const char first = text.front();
  if (first == '%' && text.size() >= 3) {
    const int high = hex_digit(text[1]);
    const int low = hex_digit(text[2]);
    if (high >= 0 && low >= 0) {
      text.remove_prefix(3);
      return static_cast<char>(high * 16 + low);
    }
  }
  text.remove_prefix(1);
  return first == '+' ? ' ' : first;
}

bool decodes_to(std::string_view encoded, std::string_view plain) noexcept {
  while (!encoded.empty() && !plain.empty()) {
    if (take_decoded(encoded) != plain.front()) return false;
    plain.remove_prefix(1);
  }
  return encoded.empty() && plain.empty();
}

}  // namespace

TargetView split_target(std::string_view target) noexcept {
  target = target.substr(0, target.find('#'));
  if (!target.starts_with('/')) {
    const std::size_t scheme_end = target.find("://");
    if (scheme_end == std::string_view::npos) return {};
    const std::size_t path_begin = target.find_first_of("/?", scheme_end + 3);
    if (path_begin == std::string_view::npos) return {};
    target.remove_prefix(path_begin);
  }
  const std::size_t question_mark = target.find('?');
  if (question_mark == std::string_view::npos) return {target, {}};
  return {target.substr(0, question_mark), target.substr(question_mark + 1)};
}

std::optional<std::string_view> query_parameter(std::string_view query,
                                                std::string_view name) noexcept {
  while (!query.empty()) {
    const std::size_t end = query.find('&');
    const std::string_view pair = query.substr(0, end);
    query = end == std::string_view::npos ? std::string_view{} : query.substr(end + 1);

    const std::size_t equals = pair.find('=');
    if (!pair.empty() && decodes_to(pair.substr(0, equals), name))
      return equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1);
  }
  return std::nullopt;
}

std::string percent_decode(std::string_view value) {
  std::string plain;
  plain.reserve(value.size());
  while (!value.empty()) plain.push_back(take_decoded(value));
  return plain;
}

}  // namespace core::http
