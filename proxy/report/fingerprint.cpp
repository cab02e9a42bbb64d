#include "proxy/report/fingerprint.hpp"

#include <xxhash.h>

#include <algorithm>
#include <cstdio>
#include <vector>

#include "core/json/json.hpp"

namespace proxy::report {
namespace {

/// Sids have 20 characters, older ones 16 and more; no word of ours has so many.
constexpr std::size_t kSidBytesMin = 16;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_word_character(char c) {
  return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_' || c == '-';
}

void skip_digits(std::string_view& rest) {
  while (!rest.empty() && is_digit(rest.front())) rest.remove_prefix(1);
}

/// The first element of `["name",...]` or `[7,...]`, if it is whole and can be a name.
std::optional<std::string> event_in(std::string_view json) {
  if (!json.starts_with('[')) return std::nullopt;
  json.remove_prefix(1);
  if (!json.starts_with('"')) {
    std::string_view rest = json;
    skip_digits(rest);
    const std::string_view number = json.substr(0, json.size() - rest.size());
    return number.empty() ? std::nullopt : std::optional<std::string>(number);
  }
  for (std::size_t end = 1; end < json.size(); ++end) {
    if (json[end] == '\\') {
      ++end;
    } else if (json[end] == '"') {
      std::string name;
      core::json::unescape(json.substr(0, end + 1), name);
      return name;
    }
  }
  return std::nullopt;
}

/// Namespace and event of `4<type>[<attachments>-][/<namespace>,][<id>]<json>`, which may be
/// malformed or cut off anywhere.
Subject subject_in(std::string_view packet) {
  if (packet.size() < 2 || packet[0] != '4' || !is_digit(packet[1])) return {};
  const char type = packet[1];
  std::string_view rest = packet.substr(2);
  if (type == '5' || type == '6') {
    skip_digits(rest);
    if (rest.starts_with('-')) rest.remove_prefix(1);
  }
  Subject subject{.ns = "/", .event = {}};
  if (rest.starts_with('/')) {
    const std::size_t comma = rest.find(',');
    subject.ns = rest.substr(0, std::min(comma, rest.find('?')));
    rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
  }
  skip_digits(rest);
  if (type == '2' || type == '5') subject.event = event_in(rest);
  return subject;
}

/// The ids by which one run knows the finding's sessions.
std::vector<std::string_view> ids_of(const rules::Finding& finding) {
  std::vector<std::string_view> ids;
  const auto add = [&](const rules::SessionRef& session) {
    for (const rules::SocketRef& socket : session.sockets) ids.push_back(socket.id);
    ids.push_back(session.engine_sid);
  };
  add(finding.session);
  if (finding.successor) add(*finding.successor);
  // So short, it would be found in innocent words.
  std::erase_if(ids, [](std::string_view id) { return id.size() < kSidBytesMin; });
  return ids;
}

std::string without(std::string text, const std::vector<std::string_view>& ids) {
  for (const std::string_view id : ids)
    for (std::size_t at = text.find(id); at != std::string::npos; at = text.find(id, at))
      text.replace(at, id.size(), "#");
  return text;
}

}  // namespace

Subject subject_of(const rules::Finding& finding) {
  if (finding.event) return {finding.event->ns, finding.event->event};
  for (const rules::Evidence& one : finding.evidence)
    if (!one.packet.empty()) return subject_in(one.packet);
  return {};
}

std::string normalised(std::string_view note) {
  std::string text;
  while (!note.empty()) {
    std::size_t bytes = 0;
    bool changes = false;
    for (; bytes < note.size() && is_word_character(note[bytes]); ++bytes)
      changes = changes || is_digit(note[bytes]);
    if (changes || bytes >= kSidBytesMin)
      text += '#';
    else
      text += note.substr(0, std::max<std::size_t>(bytes, 1));
    note.remove_prefix(std::max<std::size_t>(bytes, 1));
  }
  return text;
}

std::string fingerprint(const rules::Finding& finding) {
  const std::vector<std::string_view> ids = ids_of(finding);
  std::string identity(finding.rule);
  const auto add = [&](std::string_view part) { identity.append(1, '\0').append(part); };
  if (finding.direction)
    add(*finding.direction == core::Direction::ToClient ? "to client" : "to server");
  const Subject subject = subject_of(finding);
  add(without(subject.ns.value_or(""), ids));
  add(without(subject.event.value_or(""), ids));
  // Where an event is named the rule says all; else what was wrong tells one fault from another.
  if (!finding.event && !finding.evidence.empty())
    add(normalised(without(finding.evidence.front().note, ids)));
  char text[24];
  std::snprintf(text, sizeof text, "%016llx",
                static_cast<unsigned long long>(XXH3_64bits(identity.data(), identity.size())));
  return text;
}

}  // namespace proxy::report
