#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <random>

#include "core/websocket/utf8.hpp"
#include "deflating.hpp"
#include "frames.hpp"
#include "wslay_oracle.hpp"

// The two laws of the reader, over random streams: any cutting gives the same items, and wslay
// sees the same frames. SIOSCOPE_SEED repeats a run.

using namespace core::websocket;
using core::Direction;
using frames::Masked;

namespace {

using Random = std::mt19937_64;

std::uint64_t seed() {
  const char* given = std::getenv("SIOSCOPE_SEED");
  return given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
}

std::size_t below(Random& random, std::size_t bound) { return random() % bound; }

std::string random_payload(Random& random) {
  static constexpr std::size_t kSizes[] = {0, 1, 2, 5, 60, 125, 126, 127, 300, 5000, 66000};
  const std::size_t pick = below(random, 40);
  const std::size_t size = pick < std::size(kSizes) ? kSizes[pick] : below(random, 90);
  std::string payload;
  while (payload.size() < size) {
    const std::size_t kind = below(random, 300);
    if (kind == 0)
      payload.push_back(static_cast<char>(random()));  // Mostly invalid UTF-8.
    else if (kind < 10)
      payload += "\xE2\x82\xAC";
    else if (kind < 15)
      payload += "\xF0\x9F\x98\x80";
    else
      payload.push_back(static_cast<char>('a' + below(random, 26)));
  }
  return payload;
}

std::string random_key(Random& random) {
  std::string key(4, '\0');
  for (char& byte : key) byte = static_cast<char>(random());
  return key;
}

/// A stream of mostly valid frames; now and then a bit of it is flipped or its end cut off.
std::string random_stream(Random& random, Masked masked,
                          const std::optional<DeflateParameters>& parameters) {
  std::string stream;
  deflating::Deflater deflater(parameters.value_or(DeflateParameters{}),
                               static_cast<int>(below(random, 10)));
  const auto add = [&](unsigned first, std::string_view payload) {
    stream += frames::frame(static_cast<std::uint8_t>(first), payload, masked, random_key(random));
  };
  const auto maybe_control = [&] {
    while (below(random, 4) == 0) {
      switch (below(random, 4)) {
        case 0:
          add(frames::kFin | frames::kPing, random_payload(random).substr(0, 125));
          break;
        case 1:
          add(frames::kFin | frames::kPong, random_payload(random).substr(0, 125));
          break;
        case 2:
          add(frames::kFin | frames::kClose, "");
          break;
        default:
          add(frames::kFin | frames::kClose, "\x03\xE8" + random_payload(random).substr(0, 60));
      }
    }
  };
  for (std::size_t messages = below(random, 12); messages > 0; --messages) {
    unsigned opcode = below(random, 2) == 0 ? frames::kText : frames::kBinary;
    std::string payload;
    if (parameters && below(random, 3) != 0) {
      opcode |= frames::kRsv1;
      std::string text = random_payload(random);
      if (below(random, 3) == 0) text += text + text;
      payload = below(random, 10) == 0 ? deflater.final_message(text) : deflater.message(text);
    } else {
      for (std::size_t parts = below(random, 4); parts > 0; --parts)
        payload += random_payload(random);
    }
    for (std::size_t fragments = below(random, 3) == 0 ? 1 + below(random, 4) : 0; fragments > 0;
         --fragments) {
      maybe_control();
      const std::size_t step = below(random, payload.size() + 1);
      add(opcode, payload.substr(0, step));
      payload.erase(0, step);
      opcode = frames::kContinuation;
    }
    maybe_control();
    add(frames::kFin | opcode, payload);
  }
  maybe_control();
  // A flipped bit may refer beyond a window that is smaller than the largest: see Inflater's law.
  const bool any_bit = !parameters || parameters->window_bits == 15;
  if (!stream.empty() && any_bit && below(random, 3) == 0)
    for (std::size_t flips = 1 + below(random, 2); flips > 0; --flips)
      stream[below(random, std::min<std::size_t>(stream.size(), 1 + below(random, 400)))] ^=
          static_cast<char>(1u << below(random, 8));
  if (!stream.empty() && below(random, 4) == 0) stream.resize(below(random, stream.size()));
  return stream;
}

std::vector<std::string> read_cut(Reader reader, std::string_view stream, Random& random) {
  std::vector<std::string> items;
  const std::size_t style = below(random, 4);
  while (!stream.empty()) {
    const std::size_t step = style == 0   ? 1
                             : style == 1 ? 1 + below(random, 3)
                             : style == 2 ? 1 + below(random, 80)
                                          : 1 + below(random, 20000);
    frames::read_all(reader, stream.substr(0, step), items);
    stream.remove_prefix(std::min(step, stream.size()));
    if (below(random, 8) == 0) frames::read_all(reader, "", items);  // An empty input is harmless.
  }
  return items;
}

std::string first_difference(const std::vector<std::string>& ours,
                             const std::vector<std::string>& theirs) {
  const std::size_t both = std::min(ours.size(), theirs.size());
  std::size_t at = 0;
  while (at < both && ours[at] == theirs[at]) ++at;
  const auto item = [&](const std::vector<std::string>& items) {
    return at < items.size() ? items[at].substr(0, 80) : "no item";
  };
  return "item " + std::to_string(at) + ": ours " + item(ours) + ", wslay's " + item(theirs);
}

struct Setting {
  Direction direction;
  Masked masked;
  std::optional<DeflateParameters> deflate;
  std::uint32_t message_bytes_max;
};

std::optional<DeflateParameters> random_deflate(Random& random) {
  if (below(random, 3) == 0) return std::nullopt;
  const std::size_t window_bits = below(random, 2) == 0 ? 15 : 8 + below(random, 7);
  return DeflateParameters{static_cast<std::uint8_t>(window_bits),
                           below(random, 2) == 0 ? ContextTakeover::No : ContextTakeover::Yes};
}

Setting random_setting(Random& random) {
  const bool client = below(random, 2) == 0;
  return {client ? Direction::ToServer : Direction::ToClient, client ? Masked::Yes : Masked::No,
          random_deflate(random), below(random, 2) == 0 ? 200u : 1'000'000u};
}

}  // namespace

