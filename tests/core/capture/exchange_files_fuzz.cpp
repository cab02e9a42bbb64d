// Law: whatever a HAR or a file of mitmproxy holds, what it comes to is HTTP/1.1 and WebSocket that
// a tap can read: nothing in it breaks out of its place; and as HAR it is JSON. The input is the
// file.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>

#include "core/capture/exchange_recording.hpp"
#include "core/capture/har_reader.hpp"
#include "core/capture/har_writer.hpp"
#include "core/capture/mitmproxy_reader.hpp"
#include "core/capture/secrets.hpp"
#include "tests/core/disguise/covered.hpp"
#include "core/json/json.hpp"
#include "core/tap/tap.hpp"

namespace {

using namespace core::capture;

void play(const Exchanges& all) {
  static const core::tap::Settings settings;
  ExchangeRecording recording(all, core::ConnectionId{1});
  std::map<core::ConnectionId, core::tap::Tap> taps;
  core::EventBuffer events;
  core::Instant latest{};
  while (const auto item = recording.next()) {
    if (item->at < latest) std::abort();
    latest = item->at;
    auto& tap = taps.try_emplace(item->connection, core::tap::Tap(settings, item->connection))
                    .first->second;
    if (const auto* bytes = std::get_if<Bytes>(&item->what))
      tap.receive(bytes->direction, bytes->bytes, item->at, events);
    else if (const auto* missing = std::get_if<Missing>(&item->what))
      tap.missing(missing->direction, missing->bytes, item->at, events);
  }
  HarWriter writer;
  std::string text;
  writer.begin(text);
  for (Exchange one : all.exchanges) {
    hide_secrets(one, covering::keystream);
    writer.add(one, text);
  }
  writer.end(0, text);
  if (!core::json::inspect(text)) std::abort();

  for (const core::EventView view : events)
    if (view.event.kind == core::EventKind::Unobserved &&
        view.event.unobserved.reason == core::Unobserved::BrokenHttp)
      std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string file(reinterpret_cast<const char*>(data), size);
  if (is_mitmproxy(file)) {
    if (const auto all = read_mitmproxy(file)) play(*all);
    return 0;
  }
  const Attachments attachments = [&](std::string_view name) -> std::optional<std::string> {
    if (name.empty()) return std::nullopt;
    return "{\"type\":\"send\",\"opcode\":1,\"data\":\"2\"}\n" + std::string(name);
  };
  if (const auto all = read_har(file, attachments)) play(*all);
  return 0;
}
