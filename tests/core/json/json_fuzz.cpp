// Law: for every text that inspect() accepts, the readers see what it counted, and printing it as
// JSON.stringify would is a fixed point: the result is accepted and prints as itself. By blocks
// nothing else is accepted, or seen, than byte by byte.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "core/json/dense.hpp"
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

bool same(const json::Value& a, const json::Value& b) {
  return a.kind == b.kind && a.raw.data() == b.raw.data() && a.raw.size() == b.raw.size();
}

void look_by_blocks(std::string_view text) {
  if (text.size() < json::kDenseBytesMin || text.front() != '[' || text.back() != ']') return;
  const json::BlockReader widest = json::widest_reader();
  if (widest.read == nullptr) return;
  const auto close = json::inspect_closely(text);
  for (const json::BlockReader& reader : {json::kBlockReader32, widest}) {
    json::Shape shape;
    if (!json::inspect_dense(text, shape, reader)) continue;
    require(close.has_value() && shape.element_count == close->element_count);
    require(same(shape.first, close->first) && same(shape.last, close->last));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  look_by_blocks(text);
  // So that a fuzzer finds its way there from any text.
  look_by_blocks("[" + std::string(text) +
                 ",\"sixty-four bytes at least, whatever the text before\"]");
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
