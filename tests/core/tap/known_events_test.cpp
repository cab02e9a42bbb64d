#include "core/tap/known_events.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <vector>

#include "core/json/density.hpp"

namespace {

using core::socketio::DecoderLimits;
using core::socketio::PacketView;
using core::tap::KnownEvents;

/// An event of many short values, long enough to be kept in mind. What is known again is only on
/// machines that can tell such a text.
std::string dense_event(unsigned seed, std::size_t items = 100) {
  std::mt19937 random(seed);
  std::string text = "2[\"news\"";
  for (std::size_t i = 0; i < items; ++i)
    text += ",{\"a\":" + std::to_string(random() % 10) + ",\"b\":[1," +
            std::to_string(random() % 10) + "]}";
  return text + ",\"end\"]";
}

bool same(const core::json::Value& a, const core::json::Value& b) {
  return a.kind == b.kind && a.raw.data() == b.raw.data() && a.raw.size() == b.raw.size();
}

/// Whether both say the same of `text`, down to where in it the parts stand.
void check_agrees(KnownEvents& known, const std::string& text) {
  const auto quick = known.decode(text, {});
  const auto plain = core::socketio::decode_packet(text, {}, core::socketio::kParser42);
  REQUIRE(quick.has_value() == plain.has_value());
  if (!plain) {
    CHECK(quick.error().code == plain.error().code);
    CHECK(quick.error().offset_bytes == plain.error().offset_bytes);
    return;
  }
  CHECK(quick->type == plain->type);
  CHECK(quick->ns == plain->ns);
  CHECK(quick->id.has_value() == plain->id.has_value());
  CHECK(quick->attachments == plain->attachments);
  CHECK(quick->attachments_announced == plain->attachments_announced);
  CHECK(quick->data.data() == plain->data.data());
  CHECK(quick->data.size() == plain->data.size());
  CHECK(quick->payload.kind == plain->payload.kind);
  CHECK(quick->payload.element_count == plain->payload.element_count);
  CHECK(same(quick->payload.first, plain->payload.first));
  CHECK(same(quick->payload.last, plain->payload.last));
}

}  // namespace

TEST_CASE("known events: the second time an event is known, and its parts are of the second text") {
  KnownEvents known(7);
  const std::string once = dense_event(1), again = once;
  check_agrees(known, once);
  CHECK(known.known() == 0);
  check_agrees(known, again);
  const bool can_tell = core::json::looks_dense(once);
  CHECK(known.known() == (can_tell ? 1 : 0));
}

TEST_CASE("known events: many, with repetitions, are what they are") {
  KnownEvents known(8);
  std::mt19937 random(4711);
  for (int i = 0; i < 3000; ++i) check_agrees(known, dense_event(static_cast<unsigned>(random() % 600)));
  if (core::json::looks_dense(dense_event(1))) CHECK(known.known() > 300);
}

TEST_CASE("known events: a text that differs in one byte is another, broken or not") {
  KnownEvents known(9);
  const std::string text = dense_event(3);
  check_agrees(known, text);
  for (std::size_t at = 0; at < text.size(); ++at)
    for (const char byte : {'x', '1', '"', ']'}) {
      std::string changed = text;
      changed[at] = byte;
      check_agrees(known, changed);
      check_agrees(known, changed);
    }
  check_agrees(known, text.substr(0, text.size() - 1));
  check_agrees(known, text + " ");
  check_agrees(known, text);
}

TEST_CASE(
    "known events: what is refused is refused each time, and what is short or no event goes by") {
  KnownEvents known(10);
  std::string broken = dense_event(4);
  broken[broken.size() - 2] = ',';
  for (int i = 0; i < 3; ++i) check_agrees(known, broken);
  for (const char* const text : {"", "2", "2[", "2[]", "2[\"a\",1]", "3[1,2]", "0{\"a\":1}", "x"})
    for (int i = 0; i < 2; ++i) check_agrees(known, text);
  std::string ack = dense_event(5);
  ack[0] = '3';
  for (int i = 0; i < 2; ++i) check_agrees(known, ack);
  std::string reserved = dense_event(6);
  reserved.replace(reserved.find("news"), 4, "connect");
  for (int i = 0; i < 2; ++i) check_agrees(known, reserved);
  CHECK(known.known() == 0);
}
