#include "core/capture/har_reader.hpp"

#include <algorithm>
#include <cmath>

#include "core/capture/number_times.hpp"
#include "core/capture/part.hpp"
#include "core/capture/problems.hpp"
#include "core/capture/recorded_order.hpp"
#include "core/capture/time_text.hpp"
#include "core/engineio/base64.hpp"
#include "core/http/target.hpp"
#include "core/json/json.hpp"

namespace core::capture {
namespace {

using json::Kind;

/// `[{"name":..,"value":..}]` or `[["name","value"]]`.
Exchange::Headers headers_of(const Part& list) {
  Exchange::Headers headers;
  list.each([&](const Part& one) {
    if (one.is(Kind::Object)) {
      headers.emplace_back(one["name"].text(), one["value"].text());
      return;
    }
    std::vector<std::string> both;
    one.each([&](const Part& part) { both.push_back(part.text()); });
    if (both.size() == 2) headers.emplace_back(both[0], both[1]);
  });
  return headers;
}

/// Bodies stand unpacked in a HAR.
void drop_content_encoding(Exchange::Headers& headers) {
  std::erase_if(headers, [](const auto& header) {
    std::string name = header.first;
    for (char& c : name) c = static_cast<char>(c | 0x20);
    return name == "content-encoding";
  });
}

/// `ws://host:3000/socket.io/?x` in two parts.
struct Url {
  std::string host;
  std::string target;
};
Url url_of(std::string_view text) {
  text = text.substr(0, text.find('#'));
  const auto scheme = text.find("://");
  if (scheme == std::string_view::npos) return {{}, std::string(text)};
  const std::string_view rest = text.substr(scheme + 3);
  const auto path = std::min(rest.find_first_of("/?"), rest.size());
  std::string target(rest.substr(path));
  if (!target.starts_with('/')) target.insert(0, 1, '/');
  return {std::string(rest.substr(0, path)), target};
}

/// Playwright writes milliseconds when the WebSocket began, plus seconds since then. Fixed in 1.62;
/// of Firefox they were right. Source: microsoft/playwright#41360.
bool counts_in_seconds(const Part& log) {
  const std::string version = log["creator"]["version"].text();
  return log["creator"]["name"].text() == "Playwright" && version.starts_with("1.61.") &&
         log["browser"]["name"].text() != "firefox";
}

class HarReader {
 public:
  HarReader(std::string_view text, const Attachments& attachments)
      : text_(text), attachments_(attachments) {}

  Exchanges read(const Part& log) {
    counts_in_seconds_ = counts_in_seconds(log);
    log["entries"].each([&](const Part& entry) { read_entry(entry); });
    if (const double holes = log["_sioHoles"].number().value_or(0); holes > 0)
      problem(log, "the capture that it was made of had holes");
    if (counts_in_seconds_ && websockets_ != 0)
      problem(log,
              "Playwright 1.61 writes wrong times of WebSocket messages, and these are a guess; "
              "record it again with 1.62 or later");
    tell_what_is_not_recorded();
    result_.problems = problems_.take();
    return std::move(result_);
  }

 private:
  void read_entry(const Part& entry) {
    const Part request = entry["request"], response = entry["response"];
    const Url url = url_of(request["url"].text());
    if (!is_engine_request(url.target)) return;
    const auto started = read_time(entry["startedDateTime"].text());
    if (!started) return problem(entry, "an entry that does not say when it started");

    Exchange exchange;
    exchange.client = client_of(entry);
    exchange.server = url.host;
    exchange.method = request["method"].text();
    if (exchange.method.empty()) exchange.method = "GET";
    exchange.target = url.target;
    exchange.request_headers = headers_of(request["headers"]);
    exchange.response_headers = headers_of(response["headers"]);
    drop_content_encoding(exchange.response_headers);
    read_times(entry, *started, exchange);
    read_request_body(request, exchange);

    const bool websocket = is_websocket(entry, response, exchange.target);
    const double status = response["status"].number().value_or(0);
    if (!(status >= 100 && status <= 999) && !(websocket && entry["_webSocketMessages"].there()))
      read_failure(entry, response, exchange);
    else if (websocket)
      read_websocket(entry, response, exchange);
    else
      read_answer(response, static_cast<std::uint16_t>(status), exchange);
    result_.exchanges.push_back(std::move(exchange));
  }

