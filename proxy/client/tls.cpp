#include "proxy/client/tls.hpp"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <array>

#include "proxy/tls/peer_name.hpp"

namespace proxy::client {
namespace {

/// The reason of the last error, in OpenSSL's words; clears the queue.
std::string last_error() {
  const unsigned long code = ERR_peek_last_error();
  ERR_clear_error();
  const char* const reason = ERR_reason_error_string(code);
  return reason == nullptr ? "the peer broke the handshake off" : reason;
}

}  // namespace

// --- Context ---

tl::expected<TlsContext, std::string> TlsContext::make(const TlsOptions& options) {
  TlsContext made;
  made.shared_ = std::make_unique<Shared>();
  Shared& shared = *made.shared_;
  shared.context.reset(SSL_CTX_new(TLS_client_method()));
  SSL_CTX* const context = shared.context.get();
  SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION);
  // Servers that end a connection without close_notify are common, and HTTP has lengths.
  SSL_CTX_set_options(context, SSL_OP_IGNORE_UNEXPECTED_EOF);
  const bool verified = options.verify == TlsOptions::Verify::Peer;
  SSL_CTX_set_verify(context, verified ? SSL_VERIFY_PEER : SSL_VERIFY_NONE, nullptr);
  if (options.ca_file.empty()) {
    SSL_CTX_set_default_verify_paths(context);
  } else if (SSL_CTX_load_verify_locations(context, options.ca_file.c_str(), nullptr) != 1) {
    ERR_clear_error();
    return tl::unexpected("cannot read certificates from '" + options.ca_file +
                          "'; it must be a file of PEM certificates");
  }
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL_STORE);
  SSL_CTX_set_app_data(context, &shared);
  SSL_CTX_sess_set_new_cb(context, [](SSL* ssl, SSL_SESSION* session) {
    auto* const owner = static_cast<Shared*>(SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl)));
    owner->last.reset(session);
    return 1;  // It is ours now.
  });
  return made;
}

// --- Session ---

TlsSession::TlsSession(const TlsContext& context, const std::string& host)
    : ssl_(SSL_new(context.shared_->context.get())),
      in_(BIO_new(BIO_s_mem())),
      out_(BIO_new(BIO_s_mem())) {
  SSL_set_bio(ssl_.get(), in_, out_);
  SSL_set_connect_state(ssl_.get());
  tls::expect_peer(ssl_.get(), host);
  if (context.shared_->last) SSL_set_session(ssl_.get(), context.shared_->last.get());
}

void TlsSession::receive(std::string_view bytes, std::string& plain) {
  ERR_clear_error();  // Else another's error on this thread would be taken for ours.
  BIO_write(in_, bytes.data(), static_cast<int>(bytes.size()));
  if (state_ == State::Handshake) {
    const int done = SSL_do_handshake(ssl_.get());
    if (done != 1) {
      const int error = SSL_get_error(ssl_.get(), done);
      if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE) fail();
      return;
    }
    state_ = State::Open;
  }
  std::array<char, 16384> buffer;
  while (state_ == State::Open) {
    const int count = SSL_read(ssl_.get(), buffer.data(), static_cast<int>(buffer.size()));
    if (count > 0) {
      plain.append(buffer.data(), static_cast<std::size_t>(count));
      continue;
    }
    const int error = SSL_get_error(ssl_.get(), count);
    if (error == SSL_ERROR_ZERO_RETURN)
      state_ = State::Ended;
    else if (error != SSL_ERROR_WANT_READ && error != SSL_ERROR_WANT_WRITE)
      fail();
    return;
  }
}

void TlsSession::send(std::string_view plain) {
  if (state_ != State::Open || plain.empty()) return;
  ERR_clear_error();
  // A memory BIO takes everything.
  if (SSL_write(ssl_.get(), plain.data(), static_cast<int>(plain.size())) <= 0) fail();
}

void TlsSession::close() {
  if (state_ == State::Open) SSL_shutdown(ssl_.get());
}

std::string TlsSession::take_bytes() {
  std::string bytes(BIO_ctrl_pending(out_), '\0');
  if (!bytes.empty()) BIO_read(out_, bytes.data(), static_cast<int>(bytes.size()));
  return bytes;
}

void TlsSession::fail() {
  state_ = State::Failed;
  failure_ = last_error();
  const long verified = SSL_get_verify_result(ssl_.get());
  if (verified != X509_V_OK)
    failure_ += std::string(": ") + X509_verify_cert_error_string(verified);
}

}  // namespace proxy::client
