#include "tests/transparency/conversation.hpp"

#include <cstdio>
#include <initializer_list>

namespace tests::transparency {
namespace {

constexpr std::size_t kBigBytes = 4 << 20;
/// No kernel buffers between two peers hold this.
constexpr std::size_t kFloodBytes = 32 << 20;

std::string join(std::initializer_list<std::string_view> parts) {
  std::string all;
  for (const std::string_view part : parts) all += part;
  return all;
}

/// Takes down what the two sides say in turn: whoever speaks has heard everything said before.
class Writer {
 public:
  Writer(Conversation& conversation, Random& random) : c_(conversation), random_(random) {}

  void client(std::string_view bytes) { say(c_.client, c_.server, bytes); }
  void server(std::string_view bytes) { say(c_.server, c_.client, bytes); }

  /// A request's head without its empty line.
  [[nodiscard]] std::string request(std::string_view method, std::string_view target) {
    std::string head(method);
    head.append(" ").append(target).append(" HTTP/1.1\r\nHost: example.test\r\n");
    head += join({"X-Conversation: ", std::to_string(c_.number), "\r\n"});
    if (random_.chance(50))
      head += join({"X-Padding: ", random_.text(random_.between(0, 2000)), "\r\n"});
    return head;
  }
  [[nodiscard]] std::string path() { return join({"/", random_.text(random_.between(0, 60))}); }

 private:
  static void say(Script& speaker, const Script& listener, std::string_view bytes) {
    if (speaker.gates.empty() || speaker.gates.back().heard != listener.bytes.size())
      speaker.gates.push_back({speaker.bytes.size(), listener.bytes.size()});
    speaker.bytes += bytes;
  }

