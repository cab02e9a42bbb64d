#pragma once

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <map>
#include <string>

namespace tests::bench {

[[noreturn]] inline void fail(const std::string& what) {
  std::fprintf(stderr, "bench_load: %s\n", what.c_str());
  std::exit(1);
}

struct Options {
  std::map<std::string, std::string> values{
      {"mode", "echo"}, {"payload", "string"}, {"connections", "64"}, {"in-flight", "1"},
      {"bytes", "60"},  {"rate", "5000"},      {"warm-up", "0.5"},    {"measure", "3"},
      {"tls", "0"},     {"deflate", "0"}};

  [[nodiscard]] double number(const std::string& name) const {
    const auto found = values.find(name);
    if (found == values.end()) fail("--" + name + " is missing");
    return std::atof(found->second.c_str());
  }
  [[nodiscard]] std::size_t count(const std::string& name) const {
    return static_cast<std::size_t>(number(name));
  }
};

[[nodiscard]] inline double seconds(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

}  // namespace tests::bench
