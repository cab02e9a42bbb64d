#include "core/websocket/reader.hpp"

#include <doctest/doctest.h>

#include "deflating.hpp"
#include "frames.hpp"

using namespace core::websocket;
using core::Direction;
using frames::frame, frames::Masked;
using frames::kBinary, frames::kClose, frames::kContinuation, frames::kFin, frames::kPing,
    frames::kPong, frames::kRsv1, frames::kText;

namespace {

constexpr std::uint32_t kLimit = 1000;

/// "Hello", compressed. Source: RFC 7692, section 7.2.3.1.
constexpr std::string_view kHello("\xf2\x48\xcd\xc9\xc9\x07\x00", 7);

Reader from_client(std::optional<DeflateParameters> deflate = {}) {
  return Reader(Direction::ToServer, deflate, kLimit);
}
Reader from_server(std::optional<DeflateParameters> deflate = {}) {
  return Reader(Direction::ToClient, deflate, kLimit);
}

std::string up(unsigned first, std::string_view payload) {
  return frame(static_cast<std::uint8_t>(first), payload, Masked::Yes);
}
std::string down(unsigned first, std::string_view payload) {
  return frame(static_cast<std::uint8_t>(first), payload, Masked::No);
}

/// The only item in `bytes`, which must be an error.
Error error_in(Reader reader, std::string bytes) {
  std::span<char> input(bytes);
  const Item item = reader.next(input);
  REQUIRE(std::holds_alternative<Error>(item));
  return std::get<Error>(item);
}

std::vector<std::string> items_in(Reader reader, std::string_view bytes) {
  std::vector<std::string> items;
  frames::read_all(reader, bytes, items);
  return items;
}

}  // namespace

TEST_CASE("Reader: a whole masked frame is unmasked in the caller's buffer, not copied") {
  Reader reader = from_client();
  std::string bytes = up(kFin | kText, R"(42["news",{"id":1}])");
  std::span<char> input(bytes);
  const Item item = reader.next(input);
  const auto& message = std::get<Message>(item);
  CHECK(message.payload == R"(42["news",{"id":1}])");
  CHECK(message.type == MessageType::Text);
  CHECK(message.payload.data() == bytes.data() + 6);
  CHECK(reader.buffered_bytes_capacity() == 0);
  CHECK(input.empty());
}

TEST_CASE("Reader: several frames in one input come out one by one, then NeedMore") {
  Reader reader = from_server();
  std::string bytes = down(kFin | kText, "2") + down(kFin | kBinary, "\x01\x02") +
                      down(kFin | kPing, "hi") + down(kFin | kText, "");
  std::span<char> input(bytes);
  CHECK(frames::describe(reader.next(input)) == "text 2");
  CHECK(frames::describe(reader.next(input)) == "binary \x01\x02");
  CHECK(frames::describe(reader.next(input)) == "control 9 0 hi");
  CHECK(frames::describe(reader.next(input)) == "text ");
  CHECK(frames::describe(reader.next(input)) == "need more");
  CHECK(reader.offset_bytes() == bytes.size());
}

TEST_CASE("Reader: 16-bit and 64-bit lengths") {
  for (const std::size_t size : {125u, 126u, 127u, 65535u, 65536u, 70000u}) {
    Reader reader(Direction::ToServer, std::nullopt, 1'000'000);
    const std::string payload(size, 'x');
    std::vector<std::string> items;
    frames::read_all(reader, up(kFin | kBinary, payload), items);
    CHECK(items == std::vector<std::string>{"binary " + payload});
  }
}

TEST_CASE("Reader: a message cut in two is kept, and its buffer is freed at the call after it") {
  Reader reader = from_client();
  std::string bytes = up(kFin | kText, "hello, world");
  std::span<char> first(bytes.data(), 9);
  std::span<char> second(bytes.data() + 9, bytes.size() - 9);
  CHECK(frames::describe(reader.next(first)) == "need more");
  CHECK(reader.buffered_bytes_capacity() >= 3);
  CHECK_FALSE(reader.between_messages());
  CHECK(frames::describe(reader.next(second)) == "text hello, world");
  CHECK(frames::describe(reader.next(second)) == "need more");
  CHECK(reader.buffered_bytes_capacity() == 0);
  CHECK(reader.between_messages());
}

