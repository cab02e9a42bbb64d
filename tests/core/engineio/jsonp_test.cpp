#include "core/engineio/jsonp.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include "core/json/json.hpp"

namespace {

namespace json = core::json;
using core::engineio::JsonpEnd;
using core::engineio::JsonpForm;
using core::engineio::JsonpResponse;
using namespace std::string_literals;

struct Unwrapped {
  JsonpEnd end;
  std::string text;

  friend bool operator==(const Unwrapped&, const Unwrapped&) = default;
};

template <class Unwrapper>
Unwrapped unwrap(Unwrapper& jsonp, std::string_view body, std::size_t chunk_bytes) {
  std::string text;
  for (; !body.empty(); body.remove_prefix(std::min(chunk_bytes, body.size()))) {
    const std::string chunk(body.substr(0, chunk_bytes));  // What is read past its end is seen.
    text += jsonp.receive(chunk);
  }
  text += jsonp.last_text();
  const JsonpEnd end = jsonp.finish();
  return {end, std::move(text)};
}

Unwrapped response(std::string_view body) {
  JsonpResponse jsonp;
  return unwrap(jsonp, body, body.size());
}

Unwrapped form(std::string_view body) {
  JsonpForm jsonp;
  return unwrap(jsonp, body, body.size());
}

Unwrapped complete(std::string text) { return {JsonpEnd::Complete, std::move(text)}; }

/// A response around a string literal.
std::string script(std::string_view literal) {
  return "___eio[0](\"" + std::string(literal) + "\");";
}

/// What tests/differential/jsonp_vectors.mjs has written.
const std::string& vectors() {
  static const std::string text = [] {
    std::ifstream file(SIOSCOPE_JSONP_VECTORS, std::ios::binary);
    return std::string(std::istreambuf_iterator<char>(file), {});
  }();
  return text;
}

/// Holds the unwrapper to every vector of a list, in one chunk and byte by byte, each body after
/// the last. Returns how many there were.
template <class Unwrapper>
int check_vectors(std::string_view list_name) {
  REQUIRE(json::inspect(vectors()).has_value());
  const std::optional<json::Value> list = json::find_member(vectors(), list_name);
  REQUIRE(list.has_value());
  Unwrapper jsonp;
  int count = 0;
  json::ElementReader elements(list->raw);
  while (const std::optional<json::Value> element = elements.next()) {
    ++count;
    std::string body;
    json::unescape(json::find_member(element->raw, "body")->raw, body);
    const json::Value expected = *json::find_member(element->raw, "text");
    CAPTURE(body);
    const Unwrapped whole = unwrap(jsonp, body, body.size());
    CHECK((whole.end == JsonpEnd::Complete) == (expected.kind == json::Kind::String));
    if (expected.kind == json::Kind::String) {
      std::string text;
      json::unescape(expected.raw, text);
      CHECK(whole.text == text);
    }
    for (const std::size_t chunk_bytes : {1, 2, 7})
      CHECK(unwrap(jsonp, body, chunk_bytes) == whole);
  }
  return count;
}

}  // namespace

TEST_CASE("JsonpResponse: gives the text that official servers write and a browser evaluates") {
  CHECK(check_vectors<JsonpResponse>("responses") >= 100);
}

TEST_CASE("JsonpForm: gives the text that the official servers read out of the client's form") {
  CHECK(check_vectors<JsonpForm>("forms") >= 100);
}

TEST_CASE("JsonpResponse: a script that hands a string literal to a function") {
  CHECK(response(R"(___eio[0]("6:4hello");)") == complete("6:4hello"));
  CHECK(response(R"(___eio[12]("");)") == complete(""));
  CHECK(response(script("\xc3\xa9\xf0\x9f\x98\x80")) == complete("\xc3\xa9\xf0\x9f\x98\x80"));
}

TEST_CASE("JsonpResponse: the index is digits, at least one and any number of them") {
  CHECK(response("___eio[0123456789012345678901234567890](\"a\");") == complete("a"));
  for (const std::string_view body :
       {"___eio[](\"a\");", "___eio[-1](\"a\");", "___eio[1a](\"a\");", "___eio[ 1](\"a\");",
        "___eio[1 ](\"a\");"}) {
    CAPTURE(body);
    CHECK(response(body).end == JsonpEnd::Malformed);
  }
}

TEST_CASE("JsonpResponse: escapes are those of JavaScript that a server may write") {
  CHECK(response(script(R"(\"\\\/\b\f\n\r\t\v\'\a)")) == complete("\"\\/\b\f\n\r\t\v'a"));
  CHECK(response(script(R"(\u0000\u00e9\u20AC)")) == complete("\0\xc3\xa9\xe2\x82\xac"s));
  CHECK(response(script(R"(\u2028\u2029)")) == complete("\xe2\x80\xa8\xe2\x80\xa9"));
}

TEST_CASE("JsonpResponse: control characters but line ends, and U+2028, may stand bare") {
  CHECK(response(script("\t\x01\x1e\x7f\xe2\x80\xa8")) == complete("\t\x01\x1e\x7f\xe2\x80\xa8"));
  CHECK(response(script("\n")).end == JsonpEnd::Malformed);
  CHECK(response(script("\r")).end == JsonpEnd::Malformed);
}

