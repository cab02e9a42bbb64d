#include "core/engineio/payload_decoder.hpp"

#include <type_traits>

namespace core::engineio {
namespace {

std::variant<PayloadStream, PayloadV3Stream, BinaryPayloadV3Stream> make_stream(
    PayloadKind kind, std::size_t kept_bytes_max) noexcept {
  switch (kind) {
    case PayloadKind::V3Text:
      return PayloadV3Stream(kept_bytes_max);
    case PayloadKind::V3Binary:
      return BinaryPayloadV3Stream(kept_bytes_max);
    case PayloadKind::V4:
      break;
  }
  return PayloadStream(kept_bytes_max);
}

}  // namespace

PayloadDecoder::PayloadDecoder(PayloadKind kind, PayloadWrapping wrapping,
                               std::size_t kept_bytes_max) noexcept
    : kept_bytes_max_(kept_bytes_max), packets_(make_stream(kind, kept_bytes_max)) {
  if (wrapping == PayloadWrapping::JsonpResponse) jsonp_ = std::make_unique<Jsonp>(JsonpResponse{});
  if (wrapping == PayloadWrapping::JsonpForm) jsonp_ = std::make_unique<Jsonp>(JsonpForm{});
}

void PayloadDecoder::receive(std::string_view chunk) noexcept {
  if (!jsonp_) return receive_packets(chunk);
  receive_packets(std::visit([&](auto& jsonp) { return jsonp.receive(chunk); }, *jsonp_));
}

void PayloadDecoder::finish() noexcept {
  if (jsonp_)
    ending_ = Ending::Asked;
  else
    std::visit([](auto& packets) { packets.finish(); }, packets_);
}

PayloadDecoder::Result PayloadDecoder::next() noexcept {
  for (;;) {
    if (Result piece = next_packet()) {
      failed_ = failed_ || !piece->has_value();
      return piece;
    }
    if (!jsonp_) return std::nullopt;
    switch (ending_) {
      case Ending::NotYet:
        if (failed_ || !std::visit([](auto& jsonp) { return jsonp.malformed(); }, *jsonp_))
          return std::nullopt;
        drop_packets();
        failed_ = true;
        return tl::unexpected(PayloadErrc::Malformed);
      case Ending::Asked:
        receive_packets(std::visit([](auto& jsonp) { return jsonp.last_text(); }, *jsonp_));
        ending_ = Ending::LastText;
        continue;
      case Ending::LastText:
        if (Result error = end_wrapping()) return error;
        continue;
      case Ending::Complete:
        ending_ = Ending::NotYet;
        failed_ = false;
        return std::nullopt;
    }
  }
}

/// Only a complete wrapping ends its payload: what a broken one holds, nobody reads.
PayloadDecoder::Result PayloadDecoder::end_wrapping() noexcept {
  const JsonpEnd end = std::visit([](auto& jsonp) { return jsonp.finish(); }, *jsonp_);
  ending_ = Ending::Complete;
  if (end == JsonpEnd::Complete) {
    std::visit([](auto& packets) { packets.finish(); }, packets_);
    return std::nullopt;
  }
  drop_packets();
  if (end == JsonpEnd::Nothing || failed_) return std::nullopt;
  return tl::unexpected(PayloadErrc::Malformed);
}

PayloadDecoder::Result PayloadDecoder::next_packet() noexcept {
  return std::visit(
      [](auto& packets) -> Result {
        auto packet = packets.next();
        if constexpr (std::is_same_v<decltype(packet), Result>) {
          return packet;
        } else {
          if (!packet) return std::nullopt;
          if (!*packet) return tl::unexpected(packet->error());
          return PayloadPiece{**packet};
        }
      },
      packets_);
}

void PayloadDecoder::receive_packets(std::string_view text) noexcept {
  std::visit([&](auto& packets) { packets.receive(text); }, packets_);
}

/// Another stream in its place: an assignment would keep the buffer.
void PayloadDecoder::drop_packets() noexcept {
  std::visit(
      [&](auto& packets) { packets_.emplace<std::decay_t<decltype(packets)>>(kept_bytes_max_); },
      packets_);
}

}  // namespace core::engineio
