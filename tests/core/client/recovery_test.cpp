// Connection state recovery: core/client/recovery.hpp.
#include <doctest/doctest.h>

#include "tests/core/client/script.hpp"

namespace {

using namespace std::chrono_literals;
using namespace core;
using test::Script;

constexpr std::string_view kOffered = R"(40{"sid":"socket","pid":"private"})";

/// The CONNECT of the next life.
std::string come_back(Script& script) {
  script.cut();
  script.pass(1s);
  script.heard();
  script.open();
  return script.heard().at(0);
}

std::string come_back(Script& script, std::string_view event) {
  script.say(event);
  return come_back(script);
}

}  // namespace

TEST_CASE("recovery: pid and last offset are presented, beside auth") {
  client::Options options;
  options.namespaces = {{.auth = R"({"token":"x"})"}};
  Script script(options);
  script.connect(kOffered);
  CHECK(script.heard() == std::vector<std::string>{R"(40{"token":"x"})"});
  script.say(R"(42["news",1,"o-1"])");
  script.say(R"(42["news",2,"o\"2"])");
  CHECK(come_back(script) == R"(40{"pid":"private","offset":"o\"2","token":"x"})");
}

TEST_CASE("recovery: without an event the pid stands alone, without a pid nothing is added") {
  Script offered;
  offered.connect(kOffered);
  CHECK(come_back(offered) == R"(40{"pid":"private"})");
  Script none;
  none.connect();
  CHECK(come_back(none, R"(42["news","o-1"])") == "40");
}

TEST_CASE("recovery: only the last argument counts, when it is text and nobody asked for an ack") {
  Script script;
  script.connect(kOffered);
  script.say(R"(42["news","o-1"])");
  script.say(R"(42["text, and no argument"])");
  script.say(R"(42["news","o-x",2])");
  script.say(R"(421["question","o-y"])");
  CHECK(come_back(script) == R"(40{"pid":"private","offset":"o-1"})");
}

TEST_CASE("recovery: of a binary event the offset counts once its attachments are in") {
  Script script;
  script.connect(kOffered);
  script.say(R"(451-["news",{"_placeholder":true,"num":0},"o-1"])");
  CHECK(come_back(script) == R"(40{"pid":"private"})");
  script.say(kOffered);
  script.say(R"(451-["news",{"_placeholder":true,"num":0},"o-2"])");
  script.say_bytes("x");
  CHECK(come_back(script) == R"(40{"pid":"private","offset":"o-2"})");
}

TEST_CASE(
    "recovery: what was missed comes before CONNECT, is told behind it, and moves the offset") {
  Script script;
  script.connect(kOffered);
  CHECK_FALSE(script.all<client::Connected>()[0].recovered);
  script.say(R"(42["news",1,"o-1"])");
  come_back(script);
  script.say(R"(42["news",2,"o-2"])");
  script.say(R"(42["news",3,"o-3"])");
  CHECK(script.all<client::Received>().size() == 1);
  script.say(kOffered);
  REQUIRE(script.all<client::Connected>().size() == 2);
  CHECK(script.all<client::Connected>()[1].recovered);
  REQUIRE(script.all<client::Received>().size() == 3);
  CHECK(script.all<client::Received>()[2].arguments == R"(3,"o-3")");
  CHECK(come_back(script) == R"(40{"pid":"private","offset":"o-3"})");
}

TEST_CASE(
    "recovery: what came before a CONNECT that never came is not told, so it can come again") {
  Script script;
  script.connect(kOffered);
  script.say(R"(42["news",1,"o-1"])");
  come_back(script);
  CHECK(come_back(script, R"(42["news",2,"o-2"])") == R"(40{"pid":"private","offset":"o-1"})");
  CHECK(script.all<client::Received>().size() == 1);
}

TEST_CASE("recovery: a server that could not recover begins anew, and so does the offset") {
  Script script;
  script.connect(kOffered);
  script.say(R"(42["news",1,"o-1"])");
  come_back(script);
  script.say(R"(40{"sid":"another","pid":"another"})");
  CHECK_FALSE(script.all<client::Connected>()[1].recovered);
  CHECK(come_back(script) == R"(40{"pid":"another"})");
}

TEST_CASE("recovery: who says goodbye is forgotten") {
  Script script;
  script.connect(kOffered);
  script.say(R"(42["news",1,"o-1"])");
  script.heard();
  script.act([&](auto& it, auto& out) { it.disconnect(script.now, out); });
  CHECK(script.heard() == std::vector<std::string>{"41"});
  script.act([&](auto& it, auto& out) { it.connect(script.now, out); });
  script.open();
  CHECK(script.heard() == std::vector<std::string>{"40"});
}

TEST_CASE("recovery: events before CONNECT are bounded") {
  client::Options options;
  options.engine.limits.early_events_max = 2;
  Script script(options);
  script.open();
  for (int i = 0; i < 3; ++i) script.say(R"(42["news"])");
  CHECK_FALSE(script.linked());
}
