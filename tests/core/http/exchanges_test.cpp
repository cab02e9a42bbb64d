#include "core/http/exchanges.hpp"

#include <doctest/doctest.h>

#include "conversation.hpp"

using namespace conversation;
using core::Direction;
using core::http::Exchanges, core::http::Settings;
using Lines = std::vector<std::string>;

namespace {

const Settings kDefaults;

Lines items(const Conversation& said, const Settings& settings = kDefaults) {
  return items_of(said, settings);
}

const std::string kGet = "GET /socket.io/?EIO=4 HTTP/1.1\r\nHost: h\r\n\r\n";
const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

}  // namespace

TEST_CASE("Exchanges: a request and its response carry one number, and the next pair the next") {
  CHECK(items({client(kGet), server(kOk), client(kGet), server(kOk)}) ==
        Lines{"#0 GET /socket.io/?EIO=4 host=h", "#0 > end ", "#0 200 length=2", "#0 < end ok",
              "#1 GET /socket.io/?EIO=4 host=h", "#1 > end ", "#1 200 length=2", "#1 < end ok"});
}

TEST_CASE(
    "Exchanges: heads outside the prefix are foreign and their headers and bodies stay unread") {
  CHECK(items({client(
                   "POST /other HTTP/1.1\r\nHost: h\r\nCookie: a\r\nContent-Length: 4\r\n\r\nbody"),
               server(kOk)}) ==
        Lines{"#0 POST /other (foreign)", "#0 > end ", "#0 200 (foreign)", "#0 < end "});
}

TEST_CASE("Exchanges: the prefix is compared with the path, also in absolute form") {
  const auto head = [](std::string target) {
    return items({client("GET " + target + " HTTP/1.1\r\n\r\n")}).front();
  };
  CHECK(head("http://h:1/socket.io/?x") == "#0 GET http://h:1/socket.io/?x");
  CHECK(head("/?next=/socket.io/") == "#0 GET /?next=/socket.io/ (foreign)");
  CHECK(head("/socket.io") == "#0 GET /socket.io (foreign)");
}

TEST_CASE("Exchanges: HEAD, 204 and 304 have no body, whatever length they claim") {
  const std::string claim = "Content-Length: 5\r\n\r\n";
  CHECK(items({client("HEAD /socket.io/ HTTP/1.1\r\n\r\n" + kGet + kGet),
               server("HTTP/1.1 200 OK\r\n" + claim + "HTTP/1.1 204 No Content\r\n" + claim +
                      "HTTP/1.1 304 Not Modified\r\n" + claim)}) ==
        Lines{"#0 HEAD /socket.io/", "#0 > end ", "#1 GET /socket.io/?EIO=4 host=h", "#1 > end ",
              "#2 GET /socket.io/?EIO=4 host=h", "#2 > end ", "#0 200 length=5", "#0 < end ",
              "#1 204 length=5", "#1 < end ", "#2 304 length=5", "#2 < end "});
}

TEST_CASE("Exchanges: interim responses are read over, even one that says Connection: close") {
  CHECK(items({client(kGet), server("HTTP/1.1 100 Continue\r\n\r\n"
                                    "HTTP/1.1 103 Early Hints\r\nConnection: close\r\n\r\n" +
                                    kOk)}) ==
        Lines{"#0 GET /socket.io/?EIO=4 host=h", "#0 > end ", "#0 200 length=2", "#0 < end ok"});
}

TEST_CASE("Exchanges: a response without a length ends with the stream") {
  Listener listener(kDefaults);
  listener.hear(Direction::ToServer, kGet);
  listener.hear(Direction::ToClient, "HTTP/1.1 200 OK\r\n\r\nuntil");
  listener.hear(Direction::ToClient, " the end");
  CHECK(listener.items().size() == 3);
  listener.finish(Direction::ToClient);
  CHECK(listener.items().back() == "#0 < end until the end");
}

TEST_CASE(
    "Exchanges: a stream that ends inside a message is EndInsideMessage, between them nothing") {
  CHECK(items({client(kGet), server("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")}).back() ==
        "error 6 < at 42");
  CHECK(items({client("GET /socket.io/ HT")}).back() == "error 6 > at 18");
  CHECK(items({client(kGet), server(kOk)}).back() == "#0 < end ok");
}

