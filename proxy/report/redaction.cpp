#include "proxy/report/redaction.hpp"

#include <algorithm>
#include <vector>

namespace proxy::report {
namespace {

constexpr std::size_t kShownBytes = 6;
constexpr std::string_view kEllipsis = "…";

/// Sids are made of these by every known server.
bool is_sid_character(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' ||
         c == '_';
}

std::string shorten(std::string_view sid) {
  std::size_t shown = std::min(kShownBytes, sid.size());
  while (shown > 0 && shown < sid.size() && (static_cast<unsigned char>(sid[shown]) & 0xc0) == 0x80)
    --shown;
  return std::string(sid.substr(0, shown)).append(kEllipsis);
}

void replace_all(std::string& text, std::string_view sid) {
  const std::string shown = shorten(sid);
  for (std::size_t at = text.find(sid); at != std::string::npos;
       at = text.find(sid, at + shown.size()))
    text.replace(at, sid.size(), shown);
}

/// The text ends within the sid: nothing past the shown characters may stay.
void shorten_cut_off(std::string& text, std::string_view sid) {
  for (std::size_t bytes = std::min(sid.size(), text.size()); bytes > kShownBytes; --bytes)
    if (text.ends_with(sid.substr(0, bytes))) {
      text.replace(text.size() - bytes, bytes, shorten(sid));
      return;
    }
}

/// Whatever follows `mark` as a sid would, known or not.
void shorten_after(std::string& text, std::string_view mark) {
  for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at)) {
    at += mark.size();
    std::size_t end = at;
    while (end < text.size() && is_sid_character(text[end])) ++end;
    if (end - at <= kShownBytes) continue;
    text.replace(at, end - at, shorten(std::string_view(text).substr(at, end - at)));
  }
}

}  // namespace

std::string Redaction::sid(std::string_view engine_sid) const {
  if (mode_ == Mode::Reveal || engine_sid.empty()) return std::string(engine_sid);
  return shorten(engine_sid);
}

std::string Redaction::text(std::string_view text, std::span<const std::string> engine_sids) const {
  std::string safe(text);
  if (mode_ == Mode::Reveal) return safe;
  for (const std::string& sid : engine_sids) {
    if (sid.size() <= kShownBytes) continue;  // So short, it would be found in innocent words.
    replace_all(safe, sid);
    shorten_cut_off(safe, sid);
  }
  if (safe.starts_with("0{")) shorten_after(safe, "\"sid\":\"");
  shorten_after(safe, "sid=");
  return safe;
}

rules::Finding Redaction::finding(rules::Finding finding) const {
  if (mode_ == Mode::Reveal) return finding;
  std::vector<std::string> sids{finding.session.engine_sid};
  if (finding.successor) sids.push_back(finding.successor->engine_sid);

  const auto hide = [&](rules::SessionRef& session) {
    // In v3 a socket's id is the engine sid, with the namespace before it; in v4 it is public.
    if (session.eio == 3)
      for (rules::SocketRef& socket : session.sockets) socket.id = text(socket.id, sids);
    session.engine_sid = sid(session.engine_sid);
  };
  hide(finding.session);
  if (finding.successor) hide(*finding.successor);
  finding.summary = text(finding.summary, sids);
  finding.remedy = text(finding.remedy, sids);
  for (rules::Evidence& evidence : finding.evidence) {
    evidence.packet = text(evidence.packet, sids);
    evidence.note = text(evidence.note, sids);
  }
  return finding;
}

}  // namespace proxy::report
