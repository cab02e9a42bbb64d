#pragma once

#include "conversation.hpp"

namespace conversation {

/// One of each kind: what browsers, Node and their servers say to each other.
inline std::vector<Conversation> recorded() {
  const std::string eof_response =
      "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nuntil the end";
  return {
      // Long polling, kept alive.
      {client("GET /socket.io/?EIO=4&transport=polling&t=abc HTTP/1.1\r\nHost: h:1\r\n"
              "User-Agent: Mozilla/5.0\r\nOrigin: http://a\r\nCookie: io=1; x=2\r\n\r\n"),
       server("HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Length: 5\r\n"
              "Access-Control-Allow-Origin: *\r\nSet-Cookie: io=secret\r\n\r\n0{\"s}"),
       client("POST /socket.io/?EIO=4&transport=polling&sid=s HTTP/1.1\r\nHost: h:1\r\n"
              "Content-type: text/plain;charset=UTF-8\r\nContent-Length: 2\r\n\r\n40"),
       server("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nok")},
      // Chunked both ways, with extensions and trailers.
      {client(
           "POST /socket.io/?a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
           "3\r\nabc\r\n4;name=value\r\ndefg\r\n0\r\nX-Trailer: t\r\nCookie: trailing=1\r\n\r\n"),
       server("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n"
              "1\r\nx\r\nA\r\n0123456789\r\n0\r\n\r\n")},
      // Pipelined, HEAD among them, foreign ones too.
      {client("GET /socket.io/?1 HTTP/1.1\r\nHost: h\r\n\r\nHEAD /socket.io/?2 HTTP/1.1\r\nHost: "
              "h\r\n\r\n"
              "GET /favicon.ico HTTP/1.1\r\nHost: h\r\nCookie: c=1\r\n\r\n"
              "DELETE /socket.io/?4 HTTP/1.1\r\nHost: h\r\n\r\n"),
       server("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\none"
              "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"
              "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Type: image/png\r\n\r\nicon"
              "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n")},
      // Interim responses; 304 with a length.
      {client("POST /socket.io/ HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: "
              "4\r\n\r\n"),
       server("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nConnection: close\r\n\r\n"),
       client("body"), server("HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n"),
       client("GET /socket.io/ HTTP/1.1\r\nHost: h\r\n\r\n"),
       server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")},
      // A websocket whose client is early, and whose frames follow the 101 in one read.
      {client(upgrade_request("/socket.io/?EIO=4&transport=websocket") + "early "), client("bird"),
       server(switching() + "frames from the server"), client(" and more")},
      // Compression agreed.
      {client(upgrade_request("/socket.io/?transport=websocket", "Origin: http://a\r\n")),
       server(switching(
           "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover\r\n")),
       server("<"), client(">")},
      // A Socket.IO v4 server refuses a v2 client after the switch.
      {client(upgrade_request("/socket.io/?EIO=3&transport=websocket")), server(switching()),
       server("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 3\r\n\r\nbad")},
      // A declined upgrade: what the client pipelined behind it is HTTP after all, twice over.
      {client(upgrade_request("/socket.io/?1") +
              "POST /socket.io/?2 HTTP/1.1\r\nHost: h\r\n"
              "Content-Length: 4\r\n\r\nbody" +
              upgrade_request("/socket.io/?3") + "early"),
       server("HTTP/1.1 400 Bad Request\r\nContent-Length: 2\r\n\r\nno"
              "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok" +
              switching() + "frames"),
       client(" bytes")},
      // An upgrade that the server answers with a page, after which the connection closes.
      {client(upgrade_request("/socket.io/?1")),
       server("HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 1\r\n\r\nX\r\n")},
      // h2c, asked for with a body, and refused before and after the body is complete.
      {client("POST /socket.io/ HTTP/1.1\r\nHost: h\r\nConnection: Upgrade, HTTP2-Settings\r\n"
              "Upgrade: h2c\r\nContent-Length: 6\r\n\r\nfoo"),
       server("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nA"),
       client("bar"
              "GET /socket.io/?next HTTP/1.1\r\nHost: h\r\n\r\n"),
       server("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nB")},
      // A response that lasts until the stream ends.
      {client("GET /socket.io/ HTTP/1.0\r\n\r\n"), server(eof_response)},
      // Nothing may follow Connection: close; the other direction goes on.
      {client("GET /socket.io/ HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n\r\nGET / "
              "HTTP/1.1\r\n\r\n"),
       server("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nokleftover")},
      // CONNECT, declined and accepted.
      {client("CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\n"),
       server("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 2\r\n\r\nno"),
       client("CONNECT h:443 HTTP/1.1\r\nHost: h:443\r\n\r\nearly"),
       server("HTTP/1.1 200 OK\r\n\r\ntunnelled"), client(" late")},
      // Other upgrades.
      {client(upgrade_request("/chat")), server(switching()), client("x"), server("y")},
      // Folded, padded, repeated, empty and odd headers; absolute form.
      {client("GET http://h/socket.io/?x HTTP/1.1\r\nHost:h\r\nUSER-AGENT:   spaced out \t \r\n"
              "Cookie: a=1\r\nX-Forwarded-For: 10.0.0.1\r\nCookie: b=2\r\nX-Forwarded-For: "
              "10.0.0.2\r\n"
              "Origin:\r\nX-Client: key\r\nAuthorization: Bearer t\r\n"
              "X-A-Name-That-Is-Much-Longer-Than-Any-Name-That-Anyone-Would-Ever-Have-Looked-For: "
              "v\r\n\r\n"),
       server("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nAccess-Control-Allow-Credentials: "
              "true\r\n\r\n")},
      // Trouble.
      {client("GET /socket.io/ HTTP/1.1\r\nHost: h\r\n\r\n"), server("SSH-2.0-OpenSSH\r\n"),
       client("x")},
      {client("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")},
      {client("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")},
      {server("HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n")},
      {client("GET /socket.io/ HTTP/1.1\r\nHost: h\r\n\r\n"), server(switching())},
      {client(
          "POST /socket.io/ HTTP/1.1\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n")},
      {client("POST /socket.io/ HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")},
      {client("POST /socket.io/ HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhalf")},
      {client("GET /socket.io/ HTTP/1.1\r\nHost: h\r\n\r\n"),
       server("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")},
  };
}

}  // namespace conversation
