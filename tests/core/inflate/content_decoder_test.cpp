#include "core/inflate/content_decoder.hpp"

#include <brotli/encode.h>
#include <doctest/doctest.h>
#include <malloc.h>
#include <zlib.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

using namespace core::inflate;

namespace {

/// What a body came to: its text, and the error after it.
struct Read {
  std::string text;
  std::optional<ContentErrc> error;

  friend bool operator==(const Read&, const Read&) = default;
};

Read read(ContentDecoder decoder, std::string_view body, std::size_t step_bytes = SIZE_MAX,
          std::size_t room_bytes = kPieceBytes) {
  Read result;
  std::vector<char> room(room_bytes);
  const auto take = [&] {
    while (const auto piece = decoder.next(room)) {
      REQUIRE_FALSE(result.error.has_value());
      if (*piece) {
        REQUIRE_FALSE((*piece)->empty());
        result.text += **piece;
      } else {
        result.error = piece->error().code;
        CHECK(piece->error().offset_bytes == result.text.size());
      }
    }
  };
  while (!body.empty()) {
    const std::vector<char> chunk(body.begin(), body.begin() + static_cast<std::ptrdiff_t>(std::min(
                                                                   step_bytes, body.size())));
    body.remove_prefix(chunk.size());
    decoder.receive({chunk.data(), chunk.size()});
    take();
  }
  decoder.finish();
  take();
  return result;
}

std::string zlib_coded(std::string_view text, int window_bits, gz_header* header = nullptr) {
  z_stream zlib{};
  REQUIRE(deflateInit2(&zlib, 9, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  if (header != nullptr) deflateSetHeader(&zlib, header);
  std::string out(deflateBound(&zlib, text.size()) + 300, '\0');
  zlib.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  zlib.avail_in = static_cast<uInt>(text.size());
  zlib.next_out = reinterpret_cast<Bytef*>(out.data());
  zlib.avail_out = static_cast<uInt>(out.size());
  REQUIRE(deflate(&zlib, Z_FINISH) == Z_STREAM_END);
  out.resize(zlib.total_out);
  deflateEnd(&zlib);
  return out;
}
std::string gzip(std::string_view text) { return zlib_coded(text, 15 + 16); }
std::string zlib_wrapped(std::string_view text) { return zlib_coded(text, 15); }
std::string raw(std::string_view text) { return zlib_coded(text, -15); }

std::string brotli(std::string_view text, int quality = 9) {
  std::size_t size = BrotliEncoderMaxCompressedSize(text.size()) + 64;
  std::string out(size, '\0');
  REQUIRE(BrotliEncoderCompress(quality, BROTLI_DEFAULT_WINDOW, BROTLI_MODE_TEXT, text.size(),
                                reinterpret_cast<const std::uint8_t*>(text.data()), &size,
                                reinterpret_cast<std::uint8_t*>(out.data())) == BROTLI_TRUE);
  out.resize(size);
  return out;
}

std::string payload(std::size_t packets, unsigned seed = 1) {
  std::mt19937 random(seed);
  std::string text;
  for (std::size_t i = 0; i < packets; ++i)
    text += (i == 0 ? "" : "\x1e") + std::string(R"(42["news",{"id":)") +
            std::to_string(random() % 100'000) + "}]";
  return text;
}

struct Coded {
  Coding coding;
  std::string body;
};
std::vector<Coded> in_every_coding(std::string_view text) {
  return {{Coding::Identity, std::string(text)},
          {Coding::Gzip, gzip(text)},
          {Coding::Deflate, zlib_wrapped(text)},
          {Coding::Deflate, raw(text)},
          {Coding::Brotli, brotli(text)}};
}

}  // namespace

TEST_CASE("coding_of: names in any case, and only one of them") {
  CHECK(coding_of("") == Coding::Identity);
  CHECK(coding_of("Identity") == Coding::Identity);
  CHECK(coding_of("gzip") == Coding::Gzip);
  CHECK(coding_of("X-GZip") == Coding::Gzip);
  CHECK(coding_of("DEFLATE") == Coding::Deflate);
  CHECK(coding_of("br") == Coding::Brotli);
  for (const std::string_view unknown :
       {"zstd", "compress", "gzip, br", "gzi", "gzipp", "b r", ","})
    CHECK_FALSE(coding_of(unknown).has_value());
}

TEST_CASE("ContentDecoder: the text of every coding, in any cutting and any room") {
  for (const std::size_t packets : {0u, 1u, 3u, 400u, 9000u}) {
    const std::string text = packets == 0 ? "" : payload(packets);
    for (const auto& [coding, body] : in_every_coding(text)) {
      for (const std::size_t step_bytes : {1u, 2u, 63u, 64u, 65u, 1000u, 1u << 30}) {
        CAPTURE(static_cast<int>(coding));
        CAPTURE(step_bytes);
        REQUIRE(read(ContentDecoder(coding), body, step_bytes) == Read{text, {}});
        if (packets < 500)
          REQUIRE(read(ContentDecoder(coding), body, step_bytes, 7) == Read{text, {}});
      }
    }
  }
}

TEST_CASE("ContentDecoder: a body without bytes is empty in every coding") {
  for (const Coding coding : {Coding::Identity, Coding::Gzip, Coding::Deflate, Coding::Brotli})
    CHECK(read(ContentDecoder(coding), "") == Read{});
}

TEST_CASE("ContentDecoder: gzip with every field in its header") {
  gz_header header{};
  std::string extra = "extra", name = "name", comment = "comment";
  header.text = 1;
  header.time = 12345;
  header.extra = reinterpret_cast<Bytef*>(extra.data());
  header.extra_len = 5;
  header.name = reinterpret_cast<Bytef*>(name.data());
  header.comment = reinterpret_cast<Bytef*>(comment.data());
  header.hcrc = 1;
  const std::string body = zlib_coded(
      "2\x1e"
      "3probe",
      15 + 16, &header);
  REQUIRE(body.find("comment") != std::string::npos);
  for (const std::size_t step_bytes : {1u, 5u, 1000u})
    CHECK(read(ContentDecoder(Coding::Gzip), body, step_bytes).text ==
          "2\x1e"
          "3probe");
}

TEST_CASE("ContentDecoder: browsers do not compare the checksum of gzip, but that of deflate") {
  std::string body = gzip("40");
  body[body.size() - 6] ^= 1;
  CHECK(read(ContentDecoder(Coding::Gzip), body) == Read{"40", {}});
  body = zlib_wrapped("40");
  body.back() ^= 1;
  CHECK(read(ContentDecoder(Coding::Deflate), body) == Read{"40", ContentErrc::Corrupt});
}

TEST_CASE("ContentDecoder: what follows the data is told, and no text: receivers disagree on it") {
  const std::string text = payload(30);
  for (const auto& [coding, body] : in_every_coding(text)) {
    if (coding == Coding::Identity) continue;
    for (const std::string& more : {std::string("x"), std::string(100, '\0'), body})
      for (const std::size_t step_bytes : {std::size_t{1}, body.size(), std::size_t{1} << 20})
        CHECK(read(ContentDecoder(coding), body + more, step_bytes) ==
              Read{text, ContentErrc::Trailing});
  }
}

TEST_CASE("ContentDecoder: a body cut short anywhere is Truncated, with the text so far") {
  const std::string text = payload(20);
  for (const auto& [coding, body] : in_every_coding(text)) {
    if (coding == Coding::Identity) continue;
    for (std::size_t size = 1; size < body.size(); ++size) {
      CAPTURE(static_cast<int>(coding));
      const Read got = read(ContentDecoder(coding), std::string_view(body).substr(0, size));
      REQUIRE(got.error == ContentErrc::Truncated);
      REQUIRE(text.starts_with(got.text));
      REQUIRE(read(ContentDecoder(coding), std::string_view(body).substr(0, size), 1) == got);
    }
  }
}

TEST_CASE("ContentDecoder: corrupt in one chunk is corrupt byte by byte, after the same text") {
  std::mt19937 random(20);
  int corrupt = 0;
  for (const auto& [coding, body] : in_every_coding(payload(300))) {
    if (coding == Coding::Identity) continue;
    for (int round = 0; round < 150; ++round) {
      std::string broken = body;
      broken[random() % broken.size()] ^= static_cast<char>(1u << random() % 8);
      const Read whole = read(ContentDecoder(coding), broken);
      REQUIRE(read(ContentDecoder(coding), broken, 1) == whole);
      REQUIRE(read(ContentDecoder(coding), broken, 77, 100) == whole);
      if (whole.error == ContentErrc::Corrupt) ++corrupt;
    }
  }
  CHECK(corrupt > 100);
  CHECK(read(ContentDecoder(Coding::Gzip), "40").error == ContentErrc::Corrupt);
  CHECK(read(ContentDecoder(Coding::Deflate), "\xff\xff").error == ContentErrc::Corrupt);
  CHECK(read(ContentDecoder(Coding::Brotli), "\xff\xff\xff").error == ContentErrc::Corrupt);
}

TEST_CASE("ContentDecoder: text up to the limit is read, more is TooLarge at the limit") {
  const std::string text = payload(100);
  for (const auto& [coding, body] : in_every_coding(text)) {
    if (coding == Coding::Identity) continue;
    for (const std::size_t room_bytes : {1u, 10u, 16384u})
      for (const std::size_t step_bytes : {1u, 1u << 20}) {
        CHECK(read(ContentDecoder(coding, text.size()), body, step_bytes, room_bytes) ==
              Read{text, {}});
        CHECK(read(ContentDecoder(coding, text.size() - 1), body, step_bytes, room_bytes) ==
              Read{text.substr(0, text.size() - 1), ContentErrc::TooLarge});
      }
  }
}

TEST_CASE("ContentDecoder: zeros beyond the limit stop at the limit, and take no memory") {
  constexpr int kMegabytes = 128;
  // What malloc keeps at hand for small pieces counts as taken.
  constexpr std::size_t kNoise = 2048;
  z_stream zlib{};
  REQUIRE(deflateInit2(&zlib, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string zeros(1 << 20, '\0'), body(2 << 20, '\0');
  zlib.next_out = reinterpret_cast<Bytef*>(body.data());
  zlib.avail_out = static_cast<uInt>(body.size());
  for (int megabyte = 1; megabyte <= kMegabytes; ++megabyte) {
    zlib.next_in = reinterpret_cast<Bytef*>(zeros.data());
    zlib.avail_in = static_cast<uInt>(zeros.size());
    (void)deflate(&zlib, megabyte == kMegabytes ? Z_FINISH : Z_NO_FLUSH);
  }
  body.resize(zlib.total_out);
  deflateEnd(&zlib);
  REQUIRE(body.size() < 140'000);

  ContentDecoder decoder(Coding::Gzip);
  std::vector<char> room(kPieceBytes);
  const std::size_t before_bytes = mallinfo2().uordblks;
  std::size_t most_bytes = 0;
  std::uint64_t text_bytes = 0;
  std::optional<ContentErrc> error;
  decoder.receive(body);
  while (const auto piece = decoder.next(room)) {
    if (*piece)
      text_bytes += (*piece)->size();
    else
      error = piece->error().code;
    most_bytes = std::max(most_bytes, mallinfo2().uordblks - before_bytes);
  }
  CHECK(error == ContentErrc::TooLarge);
  CHECK(text_bytes == core::limits::kInflatedBytesMax);
  CHECK(most_bytes < 48 * 1024);
  CHECK(mallinfo2().uordblks <= before_bytes + kNoise);
}

TEST_CASE("ContentDecoder: the rest of a body after an error is skipped, and nothing is held") {
  ContentDecoder decoder(Coding::Gzip);
  std::vector<char> room(100);
  decoder.receive("no gzip");
  CHECK(decoder.next(room).value().error().code == ContentErrc::Corrupt);
  CHECK_FALSE(decoder.next(room).has_value());
  decoder.receive("more of it");
  CHECK_FALSE(decoder.next(room).has_value());
  decoder.finish();
  CHECK_FALSE(decoder.next(room).has_value());
}
