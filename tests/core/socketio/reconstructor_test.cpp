#include "core/socketio/reconstructor.hpp"

#include <doctest/doctest.h>

namespace {

using core::socketio::PacketErrc;
using core::socketio::Placeholders;
using core::socketio::Progress;
using core::socketio::Reconstructor;

}  // namespace

TEST_CASE("Reconstructor: a packet without attachments is complete at once") {
  Reconstructor decoder;
  CHECK(decoder.receive_packet(0, Placeholders::Fit) == Progress::Complete);
  CHECK_FALSE(decoder.is_waiting());
}

TEST_CASE("Reconstructor: a binary packet is complete with its last attachment") {
  Reconstructor decoder;
  CHECK(decoder.receive_packet(2, Placeholders::Fit) == Progress::Pending);
  CHECK(decoder.missing() == 2);
  CHECK(decoder.receive_binary() == Progress::Pending);
  CHECK(decoder.missing() == 1);
  CHECK(decoder.receive_binary() == Progress::Complete);
  CHECK_FALSE(decoder.is_waiting());
}

TEST_CASE("Reconstructor: binary that nobody announced is an error and changes nothing") {
  Reconstructor decoder;
  CHECK(decoder.receive_binary().error() == PacketErrc::BinaryWithoutHeader);
  CHECK(decoder.receive_packet(1, Placeholders::Fit) == Progress::Pending);
}

TEST_CASE(
    "Reconstructor: text between attachments is an error, and again, the attachments still count") {
  Reconstructor decoder;
  REQUIRE(decoder.receive_packet(1, Placeholders::Fit).has_value());
  CHECK(decoder.receive_packet(0, Placeholders::Fit).error() ==
        PacketErrc::TextWhileReconstructing);
  CHECK(decoder.receive_packet(3, Placeholders::Illegal).error() ==
        PacketErrc::TextWhileReconstructing);
  CHECK(decoder.missing() == 1);
  CHECK(decoder.receive_binary() == Progress::Complete);
}

TEST_CASE(
    "Reconstructor: a misfit placeholder shows with the last attachment, then it waits for ever") {
  Reconstructor decoder;
  REQUIRE(decoder.receive_packet(2, Placeholders::Illegal).has_value());
  CHECK(decoder.receive_binary() == Progress::Pending);
  CHECK(decoder.receive_binary().error() == PacketErrc::IllegalPlaceholder);
  CHECK(decoder.is_waiting());
  CHECK(decoder.missing() == 0);
  CHECK(decoder.receive_binary() == Progress::Pending);
  CHECK(decoder.receive_packet(0, Placeholders::Fit).error() ==
        PacketErrc::TextWhileReconstructing);
}

TEST_CASE("Reconstructor: while attachments are missing, a bad text fails for being text") {
  Reconstructor decoder;
  CHECK(decoder.receive_malformed(PacketErrc::NotJson) == PacketErrc::NotJson);
  REQUIRE(decoder.receive_packet(1, Placeholders::Fit).has_value());
  CHECK(decoder.receive_malformed(PacketErrc::NotJson) == PacketErrc::TextWhileReconstructing);
  CHECK(decoder.receive_malformed(PacketErrc::NoData) == PacketErrc::NoData);
}

TEST_CASE("Reconstructor: after a packet that announces no attachments it waits for ever") {
  Reconstructor decoder;
  CHECK(decoder.receive_uncounted() == Progress::Complete);
  CHECK(decoder.receive_binary() == Progress::Pending);
  CHECK(decoder.missing() == 0);
  CHECK(decoder.receive_uncounted().error() == PacketErrc::TextWhileReconstructing);
  CHECK(decoder.receive_packet(0, Placeholders::Fit).error() ==
        PacketErrc::TextWhileReconstructing);
}

TEST_CASE("Reconstructor: destroying the decoder forgets") {
  Reconstructor decoder;
  REQUIRE(decoder.receive_packet(1, Placeholders::Fit).has_value());
  decoder.reset();
  CHECK(decoder.receive_packet(0, Placeholders::Fit) == Progress::Complete);
}

static_assert(sizeof(Reconstructor) <= 8, "kept inline for every direction of every session");
