#include "proxy/cli/limit_options.hpp"

#include <CLI/CLI.hpp>
#include <charconv>

#include "proxy/cli/duration.hpp"
#include "proxy/cli/judging_options.hpp"
#include "proxy/cli/size.hpp"

namespace proxy::cli {
namespace {

/// What the program takes before it has seen anything, with some room to work.
constexpr std::uint64_t kMemoryBytesMin = 32'000'000;

tl::expected<std::size_t, std::string> connections_of(const std::string& text) {
  constexpr std::size_t kMost = 10'000'000;
  if (text.empty()) return 0;
  std::size_t count = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, count);
  if (error != std::errc{} || rest != end || count == 0 || count > kMost)
    return refuse("--max-connections " + in_quotes(text) +
                  " is no number from 1 to 10000000; leave it out for as many as come");
  return count;
}

tl::expected<std::chrono::milliseconds, std::string> timeout_of(std::string_view option,
                                                                const std::string& text) {
  return parse_duration(text).map_error([&](DurationErrc) {
    return std::string(option) + " " + in_quotes(text) +
           " is no duration of a day at most; write it as 500ms, 60s or 2m, or 0s for none";
  });
}

tl::expected<std::optional<std::uint64_t>, std::string> memory_of(const std::string& text) {
  if (text.empty()) return std::optional<std::uint64_t>();
  const auto bytes = parse_size(text);
  if (!bytes)
    return refuse("--memory-max " + in_quotes(text) +
                  " is no size; write it as 64MB, 500MB or 2GB");
  if (*bytes < kMemoryBytesMin)
    return refuse("--memory-max " + in_quotes(text) +
                  " is less than sioscope takes to begin with; give it 32MB at least");
  return bytes;
}

}  // namespace

void add_limit_options(CLI::App& app, WrittenLimits& written) {
  app.add_option("--max-connections", written.connections,
                 "as many clients at once; more wait in the kernel's queue until others leave")
      ->type_name("N");
  app.add_option("--header-timeout", written.head_timeout,
                 "end a connection whose client does not send a request's head in time; 0s: the "
                 "server decides")
      ->type_name("DURATION")
      ->capture_default_str();
  app.add_option("--idle-timeout", written.idle_timeout,
                 "end an HTTP connection on which nothing was asked for so long, no poll hangs and "
                 "no WebSocket runs; 0s: the server decides")
      ->type_name("DURATION")
      ->capture_default_str();
  app.add_option("--memory-max", written.memory,
                 "when the process takes more, new sessions pass unobserved; the traffic goes on")
      ->type_name("SIZE");
}

tl::expected<LimitOptions, std::string> read_limits(const WrittenLimits& written) {
  LimitOptions options;
  Complaints complaints;
  complaints.take(connections_of(written.connections), options.connections_max);
  complaints.take(timeout_of("--header-timeout", written.head_timeout), options.head_timeout);
  complaints.take(timeout_of("--idle-timeout", written.idle_timeout), options.idle_timeout);
  complaints.take(memory_of(written.memory), options.memory_bytes_max);
  if (!complaints.first().empty()) return refuse(complaints.first());
  return options;
}

}  // namespace proxy::cli
