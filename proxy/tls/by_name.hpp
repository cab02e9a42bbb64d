#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "proxy/tls/openssl.hpp"

namespace proxy::tls {

/// Which certificate is for which name that a client asks for.
class ByName {
 public:
  /// `names` as names_of() gives them; null is the context that will own this. Who was there first
  /// keeps a name.
  void add(const std::vector<std::string>& names, SSL_CTX* context);
  /// An exact name goes before a wildcard, which stands for one label: `*.example.org` is for
  /// `a.example.org` and not for `a.b.example.org` nor for `example.org`. Null: the
  /// owner's, or nobody's.
  /// Source: RFC 6125, 6.4.3.
  [[nodiscard]] SSL_CTX* find(std::string_view asked) const;

  /// From now on `first` answers with `names`, and owns them: they go when its last connection
  /// goes.
  static void give_to(SSL_CTX* first, std::unique_ptr<ByName> names);

 private:
  static int choose(SSL* ssl, int* alert, void* names);

  std::map<std::string, Owned<SSL_CTX>, std::less<>> exact_;
  std::map<std::string, Owned<SSL_CTX>, std::less<>> wildcards_;  ///< without their `*`
};

}  // namespace proxy::tls
