#pragma once

#include <string>
#include <vector>

#include "proxy/cli/command_text.hpp"

namespace proxy::cli::completions {

/// What may stand where a value is wanted.
struct Completable {
  std::vector<std::string> words;
  bool files = false;  ///< names of files as well
};

/// By what the option calls its value: `FILE` is one, `json|msgpack` lists them, `RULE` is a rule's
/// name. Of a `HOST:PORT` nothing can be known.
[[nodiscard]] Completable completable(const OptionText& option);

/// `list`, one behind the other, with spaces between them.
[[nodiscard]] std::string spaced(const std::vector<std::string>& list);

}  // namespace proxy::cli::completions
