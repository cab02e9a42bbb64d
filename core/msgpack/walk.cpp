#include "core/msgpack/walk.hpp"

#include <array>

#include "core/limits.hpp"

namespace core::msgpack {
namespace {

/// An open array or map.
struct Level {
  std::uint32_t left;  ///< Elements or members not read to their end.
  bool is_map;
  bool at_key;
};

bool is_container(Kind kind) noexcept { return kind == Kind::Array || kind == Kind::Map; }

}  // namespace

void Walk::note_key(const Token& key) noexcept {
  constexpr std::string_view kPrototype = "__proto__";
  if (is_container(key.kind))
    odd_ = true;
  else if (key.size == kPrototype.size() &&
           (key.kind == Kind::String || key.kind == Kind::Binary) &&
           reader_.content(key) == kPrototype)
    odd_ = true;
}

bool Walk::skip_content(const Token& head, std::size_t around) noexcept {
  if (!is_container(head.kind) || head.size == 0) return true;

  std::array<Level, limits::kMsgpackDepthMax> levels;  // Not cleared: mostly one is used.
  std::size_t depth = 1;
  levels[0] = {head.size, head.kind == Kind::Map, true};
  Token token;
  while (depth != 0) {
    if (!next(token)) return false;
    Level& top = levels[depth - 1];
    if (top.is_map && top.at_key) note_key(token);
    if (is_container(token.kind) && token.size != 0) {
      if (depth + around == levels.size()) return fail({Errc::TooDeep, 0, token.begin});
      levels[depth++] = {token.size, token.kind == Kind::Map, true};
      continue;
    }
    // A value is read to its end, and maybe what is around it.
    while (depth != 0) {
      Level& open = levels[depth - 1];
      if (open.is_map) open.at_key = !open.at_key;
      if (open.at_key && --open.left == 0)
        --depth;
      else
        break;
    }
  }
  return true;
}

}  // namespace core::msgpack
