#include "tests/bench/load/polling_load.hpp"

#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <utility>

#include "tests/bench/load/frames.hpp"

namespace tests::bench {
namespace {

/// What stands behind `name`, in whatever case a proxy writes it, up to one of `until`; empty when
/// it is not there.
std::string_view value_of(std::string_view text, std::string_view name, std::string_view until) {
  const auto at = std::search(
      text.begin(), text.end(), name.begin(), name.end(),
      [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); });
  if (at == text.end()) return {};
  text.remove_prefix(static_cast<std::size_t>(at - text.begin()) + name.size());
  return text.substr(0, text.find_first_of(until));
}

}  // namespace

PollingLoad::PollingLoad(const Options& options) : Load(options), payloads_(options) {
  if (options.values.at("payload") == "binary" || payloads_.deflated)
    fail("--payload binary and --deflate are for websockets");
  for (std::size_t i = 0; i < options.count("connections"); ++i)
    clients_.push_back(std::make_unique<Client>());
}

void PollingLoad::begin() {
  for (auto& client : clients_) {
    for (HttpPeer** const peer : {&client->poll, &client->post}) {
      *peer = &static_cast<HttpPeer&>(open_client());
      (*peer)->of = client.get();
      (*peer)->polls = peer == &client->poll;
    }
    get(*client);
  }
}

void PollingLoad::read(Peer& base, std::string_view& bytes) {
  auto& peer = static_cast<HttpPeer&>(base);
  while (true) {
    const std::size_t end = bytes.find("\r\n\r\n");
    if (end == std::string_view::npos) return;
    const std::string_view head = bytes.substr(0, end + 2);
    const std::string_view length = value_of(head, "Content-Length: ", "\r");
    const std::size_t body_bytes = length.empty() ? 0 : std::stoul(std::string(length));
    if (bytes.size() < end + 4 + body_bytes) return;
    const std::string_view body = bytes.substr(end + 4, body_bytes);
    bytes.remove_prefix(end + 4 + body_bytes);
    if (peer.client)
      response(peer, body);
    else
      request(peer, head, body);
  }
}

// --- The client ---

void PollingLoad::get(Client& client) {
  out_ = "GET /socket.io/?EIO=4&transport=polling";
  if (!client.sid.empty()) out_ += "&sid=" + client.sid;
  out_ += " HTTP/1.1\r\nHost: localhost\r\nUser-Agent: bench\r\nAccept: */*\r\n\r\n";
  write(*client.poll, out_);
}

void PollingLoad::post(Client& client, std::string_view body) {
  client.ok_owed = true;
  out_ = "POST /socket.io/?EIO=4&transport=polling&sid=" + client.sid +
         " HTTP/1.1\r\nHost: localhost\r\nUser-Agent: bench\r\n"
         "Content-Type: text/plain;charset=UTF-8\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n";
  out_ += body;
  write(*client.post, out_);
}

void PollingLoad::response(HttpPeer& peer, std::string_view body) {
  Client& client = *peer.of;
  if (!peer.polls) {
    client.ok_owed = false;
    return go_on(client);
  }
  if (body.starts_with("0{")) {
    client.sid = value_of(body, "\"sid\":\"", "\"");
    post(client, "40");
  } else if (body.starts_with("40")) {
    client.connected = true;
    ++ready_;
  } else if (body.starts_with("42")) {
    client.echo_owed = false;
    ++echoes;
    messages += 2;
  }
  if (body != "6") get(client);
  go_on(client);
}

void PollingLoad::go_on(Client& client) {
  if (!client.connected || client.ok_owed || client.echo_owed || client.poll->may_end) return;
  if (!stopping()) {
    client.echo_owed = true;
    return post(client, read_frame(payloads_.next_for_client())->payload);
  }
  // Good-bye: the server answers the poll that hangs, and then both connections end.
  if (std::exchange(client.post->may_end, true)) {
    say_fin(*client.poll);
    say_fin(*client.post);
    return;
  }
  post(client, "1");
}

// --- The server ---

void PollingLoad::answer(HttpPeer& peer, std::string_view body) {
  out_ = "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Length: " +
         std::to_string(body.size()) + "\r\n\r\n";
  out_ += body;
  write(peer, out_);
}

void PollingLoad::request(HttpPeer& peer, std::string_view head, std::string_view body) {
  const std::string_view sid = value_of(head, "sid=", " &");
  if (sid.empty()) {
    char open[160];
    const int length =
        std::snprintf(open, sizeof open,
                      "0{\"sid\":\"%020llu\",\"upgrades\":[],\"pingInterval\":25000,"
                      "\"pingTimeout\":20000,\"maxPayload\":1000000}",
                      static_cast<unsigned long long>(++opened + static_cast<unsigned>(getpid()) *
                                                                     1'000'000'000ULL));
    sessions_[std::string(value_of(open, "\"sid\":\"", "\""))];
    return answer(peer, {open, static_cast<std::size_t>(length)});
  }
  Session& session = sessions_.find(sid)->second;
  if (head.starts_with("GET")) {
    if (!session.waiting.empty()) return answer(peer, std::exchange(session.waiting, {}));
    session.poll = &peer;
    return;
  }
  std::string reply(body);
  if (body == "40") reply = "40{\"sid\":\"" + std::string(sid) + "\"}";
  if (body == "1") reply = "6";
  answer(peer, "ok");
  if (session.poll != nullptr)
    answer(*std::exchange(session.poll, nullptr), reply);
  else
    session.waiting = reply;
}

}  // namespace tests::bench
