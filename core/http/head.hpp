#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/http/exchanges.hpp"

namespace core::http {

/// Collects one head as the parser delivers it, in pieces: the target, then names and values.
struct Head {
  /// The longest name that is looked at; none of ours is longer.
  static constexpr std::size_t kNameBytesMax = 64;

  struct Slice {
    std::uint32_t begin = 0;
    std::uint32_t size_bytes = 0;
    bool present = false;
  };

  std::string bytes;  ///< The target, then kept values.
  std::size_t target_bytes = 0;
  std::size_t value_begin = 0;
  std::array<Slice, kHeaderCount> slices{};
  std::array<char, kNameBytesMax> name{};
  std::size_t name_bytes = 0;    ///< More than kNameBytesMax when the name is longer.
  std::optional<Header> header;  ///< Whose value comes next; nullopt: it is not kept.
  bool truncated = false;

  void add_target(std::string_view piece, std::size_t bytes_max);
  void add_name(std::string_view piece) noexcept;
  void end_name(const Settings& settings, Direction direction, bool of_interest) noexcept;
  void add_value(std::string_view piece, std::size_t bytes_max);
  void end_value(std::size_t bytes_max);

  /// There is no room for the line of `header` that was being read.
  void lose_line(std::size_t value_bytes) noexcept;

  [[nodiscard]] std::string_view target() const noexcept {
    return std::string_view(bytes).substr(0, target_bytes);
  }
  [[nodiscard]] std::string_view value(Header of) const noexcept {
    const Slice& slice = slices[static_cast<std::size_t>(of)];
    return std::string_view(bytes).substr(slice.begin, slice.size_bytes);
  }
};

/// Whether the comma-separated list `value` names `token`, in any case; parameters after `;` and
/// versions after `/` do not count. `token` is in lower case.
[[nodiscard]] bool names_token(std::string_view value, std::string_view token) noexcept;

}  // namespace core::http