  Conversation& c_;
  Random& random_;
};

std::string with_length(std::string head, std::string_view body) {
  head += join({"Content-Length: ", std::to_string(body.size()), "\r\n\r\n"});
  return head.append(body);
}

std::string ok(std::string_view body) { return with_length("HTTP/1.1 200 OK\r\n", body); }

std::string chunk(std::string_view body) {
  char size[20];
  std::snprintf(size, sizeof size, "%zx\r\n", body.size());
  return std::string(size).append(body).append("\r\n");
}

std::string chunked(std::string head, Random& random) {
  head += "Transfer-Encoding: chunked\r\n\r\n";
  for (std::size_t i = random.between(0, 20); i > 0; --i)
    head += chunk(random.bytes(1 + random.size_up_to(50'000)));
  return head + "0\r\n\r\n";
}

enum class From : std::uint8_t { Client, Server };

/// One WebSocket frame (RFC 6455, 5.2). A client's is masked.
std::string frame(From from, unsigned first_byte, std::string payload, Random& random) {
  std::string out(1, static_cast<char>(first_byte));
  const unsigned mask_bit = from == From::Client ? 0x80 : 0;
  const auto add = [&](std::size_t value, int bytes) {
    while (bytes-- > 0) out += static_cast<char>(value >> (8 * bytes) & 0xff);
  };
  if (payload.size() < 126) {
    add(mask_bit | payload.size(), 1);
  } else if (payload.size() < 65'536) {
    add(mask_bit | 126, 1);
    add(payload.size(), 2);
  } else {
    add(mask_bit | 127, 1);
    add(payload.size(), 8);
  }
  if (from == From::Client) {
    const std::string mask = random.bytes(4);
    out += mask;
    for (std::size_t i = 0; i < payload.size(); ++i)
      payload[i] = static_cast<char>(payload[i] ^ mask[i % 4]);
  }
  return out + payload;
}

void write_upgrade(Writer& writer, std::string_view target) {
  writer.client(writer.request("GET", target) +
                "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
  writer.server(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
}

void write_websocket(Writer& writer, Random& random) {
  write_upgrade(writer, "/socket");
  for (std::size_t i = random.between(1, 200); i > 0; --i) {
    const From from = random.chance(50) ? From::Client : From::Server;
    std::string said;
    switch (random.between(0, 9)) {
      case 0:
        said = frame(from, 0x89, random.bytes(random.between(0, 125)), random);  // ping
        break;
      case 1:  // a text message in two fragments
        said = frame(from, 0x01, random.text(random.size_up_to(1000)), random) +
               frame(from, 0x80, random.text(random.size_up_to(1000)), random);
        break;
      default:
        said = frame(from, random.chance(50) ? 0x82 : 0x81, random.text(random.size_up_to(200'000)),
                     random);
    }
    from == From::Client ? writer.client(said) : writer.server(said);
  }
  writer.client(frame(From::Client, 0x88, "\x03\xe8", random));
  writer.server(frame(From::Server, 0x88, "\x03\xe8", random));
}

/// An Engine.IO sid as servers make them, one for each conversation.
std::string sid(const Conversation& conversation) {
  const std::string number = std::to_string(conversation.number);
  return join({std::string_view("lv_VI97HAXpY6yYWAAAA").substr(number.size()), number});
}

std::string open_packet(const Conversation& conversation) {
  return join(
      {R"(0{"sid":")", sid(conversation),
       R"(","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000})"});
}

std::string event_packet(Random& random) {
  return join({"42[\"news\",\"", random.text(random.size_up_to(20'000)), "\"]"});
}

void write_socketio_polling(Writer& writer, const Conversation& conversation, Random& random) {
  const std::string base = "/socket.io/?EIO=4&transport=polling&t=" + random.text(7);
  const std::string target = join({base, "&sid=", sid(conversation)});
  writer.client(writer.request("GET", base) + "\r\n");
  writer.server(ok(open_packet(conversation)));
  writer.client(with_length(writer.request("POST", target), "40"));
  writer.server(ok("ok"));
  writer.client(writer.request("GET", target) + "\r\n");
  writer.server(ok(R"(40{"sid":"wZX3oN0bSVIhsaknAAAI"})"));
  for (std::size_t i = random.between(0, 30); i > 0; --i) {
    if (random.chance(50)) {
      writer.client(with_length(writer.request("POST", target), event_packet(random)));
      writer.server(ok("ok"));
    } else {
      writer.client(writer.request("GET", target) + "\r\n");
      std::string payload = event_packet(random);
      for (std::size_t n = random.between(0, 5); n > 0; --n)
        payload += join({"\x1e", event_packet(random)});
      writer.server(ok(payload));
    }
  }
}

void write_socketio_websocket(Writer& writer, const Conversation& conversation, Random& random) {
  write_upgrade(writer, "/socket.io/?EIO=4&transport=websocket");
  writer.server(frame(From::Server, 0x81, open_packet(conversation), random));
  writer.client(frame(From::Client, 0x81, "40", random));
  writer.server(frame(From::Server, 0x81, R"(40{"sid":"wZX3oN0bSVIhsaknAAAI"})", random));
  for (std::size_t i = random.between(0, 300); i > 0; --i) {
    switch (random.between(0, 5)) {
      case 0:
        writer.server(frame(From::Server, 0x81, "2", random));
        writer.client(frame(From::Client, 0x81, "3", random));
        break;
      case 1:
        writer.server(
            frame(From::Server, 0x81, R"(451-["file",{"_placeholder":true,"num":0}])", random) +
            frame(From::Server, 0x82, random.bytes(random.size_up_to(50'000)), random));
        break;
      case 2:
        writer.client(frame(From::Client, 0x81, event_packet(random), random));
        break;
      case 3:
        writer.server(frame(From::Server, 0x81, "42[null,null]", random));
        break;
      default:
        writer.server(frame(From::Server, 0x81, event_packet(random), random));
    }
  }
}

void write(Writer& writer, const Conversation& conversation, Random& random) {
  const auto exchange = [&] {
    writer.client(random.chance(50) ? writer.request("GET", writer.path()) + "\r\n"
                                    : with_length(writer.request("POST", writer.path()),
                                                  random.bytes(random.size_up_to(200'000))));
    writer.server(ok(random.bytes(random.size_up_to(200'000))));
  };
  switch (conversation.kind) {
    case Kind::KeepAlive:
      for (std::size_t i = random.between(1, 20); i > 0; --i) exchange();
      return;
    case Kind::Pipelined: {
      std::string requests;
      std::string responses;
      for (std::size_t i = random.between(2, 30); i > 0; --i) {
        requests += writer.request("GET", writer.path()) + "\r\n";
        responses += ok(random.bytes(random.size_up_to(100'000)));
      }
      writer.client(requests);
      return writer.server(responses);
    }
    case Kind::Chunked:
      for (std::size_t i = random.between(1, 5); i > 0; --i) {
        writer.client(chunked(writer.request("POST", writer.path()), random));
        writer.server(chunked("HTTP/1.1 200 OK\r\n", random));
      }
      return;
    case Kind::ExpectContinue: {
      const std::string body = random.bytes(random.size_up_to(500'000));
      writer.client(writer.request("POST", writer.path()) +
                    "Expect: 100-continue\r\nContent-Length: " + std::to_string(body.size()) +
                    "\r\n\r\n");
      writer.server("HTTP/1.1 100 Continue\r\n\r\n");
      writer.client(body);
      return writer.server(ok("done"));
    }
    case Kind::Head:
      for (std::size_t i = random.between(1, 10); i > 0; --i) {
        writer.client(writer.request("HEAD", writer.path()) + "\r\n");
        writer.server("HTTP/1.1 200 OK\r\nContent-Length: 12345\r\n\r\n");
      }
      return exchange();
    case Kind::EarlyHints:
      writer.client(writer.request("GET", writer.path()) + "\r\n");
      writer.server("HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n");
      writer.server("HTTP/1.1 102 Processing\r\n\r\n");
      return writer.server(ok(random.bytes(random.size_up_to(200'000))));
    case Kind::BigUpload:
      writer.client(with_length(writer.request("POST", writer.path()),
                                random.bytes(random.between(kBigBytes / 8, kBigBytes))));
      return writer.server(ok("stored"));
    case Kind::BigDownload:
      writer.client(writer.request("GET", writer.path()) + "\r\n");
      return writer.server(ok(random.bytes(random.between(kBigBytes / 8, kBigBytes))));
    case Kind::UntilClose:
      writer.client(writer.request("GET", writer.path()) + "Connection: close\r\n\r\n");
      return writer.server(join({"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n",
                                 random.bytes(random.size_up_to(500'000))}));
    case Kind::ServerSentEvents:
      writer.client(writer.request("GET", "/events") + "Accept: text/event-stream\r\n\r\n");
      writer.server(
          "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: "
          "chunked\r\n\r\n");
      for (std::size_t i = random.between(1, 300); i > 0; --i)
        writer.server(chunk(join({"data: ", random.text(random.size_up_to(2000)), "\n\n"})));
      return writer.server("0\r\n\r\n");
    case Kind::WebSocket:
      return write_websocket(writer, random);
    case Kind::SocketIoPolling:
      return write_socketio_polling(writer, conversation, random);
    case Kind::SocketIoWebSocket:
      return write_socketio_websocket(writer, conversation, random);
  }
}

}  // namespace

std::string_view name(Kind kind) {
  switch (kind) {
    case Kind::KeepAlive:
      return "keep-alive";
    case Kind::Pipelined:
      return "pipelined";
    case Kind::Chunked:
      return "chunked";
    case Kind::ExpectContinue:
      return "expect-continue";
    case Kind::Head:
      return "head";
    case Kind::EarlyHints:
      return "early-hints";
    case Kind::BigUpload:
      return "big-upload";
    case Kind::BigDownload:
      return "big-download";
    case Kind::UntilClose:
      return "until-close";
    case Kind::ServerSentEvents:
      return "server-sent-events";
    case Kind::WebSocket:
      return "websocket";
    case Kind::SocketIoPolling:
      return "socketio-polling";
    case Kind::SocketIoWebSocket:
      return "socketio-websocket";
  }
  return "";
}

std::string_view name(Ending ending) {
  switch (ending) {
    case Ending::ClientFirst:
      return "client-first";
    case Ending::ServerFirst:
      return "server-first";
    case Ending::ClientHalfClose:
      return "client-half-close";
    case Ending::ServerHalfClose:
      return "server-half-close";
    case Ending::ClientReset:
      return "client-reset";
    case Ending::ServerReset:
      return "server-reset";
    case Ending::ClientResetUnheard:
      return "client-reset-unheard";
    case Ending::ServerResetUnheard:
      return "server-reset-unheard";
  }
  return "";
}

Conversation write_conversation(std::size_t number, Kind kind, Ending ending, Random& random) {
  Conversation conversation{
      .number = number, .kind = kind, .ending = ending, .client = {}, .server = {}};
  Writer writer(conversation, random);
  write(writer, conversation, random);
  if (ending == Ending::ClientResetUnheard) {
    conversation.flood_at = conversation.client.bytes.size();
    writer.client(random.bytes(kFloodBytes));
  } else if (ending == Ending::ServerResetUnheard) {
    conversation.flood_at = conversation.server.bytes.size();
    writer.server(random.bytes(kFloodBytes));
  }
  return conversation;
}

}  // namespace tests::transparency
