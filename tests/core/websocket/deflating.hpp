#pragma once

#define ZLIB_CONST
#include <zlib.h>

#include <cstdlib>
#include <initializer_list>
#include <string>
#include <string_view>

#include "core/websocket/deflate.hpp"

// The sender's side of permessage-deflate, for tests: zlib as `ws` uses it.

namespace deflating {

class Deflater {
 public:
  /// zlib makes no raw streams of 8 bits; those of 9 refer back 250 bytes at most, so they will do.
  explicit Deflater(core::websocket::DeflateParameters parameters, int level = 6,
                    int strategy = Z_DEFAULT_STRATEGY)
      : takeover_(parameters.takeover == core::websocket::ContextTakeover::Yes) {
    const int bits = parameters.window_bits == 8 ? 9 : parameters.window_bits;
    if (deflateInit2(&zlib_, level, Z_DEFLATED, -bits, 8, strategy) != Z_OK) std::abort();
  }
  ~Deflater() { deflateEnd(&zlib_); }
  Deflater(const Deflater&) = delete;
  Deflater& operator=(const Deflater&) = delete;

  /// The payload of a message, complete: a block for each piece, at least.
  std::string message(std::initializer_list<std::string_view> pieces) {
    std::string payload;
    for (const std::string_view piece : pieces) payload += run(piece, Z_SYNC_FLUSH);
    if (!takeover_) deflateReset(&zlib_);
    // zlib does not flush again when nothing came in between. Source: RFC 7692, section 7.2.3.6.
    if (payload.empty()) return std::string(1, '\0');
    payload.resize(payload.size() - 4);
    return payload;
  }
  std::string message(std::string_view text) { return message({text}); }

  /// The same with BFINAL set. Source: RFC 7692, section 7.2.3.4.
  std::string final_message(std::string_view text) {
    std::string payload = run(text, Z_FINISH);
    deflateReset(&zlib_);
    return payload + '\0';
  }

 private:
  std::string run(std::string_view text, int flush) {
    std::string out;
    char room[4096];
    zlib_.next_in = reinterpret_cast<const Bytef*>(text.data());
    zlib_.avail_in = static_cast<uInt>(text.size());
    do {
      zlib_.next_out = reinterpret_cast<Bytef*>(room);
      zlib_.avail_out = sizeof room;
      (void)deflate(&zlib_, flush);
      out.append(room, sizeof room - zlib_.avail_out);
    } while (zlib_.avail_out == 0);
    return out;
  }

  z_stream zlib_{};
  bool takeover_;
};

}  // namespace deflating