TEST_CASE(
    "Exchanges: a 101 ends HTTP, client bytes that came before it are in early_bytes, in order") {
  CHECK(
      items({client(upgrade_request("/socket.io/") + "one"), client(" two"),
             server(switching("Sec-WebSocket-Extensions: x, permessage-deflate; a=1\r\n") + "down"),
             client(" three"), server("stairs")}) ==
      Lines{"#0 GET /socket.io/ host=h key=dGhlIHNhbXBsZSBub25jZQ== upgrade=websocket "
            "connection=keep-alive, Upgrade extensions=permessage-deflate; client_max_window_bits",
            "#0 > end ",
            "#0 101 upgrade=websocket connection=Upgrade extensions=x, permessage-deflate; a=1",
            "#0 upgraded websocket extensions=x, permessage-deflate; a=1", "raw > one two three",
            "raw < downstairs"});
}

TEST_CASE(
    "Exchanges: a declined upgrade turns held bytes back into requests before its body goes on") {
  CHECK(items({client(upgrade_request("/other") + kGet),
               server("HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\n\r\nno" + kOk)}) ==
        Lines{"#0 GET /other (foreign) upgrade=websocket extensions=permessage-deflate; "
              "client_max_window_bits",
              "#0 > end ", "#0 400 (foreign)", "#1 GET /socket.io/?EIO=4 host=h", "#1 > end ",
              "#0 < end ", "#1 200 length=2", "#1 < end ok"});
}

TEST_CASE(
    "Exchanges: an upgrade declined while its body is on the way leaves the request side in HTTP") {
  const Lines lines =
      items({client("POST /socket.io/ HTTP/1.1\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n"
                    "Content-Length: 6\r\n\r\nfoo"),
             server(kOk), client("bar" + kGet), server(kOk)});
  CHECK(lines == Lines{"#0 POST /socket.io/ upgrade=h2c connection=Upgrade length=6",
                       "#0 200 length=2", "#0 < end ok", "#0 > end foobar",
                       "#1 GET /socket.io/?EIO=4 host=h", "#1 > end ", "#1 200 length=2",
                       "#1 < end ok"});
}

TEST_CASE("Exchanges: held bytes are bounded") {
  const Settings tight{.early_bytes_max = 8};
  const std::string ask = upgrade_request("/socket.io/");
  CHECK(items({client(ask + "12345678"), server(switching())}, tight).back() == "raw < ");
  CHECK(items({client(ask + "123456789"), server(switching())}, tight).back() ==
        "error 5 > at " + std::to_string(ask.size() + 8));
}

TEST_CASE(
    "Exchanges: a client that ends while its upgrade is undecided is judged after the answer") {
  Listener listener(kDefaults);
  listener.hear(Direction::ToServer, upgrade_request("/socket.io/") + "GET /ha");
  listener.finish(Direction::ToServer);
  CHECK(listener.items().size() == 2);
  listener.hear(Direction::ToClient, kOk);
  CHECK(listener.items().back().starts_with("error 6 >"));
}

TEST_CASE(
    "Exchanges: what follows Connection: close is Leftover once, and the response still comes") {
  CHECK(items({client("GET /socket.io/ HTTP/1.1\r\nConnection: close\r\n\r\n\r\n" + kGet),
               client("x"),
               server("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\nA"),
               server("late"), server("r")}) ==
        Lines{"#0 GET /socket.io/ connection=close", "#0 > end ", "leftover >",
              "#0 200 connection=close length=1", "#0 < end A", "leftover <"});
}

TEST_CASE("Exchanges: a 2xx to CONNECT is a tunnel, anything else is a response") {
  const std::string connect = "CONNECT h:443 HTTP/1.1\r\n\r\n";
  CHECK(items({client(connect), server("HTTP/1.1 407 No\r\nContent-Length: 0\r\n\r\n"),
               client(connect + "tls"), server("HTTP/1.1 200 OK\r\n\r\n!")}) ==
        Lines{"#0 CONNECT h:443 (foreign)", "#0 > end ", "#0 407 (foreign)", "#0 < end ",
              "#1 CONNECT h:443 (foreign)", "#1 > end ", "#1 200 (foreign)", "#1 tunnel",
              "raw > tls", "raw < !"});
}

