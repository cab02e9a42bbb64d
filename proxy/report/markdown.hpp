#pragma once

#include <cstddef>
#include <limits>
#include <string>
#include <string_view>

#include "proxy/report/run.hpp"

namespace proxy::report {

/// GitHub-flavoured Markdown, for step summaries, merge-request comments and chats: the verdict,
/// one table row a finding, and the details folded away below. The first 100 findings; where even
/// their details do not fit into `bytes_max`, as many as do, and it says how many are missing.
[[nodiscard]] std::string markdown(const Run& run,
                                   std::size_t bytes_max = std::numeric_limits<std::size_t>::max());

/// Text that no reader takes for markup, a link or a mention. On one line.
[[nodiscard]] std::string markdown_text(std::string_view text);
/// Likewise as code. A `|` is written `\x7c`: readers disagree on how a table's cell may hold one.
[[nodiscard]] std::string markdown_code(std::string_view text);

}  // namespace proxy::report
