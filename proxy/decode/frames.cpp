#include "proxy/decode/frames.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "core/engineio/base64.hpp"
#include "core/json/json.hpp"
#include "core/websocket/utf8.hpp"

namespace proxy::decode {
namespace {

namespace json = core::json;
namespace engineio = core::engineio;

/// Whether every character may stand in base64: a typing error in the input is not decoded around.
bool is_base64(std::string_view text) {
  const std::size_t padding = text.size() - std::min(text.find_last_not_of('=') + 1, text.size());
  text.remove_suffix(padding);
  return padding <= 2 && text.size() % 4 != 1 &&
         text.find_first_not_of(
             "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
             "+/-_") == std::string_view::npos;
}

tl::expected<Frame, std::string_view> read_frame(const json::Value& value) {
  constexpr std::string_view kNoFrame = R"(a frame is neither {"text":"..."} nor {"base64":"..."})";
  if (value.kind != json::Kind::Object) return tl::unexpected(kNoFrame);
  const std::optional<json::Value> text = json::find_member(value.raw, "text");
  const std::optional<json::Value> base64 = json::find_member(value.raw, "base64");
  if (text.has_value() == base64.has_value()) return tl::unexpected(kNoFrame);

  const json::Value& content = text ? *text : *base64;
  if (content.kind != json::Kind::String) return tl::unexpected(kNoFrame);
  std::string plain;
  json::unescape(content.raw, plain);
  if (text) return Frame{false, std::move(plain)};

  if (!is_base64(plain)) return tl::unexpected(std::string_view("a frame's base64 is not base64"));
  Frame frame{true, {}};
  engineio::decode_base64(plain, frame.bytes);
  return frame;
}

}  // namespace

tl::expected<std::vector<Frame>, std::string_view> read_line(std::string_view line) {
  if (!core::websocket::valid_utf8(line))
    return tl::unexpected(std::string_view("the line is not UTF-8"));
  const tl::expected<json::Shape, json::Error> shape = json::inspect(line);
  if (!shape) return tl::unexpected(std::string_view("the line is not JSON"));
  if (shape->kind != json::Kind::Object)
    return tl::unexpected(std::string_view("the line is not an object"));
  const std::optional<json::Value> list = json::find_member(line, "frames");
  if (!list || list->kind != json::Kind::Array)
    return tl::unexpected(std::string_view(R"(the object has no array "frames")"));

  std::vector<Frame> frames;
  json::ElementReader elements(list->raw);
  while (const std::optional<json::Value> element = elements.next()) {
    tl::expected<Frame, std::string_view> frame = read_frame(*element);
    if (!frame) return tl::unexpected(frame.error());
    frames.push_back(std::move(*frame));
  }
  return frames;
}

}  // namespace proxy::decode
