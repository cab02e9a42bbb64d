#include "proxy/cli/size.hpp"

#include <charconv>

namespace proxy::cli {

std::optional<std::uint64_t> parse_size(std::string_view text) noexcept {
  constexpr std::uint64_t kMost = 1'000'000'000'000'000;
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [unit_at, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || number == 0) return std::nullopt;
  const std::string_view unit(unit_at, static_cast<std::size_t>(end - unit_at));
  const std::uint64_t scale = unit == "kB"   ? 1'000
                              : unit == "MB" ? 1'000'000
                              : unit == "GB" ? 1'000'000'000
                                             : 0;
  if (scale == 0 || number > kMost / scale) return std::nullopt;
  return number * scale;
}

}  // namespace proxy::cli
