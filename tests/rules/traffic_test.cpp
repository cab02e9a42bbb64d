#include "rules/traffic.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <numeric>
#include <string>

#include "tests/rules/play.hpp"
#include "tests/transcripts/scenario.hpp"

using namespace std::chrono_literals;
using core::Direction;
using rules::Traffic;

namespace {

Traffic traffic_of(const std::string& transcript) {
  const auto scenarios = transcripts::read_text("scenario: numbers\n" + transcript, "traffic");
  REQUIRE(scenarios.size() == 1);
  transcripts::Play play(scenarios.front());
  play.run();
  return play.traffic();
}

std::uint64_t packets(const Traffic& traffic, Traffic::Packet type, Direction direction) {
  return traffic.packets[static_cast<std::size_t>(type)][core::index_of(direction)];
}

std::uint64_t ended(const Traffic& traffic, Traffic::Outcome outcome) {
  const auto& both = traffic.sessions[static_cast<std::size_t>(outcome)];
  return both[0].count() + both[1].count();
}

std::uint64_t all_ended(const Traffic& traffic) {
  std::uint64_t all = 0;
  for (std::size_t i = 0; i < Traffic::kOutcomes; ++i)
    all += ended(traffic, static_cast<Traffic::Outcome>(i));
  return all;
}

std::uint64_t upgrades(const Traffic& traffic, Traffic::Upgrade result) {
  return traffic.upgrades[static_cast<std::size_t>(result)];
}

std::uint64_t refusals(const Traffic& traffic, Traffic::Refusal refusal) {
  return traffic.refusals[static_cast<std::size_t>(refusal)];
}

}  // namespace

TEST_CASE("traffic: packets are counted by what they are to their receiver") {
  const Traffic traffic = traffic_of(
      "0ms  A joins\n"
      "1s   A < 42[\"news\",1]\n"
      "1s   A < 42[\"news\",2]\n"
      "2s   A > 420[\"save\",1]\n"
      "3s   A < 430[\"ok\"]\n"
      "4s   A > 451-[\"file\",{\"_placeholder\":true,\"num\":0}]\n"
      "4s   A > binary 0102\n"
      "5s   A heartbeat\n"
      "6s   A < 42[null]\n"
      "7s   A leaves\n");
  CHECK(packets(traffic, Traffic::Packet::Event, Direction::ToClient) == 2);
  CHECK(packets(traffic, Traffic::Packet::Event, Direction::ToServer) == 2);
  CHECK(packets(traffic, Traffic::Packet::Ack, Direction::ToClient) == 1);
  CHECK(packets(traffic, Traffic::Packet::Ack, Direction::ToServer) == 0);
  CHECK(packets(traffic, Traffic::Packet::Connect, Direction::ToServer) == 1);
  CHECK(packets(traffic, Traffic::Packet::Connect, Direction::ToClient) == 1);
  CHECK(packets(traffic, Traffic::Packet::Ping, Direction::ToClient) == 1);
  CHECK(packets(traffic, Traffic::Packet::Pong, Direction::ToServer) == 1);
  CHECK(packets(traffic, Traffic::Packet::Malformed, Direction::ToClient) == 1);
}

TEST_CASE("traffic: an acknowledgement's latency runs from its event, by the event's direction") {
  const Traffic traffic = traffic_of(
      "0ms     A joins\n"
      "1s      A > 420[\"save\",1]\n"
      "1040ms  A < 430[\"ok\"]\n"
      "1060ms  A < 430[\"once more\"]\n"
      "2s      A < 427[\"confirm\"]\n"
      "5s      A > 437[]\n"
      "6s      A leaves\n");
  const Traffic::Latencies& asked_by_client = traffic.acks[core::index_of(Direction::ToServer)];
  CHECK(asked_by_client.count() == 1);  // The second ACK answers nothing.
  CHECK(asked_by_client.sum == 40ms);
  CHECK(asked_by_client.counts[5] == 1);  // Over 25 ms, up to 50.
  const Traffic::Latencies& asked_by_server = traffic.acks[core::index_of(Direction::ToClient)];
  CHECK(asked_by_server.count() == 1);
  CHECK(asked_by_server.sum == 3s);
}

