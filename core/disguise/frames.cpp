#include "core/disguise/frames.hpp"

#include <algorithm>
#include <cstring>
#include <variant>

#include "core/disguise/secrets.hpp"
#include "core/limits.hpp"

namespace core::disguise {
namespace {

constexpr unsigned kFin = 0x80, kRsv1 = 0x40, kRsv2 = 0x20, kMasked = 0x80, kOpcode = 0x0f;
constexpr unsigned kContinuation = 0, kText = 1, kBinary = 2;
/// What it takes to know a CONNECT: `\x04`, a map of msgpack, `\xa4type` and its number.
constexpr std::size_t kStartBytes = 8;

/// socket.io-msgpack-parser writes `type` first.
bool is_msgpack_connect(std::string_view start) noexcept {
  if (start.starts_with('\x04')) start.remove_prefix(1);  // Engine.IO 3 writes its digit as a byte.
  if (start.empty() || (static_cast<unsigned char>(start[0]) & 0xf0) != 0x80) return false;
  return start.substr(1).starts_with(std::string_view("\xa4type\0", 6));
}

std::size_t header_size(const std::array<unsigned char, 14>& header) noexcept {
  const unsigned length = header[1] & 0x7f;
  const std::size_t more = length == 127 ? 8 : length == 126 ? 2 : 0;
  return 2 + more + ((header[1] & kMasked) != 0 ? 4 : 0);
}

}  // namespace

/// Nearly all that clients send: whole messages in one short frame that are no CONNECT. Returns
/// what is left.
std::span<const char> ClientFrames::pass_short_frames(std::span<const char> bytes) noexcept {
  constexpr std::size_t kHeadBytes = 6;
  const char* at = bytes.data();
  const char* const end = at + bytes.size();
  while (static_cast<std::size_t>(end - at) >= kHeadBytes + kStartBytes) {
    const auto first = static_cast<unsigned char>(at[0]),
               second = static_cast<unsigned char>(at[1]);
    const std::size_t size = second & 0x7f;
    const bool text = first == (kFin | kText);
    if ((!text && first != (kFin | kBinary)) || (second & kMasked) == 0 || size < kStartBytes ||
        size > 125 || static_cast<std::size_t>(end - at) < kHeadBytes + size)
      break;
    std::uint64_t start;
    websocket::MaskKey mask;
    std::memcpy(&start, at + kHeadBytes, sizeof start);
    std::memcpy(&mask, at + 2, sizeof mask);
    start ^= std::uint64_t{mask} << 32 | mask;
    char plain[kStartBytes];
    std::memcpy(plain, &start, sizeof plain);
    if (text ? is_connect({plain, kStartBytes}) : is_msgpack_connect({plain, kStartBytes})) break;
    at += kHeadBytes + size;
  }
  const auto passed = static_cast<std::size_t>(at - bytes.data());
  offset_ += passed;
  return bytes.subspan(passed);
}

void ClientFrames::receive(std::span<const char> bytes, const HideInMessage& hide,
                           std::vector<Replacement>& out) {
  while (true) {
    // Between messages: fragments are followed closely.
    if (!in_payload_ && header_bytes_ == 0 && look_ == Look::Undecided && message_.empty())
      bytes = pass_short_frames(bytes);
    if (!in_payload_) {
      begin_frame(bytes);
      if (!in_payload_) return;
    }
    const std::size_t here = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
    if (!control_ && look_ != Look::Pass && here > 0) collect(bytes.first(here), out);
    mask_ = websocket::advance(mask_, here);
    left_ -= here;
    offset_ += here;
    bytes = bytes.subspan(here);
    if (left_ > 0) return;
    end_frame(hide, out);
  }
}

void ClientFrames::begin_frame(std::span<const char>& bytes) {
  const auto take_to = [&](std::size_t size) {
    const std::size_t count = std::min(size - header_bytes_, bytes.size());
    std::memcpy(header_.data() + header_bytes_, bytes.data(), count);
    header_bytes_ = static_cast<std::uint8_t>(header_bytes_ + count);
    offset_ += count;
    bytes = bytes.subspan(count);
    return header_bytes_ >= size;
  };
  if (bytes.empty() || (header_bytes_ < 2 && !take_to(2))) return;
  const std::size_t size = header_size(header_);
  if (!take_to(size)) return;

  const unsigned opcode = header_[0] & kOpcode;
  control_ = opcode >= 8;
  final_ = (header_[0] & kFin) != 0;
  left_ = header_[1] & 0x7f;
  const std::size_t lengths = left_ == 127 ? 8 : left_ == 126 ? 2 : 0;
  if (lengths != 0) left_ = 0;
  for (std::size_t i = 0; i < lengths; ++i) left_ = left_ << 8 | header_[2 + i];
  mask_ = 0;
  if ((header_[1] & kMasked) != 0) std::memcpy(&mask_, header_.data() + size - 4, 4);
  if (!control_ && opcode != kContinuation) {
    forget_message();
    binary_ = opcode == kBinary;
  }
  header_bytes_ = 0;
  in_payload_ = true;
}

void ClientFrames::collect(std::span<const char> payload, std::vector<Replacement>& out) {
  if (look_ == Look::Undecided && message_.empty() && payload.size() >= kStartBytes) {
    char start[kStartBytes];
    std::memcpy(start, payload.data(), kStartBytes);
    static_cast<void>(websocket::unmask(start, kStartBytes, mask_));
    const std::string_view text(start, kStartBytes);
    look_ = (binary_ ? is_msgpack_connect(text) : is_connect(text)) ? Look::Collect : Look::Pass;
    if (look_ == Look::Pass) return;
  }
  if (look_ == Look::Hide) {
    std::string cover(payload.size(), 'x');
    static_cast<void>(websocket::unmask(cover.data(), cover.size(), mask_));
    out.push_back({Direction::ToServer, offset_, std::move(cover)});
    return;
  }
  parts_.push_back({offset_, payload.size(), mask_});
  const std::size_t begin = message_.size();
  message_.append(payload.data(), payload.size());
  static_cast<void>(websocket::unmask(message_.data() + begin, payload.size(), mask_));
  if (look_ == Look::Undecided && message_.size() >= kStartBytes)
    look_ = (binary_ ? is_msgpack_connect(message_) : is_connect(message_)) ? Look::Collect
                                                                            : Look::Pass;
  if (look_ == Look::Pass) parts_.clear();
  if (message_.size() > limits::kConnectBytesMax) {
    replace_parts(std::string(message_.size(), 'x'), out);
    message_.clear();
    look_ = Look::Hide;
  }
}

void ClientFrames::end_frame(const HideInMessage& hide, std::vector<Replacement>& out) {
  in_payload_ = false;
  if (control_ || !final_) return;
  if ((look_ == Look::Collect || look_ == Look::Undecided) && !message_.empty() &&
      hide(binary_ ? websocket::MessageType::Binary : websocket::MessageType::Text, message_))
    replace_parts(message_, out);
  forget_message();
}

/// Writes `plain` over the message's parts, masked as they were.
void ClientFrames::replace_parts(std::string_view plain, std::vector<Replacement>& out) {
  for (const Part& part : parts_) {
    std::string bytes(plain.substr(0, part.bytes));
    plain.remove_prefix(part.bytes);
    static_cast<void>(websocket::unmask(bytes.data(), bytes.size(), part.mask));
    out.push_back({Direction::ToServer, part.offset_bytes, std::move(bytes)});
  }
  parts_.clear();
}

void ClientFrames::forget_message() {
  look_ = Look::Undecided;
  parts_.clear();
  message_.clear();
}

PlainFrames::PlainFrames(Direction direction, websocket::DeflateParameters parameters)
    : direction_(direction), reader_(direction, parameters, limits::kMessageBytesMax) {}

bool PlainFrames::receive(std::span<const char> bytes, const HideInMessage& hide,
                          std::string& out) {
  std::string copy(bytes.begin(), bytes.end());  // The reader unmasks in place.
  std::span<char> input(copy);
  while (!broken_) {
    const websocket::Item item = reader_.next(input);
    if (std::holds_alternative<websocket::NeedMore>(item)) return true;
    if (const auto* message = std::get_if<websocket::Message>(&item)) {
      const unsigned opcode = message->type == websocket::MessageType::Text ? kText : kBinary;
      if (direction_ == Direction::ToServer) {
        std::string plain(message->payload);
        hide(message->type, plain);
        add(opcode, plain, out);
      } else {
        add(opcode, message->payload, out);
      }
    } else if (const auto* control = std::get_if<websocket::Control>(&item)) {
      std::string payload(control->payload);
      if (control->type == websocket::ControlType::Close &&
          control->close_code != websocket::kNoCloseCode)
        payload.insert(0, {static_cast<char>(control->close_code >> 8),
                           static_cast<char>(control->close_code & 0xff)});
      add(static_cast<unsigned>(control->type), payload, out);
    } else {
      broken_ = true;
      if (const auto* error = std::get_if<websocket::Error>(&item)) break_off(error->code, out);
    }
  }
  return false;
}

/// What breaks a reader of the capture as the stream broke its receiver.
void PlainFrames::break_off(websocket::ReadErrc code, std::string& out) const {
  using websocket::ReadErrc;
  if (websocket::is_ours(code)) return;
  if (code == ReadErrc::InvalidUtf8) return add(kText, "\xff", out);
  add(kText, "\x07", out);  // No block of deflate begins so.
  const std::size_t payload = direction_ == Direction::ToServer ? 5 : 1;
  char& first = out[out.size() - payload - 2];
  first = static_cast<char>(first | (code == ReadErrc::CorruptDeflate ? kRsv1 : kRsv2));
}

void PlainFrames::add(unsigned opcode, std::string_view payload, std::string& out) const {
  const unsigned masked = direction_ == Direction::ToServer ? kMasked : 0;
  const std::size_t size = payload.size();
  out += static_cast<char>(kFin | opcode);
  const std::size_t lengths = size > 0xffff ? 8 : size > 125 ? 2 : 0;
  out += static_cast<char>(masked | (lengths == 8 ? 127 : lengths == 2 ? 126 : size));
  for (std::size_t i = lengths; i-- > 0;) out += static_cast<char>(size >> (8 * i) & 0xff);
  if (masked != 0) out.append(4, '\0');  // A key of zeros: readable in any tool.
  out += payload;
}

}  // namespace core::disguise
