#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace core::capture {

enum class ByteOrder : std::uint8_t { Little, Big };

/// The number in the `Bytes` bytes at `at`. The caller has seen to it that they are there.
template <std::size_t Bytes>
[[nodiscard]] constexpr std::uint64_t number_at(std::string_view bytes, std::size_t at,
                                                ByteOrder order) noexcept {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < Bytes; ++i) {
    const std::size_t place = order == ByteOrder::Big ? i : Bytes - 1 - i;
    number = number << 8 | static_cast<unsigned char>(bytes[at + place]);
  }
  return number;
}
[[nodiscard]] constexpr std::uint8_t u8(std::string_view bytes, std::size_t at) noexcept {
  return static_cast<std::uint8_t>(bytes[at]);
}
[[nodiscard]] constexpr std::uint16_t u16(std::string_view bytes, std::size_t at,
                                          ByteOrder order = ByteOrder::Big) noexcept {
  return static_cast<std::uint16_t>(number_at<2>(bytes, at, order));
}
[[nodiscard]] constexpr std::uint32_t u32(std::string_view bytes, std::size_t at,
                                          ByteOrder order = ByteOrder::Big) noexcept {
  return static_cast<std::uint32_t>(number_at<4>(bytes, at, order));
}

}  // namespace core::capture