TEST_CASE("traffic: a session that ended is counted once, by how, where and after how long") {
  const Traffic left = traffic_of("0ms A joins\n3s A leaves\n4s A fin\n");
  CHECK(ended(left, Traffic::Outcome::ClientClose) == 1);
  CHECK(all_ended(left) == 1);
  const auto& durations = left.sessions[static_cast<std::size_t>(Traffic::Outcome::ClientClose)][1];
  CHECK(durations.count() == 1);
  CHECK(durations.counts[8] == 1);  // Over 2 s, up to 5.

  CHECK(ended(traffic_of("0ms A joins\n3s A reset\n"), Traffic::Outcome::ClientGone) == 1);
  CHECK(ended(traffic_of("0ms A joins\n3s A server-closes 1001\n"),
              Traffic::Outcome::ServerClose) == 1);
  CHECK(ended(traffic_of("0ms A joins\n3s A server-fin\n"), Traffic::Outcome::ServerGone) == 1);
  CHECK(ended(traffic_of("ping 1000/1000\n0ms A joins\n1s A < 2\n2s A server-closes 1000\n"),
              Traffic::Outcome::HeartbeatTimeout) == 1);
  CHECK(all_ended(traffic_of("0ms A joins\n3s end\n")) == 0);
}

TEST_CASE("traffic: an upgrade is completed, abandoned with its WebSocket or session, or refused") {
  const Traffic completed = traffic_of("over upgraded\n0ms A joins\n3s A leaves\n");
  CHECK(upgrades(completed, Traffic::Upgrade::Completed) == 1);
  CHECK(upgrades(completed, Traffic::Upgrade::Abandoned) == 0);

  const std::string probes =
      "over polling\n0ms A joins\n"
      "1s c connects 10.0.0.1:4000\n1s c > websocket sid=A\n1s c < 101\n1s c > frame 2probe\n";
  const Traffic closed = traffic_of(probes + "2s c reset\n3s A leaves\n");
  CHECK(upgrades(closed, Traffic::Upgrade::Completed) == 0);
  CHECK(upgrades(closed, Traffic::Upgrade::Abandoned) == 1);
  CHECK(upgrades(traffic_of(probes + "2s A leaves\n3s c reset\n"), Traffic::Upgrade::Abandoned) ==
        1);

  const Traffic refused = traffic_of(
      "over polling\n0ms A joins\n"
      "1s c connects 10.0.0.1:4000\n1s c > websocket sid=A\n1s c < 400 no\n3s A leaves\n");
  CHECK(upgrades(refused, Traffic::Upgrade::Refused) == 1);
  CHECK(upgrades(refused, Traffic::Upgrade::Abandoned) == 0);
}

TEST_CASE("traffic: refusals go by Engine.IO's code, or by what came instead") {
  const std::string asks = "0ms c connects 10.0.0.1:4000\n0ms c > get\n";
  CHECK(refusals(traffic_of(asks + "1s c < 400 {\"code\":0,\"message\":\"Transport unknown\"}\n"),
                 Traffic::Refusal::Code0) == 1);
  CHECK(refusals(traffic_of(asks + "1s c < 400 {\"code\":9,\"message\":\"?\"}\n"),
                 Traffic::Refusal::OtherCode) == 1);
  CHECK(refusals(traffic_of(asks + "1s c < 502 <html>\n"), Traffic::Refusal::Http) == 1);
  CHECK(refusals(traffic_of(asks + "1s c < 200 <html>\n"), Traffic::Refusal::NoHandshake) == 1);
  CHECK(refusals(traffic_of(asks + "1s c reset\n"), Traffic::Refusal::Unanswered) == 1);
  const Traffic granted = traffic_of("over polling\n0ms A joins\n1s A leaves\n");
  CHECK(std::accumulate(granted.refusals.begin(), granted.refusals.end(), std::uint64_t{0}) == 0);
}
