#pragma once

#include <cstddef>
#include <string_view>

namespace proxy::report {

/// Writes all of it, waiting where a pipe is full. Returns how much went out; errno tells why not
/// all.
[[nodiscard]] std::size_t write_all(int fd, std::string_view bytes);

}  // namespace proxy::report
