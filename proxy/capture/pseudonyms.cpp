#include "proxy/capture/pseudonyms.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>
#include <string>

namespace proxy::capture {
namespace {

using Key = std::array<unsigned char, 32>;

core::disguise::Keystream keystream_of(const Key& key) {
  return [key](std::string_view secret, std::span<char> out) {
    std::string message(secret);
    message += '\0';
    for (unsigned char counter = 0; !out.empty(); ++counter) {
      message.back() = static_cast<char>(counter);
      std::array<unsigned char, EVP_MAX_MD_SIZE> block{};
      unsigned int size = 0;
      HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
           reinterpret_cast<const unsigned char*>(message.data()), message.size(), block.data(),
           &size);
      const std::size_t count = std::min<std::size_t>(size, out.size());
      std::memcpy(out.data(), block.data(), count);
      out = out.subspan(count);
    }
  };
}

}  // namespace

core::disguise::Keystream random_keystream() {
  Key key{};
  if (RAND_bytes(key.data(), static_cast<int>(key.size())) != 1) std::abort();  // No entropy.
  return keystream_of(key);
}

core::disguise::Keystream keystream(std::uint64_t key) {
  Key bytes{};
  std::memcpy(bytes.data(), &key, sizeof key);
  return keystream_of(bytes);
}

}  // namespace proxy::capture