TEST_CASE("Reader: fragments are joined, with control frames reported between them") {
  CHECK(items_in(from_client(), up(kText, "42[") + up(kFin | kPing, "p") + up(kContinuation, "1,") +
                                    up(kContinuation, "") + up(kFin | kPong, "") +
                                    up(kFin | kContinuation, "2]") + up(kFin | kText, "next")) ==
        std::vector<std::string>{"control 9 0 p", "control 10 0 ", "text 42[1,2]", "text next"});
}

TEST_CASE("Reader: a character may be cut by a fragment's end") {
  CHECK(items_in(from_server(), down(kText, "\xE2\x82") + down(kFin | kContinuation, "\xAC")) ==
        std::vector<std::string>{"text \xE2\x82\xAC"});
}

TEST_CASE("Reader: a length that is only claimed reserves little") {
  Reader reader(Direction::ToClient, std::nullopt, 1u << 30);
  std::string bytes("\x82\x7f\0\0\0\0\x30\0\0\0xyz", 13);
  std::span<char> input(bytes);
  CHECK(frames::describe(reader.next(input)) == "need more");
  CHECK(reader.buffered_bytes_capacity() <= 64 * 1024);
}

TEST_CASE("Reader: a message above the limit is skipped, with its size, and reading goes on") {
  const std::string big(kLimit + 1, 'x');
  CHECK(items_in(from_client(), up(kFin | kText, big) + up(kFin | kText, "on")) ==
        std::vector<std::string>{"skipped text 1001", "text on"});
  CHECK(items_in(from_client(), up(kFin | kText, std::string(kLimit, 'x'))) ==
        std::vector<std::string>{std::string("text ") + std::string(kLimit, 'x')});
}

TEST_CASE("Reader: fragments that outgrow the limit together are skipped, control frames are not") {
  const std::string half(kLimit / 2 + 1, '\xFF');
  CHECK(
      items_in(from_server(), down(kBinary, half) + down(kFin | kPing, "a") +
                                  down(kContinuation, half) + down(kFin | kPing, "b") +
                                  down(kFin | kContinuation, "z") + down(kFin | kText, "on")) ==
      std::vector<std::string>{"control 9 0 a", "control 9 0 b", "skipped binary 1003", "text on"});
}

TEST_CASE("Reader: close frames carry code and reason, frames after one are still read") {
  CHECK(items_in(from_client(), up(kFin | kClose, "") + up(kFin | kClose, "\x03\xE9") +
                                    up(kFin | kClose, "\x0F\xA0why") + up(kFin | kText, "after")) ==
        std::vector<std::string>{"control 8 1005 ", "control 8 1001 ", "control 8 4000 why",
                                 "text after"});
}

TEST_CASE("Reader: RSV1 is allowed on a message's first frame when permessage-deflate was agreed") {
  const DeflateParameters deflate;
  CHECK(items_in(from_client(deflate), up(kFin | kRsv1 | kText, kHello)) ==
        std::vector<std::string>{"text Hello"});
  CHECK(items_in(from_client(deflate), up(kRsv1 | kText, kHello.substr(0, 3)) +
                                           up(kFin | kContinuation, kHello.substr(3)) +
                                           up(kFin | kText, "plain")) ==
        std::vector<std::string>{"text Hello", "text plain"});
  CHECK(error_in(from_client(deflate), up(kFin | kRsv1 | kPing, "")).code ==
        ReadErrc::ReservedBits);
  CHECK(items_in(from_client(deflate), up(kText, "a") + up(kFin | kRsv1 | kContinuation, "b")) ==
        std::vector<std::string>{"error 0 at 7"});
}