  /// A page stands for its client, where its address is not recorded.
  static std::string client_of(const Part& entry) {
    if (std::string address = entry["_sioClient"].text(); !address.empty()) return address;
    const std::string page = entry["pageref"].text();
    return (page.empty() ? "har" : page) + ":0";
  }

  static bool is_websocket(const Part& entry, const Part& response, std::string_view target) {
    if (response["status"].number() == 101.0 || entry["_webSocketMessages"].there()) return true;
    const auto transport =
        http::query_parameter(http::split_target(target).query, "transport").value_or("");
    const double status = response["status"].number().value_or(0);
    return entry["_resourceType"].text() == "websocket" && transport == "websocket" &&
           status == 200;  // Some write that.
  }

  static void read_times(const Part& entry, Instant started, Exchange& exchange) {
    const Part timings = entry["timings"];
    const Duration whole = milliseconds(entry["time"].number().value_or(0));
    const Duration receive = milliseconds(timings["receive"].number().value_or(0));
    const Duration wait = milliseconds(timings["wait"].number().value_or(0));
    exchange.ended = started + whole;
    exchange.answered = std::max(started, exchange.ended - receive);
    exchange.asked = std::max(started, exchange.answered - wait);
    if (wait == Duration(0)) exchange.asked = started;
  }

  /// Status 0, or -1: there is no answer. Chrome and Playwright say why.
  static void read_failure(const Part& entry, const Part& response, Exchange& exchange) {
    std::string why = response["_error"].text();
    if (why.empty()) why = response["_failureText"].text();
    if (why.empty()) why = entry["_failureText"].text();
    if (why.empty())
      exchange.failure = Exchange::Failure::Unknown;
    else if (why.find("ABORTED") != std::string::npos || why.find("ancel") != std::string::npos)
      exchange.failure = Exchange::Failure::ByClient;
    else
      exchange.failure = Exchange::Failure::ByServer;
  }

  /// Every POST says something, and so does every answer to a poll: an empty one is not recorded.
  void read_request_body(const Part& request, Exchange& exchange) {
    exchange.request_body = content_of(request["postData"]);
    if (exchange.method != "POST" || !exchange.request_body.empty()) return;
    exchange.request_body_absent = true;
    ++bodies_absent_;
  }

  void read_answer(const Part& response, std::uint16_t status, Exchange& exchange) {
    exchange.status = status;
    exchange.response_body = content_of(response["content"]);
    if (status == 200 && exchange.method == "GET" && exchange.response_body.empty()) {
      exchange.response_body_absent = true;
      ++bodies_absent_;
    }
  }

  std::string content_of(const Part& content) {
    if (const std::string file = content["_file"].text(); !file.empty())
      return attachment(content, file).value_or("");
    std::string text = content["text"].text();
    if (content["encoding"].text() != "base64") return text;
    std::string bytes;
    engineio::decode_base64(text, bytes);
    return bytes;
  }

  void read_websocket(const Part& entry, const Part& response, Exchange& exchange) {
    exchange.status = 101;
    ++websockets_;
    // Its `time` is its whole life; the answer came after the wait.
    const Duration wait = milliseconds(entry["timings"]["wait"].number().value_or(0));
    const auto started = *read_time(entry["startedDateTime"].text());
    exchange.asked = started;
    exchange.answered = exchange.ended =
        started + std::min(wait, Duration(std::chrono::seconds(5)));

    const Part messages = entry["_webSocketMessages"];
    messages.each([&](const Part& one) { read_message(one, exchange); });
    const std::string file = response["content"]["_file"].text();
    if (!messages.there() && !file.empty()) read_lines(response, file, exchange);
    // The handshake was over before anything was said.
    if (!exchange.messages.empty())
      exchange.answered =
          std::min(exchange.answered, std::max(exchange.asked, exchange.messages.front().at));
    read_close(entry, exchange);
    if (!exchange.close) ++ends_absent_;
  }

  /// Playwright's attached messages: a JSON object a line.
  void read_lines(const Part& place, const std::string& name, Exchange& exchange) {
    const auto lines = attachment(place, name);
    if (!lines) return;
    for (std::string_view rest = *lines; !rest.empty();) {
      const std::string_view line = rest.substr(0, rest.find('\n'));
      rest.remove_prefix(std::min(line.size() + 1, rest.size()));
      if (json::inspect(line)) read_message(Part(json::leading_value(line)), exchange);
    }
  }

