// Law: no bytes crash the walker or the tree; both accept the same values and refuse the others for
// the same reason, unless the walker calls them odd; and what the excerpt writes uncut is JSON.

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "core/json/json.hpp"
#include "core/msgpack/document.hpp"
#include "core/msgpack/excerpt.hpp"
#include "core/msgpack/walk.hpp"

namespace {

using namespace core::msgpack;

void require(bool holds) {
  if (!holds) std::abort();
}

void require_equal(const Error& a, const Error& b) {
  require(a.code == b.code && a.field_bytes == b.field_bytes && a.offset_bytes == b.offset_bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  Reader reader(bytes);
  Walk walk(reader);
  Token root;
  bool is_read = walk.skip_value(root, 0);
  Error error = walk.error();
  if (is_read && !reader.finish()) {
    is_read = false;
    error = reader.error();
  }
  const auto document = Document::read(bytes, 100'000);
  if (!document) {
    std::string words;
    append_message(document.error(), size, words);
    require(!words.empty());
  }
  if (!walk.is_odd()) {
    require(document.has_value() == is_read);
    if (!is_read) require_equal(document.error(), error);
  }
  if (!document || !is_read) return 0;

  std::string json;
  document->stringify(document->root(), json);
  require(json.empty() == (root.kind == Kind::Undefined));
  require(json.empty() || core::json::inspect(json).has_value());

  std::array<char, 4'096> wide;
  FixedText whole(wide);
  write_json(bytes, whole);
  require(whole.cut() || core::json::inspect(whole.view()).has_value());
  std::array<char, 64> narrow;
  FixedText part(narrow);
  write_json(bytes, part);
  require(whole.view().starts_with(part.view()));
  require(part.cut() || part.view() == whole.view());
  return 0;
}
