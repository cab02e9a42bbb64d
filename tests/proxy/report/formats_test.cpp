#include "proxy/report/formats.hpp"

#include <doctest/doctest.h>

using namespace proxy::report;

TEST_CASE("parse_target: a format alone goes to stdout, with = to its file") {
  CHECK(parse_target("json")->format == Format::Json);
  CHECK(parse_target("json")->to_stdout());
  CHECK(parse_target("junit=a/b=c.xml")->format == Format::JUnit);
  CHECK(parse_target("junit=a/b=c.xml")->path == "a/b=c.xml");
  CHECK(parse_target("html=-")->to_stdout());
}

TEST_CASE("parse_target: every name that is listed is understood, and means its format") {
  const std::string names = format_names();
  CHECK(names == "terminal, json, ndjson, junit, sarif, github, markdown, html");
  for (const Format format : {Format::Terminal, Format::Json, Format::Ndjson, Format::JUnit,
                              Format::Sarif, Format::GitHub, Format::Markdown, Format::Html})
    CHECK(parse_target(name(format))->format == format);
}

TEST_CASE("parse_target: an unknown format is answered with those that exist") {
  CHECK(parse_target("xml=a").error() ==
        "'xml' is no format; there are: terminal, json, ndjson, junit, sarif, github, markdown, "
        "html");
  CHECK_FALSE(parse_target("").has_value());
  CHECK_FALSE(parse_target("JSON").has_value());
}

TEST_CASE("parse_target: an equals sign without a file is refused") {
  CHECK(parse_target("html=").error() ==
        "'html=' names no file; write it as html=FILE, or without = for stdout");
}
