#include "proxy/connect/diagnosis.hpp"

#include <algorithm>
#include <cctype>

#include "core/json/json.hpp"

namespace proxy::connect {
namespace {

using client::LinkEnd;
using client::Security;
using core::client::Answer;
using core::client::CloseReason;
using core::client::Revision;
namespace json = core::json;

/// The first words of a body, as one line.
std::string first_words(std::string_view text) {
  constexpr std::size_t kWordsBytes = 60;
  std::string words;
  for (const char c : text) {
    const bool blank = static_cast<unsigned char>(c) <= ' ' || c == '\x7f';
    if (!blank)
      words += c;
    else if (!words.empty() && words.back() != ' ')
      words += ' ';
    if (words.size() == kWordsBytes) return words + "...";
  }
  return words;
}

bool starts_tls_record(std::string_view text) noexcept {
  return text.size() >= 2 && (text[0] == '\x15' || text[0] == '\x16') && text[1] == '\x03';
}

/// `96:0{"sid":...`: a payload of revision 3.
bool starts_v3_payload(std::string_view text) noexcept {
  const auto digits = text.find_first_not_of("0123456789");
  return digits != 0 && digits != std::string_view::npos && text.substr(digits).starts_with(":0{");
}

std::string other_revision(Revision revision) {
  return revision == Revision::V4 ? "--eio 3" : "--eio 4";
}

/// `{"code":5,"message":"Unsupported protocol version"}`, or nothing.
std::string engine_error(const Approach& approach, std::string_view body) {
  const auto shape = json::inspect(body);
  if (!shape || shape->kind != json::Kind::Object) return {};
  const auto code = json::find_member(body, "code");
  const auto message = json::find_member(body, "message");
  if (!code || code->kind != json::Kind::Number || !message || message->kind != json::Kind::String)
    return {};
  std::string text;
  json::unescape(message->raw, text);
  std::string sentence = "the Engine.IO server refused: " + first_words(text) + " (code " +
                         std::string(code->raw) + ')';
  if (code->raw == "5") sentence += "; try " + other_revision(approach.revision);
  if (code->raw == "0" || code->raw == "3") sentence += "; try another --transport";
  return sentence;
}

std::string about_answer(const Approach& approach, const Answer& answer) {
  const std::string who = approach.remote.text();
  if (answer.status == 0) {
    if (starts_tls_record(answer.start))
      return who + " speaks TLS where plain HTTP was spoken; try https://";
    return who + " answered no HTTP but \"" + first_words(answer.start) + "\"; check host and port";
  }
  if (const std::string refused = engine_error(approach, answer.start); !refused.empty())
    return refused;
  if (answer.status == 200 && starts_v3_payload(answer.start))
    return who + " speaks Engine.IO 3, as socket.io 2 does; try --eio 3";
  if (!answer.location.empty())
    return who + " answered " + std::to_string(answer.status) + " and points to " +
           first_words(answer.location) + "; use that URL";
  std::string sentence = who + " answered " + std::to_string(answer.status);
  if (!answer.content_type.empty()) sentence += " (" + first_words(answer.content_type) + ')';
  const std::string words = first_words(answer.start);
  if (!words.empty()) sentence += " \"" + words + '"';
  return sentence + ": no Socket.IO server at " + approach.path + "; check the URL and --path";
}

std::string about_link(const Approach& approach, const LinkEnd& end) {
  const std::string who = approach.remote.text();
  switch (end.what) {
    case LinkEnd::What::NoSuchHost:
      return "no host is named '" + approach.remote.host + "' (" + end.detail + "); check the URL";
    case LinkEnd::What::CannotConnect:
      return "cannot connect to " + who + ": " + end.detail + "; is the server running there?";
    case LinkEnd::What::Tls:
      if (end.detail.find("wrong version number") != std::string::npos)
        return who + " speaks no TLS; try http://";
      if (end.detail.find("certificate") != std::string::npos)
        return who + " is not trusted: " + end.detail + "; see --cacert and --insecure";
      return "TLS with " + who + " failed: " + end.detail;
    case LinkEnd::What::Closed:
      return who + " closed the connection without an answer" +
             (approach.remote.security == Security::Plain ? "; if it speaks TLS, try https://"
                                                          : std::string());
  }
  return {};
}

}  // namespace

std::string why_no_session(const Approach& approach, const core::client::EngineClosed& closed,
                           const client::LinkEnd& end) {
  if (closed.answer) return about_answer(approach, *closed.answer);
  if (closed.reason == CloseReason::ConnectTimeout)
    return approach.remote.text() + " did not answer in time; see --timeout";
  return about_link(approach, end);
}

}  // namespace proxy::connect
