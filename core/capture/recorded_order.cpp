#include "core/capture/recorded_order.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "core/http/target.hpp"

namespace core::capture {
namespace {

constexpr Duration kAccuracy = std::chrono::milliseconds(20);

std::string sid_in(const Exchange& exchange) {
  return std::string(
      http::query_parameter(http::split_target(exchange.target).query, "sid").value_or(""));
}

/// The sid that a handshake gives, wrapped as it may be; empty when it is none.
std::string sid_given(const Exchange& exchange) {
  constexpr std::string_view kName = "sid";
  constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const std::string_view body = exchange.response_body;
  const auto name = body.find(kName);
  if (name == std::string_view::npos) return {};
  const auto begin = body.find_first_of(kLetters, name + kName.size());
  if (begin == std::string_view::npos) return {};
  const auto end = std::min(body.find_first_not_of(kLetters, begin), body.size());
  return std::string(body.substr(begin, end - begin));
}

/// The answer has come by `by`, if it cannot have come much later.
void come_before(Exchange& exchange, Instant by) {
  if (exchange.ended < by || exchange.ended > by + kAccuracy) return;
  exchange.ended = std::max(exchange.asked, by - Duration(1));
  exchange.answered = std::min(exchange.answered, exchange.ended);
}

}  // namespace

void set_in_order(std::vector<Exchange>& exchanges) {
  std::map<std::pair<std::string, std::string>, std::vector<Exchange*>> in_row;
  std::map<std::string, Instant> first_use;
  for (Exchange& one : exchanges) {
    const std::string sid = sid_in(one);
    if (sid.empty()) continue;
    const auto [use, is_first] = first_use.try_emplace(sid, one.asked);
    if (!is_first) use->second = std::min(use->second, one.asked);
    if (one.status != 101 && one.failure == Exchange::Failure::None)
      in_row[{sid, one.method}].push_back(&one);
  }
  for (Exchange& one : exchanges) {
    if (one.status == 101 || one.failure != Exchange::Failure::None || !sid_in(one).empty())
      continue;
    if (const auto use = first_use.find(sid_given(one)); use != first_use.end())
      come_before(one, use->second);
  }
  for (auto& [key, row] : in_row) {
    std::stable_sort(row.begin(), row.end(),
                     [](const Exchange* a, const Exchange* b) { return a->asked < b->asked; });
    for (std::size_t i = 1; i < row.size(); ++i) come_before(*row[i - 1], row[i]->asked);
  }
}

}  // namespace core::capture
