#pragma once
#include <cstdint>
#include <string_view>
namespace core::socketio {
enum class MsgpackErrc : std::uint8_t { A };
inline std::string_view reason_text(MsgpackErrc) { return "x"; }
}  // namespace core::socketio
