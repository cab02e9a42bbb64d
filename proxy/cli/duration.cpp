#include "proxy/cli/duration.hpp"

#include <charconv>

namespace proxy::cli {

tl::expected<std::chrono::milliseconds, DurationErrc> parse_duration(
    std::string_view text) noexcept {
  constexpr std::uint64_t kDay = 24ULL * 60 * 60 * 1000;

  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [unit_at, error] = std::from_chars(text.data(), end, number);
  if (error == std::errc::result_out_of_range) return tl::unexpected(DurationErrc::TooLong);
  if (error != std::errc{}) return tl::unexpected(DurationErrc::NoNumber);

  const std::string_view unit(unit_at, static_cast<std::size_t>(end - unit_at));
  if (unit.empty()) return tl::unexpected(DurationErrc::NoUnit);
  const std::uint64_t scale = unit == "ms"  ? 1
                              : unit == "s" ? 1000
                              : unit == "m" ? 60'000
                              : unit == "h" ? 3'600'000
                                            : 0;
  if (scale == 0) return tl::unexpected(DurationErrc::UnknownUnit);
  if (number > kDay / scale) return tl::unexpected(DurationErrc::TooLong);
  return std::chrono::milliseconds(number * scale);
}

}  // namespace proxy::cli
