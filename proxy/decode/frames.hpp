#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

namespace proxy::decode {

/// One frame of the input, unescaped.
struct Frame {
  bool is_binary;
  std::string bytes;  ///< Text is WTF-8: JSON may escape lone surrogates.
};

/// Reads one line of the input, `{"frames":[{"text":"..."},{"base64":"..."}]}`.
/// Errors: the sentence that the answer to the line carries; static text.
[[nodiscard]] tl::expected<std::vector<Frame>, std::string_view> read_line(std::string_view line);

}  // namespace proxy::decode