TEST_CASE("JsonpResponse: two escaped halves are one character, a lone one comes in WTF-8") {
  CHECK(response(script(R"(\ud83d\ude00)")) == complete("\xf0\x9f\x98\x80"));
  CHECK(response(script(R"(\ud83d)")) == complete("\xed\xa0\xbd"));
  CHECK(response(script(R"(\ud83dx)")) == complete("\xed\xa0\xbdx"));
  CHECK(response(script(R"(\ud83d\n)")) == complete("\xed\xa0\xbd\n"));
  CHECK(response(script(R"(\ude00\ud83d)")) == complete("\xed\xb8\x80\xed\xa0\xbd"));
  CHECK(response(script(R"(\ud83d\ud83d\ude00)")) == complete("\xed\xa0\xbd\xf0\x9f\x98\x80"));
}

TEST_CASE("JsonpResponse: escapes that no server writes are refused") {
  for (const std::string_view literal :
       {"\\x41", "\\u{41}", "\\u12", "\\u12G4", "\\0", "\\1", "\\9", "\\\n", "\\\r",
        "\\\xe2\x80\xa8", "\\\xc3\xa9", "\\"}) {
    CAPTURE(literal);
    CHECK(response(script(literal)).end == JsonpEnd::Malformed);
  }
}

TEST_CASE("JsonpResponse: the semicolon may be missing, and only space may follow") {
  for (const std::string_view end : {")", ");", ") ;\r\n", ");\n\t "})
    CHECK(response("___eio[0](\"a\"" + std::string(end)) == complete("a"));
  for (const std::string_view end : {"", ";", "));", ");;", ");x", ",1);", " + \"b\");"}) {
    CAPTURE(end);
    CHECK(response("___eio[0](\"a\"" + std::string(end)).end == JsonpEnd::Malformed);
  }
}

TEST_CASE("JsonpResponse: a body that is cut short is Malformed, wherever it is cut") {
  const std::string body = script(R"(6:4\u00e9h\\lo)");
  for (std::size_t size = 0; size + 1 < body.size(); ++size) {  // Without `;` it is complete.
    CAPTURE(size);
    CHECK(response(body.substr(0, size)).end == JsonpEnd::Malformed);
  }
}

TEST_CASE("JsonpResponse: a fault is known at once, no text follows it, the next body is new") {
  JsonpResponse jsonp;
  CHECK(jsonp.receive("___eio[0](\"ab\\xcd") == "ab");
  CHECK(jsonp.malformed());
  CHECK(jsonp.receive("ef\");").empty());
  CHECK(jsonp.finish() == JsonpEnd::Malformed);
  CHECK_FALSE(jsonp.malformed());
  CHECK(unwrap(jsonp, script("next"), 3) == complete("next"));
}

TEST_CASE("JsonpForm: the field d, its bytes escaped as forms are") {
  CHECK(form("d=6%3A4hello") == complete("6:4hello"));
  CHECK(form("d=%f0%9F%98%80+%2B") == complete("\xf0\x9f\x98\x80 +"));
  CHECK(form("d=a=b") == complete("a=b"));
  CHECK(form("d=") == complete(""));
  CHECK(form("d") == complete(""));
  CHECK(form("%64=a") == complete("a"));
}

TEST_CASE("JsonpForm: escapes that are none stand for themselves") {
  CHECK(form("d=%") == complete("%"));
  CHECK(form("d=%4") == complete("%4"));
  CHECK(form("d=%4&j=1") == complete("%4"));
  CHECK(form("d=%zz%4g%%41") == complete("%zz%4g%A"));
}

TEST_CASE("JsonpForm: one backslash before n is a line feed, of more the last goes") {
  CHECK(form(R"(d=\n)") == complete("\n"));
  CHECK(form(R"(d=\\n)") == complete(R"(\n)"));
  CHECK(form(R"(d=\\\n)") == complete(R"(\\n)"));
  CHECK(form(R"(d=\\\\n)") == complete(R"(\\\n)"));
  CHECK(form("d=%5Cn%5c%5C%6e") == complete("\n\\n"));
  CHECK(form(R"(d=\n\n)") == complete("\n\n"));
}

TEST_CASE("JsonpForm: backslashes before anything else stay as they are") {
  CHECK(form(R"(d=\)") == complete(R"(\)"));
  CHECK(form(R"(d=\\)") == complete(R"(\\)"));
  CHECK(form(R"(d=\&n=1)") == complete(R"(\)"));
  CHECK(form(R"(d=\t\\"\\\x)") == complete(R"(\t\\"\\\x)"));
  CHECK(form("d=\\%0An") == complete("\\\nn"));
  CHECK(form("d=\\%") == complete("\\%"));
}

TEST_CASE("JsonpForm: other fields are passed over, without d there is nothing") {
  CHECK(form("j=1&d=a&x=%zz") == complete("a"));
  CHECK(form("&&=x&dd=b&d=a&") == complete("a"));
  for (const std::string_view body : {"", "x=1", "D=a", "dd=a", "=d", "x=d", "%6=a", "%6400=a"}) {
    CAPTURE(body);
    CHECK(form(body) == Unwrapped{JsonpEnd::Nothing, ""});
  }
}

TEST_CASE("JsonpForm: a second d is a fault, for a server drops both") {
  CHECK(form("d=a&d=b") == Unwrapped{JsonpEnd::Malformed, "a"});
  CHECK(form("d&d").end == JsonpEnd::Malformed);
  CHECK(form("d=a&x=1&%64").end == JsonpEnd::Malformed);
}

TEST_CASE("JsonpForm: after any end the next body is new") {
  JsonpForm jsonp;
  for (const std::string_view body : {"d=a&d=b", "x", "d=\\", "d=%4", "%6", "d=a"}) {
    (void)unwrap(jsonp, body, 2);
    CHECK(unwrap(jsonp, "d=next", 3) == complete("next"));
  }
}
