#include "core/disguise/secrets.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <string>

#include "core/limits.hpp"
#include "core/msgpack/reader.hpp"

namespace core::disguise {
namespace {

constexpr char kSeparator = '\x1e';  // Between the packets of an Engine.IO 4 payload.

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_space(char c) noexcept { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_letter(char c) noexcept {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

/// Names that people give to what must not be seen: of headers and of query parameters.
bool sounds_secret(std::string_view name) {
  constexpr std::array<std::string_view, 15> kWords = {
      "auth",   "token",   "secret", "passw",     "pwd",  "apikey", "api-key",   "api_key",
      "cookie", "session", "jwt",    "signature", "csrf", "xsrf",   "credential"};
  const std::string plain = lower(name);
  return std::any_of(kWords.begin(), kWords.end(),
                     [&](std::string_view word) { return plain.find(word) != std::string::npos; });
}

/// They sound secret, and tell what everybody may know.
bool is_harmless(std::string_view lower_name) noexcept {
  return lower_name.starts_with("access-control-") || lower_name == "www-authenticate" ||
         lower_name == "proxy-authenticate" || lower_name == ":authority";
}

/// Adds parts of one text to the whole.
class Found {
 public:
  Found(std::string_view whole, std::vector<Secret>& out) noexcept : whole_(whole), out_(out) {}
  void add(std::string_view part, Alphabet alphabet = Alphabet::Letters) {
    if (part.empty()) return;
    out_.push_back({static_cast<std::size_t>(part.data() - whole_.data()), part.size(), alphabet});
  }

 private:
  std::string_view whole_;
  std::vector<Secret>& out_;
};

std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

/// Calls `take` with each piece of `text` between separators.
template <class Take>
void for_each_piece(std::string_view text, char separator, Take take) {
  while (true) {
    const std::size_t end = text.find(separator);
    take(text.substr(0, end));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

/// What follows the first `?` up to white space, a `#` or a comma (a namespace ends there).
std::string_view query_of(std::string_view url) noexcept {
  const std::size_t mark = url.find('?');
  if (mark == std::string_view::npos) return {};
  url.remove_prefix(mark + 1);
  return url.substr(0, url.find_first_of(" #,\r\n"));
}

enum class Values : std::uint8_t { ThatSoundSecret, All };

void find_in_query(std::string_view query, Values which, Found& found) {
  for_each_piece(query, '&', [&](std::string_view pair) {
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos) return;
    const std::string_view name = pair.substr(0, equals);
    if (name == "sid") return;
    if (which == Values::All || sounds_secret(name)) found.add(pair.substr(equals + 1));
  });
}

void find_in_cookies(std::string_view value, Found& found) {
  for_each_piece(value, ';', [&](std::string_view pair) {
    const std::size_t equals = pair.find('=');
    found.add(trimmed(equals == std::string_view::npos ? pair : pair.substr(equals + 1)));
  });
}

void find_in_header(std::string_view name, std::string_view value, Found& found) {
  if (name == "cookie") return find_in_cookies(value, found);
  if (name == "set-cookie") return find_in_cookies(value.substr(0, value.find(';')), found);
  if (name == "referer") return find_in_query(query_of(value), Values::ThatSoundSecret, found);
  if (is_harmless(name) || !sounds_secret(name)) return;
  // `Bearer eyJ...`: the scheme is none.
  const std::size_t scheme = name.ends_with("authorization") ? value.find(' ') : value.npos;
  found.add(trimmed(scheme == std::string_view::npos ? value : value.substr(scheme)));
}

/// The end of the JSON string that starts at `begin`, behind its closing quote, if it has one.
std::size_t string_end(std::string_view text, std::size_t begin) noexcept {
  for (std::size_t at = begin + 1; at < text.size(); ++at) {
    if (text[at] == '\\')
      ++at;
    else if (text[at] == '"')
      return at + 1;
  }
  return text.size();
}

/// Strings and numbers of a JSON value, and keys not. Takes what is no JSON as far as it goes.
void find_in_json(std::string_view text, Found& found) {
  int depth = 0;
  bool recovery = false;  // The value of `pid` or `offset` comes.
  for (std::size_t at = 0; at < text.size();) {
    const char c = text[at];
    if (c == '"') {
      const std::size_t end = string_end(text, at);
      std::size_t next = end;
      while (next < text.size() && is_space(text[next])) ++next;
      const std::size_t closed = end > at + 1 && text[end - 1] == '"' ? 1 : 0;
      const std::string_view inside = text.substr(at + 1, end - closed - at - 1);
      if (next < text.size() && text[next] == ':') {
        recovery = depth == 1 && (inside == "pid" || inside == "offset");
      } else {
        if (!recovery) found.add(inside);
        recovery = false;
      }
      at = end;
    } else if (is_digit(c)) {
      std::size_t end = at;
      while (end < text.size() && is_digit(text[end])) ++end;
      found.add(text.substr(at, end - at), Alphabet::Digits);
      recovery = false;
      at = end;
    } else {
      if (c == '{' || c == '[') ++depth;
      if (c == '}' || c == ']') --depth;
      ++at;
    }
  }
}

void find_in_connect(std::string_view packet, Found& found) {
  if (!packet.empty()) packet.remove_prefix(1);
  std::size_t payload = 0;
  if (packet.starts_with('/')) {
    const std::size_t comma = packet.find(',');
    // A query that is not encoded may hold commas: it ends where the payload could begin.
    const std::size_t brace = packet.find(",{");
    const std::size_t end = brace != packet.npos ? brace : comma;
    find_in_query(query_of(packet.substr(0, end)), Values::All, found);
    payload = end == packet.npos ? packet.size() : end + 1;
  }
  find_in_json(packet.substr(payload), found);
}

/// In a form everything is percent-encoded but letters and digits; those are what is hidden.
void find_in_form(std::string_view text, Found& found) {
  for (std::size_t at = 0; at < text.size();) {
    if (text[at] == '%') {
      at += 3;
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && is_letter(text[end])) ++end;
    if (end == at) {
      ++at;
      continue;
    }
    found.add(text.substr(at, end - at));
    at = end;
  }
}

void find_in_form_payload(std::string_view form, Found& found) {
  // `d=40%7B%22token%22...`, or with lengths before each packet: `d=27%3A40%7B...`.
  for (std::size_t at = form.find("40"); at != form.npos; at = form.find("40", at + 2)) {
    const bool begins = at == 0 || form[at - 1] == '=' || form.substr(0, at).ends_with("%3A") ||
                        form.substr(0, at).ends_with("%1E") ||
                        form.substr(0, at).ends_with("%3a") ||
                        form.substr(0, at).ends_with("%1e") || form[at - 1] == ':';
    if (!begins) continue;
    std::string_view rest = form.substr(at + 2);
    rest = rest.substr(0, rest.find('&'));
    if (!rest.starts_with("%7B") && !rest.starts_with("%7b") && !rest.starts_with("%2F") &&
        !rest.starts_with("%2f") && !rest.starts_with('{') && !rest.starts_with('/'))
      continue;
    return find_in_form(rest, found);
  }
}

/// Bytes that hold the first `units` UTF-16 units of `text`: Engine.IO 3 counts in those.
std::size_t bytes_of_units(std::string_view text, std::size_t units) noexcept {
  std::size_t at = 0;
  while (at < text.size() && units > 0) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const std::size_t size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    units -= std::min<std::size_t>(units, size == 4 ? 2 : 1);
    at += size;
  }
  return std::min(at, text.size());
}

/// `27:40/chat?...` after each other, or in bytes: `\0`, the digits of the length, `\xff`.
/// Source: Engine.IO protocol v3, "Payload".
void find_in_v3_payload(std::string_view body, Found& found) {
  while (!body.empty()) {
    const bool bytes = body[0] == '\0' || body[0] == '\1';
    const std::size_t mark = body.find(bytes ? '\xff' : ':');
    if (mark == body.npos || mark > 12) return;
    std::size_t length = 0;
    for (const char c : body.substr(bytes ? 1 : 0, mark - (bytes ? 1 : 0)))
      length = length * 10 + static_cast<std::size_t>(bytes ? c : c - '0');
    body.remove_prefix(mark + 1);
    const std::string_view packet = body.substr(0, bytes_of_units(body, length));
    if (is_connect(packet)) find_in_connect(packet.substr(1), found);
    body.remove_prefix(packet.size());
  }
}

}  // namespace

void find_in_head(std::string_view head, std::vector<Secret>& out) {
  Found found(head, out);
  bool first = true;
  std::string name;
  for_each_piece(head, '\n', [&](std::string_view line) {
    if (first) find_in_query(query_of(line), Values::ThatSoundSecret, found);
    // A line that begins with white space goes on with the last header. Source: RFC 9112, 5.2.
    const bool folded = !line.empty() && (line[0] == ' ' || line[0] == '\t');
    const std::size_t colon = folded || first ? line.npos : line.find(':');
    first = false;
    if (colon != line.npos) name = lower(trimmed(line.substr(0, colon)));
    if (colon != line.npos || (folded && !name.empty()))
      find_in_header(name, trimmed(colon == line.npos ? line : line.substr(colon + 1)), found);
  });
}

void find_in_header(std::string_view name, std::string_view value, std::vector<Secret>& out) {
  Found found(value, out);
  find_in_header(name, trimmed(value), found);
}

void find_in_target(std::string_view target, std::vector<Secret>& out) {
  Found found(target, out);
  find_in_query(query_of(target), Values::ThatSoundSecret, found);
}

void find_in_connect(std::string_view packet, std::vector<Secret>& out) {
  Found found(packet, out);
  find_in_connect(packet, found);
}

bool is_connect(std::string_view engine_packet) noexcept {
  return engine_packet.size() > 2 && engine_packet.starts_with("40");
}

void find_in_msgpack(std::string_view bytes, std::vector<Secret>& out) {
  struct Open {
    std::uint64_t left;  ///< values that are still to come
    bool map;            ///< then keys and values take turns
    bool key() const noexcept { return map && left % 2 == 0; }
  };
  std::vector<Open> open;
  std::vector<Secret> hidden;
  Found inside(bytes, hidden);
  std::string_view member;  // Of the packet itself: `type`, `data`, `nsp`.
  bool connects = false;
  bool recovery = false;  // The value of `pid` or `offset` comes.

  msgpack::Reader reader(bytes);
  for (msgpack::Token token{}; reader.next(token);) {
    const bool key = !open.empty() && open.back().key();
    const bool text = token.kind == msgpack::Kind::String;
    if (key && open.size() == 1) member = text ? reader.content(token) : std::string_view();
    if (key && open.size() == 2)
      recovery = text && (reader.content(token) == "pid" || reader.content(token) == "offset");
    if (!key && open.size() == 1 && member == "type")
      connects = token.kind == msgpack::Kind::Number && bytes[token.begin] == '\0';
    if (!key && open.size() > 1 && member == "data" && text && !recovery)
      inside.add(reader.content(token));

    if (!open.empty()) --open.back().left;
    if (token.kind == msgpack::Kind::Map) open.push_back({std::uint64_t{token.size} * 2, true});
    if (token.kind == msgpack::Kind::Array) open.push_back({token.size, false});
    while (!open.empty() && open.back().left == 0) open.pop_back();
    if (open.empty() || open.size() > limits::kMsgpackDepthMax) break;
  }
  if (connects) out.insert(out.end(), hidden.begin(), hidden.end());
}

void find_in_payload(std::string_view body, std::vector<Secret>& out) {
  Found found(body, out);
  if (body.starts_with("d=")) return find_in_form_payload(body, found);
  const bool v3 = !body.empty() && (is_digit(body[0]) ? body.substr(0, 12).find(':') != body.npos &&
                                                            !is_connect(body)
                                                      : body[0] == '\0' || body[0] == '\1');
  if (v3) return find_in_v3_payload(body, found);
  for_each_piece(body, kSeparator, [&](std::string_view packet) {
    if (is_connect(packet)) find_in_connect(packet.substr(1), found);
  });
}

void hide(std::span<const Secret> secrets, const Keystream& keystream, std::span<char> text) {
  constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  for (const Secret& secret : secrets) {
    const std::span<char> place = text.subspan(secret.begin, secret.bytes);
    const std::string plain(place.begin(), place.end());
    keystream(plain, place);
    for (char& c : place) {
      const auto random = static_cast<unsigned char>(c);
      c = secret.alphabet == Alphabet::Digits ? static_cast<char>('1' + random % 9)
                                              : kLetters[random % kLetters.size()];
    }
  }
}

bool hide_in_message(bool binary, const Keystream& keystream, std::span<char> message) {
  std::string_view packet(message.data(), message.size());
  if (!binary && !is_connect(packet)) return false;
  // The digit; in bytes Engine.IO 3 alone writes it.
  if (!binary || packet.starts_with('\x04')) packet.remove_prefix(1);
  std::vector<Secret> secrets;
  if (binary)
    find_in_msgpack(packet, secrets);
  else
    find_in_connect(packet, secrets);
  hide(secrets, keystream, message.last(packet.size()));
  return !secrets.empty();
}

}  // namespace core::disguise
