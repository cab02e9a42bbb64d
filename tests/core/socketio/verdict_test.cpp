#include "core/socketio/verdict.hpp"

#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "core/socketio/packet.hpp"
#include "core/socketio/placeholders.hpp"
#include "core/socketio/reconstructor.hpp"

namespace {

using namespace core::socketio;
using Json = nlohmann::json;

/// tests/differential/versions.json: what real parsers do.
const Json& measured() {
  static const Json kRead = Json::parse(std::ifstream(SIOSCOPE_VERSIONS_JSON));
  return kRead;
}

ParserVersion version_of(const std::string& text) {
  unsigned major = 0, minor = 0, patch = 0;
  REQUIRE(std::sscanf(text.c_str(), "%u.%u.%u", &major, &minor, &patch) == 3);
  return {static_cast<std::uint8_t>(major), static_cast<std::uint8_t>(minor),
          static_cast<std::uint8_t>(patch)};
}

/// Every cause in a probe, found as the proxy finds it: packet by packet, with what was before.
Causes causes_in(const Json& frames) {
  Reconstructor state;
  Causes causes;
  bool is_refused = false;  // The packet that announced what comes.
  for (const Json& frame : frames) {
    if (frame.contains("base64")) {
      if (is_refused) continue;
      const auto progress = state.receive_binary();
      if (!progress) causes |= causes_of(progress.error());
      continue;
    }
    const std::string text = frame.value("text", "");
    const bool is_empty_text = frame.contains("text") && text.empty();
    if (is_empty_text) continue;  // No peer can deliver it; a CONNECT.
    causes |= causes_of(text);
    const auto packet = decode_packet(text);
    is_refused = !packet;
    const bool fits =
        !packet || !is_binary(packet->type) || placeholders_fit(packet->data, packet->attachments);
    const auto progress = state.receive_packet(packet ? packet->attachments : 0,
                                               fits ? Placeholders::Fit : Placeholders::Illegal);
    if (!progress) causes |= causes_of(progress.error());
  }
  return causes;
}

std::set<std::string> as_set(const Json& list) { return list.get<std::set<std::string>>(); }

std::string phrase_of(Causes causes) { return std::string(phrase(verdict(causes)).view()); }

TEST_CASE(
    "verdict: every release throws at, and answers with an ERROR packet, what it was measured to") {
  for (const Json& probe : measured().at("probes")) {
    const Causes causes = causes_in(probe.at("frames"));
    const Verdict all = verdict(causes);
    std::set<std::string> throwing, answering;
    for (const std::string release : measured().at("releases")) {
      if (all.rejects(version_of(release))) throwing.insert(release);
      if (all.answering_error.contains(version_of(release))) answering.insert(release);
    }
    CAPTURE(probe.dump());
    CHECK(Json(throwing).dump() == Json(as_set(probe.at("throws"))).dump());
    // Of what nobody throws at we do not say it.
    if (!causes.empty())
      CHECK(Json(answering).dump() == Json(as_set(probe.at("answers_error"))).dump());
  }
}

TEST_CASE("verdict: each cause was measured by itself") {
  for (std::size_t i = 0; i < kCauseCount; ++i) {
    const auto cause = static_cast<Cause>(i);
    CAPTURE(std::string(row(cause).what));
    bool is_measured = false;
    for (const Json& probe : measured().at("probes"))
      is_measured |= causes_in(probe.at("frames")) == Causes(cause);
    CHECK(is_measured);
  }
}

TEST_CASE("verdict: what decode_packet refuses, the newest parser throws at, and the reverse") {
  for (const Json& probe : measured().at("probes")) {
    const Json& frame = probe.at("frames").at(0);
    if (!frame.contains("text") || frame.at("text") == "") continue;
    const std::string text = frame.at("text");
    CAPTURE(text);
    const auto packet = decode_packet(text);
    Causes causes = causes_of(text);
    const bool fits = !causes.has(Cause::IllegalPlaceholder);
    CHECK((packet.has_value() && fits) == !verdict(causes).rejects({4, 2, 7}));
  }
}

TEST_CASE("judge: a glance agrees with a close look") {
  for (const Json& probe : measured().at("probes"))
    for (const Json& frame : probe.at("frames")) {
      if (!frame.contains("text") || frame.at("text") == "") continue;
      const std::string text = frame.at("text");
      CAPTURE(text);
      CHECK(judge(decode_packet(text), text).throwing == verdict(causes_of(text)).throwing);
    }
}

TEST_CASE("judge: a raised limit on attachments is the receiver's, and no cause") {
  CHECK(causes_of("511-[\"x\"]") == Causes(Cause::CountOverLimit));
  CHECK(causes_of("511-[\"x\"]", {20}).empty());
}

TEST_CASE("phrase: whole lines, their ends, and what lies between") {
  CHECK(phrase_of({}) == "accepted by every version");
  CHECK(phrase_of(Cause::BinaryWithoutHeader) == "every version rejects it");
  CHECK(phrase_of(Cause::UnknownType) ==
        "socket.io-parser 4.x reject it, others turn it into an ERROR packet");
  CHECK(phrase_of(Cause::EventNameKind) ==
        "socket.io-parser 3.3.4+, 3.4.3+, 4.0.1-4.0.3 and 4.2.3+ reject it, others accept it");
  CHECK(phrase_of(Cause::EventNameNumber) ==
        "socket.io-parser 4.0.1-4.0.3 reject it, others accept it");
  CHECK(phrase_of(Cause::NotArray) ==
        "socket.io-parser 3.3.4+, 3.4.3+ and 4.x reject it, others accept it or turn it into an "
        "ERROR "
        "packet");
  CHECK(phrase_of(Cause::HasOwnProperty) ==
        "socket.io-parser 4.0.x and 4.1.0-4.1.1 reject it, others accept it");
  CHECK(phrase_of(Cause::EventNameReserved) ==
        "socket.io-parser 4.2.4+ reject it, others accept it");
}

TEST_CASE("phrase: the longest one is whole") {
  for (unsigned bits = 0; bits < 256; ++bits) {
    // Every other release of what a byte of bits selects.
    Verdict scattered;
    for (unsigned line = 0; line < 8; ++line)
      if ((bits >> line & 1) != 0)
        scattered.throwing = scattered.throwing | (Releases::line(line) & Releases(0x55555555));
    if (scattered.throwing.empty()) continue;
    const Phrase text = phrase(scattered);
    CHECK(text.view().ends_with("others accept it"));
  }
}

}  // namespace
