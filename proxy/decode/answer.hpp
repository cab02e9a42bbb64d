#pragma once

#include <cstddef>
#include <iosfwd>
#include <string>
#include <string_view>

namespace proxy::decode {

/// The answer to one line while it grows: packets as JSON, then maybe an error.
class Answer {
 public:
  /// Starts the next packet; the caller appends its JSON.
  [[nodiscard]] std::string& packet();

  /// The official parser throws at this frame; packets before it stand.
  void fail(std::size_t frame, std::string_view reason);

  /// Attachments still missing at the end, as JavaScript counts them: some dialects take any
  /// number for a count.
  void pending(double attachments) { pending_ = attachments; }

  void write(std::ostream& out) const;

 private:
  std::string packets_;
  std::string error_ = "null";
  double pending_ = 0;
};

/// The answer to a line that could not be read.
void write_bad_line(std::string_view reason, std::ostream& out);

/// Appends `{"$base64":"..."}`.
void append_binary(std::string_view bytes, std::string& out);

}  // namespace proxy::decode
