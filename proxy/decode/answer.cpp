#include "proxy/decode/answer.hpp"

#include <ostream>

#include "core/engineio/base64.hpp"
#include "core/json/document.hpp"
#include "core/json/number.hpp"

namespace proxy::decode {

namespace json = core::json;

std::string& Answer::packet() {
  if (!packets_.empty()) packets_ += ',';
  return packets_;
}

void Answer::fail(std::size_t frame, std::string_view reason) {
  error_ = R"({"frame":)" + std::to_string(frame) + R"(,"reason":)";
  json::quote(reason, error_);
  error_ += '}';
}

void Answer::write(std::ostream& out) const {
  std::string pending;
  json::append_number(pending_, pending);
  out << R"({"packets":[)" << packets_ << R"(],"error":)" << error_ << R"(,"pending":)" << pending
      << "}\n";
}

void write_bad_line(std::string_view reason, std::ostream& out) {
  std::string quoted;
  json::quote(reason, quoted);
  out << R"({"error":{"frame":null,"reason":)" << quoted << "}}\n";
}

void append_binary(std::string_view bytes, std::string& out) {
  out += R"({"$base64":")";
  core::engineio::encode_base64(bytes, out);
  out += R"("})";
}

}  // namespace proxy::decode
