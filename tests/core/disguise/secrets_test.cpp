#include "core/disguise/secrets.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <string_view>

using core::disguise::Secret;

namespace {

/// The secrets of `text`, each on a line; digits with a `#`.
std::string found(std::string_view text, void (*find)(std::string_view, std::vector<Secret>&)) {
  std::vector<Secret> secrets;
  find(text, secrets);
  std::string out;
  for (const Secret& secret : secrets) {
    if (secret.alphabet == core::disguise::Alphabet::Digits) out += '#';
    out.append(text.substr(secret.begin, secret.bytes)) += '\n';
  }
  return out;
}
std::string in_head(std::string_view text) { return found(text, core::disguise::find_in_head); }
std::string in_connect(std::string_view text) {
  return found(text, core::disguise::find_in_connect);
}
std::string in_payload(std::string_view text) {
  return found(text, core::disguise::find_in_payload);
}
std::string in_msgpack(std::string_view text) {
  return found(text, core::disguise::find_in_msgpack);
}

}  // namespace

TEST_CASE("Secrets: cookies keep their names, credentials their scheme") {
  CHECK(in_head("GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\n"
                "Host: a.example\r\n"
                "Cookie: io=abc123; theme=dark\r\n"
                "Authorization: Bearer eyJhbGciOi.J9\r\n"
                "User-Agent: node\r\n\r\n") == "abc123\ndark\neyJhbGciOi.J9\n");
  CHECK(in_head("HTTP/1.1 200 OK\r\nset-cookie: io=abc123; Path=/; HttpOnly\r\n\r\n") ==
        "abc123\n");
}

TEST_CASE("Secrets: headers that are named like one, and those that only sound so") {
  CHECK(in_head("GET / HTTP/1.1\r\nX-Api-Key: k-1\r\nX-CSRF-Token:  t-2 \r\n\r\n") == "k-1\nt-2\n");
  CHECK(in_head("GET / HTTP/1.1\r\nX-Custom-Authorization: abc\r\n\r\n") == "abc\n");
  CHECK(in_head("HTTP/1.1 401 No\r\nWWW-Authenticate: Basic realm=\"x\"\r\n"
                "Access-Control-Allow-Headers: authorization\r\n\r\n") == "");
  CHECK(in_head("GET / HTTP/1.1\r\nSec-WebSocket-Key: dGhlIHNhbXBsZQ==\r\n\r\n") == "");
}

TEST_CASE("Secrets: a header that goes on in the next line is hidden there too") {
  CHECK(in_head("GET / HTTP/1.1\r\nX-Api-Key: one\r\n two\r\nHost: a\r\n\r\n") == "one\ntwo\n");
}

TEST_CASE("Secrets: query parameters that are named like one") {
  CHECK(
      in_head("GET /socket.io/?EIO=4&transport=polling&t=Pabc&sid=s1&token=xyz&room=7 HTTP/1.1\r\n"
              "Referer: http://a.example/?access_token=uvw&x=1\r\n\r\n") == "xyz\nuvw\n");
}

TEST_CASE("Secrets: all of a CONNECT's payload but what recovery needs") {
  CHECK(in_connect("0{\"token\":\"abc\",\"user\":{\"id\":42,\"tags\":[\"x\",1.5]}}") ==
        "abc\n#42\nx\n#1\n#5\n");
  CHECK(in_connect("0/chat,{\"pid\":\"p1\",\"offset\":\"o1\",\"token\":\"abc\"}") == "abc\n");
  CHECK(in_connect("0/chat,{\"nested\":{\"pid\":\"hidden\"}}") == "hidden\n");
  CHECK(in_connect("0/chat,{\"a\":\"with \\\" quote\"}") == "with \\\" quote\n");
  CHECK(in_connect("0/chat?token=abc&sid=s") == "abc\n");
  CHECK(in_connect("0/chat?token=abc,") == "abc\n");
  CHECK(in_connect("0") == "");
  CHECK(in_connect("0{\"token\":\"cut off") == "cut off\n");
}

TEST_CASE("Secrets: CONNECTs in polling payloads of every form") {
  CHECK(in_payload("40{\"token\":\"abc\"}") == "abc\n");
  CHECK(in_payload("42[\"login\",{\"token\":\"kept\"}]\x1e"
                   "40/chat,{\"token\":\"abc\"}\x1e"
                   "3") == "abc\n");
  CHECK(in_payload("17:40/chat?token=abc2:42") == "abc\n");
  CHECK(in_payload(std::string("\0\1\7\xff", 4) + "40/chat?token=abc" + std::string("\0\1\xff", 3) +
                   "2") == "abc\n");
  CHECK(in_payload("d=40%7B%22token%22%3A%22abc%22%7D") == "token\nabc\n");
  CHECK(in_payload("d=42%5B%22a%22%2C%22abc%22%5D") == "");
}

TEST_CASE("Secrets: a CONNECT of the msgpack parser, by its type") {
  const std::string data = std::string("\xa4") + "data" + "\x83" +
                           "\xa5token\xa3"
                           "abc" +
                           "\xa3pid\xa2p1" + "\xa1n\x81\xa1k\xa3xyz";
  CHECK(in_msgpack(std::string("\x83\xa4type\x00\xa3nsp\xa1/", 13) + data) == "abc\nxyz\n");
  CHECK(in_msgpack(std::string("\x83\xa4type\x02\xa3nsp\xa1/", 13) + data) == "");
}
