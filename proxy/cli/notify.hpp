#pragma once

#include <string_view>

namespace proxy::cli {

/// Tells the service manager that started us, if one did, how far we are: `READY=1`, `STOPPING=1`.
/// Nobody may be listening, and that is no error.
///
/// Source: sd_notify(3), "Description": a datagram to the socket that NOTIFY_SOCKET names.
void notify_manager(std::string_view state) noexcept;

}  // namespace proxy::cli