  void read_message(const Part& one, Exchange& exchange) {
    const std::string type = one["type"].text();
    const double opcode = one["opcode"].number().value_or(1);
    if ((type != "send" && type != "receive") || (opcode != 1 && opcode != 2)) return;
    Exchange::Message message;
    message.direction = type == "send" ? Direction::ToServer : Direction::ToClient;
    message.type = opcode == 1 ? websocket::MessageType::Text : websocket::MessageType::Binary;
    message.data = one["data"].text();
    if (opcode == 2) {
      std::string bytes;
      engineio::decode_base64(message.data, bytes);
      message.data = std::move(bytes);
    }
    auto time = one["time"].number();
    if (counts_in_seconds_ && time && exchange.messages.empty()) first_time_ = *time;
    if (counts_in_seconds_ && time) time = first_time_ + (*time - first_time_) * 1e3;
    const auto at = instant_of(time);
    if (!at) ++messages_undated_;
    message.at =
        at.value_or(exchange.messages.empty() ? exchange.answered : exchange.messages.back().at);
    exchange.messages.push_back(std::move(message));
  }

  /// HTTP Toolkit's, and ours: `{"code":1000,"timestamp":..}` or `"aborted"`.
  static void read_close(const Part& entry, Exchange& exchange) {
    const Part close = entry["_webSocketClose"];
    if (!close.is(Kind::Object) && !close.is(Kind::String)) return;
    const Instant last =
        exchange.messages.empty() ? exchange.answered : exchange.messages.back().at;
    Exchange::Close ended{
        std::max(last, exchange.asked + milliseconds(entry["time"].number().value_or(0))),
        Direction::ToServer, std::nullopt};
    if (close["_sioBy"].text() == "server") ended.by = Direction::ToClient;
    if (const auto at = instant_of(close["timestamp"].number())) ended.at = *at;
    const double code = close["code"].number().value_or(0);
    if (code >= 1000 && code <= 4999) ended.code = static_cast<std::uint16_t>(code);
    if (ended.code == std::uint16_t{1006}) ended.code = std::nullopt;  // No frame says that.
    exchange.close = ended;
  }

  std::optional<std::string> attachment(const Part& place, const std::string& name) {
    auto found = attachments_(name);
    if (!found) problem(place, "its attached file '" + name + "' is not there");
    return found;
  }

  void problem(const Part& place, std::string sentence, bool hides_traffic = true) {
    const std::uint64_t offset =
        place.raw().empty() ? 0 : static_cast<std::uint64_t>(place.raw().data() - text_.data());
    problems_.add({offset, std::move(sentence), hides_traffic});
  }

  void tell_what_is_not_recorded() {
    if (ends_absent_ != 0)
      problem({},
              "the end of " + std::to_string(ends_absent_) +
                  " WebSockets is not recorded: one that closed looks like one that stayed open",
              false);
    if (messages_undated_ != 0)
      problem({}, std::to_string(messages_undated_) + " WebSocket messages have no time");
    if (bodies_absent_ != 0)
      problem({}, "the contents of " + std::to_string(bodies_absent_) +
                      " requests or answers are not recorded; export the HAR with content");
  }

  std::string_view text_;
  const Attachments& attachments_;
  Exchanges result_;
  Problems problems_;
  double first_time_ = 0;  ///< of the WebSocket being read
  bool counts_in_seconds_ = false;
  std::size_t websockets_ = 0;
  std::size_t ends_absent_ = 0;
  std::size_t messages_undated_ = 0;
  std::size_t bodies_absent_ = 0;
};

}  // namespace

tl::expected<Exchanges, HarError> read_har(std::string_view text, const Attachments& attachments) {
  constexpr std::string_view kBom = "\xef\xbb\xbf";
  const std::size_t bom_bytes = text.starts_with(kBom) ? kBom.size() : 0;
  const std::string_view document = text.substr(bom_bytes);
  if (const auto shape = json::inspect(document); !shape)
    return tl::unexpected(
        HarError{shape.error().offset_bytes + bom_bytes, json::reason_text(shape.error().code)});
  const auto start = document.find_first_not_of(" \t\r\n");
  const Part log = Part(json::leading_value(document.substr(start)))["log"];
  if (!log["entries"].is(Kind::Array))
    return tl::unexpected(HarError{0, "it holds no log.entries"});
  Exchanges result = HarReader(text, attachments).read(log);
  set_in_order(result.exchanges);
  return result;
}

}  // namespace core::capture
