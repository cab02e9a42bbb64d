// Law: for every text that inspect() accepts, the readers see what it counted, and printing it as
// JSON.stringify would is a fixed point: the result is accepted and prints as itself.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/json/document.hpp"
#include "core/json/json.hpp"

namespace {

namespace json = core::json;

void require(bool holds) {
  if (!holds) std::abort();
}

std::string print(std::string_view text) {
  std::string out;
  json::stringify(json::Document(text), {}, out);
  return out;
}

std::size_t count_read(std::string_view text, json::Kind kind) {
  std::size_t count = 0;
  if (kind == json::Kind::Array) {
    json::ElementReader reader(text);
    while (reader.next()) ++count;
  } else if (kind == json::Kind::Object) {
    json::MemberReader reader(text);
    while (reader.next()) ++count;
  }
  return count;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto shape = json::inspect(text);
  if (!shape) {
    require(shape.error().offset_bytes <= size);
    return 0;
  }
  require(count_read(text, shape->kind) == shape->element_count);

  const std::string printed = print(text);
  require(json::inspect(printed).has_value());
  require(print(printed) == printed);
  return 0;
}