TEST_CASE("Exchanges: kPipelinedRequestsMax requests may wait, one more is TooManyPipelined") {
  std::string many;
  for (std::size_t i = 0; i < core::http::kPipelinedRequestsMax; ++i) many += kGet;
  CHECK(items({client(many), server(kOk), client(kGet)}).back() == "#32 > end ");
  CHECK(items({client(many + kGet)}).back() ==
        "error 4 > at " + std::to_string(many.size() + kGet.size()));
}

TEST_CASE("Exchanges: a response that nobody asked for is ResponseWithoutRequest") {
  CHECK(items({server("HTTP/1.1 408 Request Timeout\r\n\r\n")}).back() == "error 2 < at 0");
  CHECK(items({client(kGet), server(kOk + kOk)}).back() == "error 2 < at 40");
}

TEST_CASE("Exchanges: a 101 to a request that asked for no upgrade is UnexpectedUpgrade") {
  CHECK(items({client(kGet), server(switching())}).back().starts_with("error 3 <"));
}

TEST_CASE("Exchanges: after an error both directions are swallowed") {
  CHECK(items({client("\x16\x03\x01"), client(kGet), server(kOk)}) == Lines{"error 0 > at 0"});
}

TEST_CASE(
    "Exchanges: a header that does not fit is left out and flagged, those after it are kept") {
  const Settings tight{.head_bytes_max = 40};
  CHECK(items({client(std::string("GET /socket.io/ HTTP/1.1\r\nHost: h\r\nCookie: ") +
                      std::string(30, 'c') + "\r\nOrigin: o\r\n\r\n")},
              tight)
            .front() == "#0 GET /socket.io/ (truncated) host=h origin=o");
  CHECK(items({client(std::string("GET /socket.io/") + std::string(40, 'x') + " HTTP/1.1\r\n\r\n")},
              tight)
            .front() == std::string("#0 GET /socket.io/") + std::string(29, 'x') + " (truncated)");
}

TEST_CASE(
    "Exchanges: of X-Forwarded-For the last lines stand, or none, whatever the first filled") {
  const Settings tight{.head_bytes_max = 40};
  const auto kept = [&](const std::string& lines) {
    return items({client("GET /socket.io/ HTTP/1.1\r\n" + lines + "\r\n")}, tight).front();
  };
  const std::string line = "X-Forwarded-For: ", head = "#0 GET /socket.io/";
  // Room for the target, of 11 bytes, and 29 more.
  CHECK(kept(line + "100.100.0.1\r\n" + line + "100.100.0.2\r\n") ==
        head + " (truncated) xff=100.100.0.2");
  CHECK(kept(line + std::string(50, '1') + "\r\n" + line + "10.0.0.2\r\n") ==
        head + " (truncated) xff=10.0.0.2");
  CHECK(kept(line + "6.6.6.6\r\n" + line + std::string(50, '1') + "\r\n") == head + " (truncated)");
}

TEST_CASE(
    "Exchanges: repeated headers are joined, the configured one is kept, Set-Cookie is a flag") {
  const Settings settings{.extra_header = "x-client"};
  CHECK(items({client("GET /socket.io/ HTTP/1.1\r\nCOOKIE: a=1\r\nX-Client:  me \t\r\n"
                      "X-Forwarded-For: 1\r\ncookie: b=2\r\nX-Forwarded-For: 2\r\n\r\n"),
               server("HTTP/1.1 200 OK\r\nSet-Cookie: secret\r\nContent-Length: 0\r\n\r\n")},
              settings) == Lines{"#0 GET /socket.io/ cookie=a=1; b=2 xff=1, 2 extra=me",
                                 "#0 > end ", "#0 200 set-cookie= length=0", "#0 < end "});
}

TEST_CASE("Exchanges: unanswered() counts requests without a complete response") {
  Listener listener(kDefaults);
  listener.hear(Direction::ToServer, kGet + kGet);
  CHECK(listener.exchanges().unanswered() == 2);
  listener.hear(Direction::ToClient, kOk);
  CHECK(listener.exchanges().unanswered() == 1);
}
