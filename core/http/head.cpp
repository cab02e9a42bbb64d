#include "core/http/head.hpp"

#include <algorithm>
#include <cstring>

namespace core::http {
namespace {

enum class Of : std::uint8_t { Requests, Responses, Both };

struct KnownHeader {
  std::string_view name;
  Header header;
  Of of;
  bool always;  ///< Kept in exchanges of no interest too: an upgrade's outcome hangs on it.
};

constexpr KnownHeader kKnownHeaders[] = {
    {"host", Header::Host, Of::Requests, false},
    {"user-agent", Header::UserAgent, Of::Requests, false},
    {"origin", Header::Origin, Of::Requests, false},
    {"cookie", Header::Cookie, Of::Requests, false},
    {"authorization", Header::Authorization, Of::Requests, false},
    {"x-forwarded-for", Header::XForwardedFor, Of::Requests, false},
    {"sec-websocket-protocol", Header::SecWebSocketProtocol, Of::Requests, false},
    {"sec-websocket-key", Header::SecWebSocketKey, Of::Requests, false},
    {"access-control-allow-origin", Header::AccessControlAllowOrigin, Of::Responses, false},
    {"access-control-allow-credentials", Header::AccessControlAllowCredentials, Of::Responses,
     false},
    {"set-cookie", Header::SetCookie, Of::Responses, false},
    {"upgrade", Header::Upgrade, Of::Both, true},
    {"connection", Header::Connection, Of::Both, false},
    {"content-type", Header::ContentType, Of::Both, false},
    {"content-length", Header::ContentLength, Of::Both, false},
    {"content-encoding", Header::ContentEncoding, Of::Both, false},
    {"transfer-encoding", Header::TransferEncoding, Of::Both, false},
    {"sec-websocket-extensions", Header::SecWebSocketExtensions, Of::Both, true},
};

constexpr char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool equal_in_any_case(std::string_view text, std::string_view lower_text) noexcept {
  return text.size() == lower_text.size() &&
         std::equal(text.begin(), text.end(), lower_text.begin(),
                    [](char a, char b) { return lower(a) == b; });
}

std::string_view trimmed(std::string_view text) noexcept {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace

void Head::add_target(std::string_view piece, std::size_t bytes_max) {
  const std::size_t kept_bytes = std::min(piece.size(), bytes_max - bytes.size());
  bytes.append(piece.substr(0, kept_bytes));
  target_bytes = bytes.size();
  if (kept_bytes < piece.size()) truncated = true;
}

void Head::add_name(std::string_view piece) noexcept {
  if (name_bytes + piece.size() <= kNameBytesMax)
    std::memcpy(name.data() + name_bytes, piece.data(), piece.size());
  name_bytes += piece.size();
}

void Head::end_name(const Settings& settings, Direction direction, bool of_interest) noexcept {
  header.reset();
  value_begin = bytes.size();
  if (name_bytes <= kNameBytesMax) {
    const std::string_view seen(name.data(), name_bytes);
    const Of other = direction == Direction::ToServer ? Of::Responses : Of::Requests;
    for (const KnownHeader& known : kKnownHeaders) {
      if (!equal_in_any_case(seen, known.name)) continue;
      if (known.of != other && (of_interest || known.always)) header = known.header;
      break;
    }
    if (!header && of_interest && direction == Direction::ToServer &&
        !settings.extra_header.empty() && equal_in_any_case(seen, settings.extra_header))
      header = Header::Extra;
  }
  name_bytes = 0;
  if (header == Header::SetCookie) {
    slices[static_cast<std::size_t>(Header::SetCookie)].present = true;
    header.reset();
  }
}

void Head::add_value(std::string_view piece, std::size_t bytes_max) {
  if (!header) return;
  if (piece.size() <= bytes_max - bytes.size()) {
    bytes.append(piece);
    return;
  }
  lose_line(0);
}

/// X-Forwarded-For is read from its end: of its lines the last must stand, or nothing. Whoever sent
/// a first line that fills the room would else be believed.
void Head::lose_line(std::size_t value_bytes) noexcept {
  if (header == Header::XForwardedFor)
    slices[static_cast<std::size_t>(Header::XForwardedFor)] = {
        static_cast<std::uint32_t>(value_begin), static_cast<std::uint32_t>(value_bytes),
        value_bytes != 0};
  else
    value_bytes = 0;
  bytes.resize(value_begin + value_bytes);
  header.reset();
  truncated = true;
}

void Head::end_value(std::size_t bytes_max) {
  if (!header) return;
  const std::string_view raw = std::string_view(bytes).substr(value_begin);
  const std::size_t size_bytes = trimmed(raw).size();  // The parser has cut leading white space.
  bytes.resize(value_begin + size_bytes);

  Slice& slice = slices[static_cast<std::size_t>(*header)];
  if (slice.present) {
    std::string earlier(bytes, slice.begin, slice.size_bytes);
    earlier += *header == Header::Cookie ? "; " : ", ";
    if (earlier.size() > bytes_max - bytes.size()) return lose_line(size_bytes);
    bytes.insert(value_begin, earlier);
  }
  slice = {static_cast<std::uint32_t>(value_begin),
           static_cast<std::uint32_t>(bytes.size() - value_begin), true};
}

bool names_token(std::string_view value, std::string_view token) noexcept {
  while (!value.empty()) {
    const std::size_t end = value.find(',');
    const std::string_view element = value.substr(0, end);
    value = end == std::string_view::npos ? std::string_view{} : value.substr(end + 1);
    const auto* const named_end =
        std::find_if(element.begin(), element.end(), [](char c) { return c == ';' || c == '/'; });
    const std::string_view named = trimmed({element.begin(), named_end});
    if (equal_in_any_case(named, token)) return true;
  }
  return false;
}

}  // namespace core::http
