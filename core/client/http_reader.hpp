#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

namespace core::client {

/// One HTTP/1.1 request or response, whole.
struct HttpMessage {
  std::string_view method;                                   ///< of a request; static text
  std::string target;                                        ///< of a request: `/socket.io/?EIO=4`
  int status = 0;                                            ///< of a response
  std::vector<std::pair<std::string, std::string>> headers;  ///< names in lower case
  std::string body;
  bool keep_alive = true;
  bool upgrade = false;  ///< what follows on this link is no HTTP: HttpReader::take_rest()

  /// The value of the first header of that (lower case) name, or empty.
  [[nodiscard]] std::string_view header(std::string_view name) const noexcept;
};

enum class HttpErrc : std::uint8_t { Malformed, HeadTooLarge, BodyTooLarge };

/// Bytes of one direction of one link in, HTTP messages out, over llhttp.
///
/// It stops after each message: what came behind waits inside until next() is called again, so that
/// a server can answer pipelined requests one by one.
class HttpReader {
 public:
  enum class Reads : std::uint8_t { Requests, Responses };
  HttpReader(Reads reads, std::size_t body_bytes_max);
  ~HttpReader();
  HttpReader(HttpReader&&) noexcept;
  HttpReader& operator=(HttpReader&&) noexcept;

  void receive(std::string_view bytes);
  /// No more bytes will come, which completes a response without a length. What is cut off is an
  /// error of next().
  void finish() noexcept;
  /// The next whole message, or nothing yet. After an error the link is lost: it returns the error
  /// again.
  [[nodiscard]] tl::expected<std::optional<HttpMessage>, HttpErrc> next();
  /// Bytes that came behind the last message: after an upgrade, the other protocol's first.
  [[nodiscard]] std::string take_rest();
  [[nodiscard]] std::size_t waiting_bytes() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace core::client