TEST_CASE("Reader: however the bytes are cut, and whichever way is asked, the items are the same") {
  const std::uint64_t start = seed();
  CAPTURE(start);
  Random random(start);
  for (int round = 0; round < 400; ++round) {
    CAPTURE(round);
    const Setting setting = random_setting(random);
    const std::string stream = random_stream(random, setting.masked, setting.deflate);
    std::vector<std::string> whole;
    Reader reader(setting.direction, setting.deflate, setting.message_bytes_max);
    frames::read_all(reader, stream, whole, frames::Small::Never);
    for (int cutting = 0; cutting < 4; ++cutting) {
      Reader fresh(setting.direction, setting.deflate, setting.message_bytes_max);
      REQUIRE(read_cut(std::move(fresh), stream, random) == whole);
    }
  }
}

TEST_CASE("Reader: sees what wslay's frame API sees, in any cutting") {
  const std::uint64_t start = seed();
  CAPTURE(start);
  Random random(start);
  std::size_t compared = 0;
  for (int round = 0; round < 1500; ++round) {
    CAPTURE(round);
    const Setting setting = random_setting(random);
    const std::string stream = random_stream(random, setting.masked, setting.deflate);
    const oracle::Verdict expected =
        oracle::read(stream, setting.direction, setting.deflate, setting.message_bytes_max);
    Reader reader(setting.direction, setting.deflate, setting.message_bytes_max);
    std::vector<std::string> items = read_cut(std::move(reader), stream, random);
    if (expected.end == oracle::End::OverlongLength) {
      // wslay refuses a length that has a shorter form; `ws` and Chromium differ, we read it.
      REQUIRE(items.size() >= expected.items.size());
      items.resize(expected.items.size());
    }
    CAPTURE(first_difference(items, expected.items));
    REQUIRE(items == expected.items);
    compared += items.size();
  }
  CHECK(compared > 3000);
}
