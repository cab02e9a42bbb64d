#pragma once

#include <string>

#include "core/client/client.hpp"

namespace proxy::connect {

/// One happening as a JSON object of one line, without its line break:
///
///     {"happened":"connected","nsp":"/","id":"h2XwAbCdEfGhIjKlAAAB","recovered":false}
///     {"happened":"event","nsp":"/","name":"news","args":[1],"attachments":[]}
///
/// Attachments are base64; in `args` a placeholder stands where each belongs.
[[nodiscard]] std::string happening_json(const core::client::Happening& happening);

}  // namespace proxy::connect
