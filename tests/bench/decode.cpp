// sioscope's decoders as a contender of decode.mjs, which gives it each workload as bytes of the
// wire: a server's WebSocket frames, or the body of a poll. Bare, they do what the official parsers
// do: Engine.IO packet, Socket.IO packet, placeholders, attachments. As a tap they are what the
// proxy runs: frames or HTTP, UTF-8, the same decoding, hashes of what was said, and an event.
//
//     bench_decode bare|tap  websocket|polling FILE  [...]
//
// For each line `<number of the file> <milliseconds>` it decodes passes for that long and answers
// with a line of JSON.

#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/engineio/packet.hpp"
#include "core/engineio/payload.hpp"
#include "core/socketio/packet.hpp"
#include "core/socketio/placeholders.hpp"
#include "core/socketio/reconstructor.hpp"
#include "core/tap/tap.hpp"
#include "tests/bench/load/frames.hpp"

namespace tests::bench {
namespace {

using core::Direction;

[[noreturn]] void stop(const char* sentence) {
  std::fprintf(stderr, "bench_decode: %s\n", sentence);
  std::exit(1);
}

double nanoseconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

/// What was decoded, in a number that every contender can have: see README.md.
struct Tally {
  std::uint64_t packets = 0;
  std::uint64_t checksum = 0;
};

enum class Transport : std::uint8_t { WebSocket, Polling };

struct Workload {
  Transport transport;
  std::string bytes;
};

/// One decoder over one workload.
class Contender {
 public:
  virtual ~Contender() = default;
  virtual void pass(Tally& tally) = 0;
};

class Bare final : public Contender {
 public:
  explicit Bare(const Workload& workload) : workload_(workload) {
    std::string_view rest = workload.bytes;
    if (workload.transport == Transport::Polling) return;
    while (const auto frame = read_frame(rest)) {
      messages_.push_back({frame->payload, frame->opcode == kText});
      rest.remove_prefix(frame->bytes);
    }
  }

  void pass(Tally& tally) override {
    if (workload_.transport == Transport::Polling) {
      core::engineio::PayloadReader reader(workload_.bytes);
      while (const auto packet = reader.next()) text(*packet, tally);
    } else {
      for (const Message& message : messages_)
        message.is_text ? text(message.payload, tally) : binary(message.payload, tally);
    }
  }

 private:
  struct Message {
    std::string_view payload;
    bool is_text;
  };

  void text(std::string_view text, Tally& tally) {
    const auto outer = core::engineio::decode_packet(text);
    if (!outer) stop("an Engine.IO packet was refused");
    const auto packet = core::socketio::decode_packet(outer->data);
    if (!packet) stop("a Socket.IO packet was refused");
    const bool fit = packet->attachments == 0 ||
                     core::socketio::placeholders_fit(packet->data, packet->attachments);
    const auto progress = reconstructor_.receive_packet(
        packet->attachments,
        fit ? core::socketio::Placeholders::Fit : core::socketio::Placeholders::Illegal);
    tally.checksum += packet->payload.first.raw.size() - 2;
    count(progress, tally);
  }

  void binary(std::string_view bytes, Tally& tally) {
    tally.checksum += bytes.size();
    count(reconstructor_.receive_binary(), tally);
  }

  static void count(const core::socketio::Reconstructor::Result& progress, Tally& tally) {
    if (!progress) stop("the reconstructor complained");
    if (*progress == core::socketio::Progress::Complete) ++tally.packets;
  }

  const Workload& workload_;
  std::vector<Message> messages_;
  core::socketio::Reconstructor reconstructor_;
};

class Tapped final : public Contender {
 public:
  explicit Tapped(const Workload& workload) : bytes_(workload.bytes) {
    tap_.open("127.0.0.1:1", {}, events_);
    if (workload.transport == Transport::WebSocket) {
      receive(Direction::ToServer,
              "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\n"
              "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
              "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
      receive(Direction::ToClient,
              "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
              "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzhZRbK+xOo=\r\n\r\n");
    } else {
      poll_ = "GET /socket.io/?EIO=4&transport=polling&sid=A HTTP/1.1\r\nHost: localhost\r\n\r\n";
      bytes_ = "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Length: " +
               std::to_string(bytes_.size()) + "\r\n\r\n" + bytes_;
    }
  }

  /// A server's frames are not masked, so nothing is overwritten and every pass is the same.
  void pass(Tally& tally) override {
    if (!poll_.empty()) receive(Direction::ToServer, poll_);
    events_.clear();
    tap_.receive(Direction::ToClient, bytes_, {}, events_);
    for (const core::EventView view : events_) {
      const core::Event& event = view.event;
      if (event.kind == core::EventKind::Packet) {
        if (event.packet.error != 0) stop("the tap refused a packet");
        tally.checksum += event.packet.name_bytes - 2U;
        waiting_ = event.packet.attachments;
        if (waiting_ == 0) ++tally.packets;
      } else if (event.kind == core::EventKind::Binary) {
        tally.checksum += event.binary.bytes;
        if (--waiting_ == 0) ++tally.packets;
      }
    }
    events_.clear();
  }

 private:
  void receive(Direction direction, std::string bytes) {
    tap_.receive(direction, bytes, {}, events_);
    events_.clear();
  }

  core::tap::Settings settings_;
  core::tap::Tap tap_{settings_, core::ConnectionId{1}};
  core::EventBuffer events_;
  std::string poll_;   ///< The request of a poll; empty on a WebSocket.
  std::string bytes_;  ///< What one read brings.
  unsigned waiting_ = 0;
};

void serve(std::vector<std::unique_ptr<Contender>>& contenders) {
  std::size_t number = 0;
  double milliseconds = 0;
  while (std::cin >> number >> milliseconds) {
    if (number >= contenders.size()) stop("there is no such workload");
    Tally tally;
    std::uint64_t passes = 0;
    const double start = nanoseconds();
    double now = start;
    while (now - start < milliseconds * 1e6) {
      for (int i = 0; i < 20; ++i) contenders[number]->pass(tally);
      passes += 20;
      now = nanoseconds();
    }
    std::printf("{\"passes\":%llu,\"packets\":%llu,\"checksum\":%llu,\"nanoseconds\":%.0f}\n",
                static_cast<unsigned long long>(passes),
                static_cast<unsigned long long>(tally.packets),
                static_cast<unsigned long long>(tally.checksum), now - start);
    std::fflush(stdout);
  }
}

}  // namespace
}  // namespace tests::bench

int main(int argc, char** argv) {
  using namespace tests::bench;
  if (argc < 4 || argc % 2 != 0) stop("usage: bench_decode bare|tap (websocket|polling FILE)...");
  std::vector<Workload> workloads;
  for (int i = 2; i < argc; i += 2) {
    std::ifstream file(argv[i + 1], std::ios::binary);
    if (!file) stop("a workload cannot be read");
    const std::string bytes(std::istreambuf_iterator<char>(file), {});
    workloads.push_back(
        {std::string_view(argv[i]) == "polling" ? Transport::Polling : Transport::WebSocket,
         bytes});
  }
  std::vector<std::unique_ptr<Contender>> contenders;
  for (const Workload& workload : workloads) {
    if (std::string_view(argv[1]) == "tap")
      contenders.push_back(std::make_unique<Tapped>(workload));
    else
      contenders.push_back(std::make_unique<Bare>(workload));
  }
  serve(contenders);
}
