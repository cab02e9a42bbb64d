#include "proxy/connect/happening_json.hpp"

#include <algorithm>

#include "core/engineio/base64.hpp"

namespace proxy::connect {
namespace {

using namespace core::client;

std::string attachments_json(const std::vector<std::string>& attachments) {
  std::string text;
  for (const std::string& bytes : attachments) {
    text += text.empty() ? "\"" : ",\"";
    core::engineio::encode_base64(bytes, text);
    text += '"';
  }
  return '[' + text + ']';
}

std::string_view word(AckFailure why) noexcept {
  switch (why) {
    case AckFailure::Disconnected:
      return "disconnected";
    case AckFailure::TimedOut:
      return "timed out";
    case AckFailure::NotSent:
      return "not sent";
  }
  return {};
}

/// The word and the members behind it.
struct Members {
  std::string operator()(const EngineOpened& it) const {
    return R"("engine-opened","sid":)" + json_string(it.sid) +
           ",\"transport\":" + json_string(it.transport);
  }
  std::string operator()(const EngineUpgraded&) const { return "\"engine-upgraded\""; }
  std::string operator()(const EngineClosed& it) const {
    return R"("engine-closed","reason":)" + json_string(name(it.reason)) +
           ",\"detail\":" + json_string(it.detail);
  }
  std::string operator()(const ReconnectScheduled&) const { return "\"reconnect-scheduled\""; }
  std::string operator()(const Connected& it) const {
    return R"("connected","nsp":)" + json_string(it.ns) + ",\"id\":" + json_string(it.sid) +
           ",\"recovered\":" + (it.recovered ? "true" : "false");
  }
  std::string operator()(const ConnectError& it) const {
    return R"("connect-error","nsp":)" + json_string(it.ns) +
           ",\"data\":" + (it.data.empty() ? "null" : it.data);
  }
  std::string operator()(const Disconnected& it) const {
    return R"("disconnected","nsp":)" + json_string(it.ns) +
           ",\"reason\":" + json_string(it.reason);
  }
  std::string operator()(const Received& it) const {
    return R"("event","nsp":)" + json_string(it.ns) + ",\"name\":" + json_string(it.name) +
           ",\"args\":[" + it.arguments + "],\"attachments\":" + attachments_json(it.attachments) +
           (it.id ? ",\"ack\":" + std::to_string(*it.id) : std::string());
  }
  std::string operator()(const Acknowledged& it) const {
    return R"("ack","nsp":)" + json_string(it.ns) + ",\"id\":" + std::to_string(it.id) +
           ",\"args\":[" + it.arguments + "],\"attachments\":" + attachments_json(it.attachments);
  }
  std::string operator()(const AckFailed& it) const {
    return R"("ack-failed","nsp":)" + json_string(it.ns) + ",\"id\":" + std::to_string(it.id) +
           ",\"why\":" + json_string(word(it.why));
  }
  std::string operator()(const EmissionSent& it) const {
    return R"("emission-sent","number":)" + std::to_string(static_cast<std::uint64_t>(it.number));
  }
  std::string operator()(const EmissionDropped& it) const {
    return R"("emission-dropped","number":)" +
           std::to_string(static_cast<std::uint64_t>(it.number)) +
           ",\"reason\":" + json_string(it.reason);
  }
};

}  // namespace

std::string happening_json(const Happening& happening) {
  std::string line = "{\"happened\":" + std::visit(Members{}, happening) + '}';
  // What a server sent stands as it was sent, and white space between JSON's tokens may break
  // lines.
  std::replace(line.begin(), line.end(), '\n', ' ');
  std::replace(line.begin(), line.end(), '\r', ' ');
  return line;
}

}  // namespace proxy::connect
