#include "proxy/cli/size.hpp"

#include <doctest/doctest.h>

using proxy::cli::parse_size;

TEST_CASE("parse_size: digits and kB, MB or GB") {
  CHECK(parse_size("500kB") == 500'000);
  CHECK(parse_size("128MB") == 128'000'000);
  CHECK(parse_size("2GB") == 2'000'000'000);
}

TEST_CASE("parse_size: anything else is refused") {
  for (const char* text : {"", "128", "0MB", "-1MB", "1.5GB", "128mb", "MB", "12 MB",
                           "99999999999999999999GB", "1000001GB"})
    CHECK_MESSAGE(!parse_size(text), text);
}
