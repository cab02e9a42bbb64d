#include "proxy/otlp/collector.hpp"

#include <httplib.h>

#include <algorithm>
#include <charconv>

namespace proxy::otlp {
namespace {

/// Whoever asks for more has other troubles.
constexpr std::chrono::seconds kRetryAfterMax{300};

std::optional<std::chrono::seconds> retry_after(const httplib::Response& response) {
  const std::string text = response.get_header_value("Retry-After");
  std::uint32_t seconds = 0;
  const char* const end = text.data() + text.size();
  // It may be a date, too; then our own patience does.
  if (text.empty() || std::from_chars(text.data(), end, seconds).ptr != end) return std::nullopt;
  return std::min(kRetryAfterMax, std::chrono::seconds(seconds));
}

std::unique_ptr<httplib::ClientImpl> make_client(const Target& target) {
  if (!target.tls) return std::make_unique<httplib::ClientImpl>(target.host, target.port);
  auto client = std::make_unique<httplib::SSLClient>(target.host, target.port,
                                                     target.client_certificate, target.client_key);
  if (!target.ca_file.empty()) client->set_ca_cert_path(target.ca_file);
  client->enable_server_certificate_verification(true);
  return client;
}

}  // namespace

struct Collector::Client {
  std::unique_ptr<httplib::ClientImpl> http;
  httplib::Headers headers;
};

Collector::Collector(Target target)
    : target_(std::move(target)), client_(std::make_unique<Client>()) {
  client_->http = make_client(target_);
  client_->http->set_keep_alive(true);
  client_->http->set_compress(target_.gzip);
  client_->headers.emplace("User-Agent", "sioscope/" SIOSCOPE_VERSION);
  for (const auto& [name, value] : target_.headers) client_->headers.emplace(name, value);
}

Collector::~Collector() = default;

Sent Collector::send(const std::string& document, std::chrono::milliseconds at_most) {
  const auto timeout = std::min(at_most, target_.timeout);
  client_->http->set_connection_timeout(timeout);
  client_->http->set_read_timeout(timeout);
  client_->http->set_write_timeout(timeout);
  const httplib::Result result =
      client_->http->Post(target_.path, client_->headers, document, "application/json");
  Sent sent;
  if (!result) {
    sent.why = "no answer (" + httplib::to_string(result.error()) + ")";
    return sent;
  }
  if (result->status >= 200 && result->status < 300) {
    sent.outcome = Sent::Outcome::Taken;
    sent.body = result->body;
    return sent;
  }
  sent.why = "HTTP " + std::to_string(result->status);
  switch (result->status) {
    case 429:
    case 502:
    case 503:
    case 504:
      sent.retry_after = retry_after(*result);
      break;
    default:
      sent.outcome = Sent::Outcome::Refused;
  }
  return sent;
}

void Collector::interrupt() noexcept { client_->http->stop(); }

}  // namespace proxy::otlp
