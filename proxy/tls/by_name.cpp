#include "proxy/tls/by_name.hpp"

#include <algorithm>
#include <cctype>

namespace proxy::tls {
namespace {

/// Where a context keeps its ByName.
int index_of_names() {
  static const int index = SSL_CTX_get_ex_new_index(
      0, nullptr, nullptr, nullptr, [](void*, void* names, CRYPTO_EX_DATA*, int, long, void*) {
        delete static_cast<ByName*>(names);
      });
  return index;
}

}  // namespace

void ByName::add(const std::vector<std::string>& names, SSL_CTX* context) {
  for (const std::string& name : names) {
    const bool wildcard = name.starts_with("*.");
    auto& known = wildcard ? wildcards_ : exact_;
    known.try_emplace(wildcard ? name.substr(1) : name,
                      context == nullptr ? nullptr : share(context));
  }
}

SSL_CTX* ByName::find(std::string_view asked) const {
  std::string name(asked);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (name.ends_with('.')) name.pop_back();
  if (const auto found = exact_.find(name); found != exact_.end()) return found->second.get();
  const std::size_t dot = name.find('.');
  if (dot == name.npos || dot == 0) return nullptr;
  const auto found = wildcards_.find(std::string_view(name).substr(dot));
  return found == wildcards_.end() ? nullptr : found->second.get();
}

void ByName::give_to(SSL_CTX* first, std::unique_ptr<ByName> names) {
  SSL_CTX_set_tlsext_servername_callback(first, choose);
  SSL_CTX_set_tlsext_servername_arg(first, names.get());
  SSL_CTX_set_ex_data(first, index_of_names(), names.release());
}

int ByName::choose(SSL* ssl, int*, void* names) {
  const char* const asked = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
  if (asked == nullptr) return SSL_TLSEXT_ERR_NOACK;
  SSL_CTX* const found = static_cast<const ByName*>(names)->find(asked);
  if (found == nullptr) return SSL_TLSEXT_ERR_NOACK;  // The first certificate is for everybody.
  SSL_set_SSL_CTX(ssl, found);
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace proxy::tls
