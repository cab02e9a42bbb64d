#include "core/tap/dedupe_key.hpp"

#include <doctest/doctest.h>

#include "core/tap/message_id.hpp"

using core::tap::DedupeKeyErrc;
using core::tap::message_id;
using core::tap::parse_dedupe_key;
using core::tap::Settings;

namespace {

Settings with(std::string_view key) {
  Settings settings;
  settings.dedupe_keys.push_back(parse_dedupe_key(key).value());
  return settings;
}

}  // namespace

TEST_CASE("parse_dedupe_key: the argument, then members and elements") {
  const auto key = parse_dedupe_key("chat=$[1].meta[\"the id\"][2]").value();
  CHECK(key.event == "chat");
  CHECK(key.argument == 1);
  REQUIRE(key.steps.size() == 3);
  CHECK(key.steps[0].member == "meta");
  CHECK(key.steps[1].member == "the id");
  CHECK(key.steps[2].member.empty());
  CHECK(key.steps[2].index == 2);
}

TEST_CASE("parse_dedupe_key: an event's name may hold an equals sign") {
  CHECK(parse_dedupe_key("a=b=$[0]").value().event == "a=b");
}

TEST_CASE("parse_dedupe_key: what is no key is refused, and why") {
  CHECK(parse_dedupe_key("chat").error() == DedupeKeyErrc::NoEvent);
  CHECK(parse_dedupe_key("=$[0]").error() == DedupeKeyErrc::NoEvent);
  CHECK(parse_dedupe_key("chat=id").error() == DedupeKeyErrc::NoArgument);
  CHECK(parse_dedupe_key("chat=$[x]").error() == DedupeKeyErrc::NoArgument);
  for (const char* const text : {"chat=$[0].", "chat=$[0]id", "chat=$[0][", "chat=$[0]['id]",
                                 "chat=$[0][\"\"]", "chat=$[0].a..b"})
    CHECK_MESSAGE(parse_dedupe_key(text).error() == DedupeKeyErrc::BadStep, text);
}

TEST_CASE("message_id: the value at the path, as it is written") {
  const Settings settings = with("chat=$[0].id");
  CHECK(message_id("\"chat\"", R"(["chat",{"text":"hi","id":7}])", settings) == "7");
  CHECK(message_id("\"ch\\u0061t\"", R"(["ch\u0061t",{"id":"x"}])", settings) == "\"x\"");
  CHECK(message_id("\"chat\"", R"(["chat",[{"id":7}]])", settings) == std::nullopt);
  CHECK(message_id("\"chat\"", R"(["chat",{"id":null}])", settings) == std::nullopt);
  CHECK(message_id("\"chat\"", R"(["chat"])", settings) == std::nullopt);
  CHECK(message_id("\"news\"", R"(["news",{"id":7}])", settings) == std::nullopt);
  CHECK(message_id("5", R"([5,{"id":7}])", settings) == std::nullopt);
  CHECK(message_id("\"chat\"", R"(["chat",0,[1,[2,3]]])", with("chat=$[1][1][0]")) == "2");
}
