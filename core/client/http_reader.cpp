#include "core/client/http_reader.hpp"

#include <llhttp.h>

#include <algorithm>

#include "core/limits.hpp"

namespace core::client {
namespace {

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

std::string_view HttpMessage::header(std::string_view name) const noexcept {
  for (const auto& [key, value] : headers)
    if (key == name) return value;
  return {};
}

/// The callbacks of llhttp reach it through `parser.data`; it never moves.
struct HttpReader::State {
  State(Reads what, std::size_t limit) : reads(what), body_bytes_max(limit) {
    llhttp_settings_init(&settings);
    settings.on_message_begin = [](llhttp_t* p) { return of(p).begin(); };
    settings.on_url = [](llhttp_t* p, const char* at, std::size_t n) {
      return of(p).head(of(p).message.target, at, n);
    };
    settings.on_header_field = [](llhttp_t* p, const char* at, std::size_t n) {
      return of(p).head(of(p).field, at, n);
    };
    settings.on_header_value = [](llhttp_t* p, const char* at, std::size_t n) {
      return of(p).head(of(p).value, at, n);
    };
    settings.on_header_value_complete = [](llhttp_t* p) { return of(p).header_complete(); };
    settings.on_body = [](llhttp_t* p, const char* at, std::size_t n) { return of(p).body(at, n); };
    settings.on_message_complete = [](llhttp_t* p) { return of(p).complete(); };
    llhttp_init(&parser, what == Reads::Requests ? HTTP_REQUEST : HTTP_RESPONSE, &settings);
    parser.data = this;
  }
  static State& of(llhttp_t* parser) { return *static_cast<State*>(parser->data); }

  int begin() {
    message = HttpMessage{};
    head_bytes = 0;
    return 0;
  }
  int head(std::string& into, const char* at, std::size_t n) {
    head_bytes += n;
    if (head_bytes > limits::kHeadBytesMax) return fail(HttpErrc::HeadTooLarge);
    into.append(at, n);
    return 0;
  }
  int header_complete() {
    std::transform(field.begin(), field.end(), field.begin(), lower);
    message.headers.emplace_back(std::move(field), std::move(value));
    field.clear();
    value.clear();
    return 0;
  }
  int body(const char* at, std::size_t n) {
    if (message.body.size() + n > body_bytes_max) return fail(HttpErrc::BodyTooLarge);
    message.body.append(at, n);
    return 0;
  }
  int complete() {
    message.keep_alive = llhttp_should_keep_alive(&parser) != 0;
    message.upgrade = llhttp_get_upgrade(&parser) != 0;
    if (reads == Reads::Requests)
      message.method = llhttp_method_name(static_cast<llhttp_method_t>(parser.method));
    else
      message.status = llhttp_get_status_code(&parser);
    return message.upgrade ? 0 : HPE_PAUSED;  // An upgrade pauses by itself.
  }
  int fail(HttpErrc errc) {
    error = errc;
    return HPE_USER;
  }
  /// The stream ended: a message that only its end delimits is whole now.
  tl::expected<std::optional<HttpMessage>, HttpErrc> end() {
    finished = false;
    const llhttp_errno_t result = llhttp_finish(&parser);
    if (result == HPE_OK) return std::nullopt;  // Between two messages.
    if (result == HPE_PAUSED) return std::move(message);
    error = HttpErrc::Malformed;
    return tl::unexpected(*error);
  }

  Reads reads;
  std::size_t body_bytes_max;
  llhttp_settings_t settings{};
  llhttp_t parser{};
  std::string waiting;  ///< received, not parsed yet
  HttpMessage message;
  std::string field, value;
  std::size_t head_bytes = 0;
  bool finished = false;
  std::optional<HttpErrc> error;
};

HttpReader::HttpReader(Reads reads, std::size_t body_bytes_max)
    : state_(std::make_unique<State>(reads, body_bytes_max)) {}
HttpReader::~HttpReader() = default;
HttpReader::HttpReader(HttpReader&&) noexcept = default;
HttpReader& HttpReader::operator=(HttpReader&&) noexcept = default;

void HttpReader::receive(std::string_view bytes) { state_->waiting.append(bytes); }

void HttpReader::finish() noexcept { state_->finished = true; }

tl::expected<std::optional<HttpMessage>, HttpErrc> HttpReader::next() {
  State& state = *state_;
  if (state.error) return tl::unexpected(*state.error);
  if (state.waiting.empty()) return state.finished ? state.end() : std::nullopt;

  const llhttp_errno_t result =
      llhttp_execute(&state.parser, state.waiting.data(), state.waiting.size());
  if (result == HPE_OK) {
    state.waiting.clear();
    return state.finished ? state.end() : std::nullopt;
  }
  if (result != HPE_PAUSED && result != HPE_PAUSED_UPGRADE) {
    if (!state.error) state.error = HttpErrc::Malformed;
    return tl::unexpected(*state.error);
  }
  const auto parsed = llhttp_get_error_pos(&state.parser) - state.waiting.data();
  state.waiting.erase(0, static_cast<std::size_t>(parsed));
  if (result == HPE_PAUSED)
    llhttp_resume(&state.parser);
  else
    llhttp_resume_after_upgrade(&state.parser);
  return std::move(state.message);
}

std::string HttpReader::take_rest() { return std::exchange(state_->waiting, {}); }

std::size_t HttpReader::waiting_bytes() const noexcept { return state_->waiting.size(); }

}  // namespace core::client
