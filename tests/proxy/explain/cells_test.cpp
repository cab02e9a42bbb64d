#include "proxy/explain/cells.hpp"

#include <doctest/doctest.h>

using namespace proxy::explain;
using Lines = std::vector<std::string>;

TEST_CASE("width: wide characters take two cells, and combining ones none") {
  CHECK(width("") == 0);
  CHECK(width("abc") == 3);
  CHECK(width("é…│") == 3);
  CHECK(width("日本") == 4);
  CHECK(width("🙂") == 2);
  CHECK(width("e\u0301") == 1);
}

TEST_CASE("fit: what is too long ends in an ellipsis, and no character is cut") {
  CHECK(fit("abcd", 4) == "abcd");
  CHECK(fit("abcde", 4) == "abc…");
  CHECK(fit("日本語", 6) == "日本語");
  CHECK(fit("日本語", 5) == "日本…");
  CHECK(fit("日本語", 4) == "日…");  // One cell is left over: half a character is none.
  CHECK(fit("日本語", 1) == "…");
  CHECK(fit("ae\u0301", 2) == "ae\u0301");  // The accent stays with its letter.
}

TEST_CASE("pad: counts cells, not bytes") {
  CHECK(pad("日", 4) == "日  ");
  CHECK(pad("abc", 2) == "abc");
}

TEST_CASE("wrap: breaks at blanks, and within a word only when it is longer than a line") {
  CHECK(wrap("", 10) == Lines{""});
  CHECK(wrap("one two three", 7) == Lines{"one two", "three"});
  CHECK(wrap("one two", 3) == Lines{"one", "two"});
  CHECK(wrap("an abcdefghij b", 4) == Lines{"an", "abcd", "efgh", "ij b"});
  CHECK(wrap("abcd", 4) == Lines{"abcd"});
  CHECK(wrap("日本語", 5) == Lines{"日本", "語"});
  CHECK(wrap("日本語", 2) == Lines{"日", "本", "語"});
}
