#include "core/http/header_adder.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace core::http {
namespace {

constexpr std::string_view kEmptyLine = "\r\n";
constexpr std::string_view kHalfAnEmptyLine = "\r\n\r";

/// No path begins so: heads and ends are all that is asked for.
const Settings& settings() {
  static const Settings kSettings{.path_prefix = " "};
  return kSettings;
}

}  // namespace

HeaderAdder::HeaderAdder(std::string line)
    : line_(std::move(line)), exchanges_(std::make_unique<Exchanges>(settings())) {}
HeaderAdder::HeaderAdder(HeaderAdder&&) noexcept = default;
HeaderAdder& HeaderAdder::operator=(HeaderAdder&&) noexcept = default;
HeaderAdder::~HeaderAdder() = default;

template <class AtHead>
void HeaderAdder::read(Direction direction, std::span<char> bytes, AtHead at_head) noexcept {
  while (true) {
    const Item item = exchanges_->next(direction, bytes);
    if (std::holds_alternative<NeedMore>(item)) return;
    bool goes_on = !std::holds_alternative<Upgraded>(item) && !std::holds_alternative<Tunnel>(item);
    if (const Error* const error = std::get_if<Error>(&item)) {
      error_ = error->code;
      goes_on = false;
    } else if (std::holds_alternative<RequestHead>(item) &&
               !at_head(exchanges_->offset_bytes(Direction::ToServer))) {
      error_ = ExchangeErrc::NotHttp;
      goes_on = false;
    }
    if (goes_on) continue;
    exchanges_.reset();
    return;
  }
}

std::span<const char> HeaderAdder::receive_from_client(std::span<char> bytes,
                                                       std::string& storage) {
  if (over() || bytes.empty()) return bytes;
  const std::uint64_t begin = received_bytes_;
  received_bytes_ += bytes.size();
  storage.clear();
  std::size_t passed_bytes = 0;
  bool owes_held = std::exchange(held_, false);
  read(Direction::ToServer, bytes, [&](std::uint64_t head_end) {
    if (head_end <= begin) return true;  // It went before it was known to be a request.
    const std::uint64_t empty_line = head_end - kEmptyLine.size();
    if (empty_line >= begin) {
      const auto upto_bytes = static_cast<std::size_t>(empty_line - begin);
      // llhttp 8.1.0 takes a bare CR for an empty line.
      if (std::string_view(bytes.data() + upto_bytes, kEmptyLine.size()) != kEmptyLine)
        return false;
      if (std::exchange(owes_held, false)) storage += kHalfAnEmptyLine.back();
      storage.append(bytes.data() + passed_bytes, upto_bytes - passed_bytes).append(line_);
      passed_bytes = upto_bytes;
    } else if (bytes.front() != kEmptyLine.back()) {
      return false;
    } else if (std::exchange(owes_held, false)) {
      storage.append(line_) += kHalfAnEmptyLine.back();
    }
    return true;
  });

  const auto tail_begin = bytes.end() - std::min<std::ptrdiff_t>(std::ssize(bytes), 3);
  tail_.append(tail_begin, bytes.end());
  tail_.erase(0, tail_.size() - std::min<std::size_t>(tail_.size(), 3));
  held_ = ends_in_half_an_empty_line();
  const std::span<char> rest = bytes.subspan(passed_bytes, bytes.size() - passed_bytes - held_);
  if (storage.empty() && !owes_held) return rest;
  if (owes_held) storage.insert(storage.begin(), kHalfAnEmptyLine.back());
  storage.append(rest.begin(), rest.end());
  return storage;
}

bool HeaderAdder::ends_in_half_an_empty_line() const noexcept {
  return !over() && exchanges_->in_request_head() && tail_ == kHalfAnEmptyLine;
}

void HeaderAdder::receive_from_server(std::span<char> bytes) noexcept {
  if (over()) return;
  read(Direction::ToClient, bytes, [](std::uint64_t) { return true; });
}

std::string_view HeaderAdder::finish() noexcept {
  return std::exchange(held_, false) ? kHalfAnEmptyLine.substr(2) : std::string_view();
}

}  // namespace core::http