TEST_CASE("Reader: each breach of RFC 6455 has its reason") {
  CHECK(error_in(from_client(), up(kFin | kRsv1 | kText, "")).code == ReadErrc::ReservedBits);
  CHECK(error_in(from_client(), up(kFin | 0x20 | kText, "")).code == ReadErrc::ReservedBits);
  CHECK(error_in(from_client(), up(kFin | 0x10 | kText, "")).code == ReadErrc::ReservedBits);
  for (const unsigned opcode : {3u, 4u, 5u, 6u, 7u, 11u, 12u, 13u, 14u, 15u})
    CHECK(error_in(from_client(), up(kFin | opcode, "")).code == ReadErrc::ReservedOpcode);
  CHECK(error_in(from_server(), up(kFin | kText, "")).code == ReadErrc::MaskedServerFrame);
  CHECK(error_in(from_client(), down(kFin | kText, "")).code == ReadErrc::UnmaskedClientFrame);
  CHECK(error_in(from_client(), up(kPing, "")).code == ReadErrc::FragmentedControl);
  CHECK(error_in(from_client(), up(kFin | kPing, std::string(126, 'x'))).code ==
        ReadErrc::ControlTooLong);
  CHECK(error_in(from_client(), up(kFin | kContinuation, "")).code ==
        ReadErrc::UnexpectedContinuation);
  CHECK(error_in(from_client(), up(kText, "") + up(kFin | kText, "")).code ==
        ReadErrc::ExpectedContinuation);
  CHECK(error_in(from_server(), std::string("\x82\x7f\x80\0\0\0\0\0\0\0", 10)).code ==
        ReadErrc::LengthTooLarge);
  CHECK(error_in(from_client(), up(kFin | kClose, "x")).code == ReadErrc::CloseTooShort);
  CHECK(error_in(from_client(), up(kFin | kText, "\xFF")).code == ReadErrc::InvalidUtf8);
  CHECK(error_in(from_client(), up(kFin | kClose, "\x03\xE8\xFF")).code == ReadErrc::InvalidUtf8);
}

TEST_CASE("Reader: close codes that may not be sent are BadCloseCode") {
  for (const unsigned code : {0u, 999u, 1004u, 1005u, 1006u, 1015u, 1016u, 2999u, 5000u, 65535u}) {
    const std::string payload{static_cast<char>(code >> 8), static_cast<char>(code & 0xFF)};
    CHECK(error_in(from_client(), up(kFin | kClose, payload)).code == ReadErrc::BadCloseCode);
  }
  for (const unsigned code : {1000u, 1003u, 1007u, 1014u, 3000u, 4999u}) {
    const std::string payload{static_cast<char>(code >> 8), static_cast<char>(code & 0xFF)};
    CHECK(items_in(from_client(), up(kFin | kClose, payload)) ==
          std::vector<std::string>{"control 8 " + std::to_string(code) + " "});
  }
}

TEST_CASE("Reader: an error names where its frame began, and then every input is swallowed") {
  Reader reader = from_server();
  std::vector<std::string> items;
  frames::read_all(reader, down(kFin | kText, "ok"), items);
  // What a Socket.IO v4 server writes into the socket after it upgraded a v2 client.
  frames::read_all(reader, "HTTP/1.1 400 Bad Request\r\n\r\n", items);
  frames::read_all(reader, down(kFin | kText, "more"), items);
  CHECK(items == std::vector<std::string>{"text ok", "error 0 at 4"});
  CHECK(reader.buffered_bytes_capacity() == 0);
}

TEST_CASE("Reader: an unfinished message tells its start, and its length as announced") {
  Reader reader = from_client();
  const std::string whole = up(kFin | kText, R"(42["upload","aaaa"])");
  std::string begun = whole.substr(0, 6 + 11);
  std::span<char> input(begun);
  REQUIRE(std::holds_alternative<NeedMore>(reader.next(input)));
  CHECK(reader.unfinished().start == R"(42["upload")");
  CHECK(reader.unfinished().bytes == 19);
  CHECK(reader.unfinished().type == MessageType::Text);

  std::string rest = whole.substr(begun.size());
  input = rest;
  REQUIRE(std::holds_alternative<Message>(reader.next(input)));
  CHECK(reader.unfinished().bytes == 0);
  CHECK(reader.unfinished().start.empty());
}

TEST_CASE("Reader: of an unfinished message over the limit only the length is known") {
  Reader reader = from_client();
  std::string begun = up(kFin | kBinary, std::string(kLimit + 1, 'x')).substr(0, 100);
  std::span<char> input(begun);
  REQUIRE(std::holds_alternative<NeedMore>(reader.next(input)));
  CHECK(reader.unfinished().start.empty());
  CHECK(reader.unfinished().bytes == kLimit + 1);
}
