#include "core/tap/gap_detail.hpp"

#include "core/http/exchanges.hpp"
#include "core/inflate/content_decoder.hpp"
#include "core/websocket/reader.hpp"

namespace core::tap {

std::string_view gap_detail(Unobserved reason, std::uint8_t detail) noexcept {
  if (detail == 0) return {};
  const int code = detail - 1;
  if (reason == Unobserved::ContentEncoding)
    return inflate::reason_text(static_cast<inflate::ContentErrc>(code));
  if (reason == Unobserved::BrokenWebSocket || reason == Unobserved::MessageDeflate ||
      reason == Unobserved::MemoryLimit)
    return websocket::reason_text(static_cast<websocket::ReadErrc>(code));
  if (reason == Unobserved::BrokenHttp || reason == Unobserved::PipelineLimit ||
      reason == Unobserved::EarlyBytes)
    return http::reason_text(static_cast<http::ExchangeErrc>(code));
  return {};
}

}  // namespace core::tap
